package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/**
 * The largest eigenvalues of a symmetric positive semidefinite matrix and their eigenvectors, from an initial guess.
 *
 * <p>Subspace iteration with Rayleigh–Ritz and a Chebyshev filter (Zhou, Saad, Tiago and Chelikowsky, J. Comput. Phys.
 * 219(1), 2006). The guess and a few random vectors are multiplied by a polynomial of the matrix that is small at the
 * unwanted eigenvalues, made orthonormal, and replaced by the Ritz vectors of their span, again and again. A product
 * costs 2 n² (k + a few) operations, a round has up to three. A full decomposition replaces the iteration if there is
 * no guess, if k is a large fraction of n, if the vectors become dependent, or if the remaining residuals would cost
 * more.
 *
 * <p>The iteration ends when the residual of every wanted pair is below 1e-9 of the gap between the wanted and the
 * other eigenvalues. The angle between the computed and the true subspace is at most that ratio, and the relative error
 * of an eigenvalue its square. The random vectors reveal an eigenvalue that the guess misses.
 */
final class LargestEigen {
    private static final double ANGLE = 1e-9;
    /** Residuals cannot get below this fraction of the largest eigenvalue. */
    private static final double ROUNDING = 0x1p-48;

    private static final int EXTRA = 8;
    private static final long SEED = 20_080_501;

    private final DenseKernels kernels = DenseKernels.best();
    private final SymmetricEigen eigen = new SymmetricEigen();
    private double[] values = {};
    private double[] vectors = {};
    private double[] y = {};
    private double[] z = {};
    private double[] spare = {};
    private double[] small = {};
    private double[] residuals = {};
    private double[] work = {};

    /** {@return the eigenvalues, the largest first; valid until the next call} */
    double[] values() {
        return values;
    }

    /** {@return the eigenvectors as rows of length n; valid until the next call} */
    double[] vectors() {
        return vectors;
    }

    /**
     * Computes the k largest eigenvalues and their eigenvectors.
     *
     * @param matrix n × n, row-major, both triangles, not modified
     * @param n size of the matrix
     * @param k number of eigenvalues wanted
     * @param guess vectors as rows of length n, not modified
     * @param guesses number of vectors in the guess
     */
    void decompose(double[] matrix, int n, int k, double[] guess, int guesses) {
        int count = Math.min(n, k + EXTRA + k / 16);
        if (guesses < k || 3 * count > n || !iterate(matrix, n, k, count, guess)) {
            all(matrix, n);
        }
    }

    /** Computes all eigenvalues and eigenvectors. */
    void all(double[] matrix, int n) {
        eigen.decompose(matrix, n);
        values = eigen.values();
        vectors = eigen.vectors();
    }

    private boolean iterate(double[] matrix, int n, int k, int count, double[] guess) {
        room(n, count);
        System.arraycopy(guess, 0, y, 0, k * n);
        SeededRandom random = new SeededRandom(SEED);
        for (int i = k * n; i < count * n; i++) {
            y[i] = random.nextDouble() - 0.5;
        }
        // One product moves the random vectors towards the eigenvectors that the guess misses.
        System.arraycopy(y, 0, z, 0, k * n);
        Arrays.fill(z, k * n, count * n, 0);
        MatrixKernels.best().gemm(count - k, n, n, y, k * n, n, 1, matrix, 0, n, 1, z, k * n, n, work);
        int maxRounds = n / 10;
        double before = Double.POSITIVE_INFINITY;
        for (int round = 0; round < maxRounds; round++) {
            if (!orthonormalise(count, n)) {
                return false;
            }
            multiply(count, n, n, y, matrix, n, z);
            Arrays.fill(small, 0, count * count, 0);
            MatrixKernels.best().gemm(count, count, n, y, 0, n, 1, z, 0, 1, n, small, 0, count, work);
            eigen.decompose(small, count);
            toRitzVectors(count, n);
            double ratio = largestResidual(k, count, n);
            if (ratio <= 1) {
                values = eigen.values();
                vectors = y;
                return true;
            }
            if (round >= 2 && isHopeless(ratio, ratio / before, maxRounds - round)) {
                return false;
            }
            before = ratio;
            filter(matrix, k, count, n, ratio);
        }
        return false;
    }

    /**
     * Multiplies {@link #y} by a Chebyshev polynomial of the matrix, into {@link #z}. The polynomial is at most 1
     * between 0 and the smallest Ritz value. On entry {@link #z} holds the product of the matrix and {@link #y}.
     *
     * @param ratio factor by which residuals must shrink
     */
    private void filter(double[] matrix, int k, int count, int n, double ratio) {
        double[] theta = eigen.values();
        double end = theta[count - 1];
        int degree = end > 0 ? degree(theta[0] / end, theta[k - 1] / end, ratio) : 1;
        if (degree == 1) {
            return;
        }
        double factor = 2 / end;
        kernels.scale(factor, z, 0, count * n);
        kernels.axpy(-1, y, 0, z, 0, count * n);
        for (int i = 1; i < degree; i++) {
            multiply(count, n, n, z, matrix, n, spare);
            // 2 (factor · matrix · z − z) − y
            kernels.scaleAdd(2 * factor, spare, 0, -2, z, 0, count * n);
            kernels.axpy(-1, y, 0, spare, 0, count * n);
            double[] oldest = y;
            y = z;
            z = spare;
            spare = oldest;
        }
    }

