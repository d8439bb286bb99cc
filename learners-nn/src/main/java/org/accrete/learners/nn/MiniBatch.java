package org.accrete.learners.nn;

import java.util.Arrays;

/**
 * The rows of one batch in the form that the network reads: dense numbers, entries of tables (row and value), targets
 * and weights. The number of rows never exceeds the capacity; the arrays are reused from batch to batch.
 */
final class MiniBatch {
    /** Maximum number of rows. */
    final int capacity;

    /** Distance between rows in {@link #x}. The end of each row has room for its embeddings. */
    final int stride;

    /** Dense inputs of layer 0, rows × {@link #stride}. */
    final float[] x;

    /** A number, or a class index. */
    final float[] targets;

    final float[] weights;

    /** Where the entries of each row begin; {@code starts[rows]} is the end of the last row. */
    final int[] starts;

    int rows;

    // Entries of all rows: table, row of the stacked tables, value.
    int[] tables = {};
    int[] tableRows = {};
    float[] values = {};

    /**
     * Makes an empty batch.
     *
     * @param capacity maximum number of rows
     * @param stride inputs of layer 0
     */
    MiniBatch(int capacity, int stride) {
        this.capacity = capacity;
        this.stride = stride;
        this.x = new float[capacity * stride];
        this.targets = new float[capacity];
        this.weights = new float[capacity];
        this.starts = new int[capacity + 1];
    }

    /** {@return the number of table entries in all rows} */
    int entries() {
        return starts[rows];
    }

    /** Makes room for a number of entries, so that adding them does not allocate. */
    void reserve(long entries) {
        if (entries > tables.length) {
            int room = (int) Math.min(Integer.MAX_VALUE - 64, Math.max(entries, 2L * tables.length));
            tables = Arrays.copyOf(tables, room);
            tableRows = Arrays.copyOf(tableRows, room);
            values = Arrays.copyOf(values, room);
        }
    }

    /** Removes all rows. */
    void clear() {
        truncate(0);
    }

    /** Keeps the first {@code count} rows only. */
    void truncate(int count) {
        rows = count;
    }

    /** Begins a row without entries. */
    void beginRow() {
        starts[rows + 1] = starts[rows];
    }

    /** Adds an entry to the row that was begun. A value of 0 is skipped. */
    void entry(int table, int tableRow, float value) {
        if (value != 0) {
            int k = starts[rows + 1];
            if (k == tables.length) {
                reserve(k + 1L);
            }
            tables[k] = table;
            tableRows[k] = tableRow;
            values[k] = value;
            starts[rows + 1] = k + 1;
        }
    }

    /** Ends the row that was begun. */
    void endRow() {
        rows++;
    }

    /** Replaces all rows by those of a batch with the same capacity and stride. */
    void copyFrom(MiniBatch other) {
        reserve(other.entries());
        rows = other.rows;
        System.arraycopy(other.x, 0, x, 0, rows * stride);
        System.arraycopy(other.targets, 0, targets, 0, rows);
        System.arraycopy(other.weights, 0, weights, 0, rows);
        System.arraycopy(other.starts, 0, starts, 0, rows + 1);
        int entries = other.entries();
        System.arraycopy(other.tables, 0, tables, 0, entries);
        System.arraycopy(other.tableRows, 0, tableRows, 0, entries);
        System.arraycopy(other.values, 0, values, 0, entries);
    }
}
