package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.Kernels;

/**
 * Linear functions of a row, each a vector {@code scale · v} and an intercept. Nothing here changes them; a copy made by
 * {@link #copy} is never changed at all.
 *
 * <p>The scale is shared by all vectors, and 1 unless sparse rows were learned: see {@link TrainableWeights}.
 */
class Weights {
    /** Length of each vector. */
    final int width;
    /** The vectors one after the other, unscaled. */
    double[] v;
    /** One per vector. */
    double[] intercepts;
    /** In (0, 1]. */
    double scale;

    Weights(int width, double[] v, double[] intercepts, double scale) {
        this.width = width;
        this.v = v;
        this.intercepts = intercepts;
        this.scale = scale;
    }

    /** {@return how many linear functions there are} */
    final int count() {
        return intercepts.length;
    }

    /**
     * {@return the value of one function}
     *
     * @param c which function
     * @param chunk rows of the right width
     * @param row from 0
     * @throws org.accrete.api.AccreteException bad data: a feature is NaN or infinite
     */
    double decision(Kernels kernels, int c, Chunk chunk, int row) {
        return checked(scale * product(kernels, v, c, chunk, row) + intercepts[c], chunk, row);
    }

    /** {@return the inner product of a row and a vector of an array of them} */
    final double product(Kernels kernels, double[] vectors, int c, Chunk chunk, int row) {
        if (chunk instanceof SparseChunk sparse) {
            return kernels.sparseDot(
                    vectors, c * width, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row));
        }
        DenseChunk dense = (DenseChunk) chunk;
        return kernels.dot(vectors, c * width, dense.values(), dense.offset(row), width);
    }

    /** {@return the value, unless a feature of the row spoilt it} */
    static double checked(double decision, Chunk chunk, int row) {
        if (!Double.isFinite(decision)) {
            Rows.requireFiniteFeatures(chunk, row);
        }
        return decision;
    }

    /**
     * Writes the value of every function for every row.
     *
     * @param chunk rows of the right width
     * @param out receives rows × {@link #count()} numbers, row-major
     */
    final void decide(Chunk chunk, double[] out) {
        Kernels kernels = Kernels.best();
        int count = count();
        int rows = chunk.rows();
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < count; c++) {
                out[row * count + c] = decision(kernels, c, chunk, row);
            }
        }
    }

    /** {@return the vectors, a copy} */
    double[] effective() {
        double[] w = v.clone();
        if (scale != 1) {
            Kernels.best().scale(scale, w, 0, w.length);
        }
        return w;
    }

    /** {@return the same functions, to the bit, in arrays of their own} */
    Weights copy() {
        return new Weights(width, v.clone(), intercepts.clone(), scale);
    }
}
