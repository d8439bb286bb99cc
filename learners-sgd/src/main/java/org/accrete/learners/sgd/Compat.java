package org.accrete.learners.sgd;

/** Whose numbers are wanted where ours differ. */
enum Compat {
    /** Ours: sparse and dense copies of the same rows give the same model, and so do chunks of any size. */
    NONE,
    /**
     * scikit-learn's: on sparse rows the step of the intercept is a hundredth, and L1 penalties end with each chunk.
     */
    SKLEARN
}
