package org.accrete.learners.pca;

import java.util.Arrays;

/** Rows in compressed sparse row form, columns ascending within a row. Arrays grow and are then reused. */
final class SparseRows {
    private int[] starts = new int[1];
    private int[] columns = {};
    private double[] values = {};
    private int rows;

    int rows() {
        return rows;
    }

    /** {@return the columns of all entries} */
    int[] columns() {
        return columns;
    }

    /** {@return the values of all entries} */
    double[] values() {
        return values;
    }

    /** {@return the index of a row's first entry; the number of rows gives the end of the last row} */
    int start(int row) {
        return starts[row];
    }

    void clear() {
        rows = 0;
    }

    /** Keeps the first {@code count} rows only. */
    void truncate(int count) {
        rows = count;
    }

    /** Writes an entry of the row that {@link #endRow} will end. */
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
     * @param end index after its last entry
     */
    void endRow(int end) {
        rows++;
        if (rows == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[rows] = end;
    }

    /** Replaces all rows by the first {@code count} rows of another. */
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
