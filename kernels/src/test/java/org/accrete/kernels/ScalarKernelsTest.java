package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference against its definition, written another way, and against exact arithmetic. */
final class ScalarKernelsTest {

    private static final long SEED = Seed.of(ScalarKernelsTest.class);

    private final DenseKernels dense = DenseKernels.scalar();
    private final OptimizerKernels optimizer = OptimizerKernels.scalar();
    private final MatrixKernels matrix = MatrixKernels.scalar();
    private final SplittableRandom random = new SplittableRandom(SEED);

    static IntStream sizes() {
        return IntStream.concat(IntStream.rangeClosed(0, 70), IntStream.of(127, 128, 129, 130, 784, 1000));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void dotIsTheDefinedSumBySixteen(int n) {
        double[] a = numbers(n + 1);
        double[] b = numbers(n + 2);
        double[] products = new double[n];
        Arrays.setAll(products, i -> a[i + 1] * b[i + 2]);
        assertThat(dense.dot(a, 1, b, 2, n)).as("seed %d", SEED).isEqualTo(sumBySixteen(products));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void sumIsTheDefinedSumBySixteen(int n) {
        double[] a = numbers(n + 3);
        assertThat(dense.sum(a, 3, n)).as("seed %d", SEED).isEqualTo(sumBySixteen(Arrays.copyOfRange(a, 3, n + 3)));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void dotIsCloseToExactArithmetic(int n) {
        double[] a = numbers(n);
        double[] b = numbers(n);
        BigDecimal exact = BigDecimal.ZERO;
        double magnitude = 0;
        for (int i = 0; i < n; i++) {
            exact = exact.add(new BigDecimal(a[i]).multiply(new BigDecimal(b[i])));
            magnitude += Math.abs(a[i] * b[i]);
        }
        // each element passes at most n / 16 + 6 additions and one product
        double bound = (n / 16 + 8) * 0x1p-53 * magnitude;
        assertThat(dense.dot(a, 0, b, 0, n)).as("seed %d", SEED).isCloseTo(exact.doubleValue(), within(bound));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void sumOfSquaresIsTheDotOfTheElementsWithThemselves(int n) {
        double[] a = numbers(n + 1);
        double[] copy = a.clone();
        assertThat(dense.sumOfSquares(a, 1, n)).as("seed %d", SEED).isEqualTo(dense.dot(a, 1, copy, 1, n));
    }

    @Test
    void aSumOfNothingOrOfNegativeZerosIsPositiveZero() {
        double[] zeros = new double[40];
        Arrays.fill(zeros, -0.0);
        for (int n = -1; n <= 40; n++) {
            assertThat(dense.sum(zeros, 0, n)).isEqualTo(0.0);
            assertThat(1 / dense.dot(zeros, 0, zeros, 0, n)).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(1 / dense.sum(zeros, 0, n)).isEqualTo(Double.POSITIVE_INFINITY);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4, 64, 3", "5, 65, 257", "9, 3, 512", "130, 70, 2", "1030, 5, 7", "3, 4, 0"})
    void gemmAddsProductsInOrder(int m, int n, int k) {
        double[] a = numbers(m * k + 1);
        double[] b = numbers(k * n + 2);
        double[] c = numbers(m * (n + 1) + 3);
        double[] expected = c.clone();
        double[] transposed = c.clone();
        double[] at = new double[m * k];
        double[] bt = new double[k * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    expected[3 + i * (n + 1) + j] += a[1 + i * k + p] * b[2 + p * n + j];
                    at[p * m + i] = a[1 + i * k + p];
                    bt[j * k + p] = b[2 + p * n + j];
                }
            }
        }
        double[] work = new double[MatrixKernels.workLength(m, k)];
        matrix.gemm(m, n, k, a, 1, k, 1, b, 2, n, 1, c, 3, n + 1, work);
        assertThat(c).as("seed %d", SEED).isEqualTo(expected);
        matrix.gemm(m, n, k, at, 0, 1, m, bt, 0, 1, k, transposed, 3, n + 1, work);
        assertThat(transposed).as("of transposed copies, seed %d", SEED).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "64, 5", "67, 300", "200, 2", "1100, 1"})
    void syrkIsTheUpperHalfOfGemm(int n, int k) {
        double[] a = numbers(n * k + 1);
        double[] gemm = numbers(n * n);
        double[] syrk = gemm.clone();
        double[] work = new double[MatrixKernels.workLength(n, k)];
        matrix.gemm(n, n, k, a, 1, 1, n, a, 1, n, 1, gemm, 0, n, work);
        matrix.syrk(n, k, a, 1, 1, n, syrk, 0, n, work);
        for (int i = 0; i < n; i++) {
            assertThat(Arrays.copyOfRange(syrk, i * n + i, (i + 1) * n))
                    .as("row %d, seed %d", i, SEED)
                    .isEqualTo(Arrays.copyOfRange(gemm, i * n + i, (i + 1) * n));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void elementwiseKernelsRoundEachStepAndTouchNothingElse(int n) {
        double[] x = numbers(n + 2);
        double[] y = numbers(n + 4);
        double[] axpy = y.clone();
        double[] scaleAdd = y.clone();
        double[] scale = y.clone();
        double[] first = x.clone();
        double[] second = y.clone();
        for (int i = 0; i < n; i++) {
            first[i + 1] = 0.8 * x[i + 1] + 0.6 * y[i + 3];
            second[i + 3] = 0.8 * y[i + 3] - 0.6 * x[i + 1];
            axpy[i + 3] = rounded(exact(y[i + 3]).add(exact(rounded(exact(0.3).multiply(exact(x[i + 1]))))));
            scaleAdd[i + 3] = rounded(exact(rounded(exact(0.7).multiply(exact(y[i + 3]))))
                    .add(exact(rounded(exact(0.3).multiply(exact(x[i + 1]))))));
            scale[i + 3] = rounded(exact(0.7).multiply(exact(y[i + 3])));
        }
        double[] actual = y.clone();
        dense.axpy(0.3, x, 1, actual, 3, n);
        assertThat(actual).as("axpy, seed %d", SEED).containsExactly(axpy);
        actual = y.clone();
        dense.scaleAdd(0.7, actual, 3, 0.3, x, 1, n);
        assertThat(actual).as("scaleAdd, seed %d", SEED).containsExactly(scaleAdd);
        actual = y.clone();
        assertThat(dense.scaleAddTo(0.7, y.clone(), 3, 0.3, x, 1, actual, 3, n)).isTrue();
        assertThat(actual).as("scaleAddTo, seed %d", SEED).containsExactly(scaleAdd);
        actual = y.clone();
        double product = dense.scaleAddDot(0.7, actual, 3, 0.3, x, 1, x, 2, n);
        assertThat(actual).as("scaleAddDot, seed %d", SEED).containsExactly(scaleAdd);
        assertThat(product).as("scaleAddDot, seed %d", SEED).isEqualTo(dense.dot(scaleAdd, 3, x, 2, n));
        double[] several = new double[3 * n];
        double[] alphas = {0.3, 0, -0.4};
        double[] room = Arrays.copyOf(alphas, 3 * (1 + DenseKernels.SCRATCH_PER_VECTOR));
        double[] products = new double[3];
        for (int c = 0; c < 3; c++) {
            System.arraycopy(y, 3, several, c * n, n);
        }
        double[] moved = several.clone();
        dense.scaleAddDots(0.7, several, 3, room, x, 1, x, 2, n);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < n; i++) {
                moved[c * n + i] = 0.7 * moved[c * n + i] + alphas[c] * x[1 + i];
            }
            products[c] = dense.dot(moved, c * n, x, 2, n);
        }
        assertThat(several).as("scaleAddDots, seed %d", SEED).containsExactly(moved);
        assertThat(room).as("scaleAddDots, seed %d", SEED).startsWith(products);
        actual = y.clone();
        dense.scale(0.7, actual, 3, n);
        assertThat(actual).as("scale, seed %d", SEED).containsExactly(scale);
        actual = y.clone();
        double[] other = x.clone();
        dense.rotate(0.8, 0.6, other, 1, actual, 3, n);
        assertThat(other).as("rot, seed %d", SEED).containsExactly(first);
        assertThat(actual).as("rot, seed %d", SEED).containsExactly(second);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void allFiniteFindsOneBadElementAnywhereAndOnlyInItsRange(double bad) {
        for (int n = 1; n < 70; n++) {
            double[] a = new double[n + 2];
            Arrays.fill(a, -Double.MAX_VALUE);
            a[0] = bad;
            a[n + 1] = bad;
            assertThat(dense.allFinite(a, 1, n)).isTrue();
            for (int at = 1; at <= n; at++) {
                a[at] = bad;
                assertThat(dense.allFinite(a, 1, n)).isFalse();
                a[at] = Double.MIN_VALUE;
            }
        }
        assertThat(dense.allFinite(new double[] {bad}, 0, 0)).isTrue();
    }

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
            double[] decided = new double[rows];
            for (int row = 0; row < rows; row++) {
                double p = b;
                for (int j = 0; j < n; j++) {
                    p += w[j] * x[1 + row * n + j];
                }
                decided[row] = p;
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
            double[] said = y.clone();
            assertThat(optimizer.delayedSgd(kind, 0.7, 0.3, whole, x, 1, n, rows, said, stepSize, decay))
                    .isEqualTo(rows);
            assertThat(said).as("seed %d", SEED).containsExactly(decided, within(1e-12));
            double lastStep = whole.step;
            for (int j = 0; j < n; j++) {
                assertThat(whole.decay * whole.weights[j] + lastStep * whole.row[j])
                        .as("seed %d", SEED)
                        .isCloseTo(w[j], within(1e-12));
            }
            assertThat(whole.intercept + 0.3 * lastStep).as("seed %d", SEED).isCloseTo(b, within(1e-12));
            DelayedSgdState cut = new DelayedSgdState();
            for (int row = 0; row < rows; row++) {
                double[] ofRow = {y[row]};
                double[] stepSizeOfRow = {stepSize[row]};
                double[] decayOfRow = {decay[row]};
                optimizer.delayedSgd(kind, 0.7, 0.3, cut, x, 1 + row * n, n, 1, ofRow, stepSizeOfRow, decayOfRow);
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

    @ParameterizedTest
    @MethodSource("sizes")
    void sparseKernelsAgreeWithTheirDenseTwins(int n) {
        double[] w = numbers(2 * n + 1);
        double[] value = numbers(n + 2);
        int[] index = IntStream.range(-2, n).map(k -> Math.max(0, 2 * k)).toArray();
        double[] row = new double[2 * n];
        double magnitude = 0;
        for (int k = 2; k < n + 2; k++) {
            row[index[k]] = value[k];
            magnitude += Math.abs(w[1 + index[k]] * value[k]);
        }
        assertThat(SparseKernels.dot(w, 1, index, value, 2, n + 2))
                .as("seed %d", SEED)
                .isCloseTo(dense.dot(w, 1, row, 0, 2 * n), within((n + 8) * 0x1p-53 * magnitude));
        double[] expected = w.clone();
        dense.axpy(0.3, row, 0, expected, 1, 2 * n);
        SparseKernels.axpy(0.3, index, value, 2, n + 2, w, 1);
        assertThat(w).as("seed %d", SEED).containsExactly(expected);
        double[] before = new double[n + 1];
        double sum = SparseKernels.axpyWithUndo(-0.2, index, value, 2, n + 2, w, 1, before, 1);
        double now = 0;
        for (int k = 2; k < n + 2; k++) {
            assertThat(before[k - 1]).isEqualTo(expected[1 + index[k]]);
            assertThat(w[1 + index[k]]).isEqualTo(before[k - 1] + -0.2 * value[k]);
            now += w[1 + index[k]];
        }
        assertThat(sum).as("seed %d", SEED).isCloseTo(now, within(1e-12));
        if (n > 0) {
            w[1 + index[n / 2 + 2]] = Double.NEGATIVE_INFINITY;
            assertThat(SparseKernels.axpyWithUndo(0.1, index, value, 2, n + 2, w, 1, before, 1))
                    .isEqualTo(Double.NEGATIVE_INFINITY);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void sparseDotIsItsDefinedSum(int n) {
        double[] w = numbers(n);
        double[] value = numbers(n);
        double[] s = new double[5];
        for (int k = 0; k < n; k++) {
            s[k < n / 4 * 4 ? k % 4 : 4] += w[n - 1 - k] * value[k];
        }
        int[] index = IntStream.range(0, n).map(k -> n - 1 - k).toArray();
        assertThat(SparseKernels.dot(w, 0, index, value, 0, n))
                .as("seed %d", SEED)
                .isEqualTo(((s[0] + s[2]) + (s[1] + s[3])) + s[4]);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void scatterPutsBackWhatGatherTook(int n) {
        double[] w = numbers(3 * n + 1);
        double[] before = w.clone();
        int[] index = IntStream.range(0, n).map(k -> 3 * (n - 1 - k)).toArray();
        double[] journal = new double[n + 2];
        SparseKernels.gather(w, 1, index, 0, n, journal, 2);
        for (int k = 0; k < n; k++) {
            assertThat(journal[k + 2]).isEqualTo(w[1 + index[k]]);
            w[1 + index[k]] = Double.NaN;
        }
        SparseKernels.scatter(journal, 2, index, 0, n, w, 1);
        assertThat(w).as("seed %d", SEED).containsExactly(before);
    }

    /** The definition in the class comment of {@link DenseKernels}, with an array for the sums. */
    private static double sumBySixteen(double[] e) {
        double[] s = new double[17];
        int blocks = e.length / 16 * 16;
        int eights = e.length / 8 * 8;
        for (int i = 0; i < e.length; i++) {
            s[i < blocks ? i % 16 : i < eights ? i - blocks : 16] += e[i];
        }
        for (int width = 8; width > 0; width /= 2) {
            for (int j = 0; j < width; j++) {
                s[j] += s[j + width];
            }
        }
        return s[0] + s[16];
    }

    private double[] numbers(int n) {
        return random.doubles(n).map(u -> 2 * u - 1).toArray();
    }

    private static BigDecimal exact(double value) {
        return new BigDecimal(value);
    }

    private static double rounded(BigDecimal value) {
        return value.doubleValue();
    }
}
