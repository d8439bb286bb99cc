package org.accrete.kernels;

/**
 * The losses whose gradient {@link OptimizerKernels#delayedSgd} computes itself, named by that gradient. The step is
 * the negative gradient with respect to the decision value {@code p}, times a step size, for a target {@code y}.
 */
public enum GradientKind {
    /** The hinge loss: {@code stepSize * y} where {@code p * y <= 1}, else 0. */
    HINGE,
    /** The logistic loss: {@code stepSize * y * logistic(-y * p)}. */
    LOGISTIC,
    /** The squared error, or the Huber loss: {@code stepSize * (y - p)}, the residual clipped to ± a bound. */
    CLIPPED_RESIDUAL;

    /**
     * The step of one row. The hinge loss has no branch on {@code p}, because its outcome is hard to predict.
     *
     * @param bound of {@link #CLIPPED_RESIDUAL}
     * @param p decision value
     * @param y target
     * @param stepSize the step size
     * @return the factor of the row in the update of the weights
     */
    double step(double bound, double p, double y, double stepSize) {
        if (this == HINGE) {
            // the sign of 1 - p y, copied to all bits
            long beyond = Double.doubleToRawLongBits(1 - p * y) >> 63;
            return Double.longBitsToDouble(Double.doubleToRawLongBits(stepSize * y) & ~beyond);
        }
        if (this == LOGISTIC) {
            return stepSize * y * Exp.logistic(-y * p);
        }
        double error = y - p;
        return stepSize * (error > bound ? bound : error < -bound ? -bound : error);
    }
}
