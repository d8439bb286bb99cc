package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sparse loops against their definition and against their dense twins. */
final class SparseKernelsTest {

    private static final long SEED = Seed.of(SparseKernelsTest.class);

    private final DenseKernels dense = DenseKernels.scalar();
    private final SplittableRandom random = new SplittableRandom(SEED);

    static IntStream sizes() {
        return IntStream.concat(IntStream.rangeClosed(0, 70), IntStream.of(127, 128, 129, 130, 784, 1000));
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
    void dotIsItsDefinedSum(int n) {
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
        double[] undo = new double[n + 2];
        SparseKernels.gather(w, 1, index, 0, n, undo, 2);
        for (int k = 0; k < n; k++) {
            assertThat(undo[k + 2]).isEqualTo(w[1 + index[k]]);
            w[1 + index[k]] = Double.NaN;
        }
        SparseKernels.scatter(undo, 2, index, 0, n, w, 1);
        assertThat(w).as("seed %d", SEED).containsExactly(before);
    }

    private double[] numbers(int n) {
        return random.doubles(n).map(u -> 2 * u - 1).toArray();
    }
}
