package org.accrete.learners.sgd;

/** How the length of a step changes from row to row. */
enum LearningRate {
    /** {@code eta0}. */
    CONSTANT,
    /** {@code 1 / (alpha (t0 + t - 1))}, where the first step is alpha^(−1/4). */
    OPTIMAL,
    /** {@code eta0 / t^power-t}. */
    INVSCALING
}
