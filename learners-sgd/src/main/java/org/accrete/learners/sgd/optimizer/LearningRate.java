package org.accrete.learners.sgd.optimizer;

/** How the learning rate changes from row to row. */
public enum LearningRate {
    /** {@code eta0}. */
    CONSTANT,
    /** {@code 1 / (alpha (t0 + t - 1))}, where the first rate is alpha^(−1/4). */
    OPTIMAL,
    /** {@code eta0 / t^power-t}. */
    INVSCALING,
    /** {@code eta0}, divided by 5 each time the loss stops falling: see {@link PlateauDecay}. */
    ADAPTIVE,
    /** Passive-aggressive I: the step that makes the row's loss 0, with a factor of the row of at most {@code eta0}. */
    PA1,
    /** Passive-aggressive II: nearly the step that makes the row's loss 0, the nearer the larger {@code eta0}. */
    PA2;

    /** {@return whether a step follows from the row's loss rather than from its gradient} */
    public boolean isPassiveAggressive() {
        return this == PA1 || this == PA2;
    }
}