    /**
     * {@return the degree that is enough, or the highest one at which the largest eigenvalue does not swamp the others}
     *
     * @param largest the largest eigenvalue, divided by the end of the damped interval
     * @param smallest the smallest wanted eigenvalue, divided by the same
     * @param ratio factor by which residuals must shrink
     */
    private static int degree(double largest, double smallest, double ratio) {
        double x = 2 * smallest - 1;
        double before = 1;
        double value = x;
        double growth = 4 * largest;
        int degree = 1;
        while (value < 4 * ratio && growth * 4 * largest < 1e12) {
            double next = 2 * x * value - before;
            before = value;
            value = next;
            growth *= 4 * largest;
            degree++;
        }
        return degree;
    }

    private void room(int n, int count) {
        if (y.length < count * n || small.length < count * count) {
            y = new double[count * n];
            z = new double[count * n];
            spare = new double[count * n];
            small = new double[count * count];
            residuals = new double[n];
        }
        int length = MatrixKernels.workLength(count, n);
        if (work.length < length) {
            work = new double[length];
        }
    }

    /** {@code out = left · right}, of rows × inner and inner × columns. */
    private void multiply(int rows, int inner, int columns, double[] left, double[] right, int rightRow, double[] out) {
        Arrays.fill(out, 0, rows * columns, 0);
        MatrixKernels.best()
                .gemm(rows, columns, inner, left, 0, inner, 1, right, 0, rightRow, 1, out, 0, columns, work);
    }

    /** Replaces {@link #y} by the Ritz vectors, and {@link #z} by their products with the matrix. */
    private void toRitzVectors(int count, int n) {
        double[] turned = spare;
        multiply(count, count, n, eigen.vectors(), y, n, turned);
        spare = y;
        y = turned;
        turned = spare;
        multiply(count, count, n, eigen.vectors(), z, n, turned);
        spare = z;
        z = turned;
    }

    /** {@return the largest residual of a wanted pair, divided by the allowed one} */
    private double largestResidual(int k, int count, int n) {
        double[] theta = eigen.values();
        double allowed = Math.max(ANGLE * (theta[k - 1] - theta[k]), ROUNDING * theta[0]);
        double largest = 0;
        for (int i = 0; i < count; i++) {
            System.arraycopy(z, i * n, residuals, 0, n);
            kernels.axpy(-theta[i], y, i * n, residuals, 0, n);
            double residual = Math.sqrt(kernels.sumOfSquares(residuals, 0, n));
            if (i < k) {
                largest = Math.max(largest, residual / allowed);
            } else if (theta[i] + residual > theta[k - 1]) {
                // This vector may converge to a wanted eigenvector.
                largest = Math.max(largest, 2);
            }
        }
        return allowed > 0 ? largest : 2;
    }

    private static boolean isHopeless(double ratio, double shrinkage, int left) {
        double reached = ratio;
        for (int i = 0; i < left && reached > 1; i++) {
            reached *= shrinkage;
        }
        return reached > 1;
    }

    /**
     * Writes an orthonormal basis of the rows of {@link #z} to {@link #y}, by the Cholesky factor of their Gram matrix.
     * A second pass follows if the error of the first, which grows with the square of the condition number, is more
     * than rounding.
     *
     * @return false if the rows are dependent
     */
    private boolean orthonormalise(int count, int n) {
        for (int i = 0; i < count; i++) {
            double square = kernels.sumOfSquares(z, i * n, n);
            if (!(square > 0)) {
                return false;
            }
            kernels.scale(1 / Math.sqrt(square), z, i * n, n);
        }
        boolean orthonormal = false;
        for (int pass = 0; !orthonormal && pass < 2; pass++) {
            Arrays.fill(small, 0, count * count, 0);
            MatrixKernels.best().syrk(count, n, z, 0, n, 1, small, 0, count, work);
            // The rows of the upper triangle become the columns of the Cholesky factor.
            double smallest = 1;
            for (int i = 0; i < count; i++) {
                double pivot = small[i * count + i];
                if (!(pivot > 1e-10)) {
                    return false;
                }
                smallest = Math.min(smallest, pivot);
                double root = Math.sqrt(pivot);
                kernels.scale(1 / root, small, i * count + i, count - i);
                for (int j = i + 1; j < count; j++) {
                    kernels.axpy(-small[i * count + j], small, i * count + j, small, j * count + j, count - j);
                }
            }
            for (int i = 0; i < count; i++) {
                kernels.scale(1 / small[i * count + i], z, i * n, n);
                for (int j = i + 1; j < count; j++) {
                    kernels.axpy(-small[i * count + j], z, i * n, z, j * n, n);
                }
            }
            orthonormal = smallest > 0.1;
        }
        double[] swap = y;
        y = z;
        z = swap;
        return true;
    }
}
