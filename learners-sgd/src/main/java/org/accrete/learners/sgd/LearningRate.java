package org.accrete.learners.sgd;

/** How the length of a step changes from row to row. */
enum LearningRate {
    /** {@code eta0}. */
    CONSTANT,
    /** {@code 1 / (alpha (t0 + t - 1))}, where the first step is alpha^(−1/4). */
    OPTIMAL,
    /** {@code eta0 / t^power-t}. */
    INVSCALING,
    /** {@code eta0}, a fifth of that once the loss stays where it is, and so on: see {@link PlateauDecay}. */
    ADAPTIVE,
    /** Passive-aggressive I: just as far as takes the row's loss to 0, at most {@code eta0}. */
    PA1,
    /** Passive-aggressive II: nearly as far as takes the row's loss to 0, the nearer the larger {@code eta0}. */
    PA2;

    /** {@return whether a step follows from the row's loss rather than from its slope} */
    boolean isPassiveAggressive() {
        return this == PA1 || this == PA2;
    }
}
