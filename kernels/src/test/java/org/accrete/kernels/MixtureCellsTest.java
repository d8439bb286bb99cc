package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers side by side against the same numbers in arrays. */
final class MixtureCellsTest {
    private static final long SEED = Seed.of(MixtureCellsTest.class);
    private static final int CELLS = 60;
    private static final int ORIGIN = 7;
    private static final double[] MIXTURE = {0.3, 0.7};

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final double[][] w = {numbers(CELLS), numbers(CELLS)};
    private final double[][] rates = {rates(), rates()};
    private MixtureCells cells = new MixtureCells(w[0], w[1], rates[0], rates[1]);
    private final MixtureSums sums = new MixtureSums();

    // What the weights were at the snapshots, and at the beginning of a chunk.
    private double[][] older = copy(w);
    private double[][] newer = copy(w);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 8, 17, 40})
    void rowIsLearnedAsInArrays(int n) {
        int[] index = indices(n);
        double[] x = numbers(n);
        for (int times = 0; times < 5; times++) {
            double[] product = new double[2];
            double[] squares = new double[2];
            for (int k = 0; k < n; k++) {
                int i = ORIGIN + index[k];
                for (int m = 0; m < 2; m++) {
                    product[m] += w[m][i] * x[k];
                    squares[m] += rates[m][i] * x[k] * x[k];
                }
            }
            cells.decisions(ORIGIN, index, x, 0, n, sums);
            assertThat(new double[] {sums.product0, sums.product1, sums.squares0, sums.squares1})
                    .as("seed %d", SEED)
                    .containsExactly(product[0], product[1], squares[0], squares[1]);

            double least = Double.POSITIVE_INFINITY;
            double magnitude = 0;
            for (int k = 0; k < n; k++) {
                int i = ORIGIN + index[k];
                double root = 0.4 * x[k] * rates[0][i];
                double first = OptimizerKernels.adaGradRate(rates[0][i], root * root);
                double second = OptimizerKernels.forgettingRate(-0.7, 0.01, x[k], rates[1][i]);
                least = Math.min(least, Math.min(first, second));
                rates[0][i] = first;
                rates[1][i] = second;
                w[0][i] += 0.1 * (rates[0][i] * x[k]);
                w[1][i] += -0.2 * (rates[1][i] * x[k]);
                magnitude += Math.abs(w[0][i]) + Math.abs(w[1][i]);
            }
            assertThat(cells.rates(0.4, -0.7, 0.01, ORIGIN, index, x, 0, n)).isEqualTo(least);
            assertThat(cells.step(0.1, -0.2, ORIGIN, index, x, 0, n)).isEqualTo(magnitude);
            assertHolds(w, rates);

            double[] mixed = new double[CELLS];
            for (int i = 0; i < CELLS; i++) {
                mixed[i] = MIXTURE[0] * w[0][i] + MIXTURE[1] * w[1][i];
                assertThat(cells.sum(MIXTURE[0], MIXTURE[1], i)).isEqualTo(mixed[i]);
            }
            assertThat(cells.dot(MIXTURE[0], MIXTURE[1], ORIGIN, index, x, 0, n))
                    .isEqualTo(SparseKernels.dot(mixed, ORIGIN, index, x, 0, n));
        }
    }

    /**
     * Rows change some cells again and again, in chunks of which some are undone; each snapshot stays what the weights
     * were when it was taken.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20})
    void snapshotsAreTheWeightsFromBefore(int n) {
        for (int chunk = 0; chunk < 60; chunk++) {
            double[][] weightsBefore = copy(w);
            double[][] ratesBefore = copy(rates);
            double[][] olderBefore = copy(older);
            double[][] newerBefore = copy(newer);
            cells.begin(random.nextInt(4) == 0 ? Long.MAX_VALUE : 12L * n);
            int rows = random.nextInt(12);
            for (int row = 0; row < rows; row++) {
                learn(n);
                assertSnapshots();
            }
            if (random.nextInt(3) == 0) {
                cells.rollBack();
                restore(w, weightsBefore);
                restore(rates, ratesBefore);
                older = olderBefore;
                newer = newerBefore;
                assertHolds(w, rates);
                assertSnapshots();
            }
        }
    }

    private void learn(int n) {
        int event = random.nextInt(20);
        if (event == 0) {
            cells.takeBoth();
            older = copy(w);
            newer = copy(w);
        } else if (event < 4) {
            cells.takeNewer();
            newer = copy(w);
        }
        int[] index = indices(n);
        double[] x = numbers(n);
        if (random.nextInt(3) == 0) {
            cells.rates(0.4, -0.7, 0.01, ORIGIN, index, x, 0, n);
        }
        cells.step(0.1, -0.2, ORIGIN, index, x, 0, n);
        for (int m = 0; m < 2; m++) {
            w[m] = cells.column(MixtureCells.WEIGHT + m);
            rates[m] = cells.column(MixtureCells.RATE + m);
        }
    }

    /** The journal drops entries and numbers them anew again and again. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void longJournalKeepsWhatIsNeeded(int n) {
        cells = new MixtureCells(10 * n, 100 * n, w[0], w[1], rates[0], rates[1]);
        for (int times = 0; times < 10; times++) {
            snapshotsAreTheWeightsFromBefore(n);
        }
    }

    @Test
    void snapshotsThatDifferAreRestored() {
        double[][] a = {numbers(CELLS), numbers(CELLS)};
        double[][] b = {numbers(CELLS), numbers(CELLS)};
        for (int i = 0; i < CELLS; i += 3) {
            a[0][i] = w[0][i];
            a[1][i] = w[1][i];
            b[0][i] = w[0][i];
            b[1][i] = w[1][i];
            b[0][(i + 1) % CELLS] = a[0][(i + 1) % CELLS];
            b[1][(i + 1) % CELLS] = a[1][(i + 1) % CELLS];
        }
        cells.restoreSnapshots(joined(a), joined(b));
        older = a;
        newer = b;
        assertSnapshots();
        cells.begin(20);
        cells.step(0.1, -0.2, ORIGIN, indices(20), numbers(20), 0, 20);
        assertSnapshots();
    }

    private static double[] joined(double[][] two) {
        double[] joined = Arrays.copyOf(two[0], 2 * CELLS);
        System.arraycopy(two[1], 0, joined, CELLS, CELLS);
        return joined;
    }

    private void assertSnapshots() {
        int[] all = IntStream.range(0, CELLS - ORIGIN).toArray();
        double[] x = numbers(all.length);
        for (boolean isOlder : new boolean[] {true, false}) {
            double[][] expected = isOlder ? older : newer;
            double[] products = new double[2];
            for (int m = 0; m < 2; m++) {
                for (int k = 0; k < all.length; k++) {
                    products[m] += expected[m][ORIGIN + k] * x[k];
                }
                for (int i = 0; i < CELLS; i++) {
                    assertThat(cells.snapshotWeight(isOlder, m, i))
                            .as("seed %d, cell %d", SEED, i)
                            .isEqualTo(expected[m][i]);
                }
            }
            cells.snapshotProducts(isOlder, ORIGIN, all, x, 0, all.length, sums);
            assertThat(new double[] {sums.product0, sums.product1})
                    .as("seed %d", SEED)
                    .containsExactly(products);
        }
    }

    private void assertHolds(double[][] weights, double[][] ratesOfThem) {
        for (int m = 0; m < 2; m++) {
            assertThat(cells.column(MixtureCells.WEIGHT + m))
                    .as("seed %d", SEED)
                    .containsExactly(weights[m]);
            assertThat(cells.column(MixtureCells.RATE + m)).as("seed %d", SEED).containsExactly(ratesOfThem[m]);
        }
    }

    private static double[][] copy(double[][] arrays) {
        return new double[][] {arrays[0].clone(), arrays[1].clone()};
    }

    private static void restore(double[][] arrays, double[][] from) {
        arrays[0] = from[0];
        arrays[1] = from[1];
    }

    private int[] indices(int n) {
        int[] shuffled = IntStream.range(0, CELLS - ORIGIN).toArray();
        for (int k = 0; k < n; k++) {
            int other = k + random.nextInt(shuffled.length - k);
            int held = shuffled[k];
            shuffled[k] = shuffled[other];
            shuffled[other] = held;
        }
        return Arrays.copyOf(shuffled, n);
    }

    private double[] numbers(int n) {
        return random.doubles(n, -1, 1).toArray();
    }

    private double[] rates() {
        return random.doubles(CELLS, 0.01, 1).toArray();
    }
}
