package org.accrete.learners.sgd;

import java.util.List;
import java.util.Optional;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.Exp;
import org.accrete.kernels.GradientKind;

/**
 * What a wrong prediction costs. Those of classes take y of −1 or +1 and write z for the margin {@code y p}; those of
 * numbers write r for the error {@code y - p}.
 *
 * <p>Some have a shape, one number that {@link #shape} makes from the parameters.
 */
enum Loss {
    /** {@code max(0, 1 - z)}. */
    HINGE,
    /** {@code max(0, 1 - z)²}. */
    SQUARED_HINGE,
    /** {@code max(0, -z)}; a step is taken at z = 0 too, so that zero weights ever move. */
    PERCEPTRON,
    /** {@code log(1 + exp(-z))}. */
    LOG_LOSS,
    /** The squared hinge from z = −1 on, {@code -4 z} below. */
    MODIFIED_HUBER,
    /** {@code r² / 2}. */
    SQUARED_ERROR,
    /** {@code r² / 2} up to a distance of epsilon, from there on straight. */
    HUBER,
    /** {@code max(0, |r| - epsilon)}. */
    EPSILON_INSENSITIVE,
    /** {@code max(0, |r| - epsilon)²}. */
    SQUARED_EPSILON_INSENSITIVE,
    /** {@code q r} where the prediction is too low, {@code (q - 1) r} where it is too high; least at the quantile q. */
    QUANTILE,
    /** {@code exp(p) - y p}, for counts: the prediction is exp(p). */
    POISSON;

    static final List<Loss> OF_CLASSES = List.of(HINGE, SQUARED_HINGE, PERCEPTRON, LOG_LOSS, MODIFIED_HUBER);
    static final List<Loss> OF_NUMBERS =
            List.of(SQUARED_ERROR, HUBER, EPSILON_INSENSITIVE, SQUARED_EPSILON_INSENSITIVE, QUANTILE, POISSON);

    /** No slope is steeper; far beyond what a model survives, so it only keeps infinities away. */
    static final double STEEPEST = 1e12;

    private static final int POISSON_STEPS = 4;

    /**
     * {@return the number that {@link #step} needs besides, or any if it needs none}
     *
     * @param epsilon where huber becomes straight, or how far off an insensitive loss is still 0
     * @param quantile which quantile is wanted
     */
    double shape(double epsilon, double quantile) {
        return switch (this) {
            case HUBER -> Math.min(epsilon, STEEPEST);
            case EPSILON_INSENSITIVE, SQUARED_EPSILON_INSENSITIVE -> epsilon;
            case QUANTILE -> quantile;
            default -> STEEPEST;
        };
    }

    /** {@return the slope by which a kernel can make its steps, bounded by the shape, if there is one} */
    Optional<GradientKind> slope() {
        return switch (this) {
            case HINGE -> Optional.of(GradientKind.HINGE);
            case LOG_LOSS -> Optional.of(GradientKind.LOGISTIC);
            case SQUARED_ERROR, HUBER -> Optional.of(GradientKind.CLIPPED_RESIDUAL);
            default -> Optional.empty();
        };
    }

    /** {@return whether a prediction is the exponential of the linear function} */
    boolean hasLogLink() {
        return this == POISSON;
    }

    /**
     * {@return the step that goes down the slope of the loss at a prediction: −length · slope}
     *
     * @param p prediction
     * @param y target, −1 or +1 for classes
     * @param length length of the step where the slope is 1, at least 0
     * @param shape what {@link #shape} gave
     */
    double step(double p, double y, double length, double shape) {
        return switch (this) {
            case HINGE -> hinge(p, y, length);
            case LOG_LOSS -> length * y * Exp.logistic(-y * p);
            case SQUARED_ERROR, HUBER -> {
                double error = y - p;
                yield length * (error > shape ? shape : error < -shape ? -shape : error);
            }
            default -> length * descent(p, y, shape);
        };
    }

