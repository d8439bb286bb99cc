package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/**
 * The largest singular values of a matrix and their right singular vectors.
 *
 * <p>There are three methods; the first that is exact enough is used:
 *
 * <ol>
 *   <li>The largest eigenvalues of the Gram matrix of the shorter side, by {@link LargestEigen}, from an initial guess:
 *       one more block of rows changes little.
 *   <li>All eigenvalues of the Gram matrix, if there is no guess or the iteration does not converge.
 *   <li>The Gram matrix squares the condition number: a singular value of 1e-3 of the largest has a relative error of
 *       about 1e-10 there, and one of 1e-8 loses half of its digits. So if a wanted value is below 1e-3, the matrix is
 *       rotated by the vectors found, which makes its rows almost orthogonal, and one-sided Jacobi rotations make them
 *       orthogonal (Hestenes, 1958; Demmel and Veselić, SIAM J. Matrix Anal. 13(4), 1992). The error is then a few ulps
 *       of the largest value.
 * </ol>
 *
 * <p>Values that are rounding errors of the largest are set to zero, and so are their vectors.
 */
final class TruncatedSvd {
    private static final double EPSILON = 0x1p-52;

    /** Values down to this fraction of the largest are taken from the Gram matrix. */
    private static final double MIN_RATIO_FOR_GRAM = 1e-3;

    /** Below this fraction of the largest, a value from the Gram matrix has no correct digit. */
    private static final double ZERO_RATIO = 1e-7;

    private static final int MAX_SWEEPS = 30;

    /** Depth of a product that needs the most working memory: kernels pack a limited depth at a time. */
    private static final int DEPTH = Integer.MAX_VALUE;

    private final DenseKernels kernels = DenseKernels.best();
    private final LargestEigen eigen = new LargestEigen();
    private double[] gram = {};
    private double[] rotated = {};
    private double[] work = {};

    /** Singular values, the largest first. */
    double[] values = {};

    /** Right singular vectors as rows. */
    double[] vectors = {};

    /**
     * Decomposes a matrix.
     *
     * @param a rows × width, row-major, not modified
     * @param rows number of rows, at least 1
     * @param width number of columns
     * @param k number of values wanted
     * @param guess right singular vectors as rows, for the initial guess; the first rows of {@code a} are multiples of
     *     them
     * @param guesses number of vectors in the guess; 0 for none
     * @return number of values found: k, or fewer if the others are zeros
     */
    int decompose(double[] a, int rows, int width, int k, double[] guess, int guesses) {
        boolean wide = rows < width;
        int n = Math.min(rows, width);
        int wanted = Math.min(k, n);
        room(n, width, k);
        Arrays.fill(gram, 0, n * n, 0);
        if (wide) {
            MatrixKernels.best().syrk(n, width, a, 0, width, 1, gram, 0, n, work);
        } else {
            MatrixKernels.best().syrk(n, rows, a, 0, 1, width, gram, 0, n, work);
        }
        mirror(gram, n);
        // For a wide matrix, the first rows of the Gram matrix are the same guess for the left singular vectors.
        eigen.decompose(gram, n, wanted, wide ? gram : guess, guesses);
        double largest = Math.sqrt(Math.max(0, eigen.values()[0]));
        double smallest = Math.sqrt(Math.max(0, eigen.values()[wanted - 1]));
        if (largest == 0) {
            return 0;
        }
        if (smallest < MIN_RATIO_FOR_GRAM * largest) {
            return refine(a, rows, width, wanted);
        }
        for (int i = 0; i < wanted; i++) {
            values[i] = Math.sqrt(eigen.values()[i]);
        }
        if (wide) {
            Arrays.fill(vectors, 0, wanted * width, 0);
            MatrixKernels.best()
                    .gemm(wanted, width, rows, eigen.vectors(), 0, rows, 1, a, 0, width, 1, vectors, 0, width, work);
            for (int i = 0; i < wanted; i++) {
                kernels.scale(1 / values[i], vectors, i * width, width);
            }
        } else {
            System.arraycopy(eigen.vectors(), 0, vectors, 0, wanted * width);
        }
        return wanted;
    }

