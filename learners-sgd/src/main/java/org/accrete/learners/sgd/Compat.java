package org.accrete.learners.sgd;

/** Whose results are wanted where ours differ from scikit-learn's. */
enum Compat {
    /** Ours: sparse and dense copies of the same rows give the same model, and so do chunks of any size. */
    NONE,
    /**
     * scikit-learn's, defaults included: on sparse rows the step of the intercept is multiplied by 0.01, and the
     * cumulative L1 penalty is forgotten after each chunk.
     */
    SKLEARN
}
