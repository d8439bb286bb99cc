package org.accrete.learners.sgd;

/** Whose numbers are wanted where ours differ. */
enum Compat {
    /** Ours: sparse and dense copies of the same rows give the same model. */
    NONE,
    /** scikit-learn's: on sparse rows the step of the intercept is a hundredth. */
    SKLEARN
}
