package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * The centred rows of a block, each times the square root of its weight, in sparse form.
 *
 * <p>The centred rows are {@code R − q uᵀ}: R has few entries, q are the square roots of the weights, and u are the
 * means of the one-hot columns. Elements of such columns are 0 or about 1, so the late subtraction loses no digits. All
 * other columns, whose means may be far from 0, are centred in R, and u is 0 there.
 */
final class CentredSparseRows {
    private final DenseKernels kernels = DenseKernels.best();
    private final int width;
    /** Columns that are centred in R, ascending. */
    private final int[] dense;

    private final SparseRows rows = new SparseRows();
    private double[] q = {};
    private double[] means = {};
    private final double[] u;
    private final double[] columnScratch;
    private double total;

    CentredSparseRows(Schema schema) {
        this.width = schema.width();
        boolean[] isDense = new boolean[width];
        int from = 0;
        for (Block block : schema.blocks()) {
            Arrays.fill(isDense, from, from + block.width(), !block.kind().isSparse());
            from += block.width();
        }
        int count = 0;
        int[] columns = new int[width];
        for (int j = 0; j < width; j++) {
            if (isDense[j]) {
                columns[count++] = j;
            }
        }
        this.dense = Arrays.copyOf(columns, count);
        boolean used = schema.isSparse();
        this.u = new double[used ? width : 0];
        this.columnScratch = new double[used ? width : 0];
    }

    int rows() {
        return rows.rows();
    }

    /**
     * Sets the rows to those of a block, without rows of weight 0.
     *
     * @param entries the rows
     * @param weights of the rows
     * @param count number of rows
     * @param mean of the block
     * @param weight sum of the weights
     * @param squares the squared deviations from the mean are added to it
     */
    void set(SparseRows entries, double[] weights, int count, double[] mean, double weight, double[] squares) {
        total = weight;
        if (q.length < count) {
            q = new double[count];
            means = new double[count];
        }
        System.arraycopy(mean, 0, u, 0, width);
        for (int column : dense) {
            u[column] = 0;
        }
        rows.clear();
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                q[rows.rows()] = Math.sqrt(weights[i]);
                append(entries, i, mean, q[rows.rows()]);
            }
        }
        Arrays.fill(columnScratch, 0);
        int to = rows.start(rows.rows());
        for (int k = 0; k < to; k++) {
            columnScratch[rows.columns()[k]] += rows.values()[k] * rows.values()[k];
        }
        for (int j = 0; j < width; j++) {
            squares[j] += Math.max(0, columnScratch[j] - total * u[j] * u[j]);
        }
    }

    private void append(SparseRows entries, int row, double[] mean, double root) {
        int at = rows.start(rows.rows());
        int k = entries.start(row);
        int end = entries.start(row + 1);
        for (int column : dense) {
            while (k < end && entries.columns()[k] < column) {
                rows.put(at++, entries.columns()[k], root * entries.values()[k]);
                k++;
            }
            double value = 0;
            if (k < end && entries.columns()[k] == column) {
                value = entries.values()[k++];
            }
            rows.put(at++, column, root * (value - mean[column]));
        }
        for (; k < end; k++) {
            rows.put(at++, entries.columns()[k], root * entries.values()[k]);
        }
        rows.endRow(at);
    }

    /** Writes the centred rows in dense form. */
    void writeDense(double[] out, int from) {
        for (int i = 0; i < rows.rows(); i++) {
            int at = from + i * width;
            Arrays.fill(out, at, at + width, 0);
            add(1, i, out, at);
            kernels.axpy(-q[i], u, 0, out, at, width);
        }
    }

    private void add(double factor, int row, double[] out, int from) {
        SparseKernels.axpy(factor, rows.columns(), rows.values(), rows.start(row), rows.start(row + 1), out, from);
    }

    private double dot(double[] x, int from, int row) {
        return SparseKernels.dot(x, from, rows.columns(), rows.values(), rows.start(row), rows.start(row + 1));
    }

    /** Adds their scatter matrix, on and above the diagonal of a width × width matrix. */
    void addScatter(double[] scatter) {
        int[] columns = rows.columns();
        double[] values = rows.values();
        for (int i = 0; i < rows.rows(); i++) {
            int end = rows.start(i + 1);
            for (int k = rows.start(i); k < end; k++) {
                SparseKernels.axpy(values[k], columns, values, k, end, scatter, columns[k] * width);
            }
        }
        for (int j = 0; j < width; j++) {
            if (u[j] != 0) {
                kernels.axpy(-total * u[j], u, j, scatter, j * width + j, width - j);
            }
        }
    }

    /**
     * Writes a part of the Gram matrix of some dense rows followed by these rows: all dot products with these rows, on
     * and above the diagonal.
     *
     * @param a dense rows, row-major
     * @param count number of dense rows
     * @param gram n × n, the dense rows first
     * @param n number of rows in all
     */
    void writeGram(double[] a, int count, double[] gram, int n) {
        for (int i = 0; i < count; i++) {
            double mean = kernels.dot(a, i * width, u, 0, width);
            for (int j = 0; j < rows.rows(); j++) {
                gram[i * n + count + j] = dot(a, i * width, j) - q[j] * mean;
            }
        }
        double square = kernels.sumOfSquares(u, 0, width);
        for (int i = 0; i < rows.rows(); i++) {
            means[i] = dot(u, 0, i);
        }
        double[] row = columnScratch;
        Arrays.fill(row, 0);
        for (int i = 0; i < rows.rows(); i++) {
            add(1, i, row, 0);
            for (int j = i; j < rows.rows(); j++) {
                gram[(count + i) * n + count + j] =
                        dot(row, 0, j) - q[j] * means[i] - q[i] * means[j] + q[i] * q[j] * square;
            }
            for (int k = rows.start(i); k < rows.start(i + 1); k++) {
                row[rows.columns()[k]] = 0;
            }
        }
    }

    /** Adds a linear combination of the rows. */
    void addCombination(double[] factors, int from, double[] out, int at) {
        double sum = 0;
        for (int i = 0; i < rows.rows(); i++) {
            add(factors[from + i], i, out, at);
            sum += factors[from + i] * q[i];
        }
        kernels.axpy(-sum, u, 0, out, at, width);
    }
}
