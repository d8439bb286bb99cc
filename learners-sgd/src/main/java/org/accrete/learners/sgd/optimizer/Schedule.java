package org.accrete.learners.sgd.optimizer;

/** The learning rate of each row. Immutable. */
public final class Schedule {
    private final LearningRate kind;
    private final double eta0;
    private final double powerT;
    private final double alpha;
    private final double t0;

    /**
     * Makes a schedule.
     *
     * @param kind how the rate changes
     * @param eta0 first learning rate, above 0; unused by {@link LearningRate#OPTIMAL}
     * @param powerT exponent of {@link LearningRate#INVSCALING}
     * @param alpha strength of the penalty, which {@link LearningRate#OPTIMAL} depends on
     */
    public Schedule(LearningRate kind, double eta0, double powerT, double alpha) {
        this.kind = kind;
        this.eta0 = eta0;
        this.powerT = powerT;
        this.alpha = alpha;
        double first = Math.sqrt(1 / Math.sqrt(alpha));
        this.t0 = 1 / (first * alpha);
    }

    /** {@return how the rate changes} */
    public LearningRate kind() {
        return kind;
    }

    /** {@return the first learning rate} */
    public double eta0() {
        return eta0;
    }

    /**
     * {@return the learning rate of a row, before {@link PlateauDecay}; for passive-aggressive steps, the
     * aggressiveness C}
     *
     * @param t number of the row, from 1
     */
    public double eta(double t) {
        return switch (kind) {
            case CONSTANT, ADAPTIVE, PA1, PA2 -> eta0;
            case OPTIMAL -> 1 / (alpha * (t0 + t - 1));
            case INVSCALING -> eta0 / power(t);
        };
    }

    /** Math.pow may differ in its last bit between JVMs; square roots do not, and are faster. */
    private double power(double t) {
        if (powerT == 0.25) {
            return Math.sqrt(Math.sqrt(t));
        }
        return powerT == 0.5 ? Math.sqrt(t) : StrictMath.pow(t, powerT);
    }
}
