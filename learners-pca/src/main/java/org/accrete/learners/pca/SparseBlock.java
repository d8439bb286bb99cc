package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * The centred rows of a block, each times the root of its weight, without making them dense.
 *
 * <p>Columns of one-hot blocks are left as they are, with their means u apart: the centred rows are {@code R − q uᵀ},
 * where R has few entries and q holds the roots of the weights. Such a column is 0 or about 1, so that nothing is lost
 * by subtracting afterwards. All other columns, whose means may be far from 0, are centred and stored.
 */
final class SparseBlock {
    private final DenseKernels kernels = DenseKernels.best();
    private final int width;
    /** Columns that are centred, ascending. */
    private final int[] dense;

    private final SparseRows rows = new SparseRows();
    private double[] q = {};
    private final double[] u;
    private final double[] spread;
    private double total;

    SparseBlock(Schema schema) {
        this.width = schema.width();
        boolean[] isDense = new boolean[width];
        int from = 0;
        for (Block block : schema.blocks()) {
            Arrays.fill(isDense, from, from + block.width(), block.kind() != Block.Kind.ONE_HOT);
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
        this.spread = new double[used ? width : 0];
    }

    int rows() {
        return rows.rows();
    }

    /**
     * Takes the rows of a block, those of weight 0 left out.
     *
     * @param entries the rows
     * @param weights of each row
     * @param count how many rows
     * @param mean of the block
     * @param weight sum of the weights
     * @param squares the squared distances from the mean are added to it
     */
    void take(SparseRows entries, double[] weights, int count, double[] mean, double weight, double[] squares) {
        total = weight;
        if (q.length < count) {
            q = new double[count];
        }
        System.arraycopy(mean, 0, u, 0, width);
        for (int column : dense) {
            u[column] = 0;
        }
        rows.clear();
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                q[rows.rows()] = Math.sqrt(weights[i]);
                take(entries, i, mean, q[rows.rows()]);
            }
        }
        Arrays.fill(spread, 0);
        int to = rows.start(rows.rows());
        for (int k = 0; k < to; k++) {
            spread[rows.columns()[k]] += rows.values()[k] * rows.values()[k];
        }
        for (int j = 0; j < width; j++) {
            squares[j] += Math.max(0, spread[j] - total * u[j] * u[j]);
        }
    }

    private void take(SparseRows entries, int row, double[] mean, double root) {
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
        rows.end(at);
    }

    /** Writes the centred rows in full. */
    void putInto(double[] out, int from) {
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

    /** Adds the products of all columns with each other, on and above the diagonal of a width × width matrix. */
    void addProducts(double[] products) {
        int[] columns = rows.columns();
        double[] values = rows.values();
        for (int i = 0; i < rows.rows(); i++) {
            int end = rows.start(i + 1);
            for (int k = rows.start(i); k < end; k++) {
                SparseKernels.axpy(values[k], columns, values, k, end, products, columns[k] * width);
            }
        }
        for (int j = 0; j < width; j++) {
            if (u[j] != 0) {
                kernels.axpy(-total * u[j], u, j, products, j * width + j, width - j);
            }
        }
    }

    /**
     * Writes the products of the rows with those of a dense matrix and with each other, above the diagonal.
     *
     * @param a dense rows, row-major
     * @param count how many
     * @param products n × n, of the dense rows first
     */
    void putProducts(double[] a, int count, double[] products, int n) {
        for (int i = 0; i < count; i++) {
            double mean = kernels.dot(a, i * width, u, 0, width);
            for (int j = 0; j < rows.rows(); j++) {
                products[i * n + count + j] = dot(a, i * width, j) - q[j] * mean;
            }
        }
        double square = kernels.sumOfSquares(u, 0, width);
        double[] means = new double[rows.rows()];
        Arrays.setAll(means, i -> dot(u, 0, i));
        double[] row = spread;
        Arrays.fill(row, 0);
        for (int i = 0; i < rows.rows(); i++) {
            add(1, i, row, 0);
            for (int j = i; j < rows.rows(); j++) {
                products[(count + i) * n + count + j] =
                        dot(row, 0, j) - q[j] * means[i] - q[i] * means[j] + q[i] * q[j] * square;
            }
            for (int k = rows.start(i); k < rows.start(i + 1); k++) {
                row[rows.columns()[k]] = 0;
            }
        }
    }

    /** Adds the rows, each times its factor. */
    void addCombination(double[] factors, int from, double[] out, int at) {
        double sum = 0;
        for (int i = 0; i < rows.rows(); i++) {
            add(factors[from + i], i, out, at);
            sum += factors[from + i] * q[i];
        }
        kernels.axpy(-sum, u, 0, out, at, width);
    }
}
