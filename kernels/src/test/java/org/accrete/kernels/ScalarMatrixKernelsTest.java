package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The matrix products of the reference against their definition. */
final class ScalarMatrixKernelsTest {

    private static final long SEED = Seed.of(ScalarMatrixKernelsTest.class);

    private final MatrixKernels matrix = MatrixKernels.scalar();
    private final SplittableRandom random = new SplittableRandom(SEED);

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

    private double[] numbers(int n) {
        return random.doubles(n).map(u -> 2 * u - 1).toArray();
    }
}
