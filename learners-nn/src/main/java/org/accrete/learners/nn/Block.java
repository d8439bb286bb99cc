package org.accrete.learners.nn;

import java.util.Arrays;

/**
 * Some rows as the network takes them: numbers row by row, entries of tables, targets, weights. Refilled, never grown
 * in rows.
 */
final class Block {
    /** The most rows. */
    final int capacity;

    /** From a row to the next in {@link #x}; what follows a row's numbers is room for its embeddings. */
    final int stride;

    final float[] x;

    /** A number, or a class index. */
    final float[] targets;

    final float[] weights;

    /** Where the entries of each row begin, and where the last ends. */
    final int[] starts;

    int rows;
    int[] tables = {};
    int[] tableRows = {};
    float[] values = {};

    Block(int capacity, int stride) {
        this.capacity = capacity;
        this.stride = stride;
        this.x = new float[capacity * stride];
        this.targets = new float[capacity];
        this.weights = new float[capacity];
        this.starts = new int[capacity + 1];
    }

    /** {@return how many entries all rows have} */
    int entries() {
        return starts[rows];
    }

    /** Makes room for entries, so that none allocates later. */
    void reserve(long entries) {
        if (entries > tables.length) {
            int room = (int) Math.min(Integer.MAX_VALUE - 64, Math.max(entries, 2L * tables.length));
            tables = Arrays.copyOf(tables, room);
            tableRows = Arrays.copyOf(tableRows, room);
            values = Arrays.copyOf(values, room);
        }
    }

    void clear() {
        truncate(0);
    }

    /** Lets go of the rows from one on. */
    void truncate(int row) {
        rows = row;
    }

    void beginRow() {
        starts[rows + 1] = starts[rows];
    }

    /** Adds an entry to the row that was begun, unless it is 0. */
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

    void endRow() {
        rows++;
    }

    /** Takes the rows of another block of the same shape. */
    void copyFrom(Block other) {
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
