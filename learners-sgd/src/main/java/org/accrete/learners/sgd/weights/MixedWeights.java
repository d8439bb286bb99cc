package org.accrete.learners.sgd.weights;

import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.MixtureCells;

/**
 * A weighted sum of two sets of linear functions, {@code m0 w0 + m1 w1}, in the arrays of a learner.
 *
 * <p>Dense rows read the sum, which is computed at the first of them. A sparse row computes it for its own columns
 * only, if the sets are in cells, so that a chunk of a few rows does not cost the width. Both give the same bits as a
 * {@link #copy}.
 */
public final class MixedWeights extends LinearWeights {
    private final double[] mixture;
    private final double[][] vectors;
    private final Optional<MixtureCells> cells;
    private boolean isSummed;

    /**
     * Makes the sum, which keeps the arrays.
     *
     * @param width length of each vector
     * @param mixture weights of the two sets
     * @param vectors the vectors of each set, one after the other, unless they are in cells
     * @param cells the vectors of all sets, one after the other
     * @param intercepts one per function, of the sum
     * @param scale factor of all vectors, above 0
     * @param sum receives the vectors of the sum, as many numbers as one set has
     */
    public MixedWeights(
            int width,
            double[] mixture,
            double[][] vectors,
            Optional<MixtureCells> cells,
            double[] intercepts,
            double scale,
            double[] sum) {
        super(width, sum, intercepts, scale, new double[0], 1);
        this.mixture = mixture;
        this.vectors = vectors;
        this.cells = cells;
    }

    @Override
    public double decision(int c, Chunk chunk, int row) {
        if (cells.isPresent() && chunk instanceof SparseChunk sparse && !isSummed) {
            double product = cells.get()
                    .dot(
                            mixture[0],
                            mixture[1],
                            c * width,
                            sparse.indices(),
                            sparse.values(),
                            sparse.start(row),
                            sparse.end(row));
            return decision(scale * product, intercepts[c], c, chunk, row);
        }
        sum();
        return super.decision(c, chunk, row);
    }

    private void sum() {
        if (isSummed) {
            return;
        }
        if (cells.isPresent()) {
            for (int i = 0; i < v.length; i++) {
                v[i] = cells.get().sum(mixture[0], mixture[1], i);
            }
        } else {
            sum(mixture[0], mixture[1], vectors, v, 0);
        }
        isSummed = true;
    }

    /**
     * Computes a weighted sum of two arrays.
     *
     * @param out receives the sum
     * @param outFrom index of its first element
     */
    public static void sum(double m0, double m1, double[][] arrays, double[] out, int outFrom) {
        double[] w0 = arrays[0];
        double[] w1 = arrays[1];
        for (int i = 0; i < w0.length; i++) {
            out[outFrom + i] = m0 * w0[i] + m1 * w1[i];
        }
    }

    @Override
    double learned(int at) {
        if (cells.isPresent() && !isSummed) {
            return scale * cells.get().sum(mixture[0], mixture[1], at);
        }
        sum();
        return super.learned(at);
    }

    @Override
    public double[] learned() {
        sum();
        return super.learned();
    }

    @Override
    public LinearWeights copy() {
        sum();
        return super.copy();
    }
}
