package org.accrete.learners.sgd;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.Kernels;

/**
 * Linear functions that learn, and can take back everything since {@link #begin}.
 *
 * <p>Decay. A dense row touches every weight anyway, so it decays and moves them in one pass and keeps the scale at 1. A
 * sparse row decays by multiplying the scale, which all vectors share because all of them decay alike, and touches only the
 * weights of its own columns; when the scale gets small it is multiplied into the vectors ({@link #fold}). That happens by
 * row, never by chunk.
 *
 * <p>Undo is by a {@link Journal}. A fold touches weights that a sparse chunk does not name, so it saves all of them first, once per
 * chunk. New classes get new arrays, and the old ones stay as they were at that moment.
 */
final class TrainableWeights extends Weights {
    private static final double SMALLEST_SCALE = 1e-9;
    private static final int LONGEST = Integer.MAX_VALUE - 64;

    /** What the L1 penalty still owes. */
    final Lasso lasso;
    /** The mean over rows. */
    final Average average;

    private final double smallestScale;
    private final Journal journal = new Journal();
    private double[] beforeIntercepts;
    private double beforeScale;

    TrainableWeights(int width, double[] v, double[] intercepts, double scale, Lasso lasso, Average average) {
        super(width, v, intercepts, scale);
        this.lasso = lasso;
        this.average = average;
        this.smallestScale = average.smallestScale(SMALLEST_SCALE);
        this.beforeIntercepts = intercepts.clone();
        this.beforeScale = scale;
    }

    /** {@return what a model reads, in the learner's own arrays} */
    Weights readable() {
        return average.hasRows() ? average.of(this) : this;
    }

    /** Refuses what one array cannot hold. */
    static void requireRoom(int width, int count) {
        if ((long) count * width > LONGEST) {
            throw AccreteException.badArgument("a model of " + count + " classes × " + width
                    + " columns must have < 2^31" + " weights; lower max-classes or use narrower columns");
        }
    }

    // --- all or nothing

    /** Remembers everything that learning the chunk may change. */
    void begin(Chunk chunk) {
        journal.begin(v, width, chunk);
        beforeScale = scale;
        beforeIntercepts = Journal.copy(intercepts, beforeIntercepts);
        lasso.begin(chunk);
        average.begin(this, chunk);
    }

    /** Takes back everything since {@link #begin} for this chunk. */
    void rollBack(Chunk chunk) {
        v = journal.rollBack(width, chunk);
        scale = beforeScale;
        intercepts = beforeIntercepts.clone();
        lasso.rollBack(chunk);
        average.rollBack(chunk);
    }

    /** {@return whether every number that the chunk may have changed is finite; one that once is not never becomes so again} */
    boolean isFinite(Chunk chunk) {
        return Journal.isFinite(v, width, chunk)
                && Journal.isFinite(intercepts)
                && lasso.isFinite(chunk)
                && average.isFinite(v, chunk);
    }

    /** {@return whether every number is finite} */
    boolean isFinite() {
        return Journal.isFinite(v) && Journal.isFinite(intercepts) && lasso.isFinite() && average.isFinite(v);
    }

    // --- learning

    /** Multiplies the scale into the vectors. */
    void fold() {
        if (scale != 1) {
            journal.saveAll(v);
            average.fold(v);
            Kernels.best().scale(scale, v, 0, v.length);
            scale = 1;
        }
    }

    /**
     * Decays all vectors by way of the scale, before a sparse row moves them.
     *
     * @param keep factor in [0, 1]
     */
    void decay(double keep) {
        scale *= keep;
        if (scale < smallestScale) {
            fold();
        }
    }

    /**
     * Moves one vector by a multiple of a row. A dense row, for which the scale must be 1, also decays it.
     *
     * @param c which vector
     * @param keep factor of the vector, in [0, 1]; not looked at for a sparse row
     * @param step factor of the row
     */
    void move(Kernels kernels, int c, Chunk chunk, int row, double keep, double step) {
        int origin = c * width;
        if (chunk instanceof SparseChunk sparse) {
            if (step != 0) {
                kernels.sparseAxpy(
                        step / scale, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row), v, origin);
            }
            return;
        }
        DenseChunk dense = (DenseChunk) chunk;
        if (step == 0) {
            if (keep != 1) {
                kernels.scale(keep, v, origin, width);
            }
        } else if (keep == 1) {
            kernels.axpy(step, dense.values(), dense.offset(row), v, origin, width);
        } else {
            kernels.scaleAdd(keep, v, origin, step, dense.values(), dense.offset(row), width);
        }
    }

    /**
     * Moves one vector as {@link #move} does, by a dense row that is not the chunk's last.
     *
     * @param c which vector
     * @param keep factor of the vector, in [0, 1]
     * @param step factor of the row
     * @return product of the next row's features with the moved vector
     */
    double moveOn(Kernels kernels, int c, DenseChunk chunk, int row, double keep, double step) {
        int origin = c * width;
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        if (step == 0) {
            move(kernels, c, chunk, row, keep, step);
            return kernels.dot(v, origin, values, offset + width, width);
        }
        return kernels.scaleAddDot(keep, v, origin, step, values, offset, values, offset + width, width);
    }

    /**
     * Moves one vector by a multiple of a row, without a decay.
     *
     * @param c which vector
     * @param step factor of the row
     */
    void add(Kernels kernels, int c, Chunk chunk, int row, double step) {
        if (step != 0) {
            double factor = step / scale;
            if (chunk instanceof SparseChunk sparse) {
                kernels.sparseAxpy(
                        factor, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row), v, c * width);
            } else if (chunk instanceof DenseChunk dense) {
                kernels.axpy(factor, dense.values(), dense.offset(row), v, c * width, width);
            }
            average.moved(kernels, c, chunk, row, factor);
        }
    }

    /**
     * Makes room for more classes. One function that told two classes apart becomes one for each, of opposite sign; the
     * others start at 0.
     *
     * @param count how many functions there are to be, more than there are
     * @param half how much of the one function each of the two gets
     */
    void grow(int count, double half) {
        v = Journal.grow(v, width, count, half);
        intercepts = Journal.grow(intercepts, 1, count, half);
        lasso.grow(count, half);
        average.grow(count, half);
    }
}
