package org.accrete.learners.neighbours;

import java.util.Arrays;
import org.accrete.kernels.DenseKernels;

/**
 * Points with weights, in flat arrays. Where a row has no value in a column, its distance is that over the other
 * columns, scaled up to all.
 */
final class Centres {
    private static final DenseKernels KERNELS = DenseKernels.best();

    final int width;

    /** Most centres × columns. */
    final double[] points;

    final double[] weights;
    int count;

    Centres(int most, int width) {
        this.width = width;
        this.points = new double[most * width];
        this.weights = new double[most];
    }

    int most() {
        return weights.length;
    }

    Centres copy() {
        Centres copy = new Centres(most(), width);
        copy.copyFrom(this);
        return copy;
    }

    void copyFrom(Centres other) {
        System.arraycopy(other.points, 0, points, 0, points.length);
        System.arraycopy(other.weights, 0, weights, 0, weights.length);
        count = other.count;
    }

    void add(double[] x, int from, double weight) {
        System.arraycopy(x, from, points, count * width, width);
        weights[count++] = weight;
    }

    /** {@return the squared distance of a row to a centre} */
    double squaredDistance(double[] x, int from, int c) {
        double square = KERNELS.squaredDistance(x, from, points, c * width, width);
        // NaN where a value is missing, since all numbers are finite and their squares are.
        return square == square ? square : partialDistance(x, from, c);
    }

    private double partialDistance(double[] x, int from, int c) {
        double sum = 0;
        int present = 0;
        for (int j = 0; j < width; j++) {
            double difference = x[from + j] - points[c * width + j];
            if (difference == difference) {
                sum += difference * difference;
                present++;
            }
        }
        return present == 0 ? 0 : sum * ((double) width / present);
    }

    /** {@return the nearest centre, the first of equals; −1 if there is none} */
    int nearest(double[] x, int from) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < count; c++) {
            double distance = squaredDistance(x, from, c);
            if (distance < least || best < 0) {
                least = distance;
                best = c;
            }
        }
        return best;
    }

    /** Moves a centre towards a row, so that it stays the weighted mean of its rows. */
    void moveTowards(int c, double[] x, int from, double weight) {
        double total = weights[c] + weight;
        double share = weight / total;
        weights[c] = total;
        for (int j = 0; j < width; j++) {
            double value = x[from + j];
            if (value == value) {
                points[c * width + j] += share * (value - points[c * width + j]);
            }
        }
    }

    /** Multiplies all weights. */
    void decay(double factor) {
        for (int c = 0; c < count; c++) {
            weights[c] *= factor;
        }
    }

    void clear() {
        count = 0;
        Arrays.fill(points, 0);
        Arrays.fill(weights, 0);
    }
}
