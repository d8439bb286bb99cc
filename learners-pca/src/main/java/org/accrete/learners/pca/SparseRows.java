package org.accrete.learners.pca;

import java.util.Arrays;

/** Rows by their entries, columns ascending in each. Arrays grow and are then reused. */
final class SparseRows {
    private int[] starts = new int[1];
    private int[] columns = {};
    private double[] values = {};
    private int rows;

    int rows() {
        return rows;
    }

    /** {@return the column numbers of all rows} */
    int[] columns() {
        return columns;
    }

    /** {@return the values of all rows} */
    double[] values() {
        return values;
    }

    /** {@return where a row begins in both; the number of rows gives the end of the last} */
    int start(int row) {
        return starts[row];
    }

    void clear() {
        rows = 0;
    }

    /** Drops the last rows. */
    void cut(int left) {
        rows = left;
    }

    /** Adds an entry to the row that {@link #end} will end. */
    void put(int at, int column, double value) {
        if (at == columns.length) {
            int length = Math.max(256, at + at / 2);
            columns = Arrays.copyOf(columns, length);
            values = Arrays.copyOf(values, length);
        }
        columns[at] = column;
        values[at] = value;
    }

    /**
     * Ends a row.
     *
     * @param end place after its last entry
     */
    void end(int end) {
        rows++;
        if (rows == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[rows] = end;
    }

    /** Takes the first rows of others in place of all its own. */
    void copyFrom(SparseRows other, int count) {
        int entries = other.starts[count];
        if (starts.length <= count) {
            starts = new int[count + 1];
        }
        if (columns.length < entries) {
            columns = new int[entries];
            values = new double[entries];
        }
        System.arraycopy(other.starts, 0, starts, 0, count + 1);
        System.arraycopy(other.columns, 0, columns, 0, entries);
        System.arraycopy(other.values, 0, values, 0, entries);
        rows = count;
    }
}
