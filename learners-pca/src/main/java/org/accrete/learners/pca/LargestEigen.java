package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/**
 * The largest eigenvalues of a symmetric matrix without negative ones, and their vectors, from a guess at the vectors.
 *
 * <p>Subspace iteration with Rayleigh–Ritz, sped up by Chebyshev's polynomials (Zhou, Saad, Tiago and Chelikowsky, J.
 * Comput. Phys. 219(1), 2006): the guess and a few random vectors are multiplied by a polynomial of the matrix that is
 * small where the unwanted eigenvalues lie, made orthonormal, and turned to the best vectors within their span, again
 * and again. A product costs 2 n² (k + a few) operations, a round has up to three. It is given up, and everything
 * decomposed, when the guess is empty, when k is a large part of n, when the vectors become dependent, or when the
 * rounds that are still needed would cost more.
 *
 * <p>A round is the last one if the residual of every wanted pair is below 1e-9 of the gap that parts the wanted
 * eigenvalues from the others: the angle between the found and the true subspace is at most that ratio, and the
 * relative error of an eigenvalue its square. The random vectors would show an eigenvalue that the guess does not know
 * of.
 */
final class LargestEigen {
    private static final double ANGLE = 1e-9;
    /** Residuals cannot get below this part of the largest eigenvalue. */
    private static final double ROUNDING = 0x1p-48;

    private static final int EXTRA = 8;
    private static final long SEED = 20_080_501;

    private final DenseKernels kernels = DenseKernels.best();
    private final SymmetricEigen eigen = new SymmetricEigen();
    private double[] values = {};
    private double[] vectors = {};
    private double[] y = {};
    private double[] z = {};
    private double[] ritz = {};
    private double[] small = {};
    private double[] rounds = {};
    private double[] work = {};

    /** {@return the eigenvalues, from the largest on; valid until the next call} */
    double[] values() {
        return values;
    }

    /** {@return the eigenvectors as rows of length n; valid until the next call} */
    double[] vectors() {
        return vectors;
    }

    /**
     * Finds eigenvalues and vectors.
     *
     * @param matrix n × n, row-major, not modified, both halves
     * @param n its size
     * @param k how many are wanted
     * @param guess vectors as rows of length n, not modified
     * @param guesses how many there are
     */
    void decompose(double[] matrix, int n, int k, double[] guess, int guesses) {
        int count = Math.min(n, k + EXTRA + k / 16);
        if (guesses < k || 3 * count > n || !iterate(matrix, n, k, count, guess)) {
            all(matrix, n);
        }
    }

    /** Finds them all. */
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
        // The random vectors are taken towards what the guess lacks.
        System.arraycopy(y, 0, z, 0, k * n);
        Arrays.fill(z, k * n, count * n, 0);
        MatrixKernels.best().gemm(count - k, n, n, y, k * n, n, 1, matrix, 0, n, 1, z, k * n, n, work);
        int most = n / 10;
        double before = Double.POSITIVE_INFINITY;
        for (int round = 0; round < most; round++) {
            if (!orthonormalise(count, n)) {
                return false;
            }
            multiply(count, n, n, y, matrix, n, z);
            Arrays.fill(small, 0, count * count, 0);
            MatrixKernels.best().gemm(count, count, n, y, 0, n, 1, z, 0, 1, n, small, 0, count, work);
            eigen.decompose(small, count);
            turn(count, n);
            double ratio = worst(k, count, n);
            if (ratio <= 1) {
                values = eigen.values();
                vectors = y;
                return true;
            }
            if (round >= 2 && isHopeless(ratio, ratio / before, most - round)) {
                return false;
            }
            before = ratio;
            filter(matrix, k, count, n, ratio);
        }
        return false;
    }

    /**
     * Multiplies {@link #y}, whose products with the matrix are in {@link #z}, by Chebyshev's polynomial of the matrix
     * that is at most 1 between 0 and the smallest eigenvalue found, into {@link #z}.
     *
     * @param ratio by how much residuals have to shrink
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
            multiply(count, n, n, z, matrix, n, ritz);
            // 2 (factor · matrix · z − z) − y
            kernels.scaleAdd(2 * factor, ritz, 0, -2, z, 0, count * n);
            kernels.axpy(-1, y, 0, ritz, 0, count * n);
            double[] oldest = y;
            y = z;
            z = ritz;
            ritz = oldest;
        }
    }

    /**
     * {@return the degree that is enough, or else the highest at which the largest eigenvalue does not drown the
     * others}
     *
     * @param largest the largest eigenvalue, and
     * @param smallest the smallest that is wanted, in units of the end of what is to be kept small
     */
    private static int degree(double largest, double smallest, double ratio) {
        double x = 2 * smallest - 1;
        double before = 1;
        double value = x;
        double most = 4 * largest;
        int degree = 1;
        while (value < 4 * ratio && most * 4 * largest < 1e12) {
            double next = 2 * x * value - before;
            before = value;
            value = next;
            most *= 4 * largest;
            degree++;
        }
        return degree;
    }

    private void room(int n, int count) {
        if (y.length < count * n || small.length < count * count) {
            y = new double[count * n];
            z = new double[count * n];
            ritz = new double[count * n];
            small = new double[count * count];
            rounds = new double[n];
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

    /** Makes {@link #y} the best vectors within its span, and {@link #z} their products with the matrix. */
    private void turn(int count, int n) {
        double[] turned = ritz;
        multiply(count, count, n, eigen.vectors(), y, n, turned);
        ritz = y;
        y = turned;
        turned = ritz;
        multiply(count, count, n, eigen.vectors(), z, n, turned);
        ritz = z;
        z = turned;
    }

    /** {@return the largest residual of a wanted pair, in units of what is allowed} */
    private double worst(int k, int count, int n) {
        double[] theta = eigen.values();
        double allowed = Math.max(ANGLE * (theta[k - 1] - theta[k]), ROUNDING * theta[0]);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            System.arraycopy(z, i * n, rounds, 0, n);
            kernels.axpy(-theta[i], y, i * n, rounds, 0, n);
            double residual = Math.sqrt(kernels.sumOfSquares(rounds, 0, n));
            if (i < k) {
                worst = Math.max(worst, residual / allowed);
            } else if (theta[i] + residual > theta[k - 1]) {
                // What this vector is on its way to may be one of the wanted.
                worst = Math.max(worst, 2);
            }
        }
        return allowed > 0 ? worst : 2;
    }

    private static boolean isHopeless(double ratio, double shrinks, int left) {
        double reached = ratio;
        for (int i = 0; i < left && reached > 1; i++) {
            reached *= shrinks;
        }
        return reached > 1;
    }

    /**
     * Puts an orthonormal basis of the rows of {@link #z} into {@link #y}: by Cholesky's factor of their products,
     * twice where what one time leaves, which grows with the square of the condition, is more than rounding errors.
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
        for (int times = 0; !orthonormal && times < 2; times++) {
            Arrays.fill(small, 0, count * count, 0);
            MatrixKernels.best().syrk(count, n, z, 0, n, 1, small, 0, count, work);
            // The factor is the transpose of what is left on and above the diagonal.
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
