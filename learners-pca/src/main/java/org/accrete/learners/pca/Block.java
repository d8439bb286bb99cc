package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * Rows that wait until there are enough of them, with their weights. Arrays grow to the block's size and are then
 * reused.
 */
final class Block {
    /** Larger ones have squares whose sums could overflow. */
    private static final double LARGEST_VALUE = 1e100;

    private static final double LARGEST_WEIGHT = 1e50;
    private static final double[] NONE = {};
    /** With fewer columns, loops over all of them cost less. */
    private static final int NARROW = 256;

    private final DenseKernels kernels = DenseKernels.best();
    private final int width;
    private final int size;
    private final boolean sparse;
    private double[] values = NONE;
    /** Where the first row begins in {@link #values}; not 0 only while they belong to a chunk. */
    private int origin;

    private final SparseRows entries = new SparseRows();
    private double[] weights = {};
    private int rows;

    /**
     * Makes an empty block.
     *
     * @param width number of columns
     * @param size the most rows
     * @param sparse whether only what is not 0 is stored
     */
    Block(int width, int size, boolean sparse) {
        this.width = width;
        this.size = size;
        this.sparse = sparse;
        if (!sparse && (long) width * size > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument("a block of " + size + " rows × " + width
                    + " columns does not fit one array; lower batch-size or n-components");
        }
    }

    /** Refuses a chunk with a row that cannot be learned; changes nothing. */
    static void check(Chunk chunk) {
        for (int row = 0; row < chunk.rows(); row++) {
            double weight = chunk.weight(row);
            if (!(weight >= 0 && weight <= LARGEST_WEIGHT)) {
                throw AccreteException.badRow(
                        row, "the weight must be >= 0 and <= " + LARGEST_WEIGHT + " but was " + weight);
            }
        }
        checkValues(chunk);
    }

