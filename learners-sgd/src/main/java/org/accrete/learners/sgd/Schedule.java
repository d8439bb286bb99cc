package org.accrete.learners.sgd;

/** The length of each row's step. Immutable. */
final class Schedule {
    private final LearningRate rate;
    private final double eta0;
    private final double powerT;
    private final double alpha;
    private final double t0;

    Schedule(LearningRate rate, double eta0, double powerT, double alpha) {
        this.rate = rate;
        this.eta0 = eta0;
        this.powerT = powerT;
        this.alpha = alpha;
        double first = Math.sqrt(1 / Math.sqrt(alpha));
        this.t0 = 1 / (first * alpha);
    }

    /** {@return what kind of schedule it is} */
    LearningRate rate() {
        return rate;
    }

    /**
     * {@return the length of a step, before it adapts; of the passive-aggressive ones, what bounds or bends it}
     *
     * @param t number of the row, from 1
     */
    double eta(double t) {
        return switch (rate) {
            case CONSTANT, ADAPTIVE, PA1, PA2 -> eta0;
            case OPTIMAL -> 1 / (alpha * (t0 + t - 1));
            case INVSCALING -> eta0 / power(t);
        };
    }

    /** Math.pow may differ in its last bit from one JVM to the next; square roots may not, and are the quickest. */
    private double power(double t) {
        if (powerT == 0.25) {
            return Math.sqrt(Math.sqrt(t));
        }
        return powerT == 0.5 ? Math.sqrt(t) : StrictMath.pow(t, powerT);
    }
}
