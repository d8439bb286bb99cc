package org.accrete.learners.sgd.loss;

import java.util.List;
import java.util.Optional;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.Exp;
import org.accrete.kernels.GradientKind;

/**
 * Loss of a decision value p for a target y. Losses of classes take y of −1 or +1 and are written in the margin
 * {@code z = y p}; losses of numbers are written in the residual {@code r = y - p}.
 *
 * <p>Some losses have a shape, one number that {@link #shape} makes from the parameters.
 */
public enum Loss {
    /** {@code max(0, 1 - z)}. */
    HINGE,
    /** {@code max(0, 1 - z)²}. */
    SQUARED_HINGE,
    /** {@code max(0, -z)}; the gradient at z = 0 is that of z &lt; 0, so that zero weights move at all. */
    PERCEPTRON,
    /** {@code log(1 + exp(-z))}. */
    LOG_LOSS,
    /** The squared hinge where z is at least −1, else {@code -4 z}. */
    MODIFIED_HUBER,
    /** {@code r² / 2}. */
    SQUARED_ERROR,
    /** {@code r² / 2} where |r| is at most epsilon, else linear. */
    HUBER,
    /** {@code max(0, |r| - epsilon)}. */
    EPSILON_INSENSITIVE,
    /** {@code max(0, |r| - epsilon)²}. */
    SQUARED_EPSILON_INSENSITIVE,
    /** {@code q r} where r is positive, else {@code (q - 1) r}; minimized by the quantile q. */
    QUANTILE,
    /** {@code exp(p) - y p}, for counts; the prediction is exp(p). */
    POISSON;

    /** Losses of classifiers. */
    public static final List<Loss> OF_CLASSES = List.of(HINGE, SQUARED_HINGE, PERCEPTRON, LOG_LOSS, MODIFIED_HUBER);
    /** Losses of regressors. */
    public static final List<Loss> OF_NUMBERS =
            List.of(SQUARED_ERROR, HUBER, EPSILON_INSENSITIVE, SQUARED_EPSILON_INSENSITIVE, QUANTILE, POISSON);

    /** Bound of every gradient; far beyond what a model survives, so it only keeps infinities out. */
    public static final double MAX_GRADIENT = 1e12;

    private static final int POISSON_STEPS = 8;

    /**
     * {@return the shape of this loss, or any number if it has none}
     *
     * @param epsilon residual from which huber is linear, or up to which an insensitive loss is 0
     * @param quantile which quantile to predict
     */
    public double shape(double epsilon, double quantile) {
        return switch (this) {
            case HUBER -> Math.min(epsilon, MAX_GRADIENT);
            case EPSILON_INSENSITIVE, SQUARED_EPSILON_INSENSITIVE -> epsilon;
            case QUANTILE -> quantile;
            default -> MAX_GRADIENT;
        };
    }

    /** {@return the gradient of this loss as a kernel knows it, bounded by the shape; empty if no kernel does} */
    public Optional<GradientKind> kernelGradient() {
        return switch (this) {
            case HINGE -> Optional.of(GradientKind.HINGE);
            case LOG_LOSS -> Optional.of(GradientKind.LOGISTIC);
            case SQUARED_ERROR, HUBER -> Optional.of(GradientKind.CLIPPED_RESIDUAL);
            default -> Optional.empty();
        };
    }

    /** {@return whether a prediction is the exponential of the linear function} */
    public boolean hasLogLink() {
        return this == POISSON;
    }

    /**
     * {@return a gradient step of the decision value: minus the learning rate times the derivative of the loss in p}
     *
     * @param p decision value
     * @param y target, −1 or +1 for classes
     * @param rate learning rate, at least 0
     * @param shape result of {@link #shape}
     */
    public double step(double p, double y, double rate, double shape) {
        return switch (this) {
            case HINGE -> hinge(p, y, rate);
            case LOG_LOSS -> rate * y * Exp.logistic(-y * p);
            case SQUARED_ERROR, HUBER -> {
                double error = y - p;
                yield rate * (error > shape ? shape : error < -shape ? -shape : error);
            }
            default -> rate * negativeGradient(p, y, shape);
        };
    }

