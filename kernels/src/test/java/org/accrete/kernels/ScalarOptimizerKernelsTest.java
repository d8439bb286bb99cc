package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The optimizer steps of the reference against plain formulas. */
final class ScalarOptimizerKernelsTest {

    private static final long SEED = Seed.of(ScalarOptimizerKernelsTest.class);

    private final OptimizerKernels optimizer = OptimizerKernels.scalar();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @ParameterizedTest
    @EnumSource(GradientKind.class)
    void delayedSgdIsThePlainFormulaHoweverItsRowsAreCut(GradientKind kind) {
        for (int n = 1; n <= DelayedSgdState.MAX_WIDTH; n++) {
            int rows = 20;
            double[] x = numbers(rows * n + 1);
            double[] y = random.doubles(rows).map(u -> u < 0.5 ? -1 : 1).toArray();
            double[] stepSize = random.doubles(rows).toArray();
            double[] decay = random.doubles(rows).toArray();
            double[] w = new double[n];
            double b = 0;
            double[] expected = new double[rows];
            for (int row = 0; row < rows; row++) {
                double p = b;
                for (int j = 0; j < n; j++) {
                    p += w[j] * x[1 + row * n + j];
                }
                expected[row] = p;
                double step = stepSize[row]
                        * switch (kind) {
                            case HINGE -> p * y[row] <= 1 ? y[row] : 0;
                            case LOGISTIC -> y[row] / (1 + Math.exp(y[row] * p));
                            case CLIPPED_RESIDUAL -> Math.max(-0.7, Math.min(0.7, y[row] - p));
                        };
                for (int j = 0; j < n; j++) {
                    w[j] = decay[row] * w[j] + step * x[1 + row * n + j];
                }
                b += 0.3 * step;
            }
            DelayedSgdState whole = new DelayedSgdState();
            double[] decisions = y.clone();
            assertThat(optimizer.delayedSgd(kind, 0.7, 0.3, whole, x, 1, n, rows, decisions, stepSize, decay))
                    .isEqualTo(rows);
            assertThat(decisions).as("seed %d", SEED).containsExactly(expected, within(1e-12));
            double lastStep = whole.step;
            for (int j = 0; j < n; j++) {
                assertThat(whole.decay * whole.weights[j] + lastStep * whole.row[j])
                        .as("seed %d", SEED)
                        .isCloseTo(w[j], within(1e-12));
            }
            assertThat(whole.intercept + 0.3 * lastStep).as("seed %d", SEED).isCloseTo(b, within(1e-12));
            DelayedSgdState cut = new DelayedSgdState();
            for (int row = 0; row < rows; row++) {
                double[] yOfRow = {y[row]};
                double[] stepSizeOfRow = {stepSize[row]};
                double[] decayOfRow = {decay[row]};
                optimizer.delayedSgd(kind, 0.7, 0.3, cut, x, 1 + row * n, n, 1, yOfRow, stepSizeOfRow, decayOfRow);
            }
            assertThat(cut.weights).as("seed %d", SEED).containsExactly(whole.weights);
            assertThat(cut.row).as("seed %d", SEED).containsExactly(whole.row);
            assertThat(new double[] {cut.decay, cut.step, cut.intercept})
                    .as("seed %d", SEED)
                    .containsExactly(whole.decay, whole.step, whole.intercept);
        }
    }

    @Test
    void delayedSgdStopsBeforeARowThatIsNotFinite() {
        double[] x = {1, 2, 3, Double.NaN, 5, 6};
        double[] ones = {1, 1, 1};
        DelayedSgdState state = new DelayedSgdState();
        assertThat(optimizer.delayedSgd(GradientKind.HINGE, 1, 1, state, x, 0, 2, 3, ones.clone(), ones, ones))
                .isEqualTo(1);
        assertThat(state.row).startsWith(1, 2);
        assertThat(state.weights).startsWith(0, 0);
    }

    @Test
    void startForgetsThePendingUpdateAndCopyFromTakesIt() {
        double[] ones = {1, 1, 1};
        DelayedSgdState state = new DelayedSgdState();
        optimizer.delayedSgd(GradientKind.HINGE, 1, 1, state, numbers(9), 0, 3, 3, ones.clone(), ones, ones);
        DelayedSgdState copy = new DelayedSgdState();
        copy.copyFrom(state);
        assertThat(copy)
                .usingRecursiveComparison()
                .ignoringFields("sums", "padded")
                .isEqualTo(state);
        state.start(new double[] {5, 6, 7}, 2, 8);
        assertThat(state.weights).startsWith(5, 6, 0).hasSize(DelayedSgdState.MAX_WIDTH);
        assertThat(state.row).containsOnly(0);
        assertThat(new double[] {state.decay, state.step, state.intercept}).containsExactly(1, 0, 8);
        assertThat(copy.row).isNotEqualTo(state.row);
    }

