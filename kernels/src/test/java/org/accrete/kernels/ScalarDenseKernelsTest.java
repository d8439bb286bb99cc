package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dense loops of the reference against their definition, written another way, and against exact arithmetic. */
final class ScalarDenseKernelsTest {

    private static final long SEED = Seed.of(ScalarDenseKernelsTest.class);

    private final DenseKernels dense = DenseKernels.scalar();
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
    void squaredDistanceIsTheDefinedSumBySixteen(int n) {
        double[] a = numbers(n + 1);
        double[] b = numbers(n + 2);
        double[] squares = new double[n];
        Arrays.setAll(squares, i -> (a[i + 1] - b[i + 2]) * (a[i + 1] - b[i + 2]));
        assertThat(dense.squaredDistance(a, 1, b, 2, n)).as("seed %d", SEED).isEqualTo(sumBySixteen(squares));
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
