package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.Kernels;

/**
 * Linear functions of a row, each a vector {@code scale · v} and an intercept, or {@code unit · source + scale · v}
 * where v is counted from a {@link #source}. Nothing here changes them; a copy made by {@link #copy} is never changed
 * at all.
 *
 * <p>The scale is shared by all vectors, and 1 unless sparse rows were learned: see {@link TrainableWeights}.
 */
class LinearWeights {
    /** Length of each vector. */
    final int width;
    /** The vectors one after the other, unscaled. */
    double[] v;
    /** One per vector. */
    double[] intercepts;
    /** In (0, 1]. */
    double scale;
    /** Where each vector is counted from, one after the other, never changed; empty where that is 0. */
    double[] source;
    /** Factor of the source. */
    final double unit;

    LinearWeights(int width, double[] v, double[] intercepts, double scale, double[] source, double unit) {
        this.width = width;
        this.v = v;
        this.intercepts = intercepts;
        this.scale = scale;
        this.source = source;
        this.unit = unit;
    }

    /** {@return how many linear functions there are} */
    final int count() {
        return intercepts.length;
    }

    /** {@return whether vectors are counted from others than 0} */
    final boolean hasSource() {
        return source.length > 0;
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
        return decision(kernels, scale * product(kernels, v, c, chunk, row), intercepts[c], c, chunk, row);
    }

    /** {@return the value of one function, from the product of its vector as learned, and its intercept} */
    final double decision(Kernels kernels, double product, double intercept, int c, Chunk chunk, int row) {
        double learned = product + intercept;
        return checked(hasSource() ? learned + unit * product(kernels, source, c, chunk, row) : learned, chunk, row);
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
            RowChecks.requireFiniteFeatures(chunk, row);
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
    final double[] effective() {
        double[] w = learned();
        if (hasSource()) {
            Kernels.best().axpy(unit, source, 0, w, 0, w.length);
        }
        return w;
    }

    /** {@return the vectors less what they are counted from, a copy} */
    double[] learned() {
        double[] w = v.clone();
        if (scale != 1) {
            Kernels.best().scale(scale, w, 0, w.length);
        }
        return w;
    }

    /** {@return the same functions, to the bit, in arrays of their own} */
    LinearWeights copy() {
        return new LinearWeights(width, v.clone(), intercepts.clone(), scale, source, unit);
    }
}