    @Test
    void adaGradRateIsItsFormulaToElevenDigits() {
        for (double a = 0x1p-30; a < 16; a *= 1.25) {
            assertThat(OptimizerKernels.adaGradRate(0.7, a)).isCloseTo(0.7 / Math.sqrt(1 + a), within(1e-11));
        }
        assertThat(OptimizerKernels.adaGradRate(0.7, 0)).isEqualTo(0.7);
        assertThat(OptimizerKernels.adaGradRate(0.7, Double.NaN)).isNaN();
        assertThat(OptimizerKernels.adaGradRate(Double.NaN, 0)).isNaN();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 20, 100})
    void adaGradKernelsAreTheirFormulas(int n) {
        double[] x = numbers(n + 1);
        double[] next = numbers(n + 2);
        double[] w = numbers(n + 3);
        double[] rates = random.doubles(n + 4).toArray();
        double[] before = rates.clone();
        optimizer.adaGradRates(0.3, x, 1, rates, 4, n);
        for (int i = 0; i < n; i++) {
            double a = 0.3 * x[1 + i] * before[4 + i];
            assertThat(rates[4 + i]).as("seed %d", SEED).isCloseTo(before[4 + i] / Math.sqrt(1 + a * a), within(1e-11));
        }
        double[] expected = w.clone();
        for (int i = 0; i < n; i++) {
            expected[3 + i] = 0.9 * w[3 + i] + (0.2 * rates[4 + i]) * x[1 + i];
        }
        double[] stepped = w.clone();
        optimizer.adaGradStep(0.9, 0.2, x, 1, rates, 4, stepped, 3, n);
        assertThat(stepped).as("seed %d", SEED).containsExactly(expected);
        double product = optimizer.adaGradStepThenDot(0.9, 0.2, x, 1, rates, 4, w, 3, next, 2, n);
        assertThat(w).as("seed %d", SEED).containsExactly(expected);
        assertThat(product).as("seed %d", SEED).isEqualTo(DenseKernels.scalar().dot(expected, 3, next, 2, n));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 20, 100})
    void forgettingRatesAreTheirFormula(int n) {
        double[] x = numbers(n + 1);
        for (int i = 0; i < x.length; i += 3) {
            x[i] *= i % 2 == 0 ? 0 : 10;
        }
        double[] squares = random.doubles(n + 4).map(u -> 50 * u * u).toArray();
        double[] rates = Arrays.stream(squares).map(g -> 1 / Math.sqrt(1 + g)).toArray();
        optimizer.forgettingRates(0.3, 0.008, x, 1, rates, 4, n);
        for (int i = 0; i < n; i++) {
            double square = x[1 + i] * x[1 + i];
            double sum = (1 - 0.008 * Math.min(square, 1)) * squares[4 + i] + 0.09 * square;
            assertThat(rates[4 + i]).as("seed %d", SEED).isCloseTo(1 / Math.sqrt(1 + sum), within(1e-11));
        }
        for (int i = 0; i < n; i++) {
            double r = rates[4 + i];
            assertThat(OptimizerKernels.forgettingRate(7, 0.008, 0, r)).isEqualTo(r);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 20, 100})
    void mixtureKernelsAreTheirFormulas(int n) {
        double[] x = numbers(n + 1);
        double[] next = numbers(n + 2);
        double[][] w = {numbers(n + 3), numbers(n + 3)};
        double[][] r = {numbers(n + 3), numbers(n + 3)};
        double[] steps = {0.1, -0.2};
        double[][] expected = {w[0].clone(), w[1].clone()};
        double[] sums = new double[4];
        for (int i = 0; i < n; i++) {
            for (int m = 0; m < 2; m++) {
                expected[m][3 + i] += steps[m] * (r[m][3 + i] * x[1 + i]);
                sums[m] += expected[m][3 + i] * next[2 + i];
                sums[2 + m] += r[m][3 + i] * next[2 + i] * next[2 + i];
            }
        }
        MixtureSums found = new MixtureSums();
        optimizer.mixtureStepThenDecisions(0.1, -0.2, x, 1, w[0], w[1], r[0], r[1], 3, next, 2, n, found);
        assertThat(w).as("seed %d", SEED).isDeepEqualTo(expected);
        double[] fused = sums(found);
        assertThat(fused).as("seed %d", SEED).containsExactly(sums, within(1e-12));
        optimizer.mixtureDecisions(w[0], w[1], r[0], r[1], 3, next, 2, n, found);
        assertThat(sums(found)).as("seed %d", SEED).containsExactly(fused);
    }

    private static double[] sums(MixtureSums sums) {
        return new double[] {sums.product0, sums.product1, sums.squares0, sums.squares1};
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.4})
    void ftrlStepIsItsFormulaAndItsWeightsAreExactlyZeroWithinTheL1Penalty(double l1) {
        int n = 40;
        double[] x = numbers(n);
        double[] sums = numbers(n);
        double[] roots = random.doubles(n).toArray();
        double[] w = numbers(n);
        double[] oldSums = sums.clone();
        double[] oldRoots = roots.clone();
        double[] oldW = w.clone();
        optimizer.ftrlStep(0.3, 10, l1, 0.1, x, 0, sums, 0, roots, 0, w, 0, n);
        for (int i = 0; i < n; i++) {
            double root = Math.hypot(oldRoots[i], 0.3 * x[i]);
            double sum = oldSums[i] + 0.3 * x[i] - (root - oldRoots[i]) * 10 * oldW[i];
            double beyond = Math.signum(sum) * Math.max(0, Math.abs(sum) - l1);
            assertThat(roots[i]).as("seed %d", SEED).isCloseTo(root, within(1e-13));
            assertThat(sums[i]).as("seed %d", SEED).isCloseTo(sum, within(1e-13));
            assertThat(w[i]).as("seed %d", SEED).isCloseTo(-beyond / ((1 + root) * 10 + 0.1), within(1e-13));
        }
        for (int i = 0; i < n; i++) {
            assertThat(w[i] == 0).as("seed %d", SEED).isEqualTo(Math.abs(sums[i]) <= l1);
        }
    }

    private double[] numbers(int n) {
        return random.doubles(n).map(u -> 2 * u - 1).toArray();
    }
}
