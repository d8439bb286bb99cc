package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.kernels.Kernels;

/** What a wrong prediction costs; only its slope is ever needed. */
enum Loss {
    /** {@code max(0, 1 - y p)} for y of −1 or +1. */
    HINGE,
    /** {@code log(1 + exp(-y p))} for y of −1 or +1. */
    LOG_LOSS,
    /** {@code (p - y)² / 2}. */
    SQUARED_ERROR,
    /** {@code (p - y)² / 2} up to a distance of epsilon, from there on straight. */
    HUBER;

    static final List<Loss> OF_CLASSES = List.of(HINGE, LOG_LOSS);
    static final List<Loss> OF_NUMBERS = List.of(SQUARED_ERROR, HUBER);

    /** No slope is steeper; far beyond what a model survives, so it only keeps infinities away. */
    private static final double STEEPEST = 1e12;

    /** {@return the steepest slope, for {@link #step}} */
    double steepest(double epsilon) {
        return this == HUBER ? Math.min(epsilon, STEEPEST) : STEEPEST;
    }

    /**
     * {@return the step that goes down the slope of the loss at a prediction: −length · slope}
     *
     * @param p prediction
     * @param y target, −1 or +1 for classes
     * @param length length of the step where the slope is 1, at least 0
     * @param steepest what {@link #steepest} gave
     */
    double step(double p, double y, double length, double steepest) {
        return switch (this) {
            case HINGE -> p * y <= 1 ? length * y : 0;
            case LOG_LOSS -> length * y * Kernels.logistic(-y * p);
            case SQUARED_ERROR, HUBER -> {
                double error = y - p;
                yield length * (error > steepest ? steepest : error < -steepest ? -steepest : error);
            }
        };
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
            Kernels.best().logistic(p, 0, p, 0, classes);
            for (int c = 0; c < classes; c++) {
                p[c] = -(length * p[c]);
            }
        } else {
            for (int c = 0; c < classes; c++) {
                p[c] = -step(-p[c], 1, length, STEEPEST);
            }
        }
        p[own] = -p[own];
    }
}
