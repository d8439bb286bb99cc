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
 * Rows and their weights, collected until the block is full. Arrays grow to the size of the block and are then reused.
 */
final class RowBlock {
    /** Upper bound of values: the squares of weighted sums of larger squares could overflow. */
    private static final double MAX_VALUE = 1e60;

    private static final double MAX_WEIGHT = 1e15;
    private static final double[] NONE = {};
    /** Below this number of columns, dense loops are faster. */
    private static final int MIN_SPARSE_WIDTH = 256;

    private final DenseKernels kernels = DenseKernels.best();
    private final int width;
    private final int size;
    private final boolean sparse;
    private double[] values = NONE;
    /** Index of the first row in {@link #values}; can differ from 0 only while they belong to a chunk. */
    private int origin;

    private final SparseRows entries = new SparseRows();
    private double[] weights = {};
    private int rows;

    /**
     * Makes an empty block.
     *
     * @param width number of columns
     * @param size maximum number of rows
     * @param sparse whether only elements that are not 0 are stored
     */
    RowBlock(int width, int size, boolean sparse) {
        this.width = width;
        this.size = size;
        this.sparse = sparse;
        if (!sparse && (long) width * size > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument("a block of " + size + " rows × " + width
                    + " columns does not fit one array; lower batch-size or n-components");
        }
    }

    /** Refuses a chunk with a row that cannot be learned: a weight or a value is out of range. */
    static void check(Chunk chunk) {
        chunk.requireWeights(MAX_WEIGHT);
        checkValues(chunk);
    }

    /** Refuses a chunk with a value that is missing or too large. */
    static void checkValues(Chunk chunk) {
        if (chunk instanceof SparseChunk sparse) {
            for (int row = 0; row < chunk.rows(); row++) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    if (!(Math.abs(sparse.values()[k]) <= MAX_VALUE)) {
                        throw badValue(chunk, row, sparse.indices()[k], sparse.values()[k]);
                    }
                }
            }
        } else if (chunk instanceof DenseChunk dense) {
            DenseKernels kernels = DenseKernels.best();
            int width = chunk.width();
            double[] values = dense.values();
            for (int row = 0; row < chunk.rows(); row++) {
                int from = dense.offset(row);
                boolean fine = kernels.sumOfSquares(values, from, width) <= MAX_VALUE * MAX_VALUE;
                for (int j = 0; !fine && j < width; j++) {
                    if (!(Math.abs(values[from + j]) <= MAX_VALUE)) {
                        throw badValue(chunk, row, j, values[from + j]);
                    }
                }
            }
        }
    }

    private static AccreteException badValue(Chunk chunk, int row, int column, double value) {
        String name = "'" + chunk.schema().columnName(column) + "'";
        return AccreteException.badRow(
                row,
                Double.isNaN(value)
                        ? name + " is missing; put a step before this one that fills it, such as standard-scaler"
                        : name + " must be a number up to " + MAX_VALUE + " but was " + value);
    }

    int rows() {
        return rows;
    }

    /** {@return the number of rows that still fit} */
    int room() {
        return size - rows;
    }

    double weight(int row) {
        return weights[row];
    }

    /** {@return whether the rows have so few entries that sparse loops are faster} */
    boolean isSparse() {
        return sparse && width >= MIN_SPARSE_WIDTH && 8L * entries.start(rows) < (long) rows * width;
    }

    /** {@return the rows, if the block is sparse} */
    SparseRows entries() {
        return entries;
    }

    void clear() {
        truncate(0);
    }

    /**
     * Makes an empty block a view of rows of a dense chunk, until {@link #release}.
     *
     * @return whether it did: the chunk and this block are dense, and the rows fill the block
     */
    boolean view(Chunk chunk, int from) {
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

    /** Ends the view and forgets the chunk's array. */
    void release() {
        values = NONE;
        origin = 0;
        rows = 0;
    }

    /** Keeps the first {@code count} rows only. */
    void truncate(int count) {
        rows = count;
        entries.truncate(sparse ? count : 0);
    }

    /** Replaces all rows by the first {@code count} rows of a block of the same size. */
    void copyFrom(RowBlock other, int count) {
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

    /** Appends rows of a chunk; there must be room for them. */
    void append(Chunk chunk, int from, int to) {
        reserve(rows + to - from);
        for (int row = from; row < to; row++) {
            if (sparse) {
                appendEntries(chunk, row);
            } else {
                copyRow(chunk, row, values, rows * width);
            }
            weights[rows] = chunk.weight(row);
            rows++;
        }
    }

    /** Leaves out zeros, so that the dense and the sparse form of a row give the same entries. */
    private void appendEntries(Chunk chunk, int row) {
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
        entries.endRow(at);
    }

    /** Copies a dense or sparse row of a chunk to a dense array. */
    static void copyRow(Chunk chunk, int row, double[] to, int at) {
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
            throw CovarianceEstimate.corrupt(stored + " rows waiting for a block of " + size);
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
            if (!CovarianceEstimate.isUsable(values) || !CovarianceEstimate.isUsable(weights)) {
                throw CovarianceEstimate.corrupt("waiting rows out of range");
            }
        }
    }

    private void restoreEntries(State state, int stored) {
        long[] starts = state.longs("pca.waiting_starts", stored + 1);
        long count = starts[stored];
        long[] columns = state.longs("pca.waiting_columns", count);
        double[] numbers = state.doubles("pca.waiting", count);
        if (!CovarianceEstimate.isUsable(numbers)) {
            throw CovarianceEstimate.corrupt("waiting rows out of range");
        }
        for (int row = 0; row < stored; row++) {
            long previous = -1;
            if (starts[0] != 0 || starts[row] > starts[row + 1] || starts[row + 1] > count) {
                throw CovarianceEstimate.corrupt("waiting rows that overlap");
            }
            for (int k = (int) starts[row]; k < starts[row + 1]; k++) {
                if (columns[k] <= previous || columns[k] >= width) {
                    throw CovarianceEstimate.corrupt("waiting rows whose columns do not ascend below " + width);
                }
                previous = columns[k];
                entries.put(k, (int) columns[k], numbers[k]);
            }
            entries.endRow((int) starts[row + 1]);
        }
    }
}
