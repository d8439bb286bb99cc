package org.accrete.learners.sgd.weights;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Contributions;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * Linear functions of a row: {@code w·x + b} with {@code w = scale · v}, or {@code w = unit · prior + scale · v} where
 * the penalty acts on the difference from prior weights. Read-only here; a {@link #copy} never changes.
 *
 * <p>The scale is shared by all vectors, and 1 unless sparse rows were learned: see {@link TrainableWeights}.
 */
public class LinearWeights {
    /** Length of each vector. */
    final int width;
    /** The vectors one after the other, unscaled. */
    double[] v;
    /** One per vector. */
    double[] intercepts;
    /** In (0, 1]. */
    double scale;
    /** Prior weights, the vectors one after the other, never changed; empty if the prior is 0. */
    double[] prior;

    private final double unit;

    /**
     * Makes functions that keep the arrays.
     *
     * @param width length of each vector
     * @param v vectors one after the other, unscaled
     * @param intercepts one per vector
     * @param scale factor of all vectors, above 0
     * @param prior prior weights, one vector after the other, or empty
     * @param unit factor of the prior weights
     */
    public LinearWeights(int width, double[] v, double[] intercepts, double scale, double[] prior, double unit) {
        this.width = width;
        this.v = v;
        this.intercepts = intercepts;
        this.scale = scale;
        this.prior = prior;
        this.unit = unit;
    }

    /** {@return the number of linear functions that tell so many classes apart: 1 for up to two classes} */
    public static int functions(int classes) {
        return classes <= 2 ? 1 : classes;
    }

    /** {@return length of each vector} */
    public final int width() {
        return width;
    }

    /** {@return number of linear functions} */
    public final int count() {
        return intercepts.length;
    }

    /** {@return the vectors one after the other, unscaled; not a copy} */
    public final double[] vectors() {
        return v;
    }

    /** {@return one intercept per function; not a copy} */
    public final double[] intercepts() {
        return intercepts;
    }

    /** {@return the factor of all vectors} */
    public final double scale() {
        return scale;
    }

    /** {@return the prior weights, empty if there are none; not a copy} */
    public final double[] prior() {
        return prior;
    }

    /** {@return whether there are prior weights} */
    public final boolean hasPrior() {
        return prior.length > 0;
    }

    /**
     * {@return the value of one function}
     *
     * @param c which function
     * @param chunk rows of the right width
     * @param row from 0
     * @throws org.accrete.api.AccreteException bad data: a feature is NaN or infinite
     */
    public double decision(int c, Chunk chunk, int row) {
        return decision(scale * product(v, c, chunk, row), intercepts[c], c, chunk, row);
    }

    /** {@return the value of one function, given the product of its learned vector and the row, and its intercept} */
    public final double decision(double product, double intercept, int c, Chunk chunk, int row) {
        double learned = product + intercept;
        return checked(hasPrior() ? learned + unit * product(prior, c, chunk, row) : learned, chunk, row);
    }

    /** {@return the inner product of a row and vector c of an array of vectors} */
    public final double product(double[] vectors, int c, Chunk chunk, int row) {
        if (chunk instanceof SparseChunk sparse) {
            return SparseKernels.dot(
                    vectors, c * width, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row));
        }
        DenseChunk dense = (DenseChunk) chunk;
        return DenseKernels.best().dot(vectors, c * width, dense.values(), dense.offset(row), width);
    }

    /**
     * {@return the decision value}
     *
     * @throws org.accrete.api.AccreteException bad data: it is not finite because a feature of the row is not
     */
    public static double checked(double decision, Chunk chunk, int row) {
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
    public final void decide(Chunk chunk, double[] out) {
        int count = count();
        int rows = chunk.rows();
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < count; c++) {
                out[row * count + c] = decision(c, chunk, row);
            }
        }
    }

    /**
     * Says what the columns of a row contribute to the value of one function: weight times value, and the intercept.
     *
     * @param c which function
     * @param chunk rows of the right width
     * @param row from 0
     * @param out cleared, then filled
     * @throws org.accrete.api.AccreteException bad data: a feature is NaN or infinite
     */
    public final void explain(int c, Chunk chunk, int row, Contributions out) {
        checked(decision(c, chunk, row), chunk, row);
        out.clear(intercepts[c]);
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                int column = sparse.indices()[k];
                out.add(column, sparse.values()[k] * weight(c * width + column));
            }
        } else if (chunk instanceof DenseChunk dense) {
            for (int column = 0; column < width; column++) {
                out.add(column, dense.values()[dense.offset(row) + column] * weight(c * width + column));
            }
        }
    }

    private double weight(int at) {
        double learned = learned(at);
        return hasPrior() ? learned + unit * prior[at] : learned;
    }

    /** {@return one weight less the prior weight; {@code at} counts through the vectors one after the other} */
    double learned(int at) {
        return scale * v[at];
    }

    /** {@return the weights, functions × width, prior weights included; a copy} */
    public final double[] effective() {
        double[] w = learned();
        if (hasPrior()) {
            DenseKernels.best().axpy(unit, prior, 0, w, 0, w.length);
        }
        return w;
    }

    /** {@return the weights less the prior weights, functions × width; a copy} */
    public double[] learned() {
        double[] w = v.clone();
        if (scale != 1) {
            DenseKernels.best().scale(scale, w, 0, w.length);
        }
        return w;
    }

    /** {@return the same functions, to the bit, in arrays of their own} */
    public LinearWeights copy() {
        return new LinearWeights(width, v.clone(), intercepts.clone(), scale, prior, unit);
    }
}
