package org.accrete.learners.sgd;

import java.util.Arrays;
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
 * <p>Undo. For a dense chunk all weights are copied at its beginning. For a sparse one only those that its entries name are:
 * a model of millions of weights is not copied for a chunk of ten rows. A fold touches the others too, so it copies all
 * weights first, once per chunk; taking back puts these in place, then the named ones. New classes get new arrays, and the
 * old ones stay as they were at that moment. Copies go to arrays that are used again.
 */
final class TrainableWeights extends Weights {
    private static final double SMALLEST_SCALE = 1e-9;
    private static final int LONGEST = Integer.MAX_VALUE - 64;

    private double[] beforeV;
    private double[] beforeIntercepts;
    private double beforeScale;
    private double[] all = {};
    private boolean savedAll;
    private double[] named = {};
    private boolean savedNamed;

    TrainableWeights(int width, double[] v, double[] intercepts, double scale) {
        super(width, v, intercepts, scale);
        this.beforeV = v;
        this.beforeIntercepts = intercepts.clone();
        this.beforeScale = scale;
    }

    /**
     * {@return functions that are 0 everywhere}
     *
     * @param width number of columns
     * @param count how many functions
     * @throws AccreteException bad argument: too many numbers for one array
     */
    static TrainableWeights zero(int width, int count) {
        requireRoom(width, count);
        return new TrainableWeights(width, new double[count * width], new double[count], 1);
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
        beforeV = v;
        beforeScale = scale;
        if (beforeIntercepts.length != intercepts.length) {
            beforeIntercepts = new double[intercepts.length];
        }
        System.arraycopy(intercepts, 0, beforeIntercepts, 0, intercepts.length);
        savedAll = false;
        savedNamed = false;
        if (!(chunk instanceof SparseChunk sparse) || entries(sparse) >= width) {
            saveAll();
            return;
        }
        int entries = entries(sparse);
        long room = (long) entries * count();
        if (room > named.length) {
            named = new double[(int) Math.min(LONGEST, Math.max(room, 2L * named.length))];
        }
        Kernels kernels = Kernels.best();
        for (int c = 0; c < count(); c++) {
            int from = sparse.start(0);
            kernels.gather(v, c * width, sparse.indices(), from, from + entries, named, c * entries);
        }
        savedNamed = true;
    }

    private void saveAll() {
        if (all.length < v.length) {
            all = new double[v.length];
        }
        System.arraycopy(v, 0, all, 0, v.length);
        savedAll = true;
    }

    private static int entries(SparseChunk chunk) {
        return chunk.end(chunk.rows() - 1) - chunk.start(0);
    }

    /** Takes back everything since {@link #begin} for this chunk. */
    void rollBack(Chunk chunk) {
        v = beforeV;
        scale = beforeScale;
        intercepts = beforeIntercepts.clone();
        if (savedAll) {
            System.arraycopy(all, 0, v, 0, v.length);
        }
        if (savedNamed && chunk instanceof SparseChunk sparse) {
            int entries = entries(sparse);
            int from = sparse.start(0);
            for (int c = 0; c < count(); c++) {
                Kernels.best().scatter(named, c * entries, sparse.indices(), from, from + entries, v, c * width);
            }
        }
    }

    /** {@return whether every number that the chunk may have changed is finite; one that once is not never becomes so again} */
    boolean isFinite(Chunk chunk) {
        if (!(chunk instanceof SparseChunk sparse) || entries(sparse) >= width) {
            return isFinite();
        }
        int[] indices = sparse.indices();
        int to = sparse.end(sparse.rows() - 1);
        for (int c = 0; c < count(); c++) {
            int origin = c * width;
            for (int k = sparse.start(0); k < to; k++) {
                if (!Double.isFinite(v[origin + indices[k]])) {
                    return false;
                }
            }
        }
        return interceptsAreFinite();
    }

    /** {@return whether every number is finite} */
    boolean isFinite() {
        return Kernels.best().allFinite(v, 0, v.length) && interceptsAreFinite();
    }

    private boolean interceptsAreFinite() {
        for (double intercept : intercepts) {
            if (!Double.isFinite(intercept)) {
                return false;
            }
        }
        return true;
    }

    // --- learning

    /** Multiplies the scale into the vectors. */
    void fold() {
        if (scale != 1) {
            if (!savedAll && v == beforeV) {
                saveAll();
            }
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
        if (scale < SMALLEST_SCALE) {
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
     * Makes room for more classes. One function that told two classes apart becomes one for each, of opposite sign; the
     * others start at 0.
     *
     * @param count how many functions there are to be, more than there are
     */
    void grow(int count) {
        double[] moreV = Arrays.copyOf(v, count * width);
        double[] moreIntercepts = Arrays.copyOf(intercepts, count);
        if (intercepts.length == 1) {
            System.arraycopy(v, 0, moreV, width, width);
            moreIntercepts[1] = intercepts[0];
            for (int j = 0; j < width; j++) {
                moreV[j] = 0.0 - v[j];
            }
            moreIntercepts[0] = 0.0 - intercepts[0];
        }
        v = moreV;
        intercepts = moreIntercepts;
    }
}