    /** Refuses a chunk with a value that is missing or too large. */
    static void checkValues(Chunk chunk) {
        if (chunk instanceof SparseChunk sparse) {
            for (int row = 0; row < chunk.rows(); row++) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    if (!(Math.abs(sparse.values()[k]) <= LARGEST_VALUE)) {
                        throw refuse(chunk, row, sparse.indices()[k], sparse.values()[k]);
                    }
                }
            }
        } else if (chunk instanceof DenseChunk dense) {
            DenseKernels kernels = DenseKernels.best();
            int width = chunk.width();
            double[] values = dense.values();
            for (int row = 0; row < chunk.rows(); row++) {
                int from = dense.offset(row);
                boolean fine = kernels.sumOfSquares(values, from, width) <= LARGEST_VALUE * LARGEST_VALUE;
                for (int j = 0; !fine && j < width; j++) {
                    if (!(Math.abs(values[from + j]) <= LARGEST_VALUE)) {
                        throw refuse(chunk, row, j, values[from + j]);
                    }
                }
            }
        }
    }

    private static AccreteException refuse(Chunk chunk, int row, int column, double value) {
        String name = "'" + chunk.schema().columnName(column) + "'";
        return AccreteException.badRow(
                row,
                Double.isNaN(value)
                        ? name + " is missing; put a step before this one that fills it, such as standard-scaler"
                        : name + " must be a number up to " + LARGEST_VALUE + " but was " + value);
    }

    int rows() {
        return rows;
    }

    /** {@return how many more rows fit} */
    int room() {
        return size - rows;
    }

    double weight(int row) {
        return weights[row];
    }

    /** {@return whether so few columns have an entry in a row that it pays to go by the entries} */
    boolean isSparse() {
        return sparse && width >= NARROW && 8L * entries.start(rows) < (long) rows * width;
    }

    /** {@return the rows by their entries; of a block that stores them so} */
    SparseRows entries() {
        return entries;
    }

    void clear() {
        cut(0);
    }

    /**
     * Shows rows of a dense chunk without a copy, until {@link #release}; for an empty block that is used for nothing
     * else.
     *
     * @return whether it does: the chunk and this are dense, and the rows fill a block
     */
    boolean borrow(Chunk chunk, int from) {
        if (sparse || !(chunk instanceof DenseChunk dense) || chunk.rows() - from < size) {
            return false;
        }
        if (weights.length < size) {
            weights = new double[size];
        }
        for (int i = 0; i < size; i++) {
            weights[i] = chunk.weight(from + i);
        }
        values = dense.values();
        origin = dense.offset(from);
        rows = size;
        return true;
    }

    /** Forgets the chunk's array. */
    void release() {
        values = NONE;
        origin = 0;
        rows = 0;
    }

    /** Drops the last rows. */
    void cut(int left) {
        rows = left;
        entries.cut(sparse ? left : 0);
    }

    /** Takes the first rows of another block of the same size in place of all its own. */
    void copyFrom(Block other, int count) {
        reserve(count);
        if (sparse) {
            entries.copyFrom(other.entries, count);
        } else {
            System.arraycopy(other.values, 0, values, 0, count * width);
        }
        System.arraycopy(other.weights, 0, weights, 0, count);
        rows = count;
    }

    private void reserve(int count) {
        if (count > weights.length) {
            int length = Math.min(size, Math.max(count, 2 * weights.length));
            weights = Arrays.copyOf(weights, length);
            values = sparse ? values : Arrays.copyOf(values, length * width);
        }
    }

    /** Appends rows of a chunk, for which there is room. */
    void append(Chunk chunk, int from, int to) {
        reserve(rows + to - from);
        for (int row = from; row < to; row++) {
            if (sparse) {
                putEntries(chunk, row);
            } else {
                put(chunk, row, values, rows * width);
            }
            weights[rows] = chunk.weight(row);
            rows++;
        }
    }

    /** What is 0 is left out, so that both forms of a row are the same. */
    private void putEntries(Chunk chunk, int row) {
        int at = entries.start(rows);
        if (chunk instanceof SparseChunk from) {
            for (int k = from.start(row); k < from.end(row); k++) {
                if (from.values()[k] != 0) {
                    entries.put(at++, from.indices()[k], from.values()[k]);
                }
            }
        } else if (chunk instanceof DenseChunk from) {
            int offset = from.offset(row);
            for (int j = 0; j < width; j++) {
                if (from.values()[offset + j] != 0) {
                    entries.put(at++, j, from.values()[offset + j]);
                }
            }
        }
        entries.end(at);
    }

    /** Copies a row of a chunk, whichever its form. */
    static void put(Chunk chunk, int row, double[] to, int at) {
        int width = chunk.width();
        if (chunk instanceof DenseChunk dense) {
            System.arraycopy(dense.values(), dense.offset(row), to, at, width);
        } else if (chunk instanceof SparseChunk sparse) {
            Arrays.fill(to, at, at + width, 0);
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                to[at + sparse.indices()[k]] = sparse.values()[k];
            }
        }
    }

    /** {@code sum += factor · row}. */
    void addTo(double[] sum, int row, double factor) {
        if (sparse) {
            SparseKernels.axpy(
                    factor, entries.columns(), entries.values(), entries.start(row), entries.start(row + 1), sum, 0);
        } else {
            kernels.axpy(factor, values, origin + row * width, sum, 0, width);
        }
    }

    /** {@code out = factor · (row − mean)}. */
    void centre(int row, double[] mean, double factor, double[] out, int at) {
        if (sparse) {
            Arrays.fill(out, at, at + width, 0);
            for (int k = entries.start(row); k < entries.start(row + 1); k++) {
                out[at + entries.columns()[k]] = entries.values()[k];
            }
        } else {
            System.arraycopy(values, origin + row * width, out, at, width);
        }
        kernels.axpy(-1, mean, 0, out, at, width);
        if (factor != 1) {
            kernels.scale(factor, out, at, width);
        }
    }

    void putInto(State.Builder state) {
        state.whole("pca.waiting_rows", rows);
        if (rows > 0 && sparse) {
            int count = entries.start(rows);
            long[] starts = new long[rows + 1];
            long[] columns = new long[count];
            Arrays.setAll(starts, entries::start);
            Arrays.setAll(columns, k -> entries.columns()[k]);
            state.longs("pca.waiting_starts", starts)
                    .longs("pca.waiting_columns", columns)
                    .doubles("pca.waiting", Arrays.copyOf(entries.values(), count));
        } else if (rows > 0) {
            state.doubles("pca.waiting", Arrays.copyOf(values, rows * width), rows, width);
        }
        if (rows > 0) {
            state.doubles("pca.waiting_weights", Arrays.copyOf(weights, rows));
        }
    }

    void restore(State state) {
        long stored = state.whole("pca.waiting_rows");
        if (stored < 0 || stored >= size) {
            throw Summary.corrupt(stored + " rows waiting for a block of " + size);
        }
        if (stored > 0) {
            reserve((int) stored);
            if (sparse) {
                restoreEntries(state, (int) stored);
            } else {
                System.arraycopy(state.doubles("pca.waiting", stored, width), 0, values, 0, (int) stored * width);
            }
            System.arraycopy(state.doubles("pca.waiting_weights", stored), 0, weights, 0, (int) stored);
            rows = (int) stored;
            if (!Summary.isFinite(values) || !Summary.isFinite(weights)) {
                throw Summary.corrupt("waiting rows out of range");
            }
        }
    }

    private void restoreEntries(State state, int stored) {
        long[] starts = state.longs("pca.waiting_starts", stored + 1);
        long count = starts[stored];
        long[] columns = state.longs("pca.waiting_columns", count);
        double[] numbers = state.doubles("pca.waiting", count);
        if (!Summary.isFinite(numbers)) {
            throw Summary.corrupt("waiting rows out of range");
        }
        for (int row = 0; row < stored; row++) {
            long previous = -1;
            if (starts[0] != 0 || starts[row] > starts[row + 1] || starts[row + 1] > count) {
                throw Summary.corrupt("waiting rows that overlap");
            }
            for (int k = (int) starts[row]; k < starts[row + 1]; k++) {
                if (columns[k] <= previous || columns[k] >= width) {
                    throw Summary.corrupt("waiting rows whose columns do not ascend below " + width);
                }
                previous = columns[k];
                entries.put(k, (int) columns[k], numbers[k]);
            }
            entries.end((int) starts[row + 1]);
        }
    }
}
