package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Eigenvalues and singular values against another implementation, and against their definition. */
@ExtendWith(RunSeed.class)
class DecompositionTest {
    private final SeededRandom random = RunSeed.random("matrices");

    private double[] gaussian(int count) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> random.nextGaussian());
        return numbers;
    }

    static Stream<double[]> spectra() {
        double[] geometric = new double[40];
        Arrays.setAll(geometric, i -> Math.pow(0.5, i));
        double[] flat = new double[30];
        Arrays.fill(flat, 3);
        double[] pairs = new double[24];
        Arrays.setAll(pairs, i -> 24.0 - i / 2);
        double[] low = new double[33];
        Arrays.setAll(low, i -> i < 5 ? 5 - i : 0);
        double[] lost = new double[200];
        Arrays.setAll(lost, i -> i < 20 ? 20 - i : 0);
        double[] huge = {1e200, 1e199, 1};
        double[] tiny = {1e-200, 1e-201, 1e-210};
        return Stream.of(
                geometric, flat, pairs, low, lost, huge, tiny, new double[] {7}, new double[] {0}, new double[6]);
    }

    @ParameterizedTest
    @MethodSource("spectra")
    void eigenvaluesAreThoseTheMatrixWasMadeOf(double[] spectrum) {
        int n = spectrum.length;
        RealMatrix q = n == 1
                ? MatrixUtils.createRealIdentityMatrix(1)
                : new SingularValueDecomposition(Batch.matrix(gaussian(n * n), n, n)).getU();
        RealMatrix matrix =
                q.multiply(MatrixUtils.createRealDiagonalMatrix(spectrum)).multiply(q.transpose());
        double[] upper = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                // Elements below the diagonal are not read.
                upper[i * n + j] = j < i ? Double.NaN : matrix.getEntry(i, j);
            }
        }
        SymmetricEigen eigen = new SymmetricEigen();
        eigen.decompose(upper, n);
        RealMatrix vectors = Batch.matrix(eigen.vectors(), n, n);
        double within = 1e-14 * n * spectrum[0];
        for (int i = 0; i < n; i++) {
            assertThat(eigen.values()[i]).isCloseTo(spectrum[i], within(within));
        }
        RealMatrix identity = vectors.multiply(vectors.transpose());
        assertThat(identity.subtract(MatrixUtils.createRealIdentityMatrix(n)).getNorm())
                .isLessThan(1e-13 * n);
        for (int i = 0; i < n; i++) {
            double[] rest = matrix.operate(vectors.getRow(i));
            for (int j = 0; j < n; j++) {
                assertThat(rest[j] - eigen.values()[i] * vectors.getEntry(i, j)).isCloseTo(0, within(4 * within));
            }
        }
    }

    /** Gram matrices of few rows with many columns, nearly all of them 0: most rows of the reduced matrix underflow. */
    @Test
    void productsOfOneHotColumnsAreDecomposed() {
        int n = 150;
        for (int rows : new int[] {5, 30, 47, 80}) {
            RealMatrix x = Batch.matrix(new double[rows * n], rows, n);
            for (int i = 0; i < rows; i++) {
                x.setEntry(i, 0, random.nextGaussian());
                x.setEntry(i, 1 + random.nextInt(70), 1);
                x.setEntry(i, 71 + random.nextInt(70), 1);
            }
            RealMatrix products = x.transpose().multiply(x);
            SymmetricEigen eigen = new SymmetricEigen();
            eigen.decompose(
                    Arrays.stream(products.getData())
                            .flatMapToDouble(Arrays::stream)
                            .toArray(),
                    n);
            double[] expected = new SingularValueDecomposition(x).getSingularValues();
            for (int i = 0; i < Math.min(rows, n); i++) {
                assertThat(eigen.values()[i]).isCloseTo(expected[i] * expected[i], within(1e-11));
            }
        }
    }

    /**
     * Wide, tall and square matrices, well conditioned and so ill conditioned that only the last method is exact
     * enough.
     */
    @ParameterizedTest
    @CsvSource({
        "30, 50, 0.9, 10",
        "50, 30, 0.9, 10",
        "40, 40, 0.9, 40",
        "30, 50, 0.5, 20",
        "50, 30, 0.5, 20",
        "25, 60, 0.6, 25",
        "60, 25, 0.6, 25",
        "1, 5, 0.5, 1",
        "5, 1, 0.5, 1",
        "3, 4, 0.001, 3"
    })
    void singularValuesAreThoseOfAnotherImplementation(int rows, int width, double decay, int k) {
        double[] a = gaussian(rows * width);
        for (int i = 0; i < a.length; i++) {
            a[i] *= Math.pow(decay, i % width);
        }
        TruncatedSvd svd = new TruncatedSvd();
        int found = svd.decompose(a, rows, width, k, new double[0], 0);
        SingularValueDecomposition expected = new SingularValueDecomposition(Batch.matrix(a, rows, width));
        assertThat(found).isEqualTo(k);
        double[] values = expected.getSingularValues();
        for (int i = 0; i < k; i++) {
            assertThat(svd.values[i])
                    .as("value %d of %s", i, values[0])
                    .isCloseTo(values[i], within(1e-9 * values[i] + 1e-15 * values[0]));
        }
        RealMatrix vectors = Batch.matrix(svd.vectors, k, width);
        double[] gap = Arrays.copyOf(values, Math.max(values.length, k + 1));
        assertThat(Batch.sine(vectors, expected.getVT().getSubMatrix(0, k - 1, 0, width - 1)))
                .isLessThan(Math.max(1e-9, 1e-14 * values[0] / (gap[k - 1] - gap[k])));
    }

    @Test
    void valuesThatAreRoundingErrorsAreNotFound() {
        double[] left = gaussian(20 * 3);
        double[] right = gaussian(3 * 45);
        RealMatrix product = Batch.matrix(left, 20, 3).multiply(Batch.matrix(right, 3, 45));
        for (RealMatrix matrix : new RealMatrix[] {product, product.transpose()}) {
            double[] a = Arrays.stream(matrix.getData())
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            assertThat(new TruncatedSvd().decompose(a, matrix.getRowDimension(), matrix.getColumnDimension(), 10, a, 0))
                    .isEqualTo(3);
        }
        assertThat(new TruncatedSvd().decompose(new double[12], 3, 4, 2, left, 0))
                .isZero();
    }

    /** A guess saves work but does not change the result, whether it is good or useless. */
    @ParameterizedTest
    @CsvSource({"0.8", "0.97", "1.0"})
    void aGuessChangesNothingButTheWork(double decay) {
        int rows = 300;
        int width = 120;
        int k = 12;
        double[] a = gaussian(rows * width);
        for (int i = 0; i < a.length; i++) {
            a[i] *= Math.pow(decay, i % width);
        }
        TruncatedSvd expected = new TruncatedSvd();
        expected.decompose(a, rows, width, k, a, 0);
        double[] near = expected.vectors.clone();
        for (int i = 0; i < near.length; i++) {
            near[i] += 0.05 * random.nextGaussian();
        }
        double[] useless = gaussian(k * width);
        for (double[] guess : new double[][] {near, useless}) {
            TruncatedSvd warm = new TruncatedSvd();
            assertThat(warm.decompose(a, rows, width, k, guess, k)).isEqualTo(k);
            for (int i = 0; i < k; i++) {
                assertThat(warm.values[i]).isCloseTo(expected.values[i], within(1e-12 * expected.values[0]));
            }
            assertThat(Batch.sine(Batch.matrix(warm.vectors, k, width), Batch.matrix(expected.vectors, k, width)))
                    .isLessThan(1e-8);
        }
    }

    /** A direction orthogonal to the guess is found too. */
    @Test
    void whatTheGuessDoesNotKnowOfIsFound() {
        int width = 90;
        int k = 6;
        double[] a = new double[width * width];
        for (int i = 0; i < width; i++) {
            a[i * width + i] = i < k ? 10 - i : 1.0 / (1 + i);
        }
        a[(width - 1) * width + width - 1] = 50;
        double[] guess = new double[k * width];
        for (int i = 0; i < k; i++) {
            guess[i * width + i] = 1;
        }
        TruncatedSvd svd = new TruncatedSvd();
        svd.decompose(a, width, width, k, guess, k);
        assertThat(svd.values[0]).isCloseTo(50, within(1e-10));
        assertThat(svd.values[k - 1]).isCloseTo(6, within(1e-10));
    }
}
