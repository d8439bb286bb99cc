package org.accrete.learners.neighbours;

import java.util.Arrays;
import java.util.Comparator;
import org.accrete.api.SeededRandom;

/**
 * The first centres: k-means++ by Arthur and Vassilvitskii [1], then the rounds of Lloyd [2] until no row changes its
 * cluster; the best of several attempts. Rows are sorted first, so their order does not matter.
 *
 * <p>[1] D. Arthur, S. Vassilvitskii: k-means++: the advantages of careful seeding. SODA 2007.
 *
 * <p>[2] S. P. Lloyd: Least squares quantization in PCM. IEEE Transactions on Information Theory 28 (1982).
 */
final class KMeansSeeding {
    private static final int ATTEMPTS = 10;
    private static final int MOST_ROUNDS = 100;

    private final int width;
    private final int rows;
    private final double[] x;
    private final double[] weights;
    private final double[] mean;

    /**
     * Takes rows.
     *
     * @param rows how many
     * @param x their numbers, row by row; not changed, not kept
     * @param weights one each, above 0
     */
    KMeansSeeding(int rows, int width, double[] x, double[] weights) {
        this.rows = rows;
        this.width = width;
        this.x = new double[rows * width];
        this.weights = new double[rows];
        Integer[] order = new Integer[rows];
        Arrays.setAll(order, i -> i);
        Comparator<Integer> byNumbers =
                (i, j) -> Arrays.compare(x, i * width, (i + 1) * width, x, j * width, (j + 1) * width);
        Arrays.sort(order, byNumbers.thenComparing((i, j) -> Double.compare(weights[i], weights[j])));
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, order[row] * width, this.x, row * width, width);
            this.weights[row] = weights[order[row]];
        }
        this.mean = mean();
    }

    private double[] mean() {
        double[] sums = new double[width];
        double[] totals = new double[width];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < width; j++) {
                double value = x[row * width + j];
                if (value == value) {
                    totals[j] += weights[row];
                    sums[j] += (value - sums[j]) * (weights[row] / totals[j]);
                }
            }
        }
        return sums;
    }

    /** Replaces centres by the best that were found; fewer than there is room for where fewer rows differ. */
    void seed(Centres centres, long seed) {
        SeededRandom random = new SeededRandom(seed);
        Centres attempt = new Centres(centres.most(), width);
        double least = Double.POSITIVE_INFINITY;
        for (int times = 0; times < ATTEMPTS; times++) {
            choose(attempt, random);
            double inertia = settle(attempt);
            if (inertia < least || times == 0) {
                least = inertia;
                centres.copyFrom(attempt);
            }
        }
    }

    private void choose(Centres centres, SeededRandom random) {
        centres.clear();
        double[] chances = weights.clone();
        double[] distances = new double[rows];
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        while (centres.count < centres.most()) {
            int row = draw(chances, random);
            if (row < 0) {
                return;
            }
            int c = centres.count;
            centres.add(x, row * width, 0);
            for (int j = 0; j < width; j++) {
                double value = centres.points[c * width + j];
                centres.points[c * width + j] = value == value ? value : mean[j];
            }
            for (int i = 0; i < rows; i++) {
                distances[i] = Math.min(distances[i], centres.squaredDistance(x, i * width, c));
                chances[i] = weights[i] * distances[i];
            }
            // Its distance from itself is not 0 where a value is missing.
            chances[row] = 0;
            distances[row] = 0;
        }
    }

    /** {@return a row drawn with its chance; −1 if none has any} */
    private static int draw(double[] chances, SeededRandom random) {
        double largest = 0;
        for (double chance : chances) {
            largest = Math.max(largest, chance);
        }
        double sum = 0;
        for (double chance : chances) {
            sum += chance / largest;
        }
        double left = random.nextDouble() * sum;
        int last = -1;
        for (int i = 0; i < chances.length && largest > 0; i++) {
            if (chances[i] > 0) {
                last = i;
                left -= chances[i] / largest;
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }

    /**
     * Moves the centres to the means of their rows until none changes; returns the weighted sum of squared distances.
     */
    private double settle(Centres centres) {
        int[] cluster = new int[rows];
        Arrays.fill(cluster, -1);
        Centres before = centres.copy();
        boolean moved = true;
        for (int round = 0; moved && round < MOST_ROUNDS; round++) {
            moved = false;
            before.copyFrom(centres);
            Arrays.fill(centres.weights, 0);
            for (int row = 0; row < rows; row++) {
                int nearest = before.nearest(x, row * width);
                moved |= nearest != cluster[row];
                cluster[row] = nearest;
                // A cluster that keeps no row keeps its centre.
                if (centres.weights[nearest] == 0) {
                    System.arraycopy(before.points, nearest * width, centres.points, nearest * width, width);
                }
                centres.moveTowards(nearest, x, row * width, weights[row]);
            }
        }
        double inertia = 0;
        for (int row = 0; row < rows; row++) {
            inertia += weights[row] * centres.squaredDistance(x, row * width, cluster[row]);
        }
        return inertia;
    }
}