    /**
     * Decomposes a matrix of dense rows above sparse rows. Only the Gram matrix is used, so values below 1e-7 of the
     * largest are set to zero.
     *
     * @param a the dense rows, row-major, not modified; the components found before, if any, come first
     * @param rows number of dense rows
     * @param block the sparse rows
     * @param width number of columns
     * @param k number of values wanted
     * @param guesses number of components found before
     * @return number of values found: k, or fewer if the others are zeros
     */
    int decompose(double[] a, int rows, CentredSparseRows block, int width, int k, int guesses) {
        int n = rows + block.rows();
        if (n >= width) {
            // More rows than columns: the Gram matrix of the columns is the smaller one.
            double[] all = Arrays.copyOf(a, n * width);
            block.writeDense(all, rows * width);
            return decompose(all, n, width, k, a, 0);
        }
        int wanted = Math.min(k, n);
        room(n, width, k);
        Arrays.fill(gram, 0, n * n, 0);
        MatrixKernels.best().syrk(rows, width, a, 0, width, 1, gram, 0, n, work);
        block.writeGram(a, rows, gram, n);
        mirror(gram, n);
        eigen.decompose(gram, n, wanted, gram, guesses);
        double zero = ZERO_RATIO * ZERO_RATIO * eigen.values()[0];
        int found = 0;
        while (found < wanted && eigen.values()[found] > zero) {
            found++;
        }
        Arrays.fill(vectors, 0, found * width, 0);
        double[] left = eigen.vectors();
        MatrixKernels.best().gemm(found, width, rows, left, 0, n, 1, a, 0, width, 1, vectors, 0, width, work);
        for (int i = 0; i < found; i++) {
            block.addCombination(left, i * n + rows, vectors, i * width);
            values[i] = Math.sqrt(eigen.values()[i]);
            double norm = Math.sqrt(kernels.sumOfSquares(vectors, i * width, width));
            kernels.scale(1 / norm, vectors, i * width, width);
        }
        return found;
    }

    private void room(int n, int width, int k) {
        if (gram.length < n * n) {
            gram = new double[n * n];
        }
        if (values.length < k) {
            values = new double[k];
            vectors = new double[k * width];
        }
        int length = Math.max(MatrixKernels.workLength(n, DEPTH), MatrixKernels.workLength(k, DEPTH));
        if (work.length < length) {
            work = new double[length];
        }
    }

    /** Copies the elements above the diagonal to those below. */
    static void mirror(double[] matrix, int n) {
        for (int i = 1; i < n; i++) {
            for (int j = 0; j < i; j++) {
                matrix[i * n + j] = matrix[j * n + i];
            }
        }
    }

    /**
     * The third method. The rows of a wide matrix become its right singular vectors times their values. Otherwise the
     * columns become the left singular vectors times their values, and the same rotations of the basis give the right
     * ones.
     */
    private int refine(double[] a, int rows, int width, int wanted) {
        boolean wide = rows < width;
        int n = Math.min(rows, width);
        int length = Math.max(rows, width);
        eigen.all(gram, n);
        double[] basis = eigen.vectors();
        if (rotated.length < n * length) {
            rotated = new double[n * length];
        }
        Arrays.fill(rotated, 0, n * length, 0);
        int aRow = wide ? width : 1;
        int aColumn = wide ? 1 : width;
        MatrixKernels.best().gemm(n, length, n, basis, 0, n, 1, a, 0, aRow, aColumn, rotated, 0, length, work);
        orthogonalise(n, length, wanted, basis, !wide);
        double[] norms = gram;
        for (int i = 0; i < n; i++) {
            norms[i] = Math.sqrt(kernels.sumOfSquares(rotated, i * length, length));
        }
        int found = 0;
        double zero = 0;
        while (found < wanted) {
            int next = 0;
            for (int i = 1; i < n; i++) {
                if (norms[i] > norms[next]) {
                    next = i;
                }
            }
            if (found == 0) {
                zero = EPSILON * length * norms[next];
            }
            if (!(norms[next] > zero)) {
                break;
            }
            values[found] = norms[next];
            System.arraycopy(wide ? rotated : basis, next * width, vectors, found * width, width);
            if (wide) {
                kernels.scale(1 / norms[next], vectors, found * width, width);
            }
            norms[next] = -1;
            found++;
        }
        return found;
    }

    private void orthogonalise(int n, int length, int wanted, double[] basis, boolean rotateBasis) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, kernels.sumOfSquares(rotated, i * length, length));
        }
        double zero = largest * (EPSILON * length) * (EPSILON * length);
        boolean isRotating = true;
        for (int sweep = 0; isRotating && sweep < MAX_SWEEPS; sweep++) {
            isRotating = false;
            for (int i = 0; i < wanted; i++) {
                for (int j = i + 1; j < n; j++) {
                    double x = kernels.sumOfSquares(rotated, i * length, length);
                    double y = kernels.sumOfSquares(rotated, j * length, length);
                    double product = kernels.dot(rotated, i * length, rotated, j * length, length);
                    if (Math.max(x, y) <= zero || Math.abs(product) <= 0x1p-48 * Math.sqrt(x) * Math.sqrt(y)) {
                        continue;
                    }
                    double zeta = (x - y) / (2 * product);
                    double tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
                    double c = 1 / Math.sqrt(1 + tangent * tangent);
                    double s = tangent * c;
                    kernels.rotate(c, s, rotated, i * length, rotated, j * length, length);
                    if (rotateBasis) {
                        kernels.rotate(c, s, basis, i * n, basis, j * n, n);
                    }
                    // A rotation with a row of negligible norm needs no further sweep.
                    isRotating |= Math.min(x, y) > zero;
                }
            }
        }
    }
}