    /** Without a branch, which would be mispredicted often: the sign of 1 - p y clears all bits if p y > 1. */
    private static double hinge(double p, double y, double rate) {
        long beyond = Double.doubleToRawLongBits(1 - p * y) >> 63;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(rate * y) & ~beyond);
    }

    /**
     * {@return the negative gradient of an implicit step: the d with {@code d = -L'(p + q d)}, so that no step goes
     * beyond the minimum of the row's own loss} Exact for most losses. For log-loss, the curvature is taken to be 1/4,
     * its largest value; for poisson, Newton's method takes a few steps: both end before the exact step. A perceptron's
     * loss is minimal where it starts to be 0, so its d is the negative gradient at p.
     *
     * @param p decision value
     * @param y target, −1 or +1 for classes
     * @param q change of the decision value per unit of gradient, at least 0
     * @param shape result of {@link #shape}
     * @param negativeGradient minus the derivative at p
     */
    public double implicitNegativeGradient(double p, double y, double q, double shape, double negativeGradient) {
        double z = p * y;
        double far = Math.abs(y - p);
        return switch (this) {
            case HINGE -> z < 1 ? y * Math.min(1, (1 - z) / q) : 0;
            case SQUARED_HINGE -> z < 1 ? 2 * y * (1 - z) / (1 + 2 * q) : 0;
            case PERCEPTRON -> negativeGradient;
            // The gradient ends a long chain of dependent operations: a factor is quicker there than a division.
            case LOG_LOSS -> negativeGradient * (1 / (1 + q / 4));
            case MODIFIED_HUBER -> z < 1 ? y * Math.min(4, 2 * (1 - z) / (1 + 2 * q)) : 0;
            case SQUARED_ERROR -> (y - p) * (1 / (1 + q));
            case HUBER -> Math.copySign(Math.min(shape, far / (1 + q)), y - p);
            case EPSILON_INSENSITIVE -> far > shape ? Math.copySign(Math.min(1, (far - shape) / q), y - p) : 0;
            case SQUARED_EPSILON_INSENSITIVE -> far > shape ? Math.copySign(2 * (far - shape) / (1 + 2 * q), y - p) : 0;
            case QUANTILE -> y > p ? Math.min(shape, far / q) : y < p ? -Math.min(1 - shape, far / q) : 0;
            case POISSON -> implicitPoisson(p, y, q, negativeGradient);
        };
    }

    /**
     * The root of {@code d - y + exp(p + q d)}. That function is increasing and convex, so Newton's method from above
     * the root decreases and stays above. 0 is above the root if the gradient is positive; otherwise the negative
     * gradient at p is above it, and so is the d that leads to y.
     */
    private static double implicitPoisson(double p, double y, double q, double negativeGradient) {
        if (negativeGradient == 0 || q == 0) {
            return negativeGradient;
        }
        double d = negativeGradient > 0 ? Math.min(negativeGradient, (StrictMath.log(y) - p) / q) : 0;
        for (int i = 0; i < POISSON_STEPS; i++) {
            double power = Math.min(Exp.exp(p + q * d), MAX_GRADIENT);
            d -= (d - y + power) / (1 + q * power);
        }
        return d;
    }

    /**
     * {@return the loss}
     *
     * @param p decision value
     * @param y target, −1 or +1 for classes
     * @param shape result of {@link #shape}
     */
    public double value(double p, double y, double shape) {
        double z = p * y;
        double far = Math.abs(y - p);
        return switch (this) {
            case HINGE -> Math.max(0, 1 - z);
            case SQUARED_HINGE -> Math.max(0, 1 - z) * Math.max(0, 1 - z);
            case PERCEPTRON -> Math.max(0, -z);
            case LOG_LOSS -> Exp.log1pExp(-z);
            case MODIFIED_HUBER -> z < -1 ? -4 * z : Math.max(0, 1 - z) * Math.max(0, 1 - z);
            case SQUARED_ERROR -> far * far / 2;
            case HUBER -> far <= shape ? far * far / 2 : shape * far - shape * shape / 2;
            case EPSILON_INSENSITIVE -> Math.max(0, far - shape);
            case SQUARED_EPSILON_INSENSITIVE -> Math.max(0, far - shape) * Math.max(0, far - shape);
            case QUANTILE -> y > p ? shape * far : (1 - shape) * far;
            case POISSON -> Exp.exp(p) - y * p;
        };
    }

    /** {@return the loss less its minimum over all p, at least 0; otherwise as {@link #value}} */
    public double excess(double p, double y, double shape) {
        if (this != POISSON) {
            return value(p, y, shape);
        }
        double least = y > 0 ? y - y * StrictMath.log(y) : 0;
        return Math.max(0, value(p, y, shape) - least);
    }

    /** {@return the bounded negative gradient of the losses that are used less often} */
    private double negativeGradient(double p, double y, double shape) {
        double negativeGradient = switch (this) {
            case SQUARED_HINGE -> p * y < 1 ? 2 * y * (1 - p * y) : 0;
            case PERCEPTRON -> p * y <= 0 ? y : 0;
            case MODIFIED_HUBER -> p * y >= 1 ? 0 : p * y >= -1 ? 2 * y * (1 - p * y) : 4 * y;
            case EPSILON_INSENSITIVE -> y - p > shape ? 1 : p - y > shape ? -1 : 0;
            case SQUARED_EPSILON_INSENSITIVE ->
                y - p > shape ? 2 * (y - p - shape) : p - y > shape ? -2 * (p - y - shape) : 0;
            case QUANTILE -> y > p ? shape : y < p ? shape - 1 : 0;
            case POISSON -> y - Exp.exp(p);
            default -> step(p, y, 1, shape);
        };
        return negativeGradient > MAX_GRADIENT
                ? MAX_GRADIENT
                : negativeGradient < -MAX_GRADIENT ? -MAX_GRADIENT : negativeGradient;
    }

    /**
     * Turns the decision values of one row into gradient steps, each class against the rest.
     *
     * @param p decision values, one per class, replaced by steps
     * @param classes number of classes
     * @param own the row's class
     * @param rate learning rate, at least 0
     */
    public void steps(double[] p, int classes, int own, double rate) {
        // The margin of the row's own class is p, that of any other -p, and so are their steps.
        p[own] = -p[own];
        if (this == LOG_LOSS) {
            DenseKernels.best().logistic(p, 0, p, 0, classes);
            for (int c = 0; c < classes; c++) {
                p[c] = -(rate * p[c]);
            }
        } else if (this == HINGE) {
            for (int c = 0; c < classes; c++) {
                p[c] = -hinge(-p[c], 1, rate);
            }
        } else {
            for (int c = 0; c < classes; c++) {
                p[c] = -step(-p[c], 1, rate, MAX_GRADIENT);
            }
        }
        p[own] = -p[own];
    }
}
