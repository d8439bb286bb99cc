package org.accrete.kernels;

import java.util.Arrays;

/**
 * What {@link OptimizerKernels#delayedSgd} carries from one row to the next: the weights before the latest update, and
 * that update, which is applied together with the next row. The up-to-date weights are {@code decay * weights + step *
 * row}, the intercept is {@code intercept + step * interceptRate}.
 *
 * <p>Made once by its owner and used for all rows. Not thread-safe.
 */
public final class DelayedSgdState {
    /** The widest row it has room for. */
    public static final int MAX_WIDTH = 32;

    /** Weights before the latest update, {@link #MAX_WIDTH} numbers, 0 beyond the width of the rows. */
    public final double[] weights = new double[MAX_WIDTH];

    /** The latest row, {@link #MAX_WIDTH} numbers, 0 beyond its width. */
    public final double[] row = new double[MAX_WIDTH];

    /** Factor of the weights in the latest update. */
    public double decay = 1;

    /** Factor of the row in the latest update. */
    public double step;

    /** The intercept before the latest update. */
    public double intercept;

    /** Scratch of the kernel for two times eight running sums. */
    final double[] sums = new double[16];

    /** Scratch of the kernel for a copy of a row, filled up with zeros. */
    final double[] padded = new double[MAX_WIDTH];

    /** Makes one without a pending update, whose weights and intercept are 0. */
    public DelayedSgdState() {}

    /**
     * Starts from some weights, without a pending update.
     *
     * @param from the weights, not modified
     * @param width how many, from 1 to {@link #MAX_WIDTH}
     * @param newIntercept the intercept
     */
    public void start(double[] from, int width, double newIntercept) {
        System.arraycopy(from, 0, weights, 0, width);
        Arrays.fill(weights, width, MAX_WIDTH, 0);
        Arrays.fill(row, 0);
        decay = 1;
        step = 0;
        intercept = newIntercept;
    }

    /**
     * Becomes equal to another.
     *
     * @param other not modified
     */
    public void copyFrom(DelayedSgdState other) {
        System.arraycopy(other.weights, 0, weights, 0, MAX_WIDTH);
        System.arraycopy(other.row, 0, row, 0, MAX_WIDTH);
        decay = other.decay;
        step = other.step;
        intercept = other.intercept;
    }
}
