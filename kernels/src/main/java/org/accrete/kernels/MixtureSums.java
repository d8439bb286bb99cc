package org.accrete.kernels;

import java.util.Arrays;

/**
 * Sums over a row that {@link OptimizerKernels#mixtureDecisions} computes: the products of two weight vectors with the
 * row, and the squares of the row weighted by two rate vectors. Each is a sum by eight: element {@code i} is added to
 * running sum {@code i mod 8}, and the running sums are combined as those of {@link DenseKernels}.
 *
 * <p>Made once by its owner and used for all rows. Not thread-safe.
 */
public final class MixtureSums {
    /** Product of the first weight vector with the row. */
    public double product0;

    /** Product of the second weight vector with the row. */
    public double product1;

    /** Squares of the row, weighted by the rates of the first weight vector. */
    public double squares0;

    /** Squares of the row, weighted by the rates of the second weight vector. */
    public double squares1;

    /** Running sums: eight of each sum, in the order of the fields. */
    final double[] running = new double[32];

    /** Makes sums of nothing. */
    public MixtureSums() {}

    /** Sets the running sums to 0. */
    void clear() {
        Arrays.fill(running, 0);
    }

    /** Adds the elements from i on to the running sums of a row of n elements. */
    void add(double[] w0, double[] w1, double[] r0, double[] r1, int from, double[] z, int zFrom, int i, int n) {
        double[] s = running;
        for (int j = i; j < n; j++) {
            int k = j & 7;
            double v = z[zFrom + j];
            s[k] += w0[from + j] * v;
            s[8 + k] += w1[from + j] * v;
            s[16 + k] += (r0[from + j] * v) * v;
            s[24 + k] += (r1[from + j] * v) * v;
        }
    }

    /** Moves the weights from i on, then adds these elements as {@link #add} does. */
    void moveThenAdd(
            double step0,
            double step1,
            double[] x,
            int xFrom,
            double[] w0,
            double[] w1,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int i,
            int n) {
        for (int j = i; j < n; j++) {
            w0[from + j] += step0 * (r0[from + j] * x[xFrom + j]);
            w1[from + j] += step1 * (r1[from + j] * x[xFrom + j]);
        }
        add(w0, w1, r0, r1, from, z, zFrom, i, n);
    }

    /** Combines the running sums. */
    void combine() {
        product0 = combined(0);
        product1 = combined(8);
        squares0 = combined(16);
        squares1 = combined(24);
    }

    private double combined(int i) {
        double[] s = running;
        return ((s[i] + s[i + 4]) + (s[i + 2] + s[i + 6])) + ((s[i + 1] + s[i + 5]) + (s[i + 3] + s[i + 7]));
    }
}
