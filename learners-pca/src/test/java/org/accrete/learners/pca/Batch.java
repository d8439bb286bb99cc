package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The oracle: principal components of all rows at once, by a singular value decomposition of the centred rows. It also
 * makes random rows.
 */
final class Batch {
    final double[] mean;
    final double[] variance;
    /** Singular values of the centred rows, each times the square root of its weight. */
    final double[] singularValues;

    /** Components as rows. */
    final RealMatrix components;

    private Batch(double[] mean, double[] variance, double[] singularValues, RealMatrix components) {
        this.mean = mean;
        this.variance = variance;
        this.singularValues = singularValues;
        this.components = components;
    }

    static Batch of(double[][] x) {
        double[] ones = new double[x.length];
        Arrays.fill(ones, 1);
        return of(x, ones);
    }

    static Batch of(double[][] x, double[] weights) {
        int width = x[0].length;
        double total = Arrays.stream(weights).sum();
        double[] mean = new double[width];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < width; j++) {
                mean[j] += weights[i] * x[i][j];
            }
        }
        for (int j = 0; j < width; j++) {
            mean[j] /= total;
        }
        RealMatrix centred = new Array2DRowRealMatrix(x.length, width);
        double[] variance = new double[width];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < width; j++) {
                double distance = x[i][j] - mean[j];
                centred.setEntry(i, j, Math.sqrt(weights[i]) * distance);
                variance[j] += weights[i] * distance * distance / total;
            }
        }
        SingularValueDecomposition svd = new SingularValueDecomposition(centred);
        return new Batch(mean, variance, svd.getSingularValues(), svd.getVT());
    }

    /**
     * {@return rows whose spectrum decays, with means that are not 0}
     *
     * @param decay standard deviation of each direction, relative to the one before
     */
    static double[][] rows(int count, int width, double decay, SeededRandom random) {
        double[][] x = new double[count][width];
        for (double[] row : x) {
            double deviation = 1;
            for (int j = 0; j < width; j++) {
                row[j] = deviation * random.nextGaussian();
                deviation *= decay;
            }
            for (int turn = 1; turn <= 3; turn++) {
                double product = 0;
                double square = 0;
                for (int j = 0; j < width; j++) {
                    product += Math.sin(j + turn) * row[j];
                    square += Math.sin(j + turn) * Math.sin(j + turn);
                }
                for (int j = 0; j < width; j++) {
                    row[j] -= 2 * product / square * Math.sin(j + turn);
                }
            }
            for (int j = 0; j < width; j++) {
                row[j] += j % 7;
            }
        }
        return x;
    }

    /**
     * {@return the sine of the largest angle between the span of one set of orthonormal rows and the span of another}
     */
    static double sine(RealMatrix one, RealMatrix other) {
        RealMatrix rest = one.subtract(one.multiply(other.transpose()).multiply(other));
        return new SingularValueDecomposition(rest).getNorm();
    }

    static RealMatrix matrix(double[] values, int rows, int columns) {
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            matrix.setRow(i, Arrays.copyOfRange(values, i * columns, (i + 1) * columns));
        }
        return matrix;
    }
}