    /** Where p y > 1 the sign of 1 - p y clears all bits: a branch here would be a guess. */
    private static double hinge(double p, double y, double length) {
        long beyond = Double.doubleToRawLongBits(1 - p * y) >> 63;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(length * y) & ~beyond);
    }

    /**
     * {@return minus the slope where the step ends: the d with {@code d = -slope(p + q d)}, so that no step, however
     * long, goes beyond the row's own minimum} Closed forms; of log-loss the one where the slope of the logistic
     * function is a quarter throughout, the most it is, and of poisson some steps of Newton's method: both end before
     * the true one. A perceptron's minimum is where it begins to be wrong, so there it is the slope at p.
     *
     * @param p prediction
     * @param y target, −1 or +1 for classes
     * @param q by how much the prediction moves where the slope is 1, at least 0
     * @param shape what {@link #shape} gave
     * @param descent minus the slope at p
     */
    double implicitDescent(double p, double y, double q, double shape, double descent) {
        double z = p * y;
        double far = Math.abs(y - p);
        return switch (this) {
            case HINGE -> z < 1 ? y * Math.min(1, (1 - z) / q) : 0;
            case SQUARED_HINGE -> z < 1 ? 2 * y * (1 - z) / (1 + 2 * q) : 0;
            case PERCEPTRON -> descent;
            case LOG_LOSS -> descent / (1 + q / 4);
            case MODIFIED_HUBER -> z < 1 ? y * Math.min(4, 2 * (1 - z) / (1 + 2 * q)) : 0;
            case SQUARED_ERROR -> (y - p) / (1 + q);
            case HUBER -> Math.copySign(Math.min(shape, far / (1 + q)), y - p);
            case EPSILON_INSENSITIVE -> far > shape ? Math.copySign(Math.min(1, (far - shape) / q), y - p) : 0;
            case SQUARED_EPSILON_INSENSITIVE -> far > shape ? Math.copySign(2 * (far - shape) / (1 + 2 * q), y - p) : 0;
            case QUANTILE -> y > p ? Math.min(shape, far / q) : y < p ? -Math.min(1 - shape, far / q) : 0;
            case POISSON -> implicitPoisson(p, y, q, descent);
        };
    }

    /**
     * The d with d = y − exp(p + q d), the zero of {@code d - y + exp(p + q d)}. That function rises and is convex, so
     * from a d above its zero Newton's steps fall and stay above; where the slope is up, 0 is above it, and else both
     * the descent at p and what leads to y.
     */
    private static double implicitPoisson(double p, double y, double q, double descent) {
        if (descent == 0 || q == 0) {
            return descent;
        }
        double d = descent > 0 ? Math.min(descent, (StrictMath.log(y) - p) / q) : 0;
        for (int i = 0; i < POISSON_STEPS; i++) {
            double power = Math.min(Exp.exp(p + q * d), STEEPEST);
            d -= (d - y + power) / (1 + q * power);
        }
        return d;
    }

    /**
     * {@return the loss itself}
     *
     * @param p prediction
     * @param y target, −1 or +1 for classes
     * @param shape what {@link #shape} gave
     */
    double value(double p, double y, double shape) {
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

    /** {@return −slope of those losses that are rarer, no steeper than the bound} */
    private double descent(double p, double y, double shape) {
        double descent = switch (this) {
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
        return descent > STEEPEST ? STEEPEST : descent < -STEEPEST ? -STEEPEST : descent;
    }

    /**
     * Turns the decision values of one row into steps, one class against the rest.
     *
     * @param p decision values, one per class, replaced by steps
     * @param classes how many
     * @param own the row's class
     * @param length length of a step where the slope is 1, at least 0
     */
    void steps(double[] p, int classes, int own, double length) {
        // The margin of the row's own class is p, that of any other -p, and so are their steps.
        p[own] = -p[own];
        if (this == LOG_LOSS) {
            DenseKernels.best().logistic(p, 0, p, 0, classes);
            for (int c = 0; c < classes; c++) {
                p[c] = -(length * p[c]);
            }
        } else if (this == HINGE) {
            for (int c = 0; c < classes; c++) {
                p[c] = -hinge(-p[c], 1, length);
            }
        } else {
            for (int c = 0; c < classes; c++) {
                p[c] = -step(-p[c], 1, length, STEEPEST);
            }
        }
        p[own] = -p[own];
    }
}
