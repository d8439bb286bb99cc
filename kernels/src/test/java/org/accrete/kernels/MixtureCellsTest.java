package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers side by side against the same numbers in arrays. */
final class MixtureCellsTest {
    private static final long SEED = Seed.of(MixtureCellsTest.class);
    private static final int CELLS = 60;
    private static final int ORIGIN = 7;
    private static final double[] MIXTURE = {0.3, 0.5, 0.2};

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final double[][] w = {numbers(CELLS), numbers(CELLS), numbers(CELLS)};
    private final double[] shared = rates();
    private final double[] own = rates();
    private final MixtureCells cells = new MixtureCells(w[0], w[1], w[2], shared, own);
    private final MixtureSums sums = new MixtureSums();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 8, 17, 40})
    void rowIsLearnedAsInArrays(int n) {
        int[] index = indices(n);
        double[] x = numbers(n);
        for (int times = 0; times < 5; times++) {
            double[] product = new double[3];
            double[] squares = new double[2];
            for (int k = 0; k < n; k++) {
                int i = ORIGIN + index[k];
                for (int m = 0; m < 3; m++) {
                    product[m] += w[m][i] * x[k];
                }
                squares[0] += shared[i] * x[k] * x[k];
                squares[1] += own[i] * x[k] * x[k];
            }
            cells.decisions(ORIGIN, index, x, 0, n, sums);
            assertThat(new double[] {sums.product0, sums.product1, sums.product2, sums.squares0, sums.squares1})
                    .as("seed %d", SEED)
                    .containsExactly(product[0], product[1], product[2], squares[0], squares[1]);

            double least = Double.POSITIVE_INFINITY;
            double magnitude = 0;
            for (int k = 0; k < n; k++) {
                int i = ORIGIN + index[k];
                double root = 0.4 * x[k] * shared[i];
                shared[i] = OptimizerKernels.adaGradRate(shared[i], root * root);
                own[i] = OptimizerKernels.forgettingRate(-0.7, 0.01, x[k], own[i]);
                least = Math.min(least, Math.min(shared[i], own[i]));
                w[0][i] += 0.1 * (shared[i] * x[k]);
                w[1][i] += -0.2 * (shared[i] * x[k]);
                w[2][i] += 3 * (own[i] * x[k]);
                magnitude += Math.abs(w[0][i]) + Math.abs(w[1][i]) + Math.abs(w[2][i]);
            }
            assertThat(cells.rates(0.4, -0.7, 0.01, ORIGIN, index, x, 0, n)).isEqualTo(least);
            assertThat(cells.step(0.1, -0.2, 3, ORIGIN, index, x, 0, n)).isEqualTo(magnitude);
            assertHolds(w, shared, own);

            double[] mixed = new double[CELLS];
            for (int i = 0; i < CELLS; i++) {
                mixed[i] = mixed(i);
                assertThat(cells.sum(MIXTURE[0], MIXTURE[1], MIXTURE[2], i)).isEqualTo(mixed[i]);
            }
            assertThat(cells.dot(MIXTURE[0], MIXTURE[1], MIXTURE[2], ORIGIN, index, x, 0, n))
                    .isEqualTo(SparseKernels.dot(mixed, ORIGIN, index, x, 0, n));
        }
    }

    /** Rows change some cells again and again; the copies stay what the weights were when the copies were cleared. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20})
    void copiesAreTheWeightsFromBefore(int n) {
        MixtureCells.Copies members = new MixtureCells.Copies(3);
        MixtureCells.Copies model = new MixtureCells.Copies(1);
        double[] undo = new double[n * MixtureCells.SAVED];
        double[] x = numbers(CELLS - ORIGIN);
        int[] all = IntStream.range(0, CELLS - ORIGIN).toArray();
        for (int time = 0; time < 3; time++) {
            members.clear(members.end());
            model.clear(model.end());
            cells.decisions(ORIGIN, all, x, 0, x.length, sums);
            double[] before = {sums.product0, sums.product1, sums.product2};
            double modelBefore = inOrder(x);
            for (int row = 0; row < 12; row++) {
                int[] index = indices(n);
                double[] values = numbers(n);
                cells.save(members, model, MIXTURE[0], MIXTURE[1], MIXTURE[2], ORIGIN, index, 0, n, undo, 0);
                cells.step(0.1, -0.2, 3, ORIGIN, index, values, 0, n);
                cells.products(members, ORIGIN, all, x, 0, x.length, sums);
                assertThat(new double[] {sums.product0, sums.product1, sums.product2})
                        .as("seed %d", SEED)
                        .containsExactly(before);
                assertThat(cells.product(model, MIXTURE[0], MIXTURE[1], MIXTURE[2], ORIGIN, all, x, 0, x.length))
                        .isEqualTo(modelBefore);
            }
            assertThat(members.size()).isEqualTo(model.size()).isBetween(n, CELLS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 30})
    void undoRestoresNumbersAndMarks(int n) {
        MixtureCells.Copies members = new MixtureCells.Copies(3);
        MixtureCells.Copies model = new MixtureCells.Copies(1);
        int[] first = indices(n);
        cells.save(members, model, 1, 0, 0, ORIGIN, first, 0, n, new double[n * MixtureCells.SAVED], 0);
        cells.step(0.1, -0.2, 3, ORIGIN, first, numbers(n), 0, n);
        int copied = members.size();
        double[] rowBefore = numbers(CELLS - ORIGIN);
        int[] all = IntStream.range(0, CELLS - ORIGIN).toArray();
        cells.products(members, ORIGIN, all, rowBefore, 0, all.length, sums);
        double expected = sums.product2;
        double[][] weights = {
            cells.column(MixtureCells.WEIGHT),
            cells.column(MixtureCells.WEIGHT + 1),
            cells.column(MixtureCells.WEIGHT + 2)
        };

        int[] second = indices(n);
        double[] undo = new double[n * MixtureCells.SAVED];
        double[] undoRates = new double[n * MixtureCells.SAVED_RATES];
        cells.save(members, model, 1, 0, 0, ORIGIN, second, 0, n, undo, 0);
        cells.saveRates(ORIGIN, second, 0, n, undoRates, 0);
        cells.rates(2, 2, 0.1, ORIGIN, second, numbers(n), 0, n);
        cells.step(5, 5, 5, ORIGIN, second, numbers(n), 0, n);
        cells.restore(ORIGIN, second, 0, n, undo, 0);
        cells.restoreRates(ORIGIN, second, 0, n, undoRates, 0);
        cells.restoreCopies(0, members, copied);
        cells.restoreCopies(1, model, copied);

        assertHolds(weights, shared, own);
        cells.products(members, ORIGIN, all, rowBefore, 0, all.length, sums);
        assertThat(sums.product2).as("seed %d", SEED).isEqualTo(expected);
        assertThat(members.size()).isEqualTo(copied);
    }

    private void assertHolds(double[][] weights, double[] sharedRates, double[] ownRates) {
        for (int m = 0; m < 3; m++) {
            assertThat(cells.column(MixtureCells.WEIGHT + m))
                    .as("seed %d", SEED)
                    .containsExactly(weights[m]);
        }
        assertThat(cells.column(MixtureCells.SHARED_RATE)).containsExactly(sharedRates);
        assertThat(cells.column(MixtureCells.OWN_RATE)).containsExactly(ownRates);
    }

    /** The product with the mixed weights, summed in the order of the columns. */
    private double inOrder(double[] x) {
        double product = 0;
        for (int k = 0; k < x.length; k++) {
            product += cells.sum(MIXTURE[0], MIXTURE[1], MIXTURE[2], ORIGIN + k) * x[k];
        }
        return product;
    }

    private double mixed(int i) {
        return (MIXTURE[0] * w[0][i] + MIXTURE[1] * w[1][i]) + MIXTURE[2] * w[2][i];
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
