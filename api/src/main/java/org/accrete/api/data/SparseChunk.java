package org.accrete.api.data;

import java.util.List;
import org.accrete.api.AccreteException;

/** Rows in compressed form (CSR): per row, ascending column numbers, each at most once, and their values. */
public final class SparseChunk extends Chunk {
    int[] starts;
    int[] indices;
    double[] values;

    SparseChunk(Schema schema, int[] starts, int[] indices, double[] values) {
        super(schema);
        this.starts = starts;
        this.indices = indices;
        this.values = values;
    }

    /**
     * Makes a view on arrays that the caller owns.
     *
     * @param schema what the columns are
     * @param starts rows + 1 numbers: where each row begins, and where the last ends
     * @param indices column numbers, ascending within a row; not copied
     * @param values one per index; not copied
     * @param targets one per row, or empty; not copied
     * @param weights one per row, or empty; not copied
     * @param classes labels that categorical targets are indexes into, or empty
     */
    public SparseChunk(
            Schema schema,
            int[] starts,
            int[] indices,
            double[] values,
            double[] targets,
            double[] weights,
            List<String> classes) {
        this(schema, starts, indices, values);
        rows = starts.length - 1;
        int width = width();
        for (int row = 0; row < rows; row++) {
            requireAscending(indices, starts[row], starts[row + 1], width, row);
        }
        Buffers.attach(this, targets, weights, classes);
    }

    /** Refuses column numbers that do not ascend or lie outside the width. */
    static void requireAscending(int[] indices, int from, int to, int width, int row) {
        int previous = -1;
        for (int k = from; k < to; k++) {
            if (indices[k] <= previous || indices[k] >= width) {
                throw AccreteException.badRow(
                        row,
                        "column numbers must ascend within 0 … " + (width - 1) + " but " + indices[k] + " follows "
                                + previous);
            }
            previous = indices[k];
        }
    }

    /** {@return the column numbers of all rows} */
    public int[] indices() {
        return indices;
    }

    /** {@return the values of all rows, one per column number} */
    public double[] values() {
        return values;
    }

    /**
     * {@return where a row begins in {@link #indices()} and {@link #values()}}
     *
     * @param row from 0; the number of rows gives the end of the last
     */
    public int start(int row) {
        return starts[first + row];
    }

    /**
     * {@return where a row ends in {@link #indices()} and {@link #values()}}
     *
     * @param row from 0
     */
    public int end(int row) {
        return starts[first + row + 1];
    }

    @Override
    public SparseChunk slice(int from, int to) {
        SparseChunk slice = new SparseChunk(schema(), starts, indices, values);
        slice.shareRows(this, from, to);
        return slice;
    }
}
