package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/**
 * The largest singular values of a matrix, and their right singular vectors.
 *
 * <p>Three ways, each as exact as is asked for:
 *
 * <ol>
 *   <li>The products of its shorter side with itself, and of these the largest eigenvalues by {@link LargestEigen} from
 *       a guess: what one more block of rows changes is little.
 *   <li>All eigenvalues of the products, when there is no guess or it does not converge.
 *   <li>The products square the condition: a value of 1e-3 of the largest has a relative error of about 1e-10 there,
 *       and half the digits of one of 1e-8 are lost. So if a wanted value is smaller than that, the matrix is turned by
 *       the vectors found, which makes its rows almost orthogonal, and these are made orthogonal by rotations of two at
 *       a time (Hestenes, 1958; Demmel and Veselić, SIAM J. Matrix Anal. 13(4), 1992): the error is then a few ulps of
 *       the largest value.
 * </ol>
 *
 * <p>Values that are rounding errors of the largest are zeros, and their vectors too.
 */
final class Decomposition {
    private static final double EPSILON = 0x1p-52;
    /** The smallest wanted value, as a part of the largest, that the products alone give. */
    private static final double SAFE = 1e-3;

    /** Below this part of the largest, a value that the products alone give has no digit. */
    private static final double SMALLEST = 1e-7;

    private static final int MOST_SWEEPS = 30;

    private final DenseKernels kernels = DenseKernels.best();
    private final LargestEigen eigen = new LargestEigen();
    private double[] products = {};
    private double[] turned = {};
    private double[] work = {};

    /** Singular values, from the largest on. */
    double[] values = {};
    /** Right singular vectors as rows. */
    double[] vectors = {};

    /**
     * Decomposes a matrix.
     *
     * @param a rows × width, row-major, not modified
     * @param rows how many, at least 1
     * @param width how many columns
     * @param k how many values are wanted
     * @param guess right singular vectors as rows, to begin from; they are the first rows of {@code a} but for their
     *     length
     * @param guesses how many there are; 0 for none
     * @return how many were found: k, or fewer when the others are zeros
     */
    int decompose(double[] a, int rows, int width, int k, double[] guess, int guesses) {
        boolean wide = rows < width;
        int n = Math.min(rows, width);
        int wanted = Math.min(k, n);
        room(n, width, k);
        Arrays.fill(products, 0, n * n, 0);
        if (wide) {
            MatrixKernels.best().syrk(n, width, a, 0, width, 1, products, 0, n, work);
        } else {
            MatrixKernels.best().syrk(n, rows, a, 0, 1, width, products, 0, n, work);
        }
        mirror(products, n);
        // Of a wide matrix the first columns of the products are those rows themselves, seen from the other side.
        eigen.decompose(products, n, wanted, wide ? products : guess, guesses);
        double largest = Math.sqrt(Math.max(0, eigen.values()[0]));
        double smallest = Math.sqrt(Math.max(0, eigen.values()[wanted - 1]));
        if (largest == 0) {
            return 0;
        }
        if (smallest < SAFE * largest) {
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
     * Decomposes a matrix of dense rows above sparse ones; by the products alone, so that values below 1e-7 of the
     * largest are taken for zeros.
     *
     * @param a the dense rows, row-major, not modified; what a decomposition found before, if anything, comes first
     * @param rows how many
     * @param block the sparse rows
     * @param width how many columns
     * @param k how many values are wanted
     * @param guesses how many rows at the beginning of {@code a} are what was found before
     * @return how many were found: k, or fewer when the others are zeros
     */
    int decompose(double[] a, int rows, SparseBlock block, int width, int k, int guesses) {
        int n = rows + block.rows();
        if (n >= width) {
            // More rows than columns: the columns' products are the smaller ones.
            double[] all = Arrays.copyOf(a, n * width);
            block.putInto(all, rows * width);
            return decompose(all, n, width, k, a, 0);
        }
        int wanted = Math.min(k, n);
        room(n, width, k);
        Arrays.fill(products, 0, n * n, 0);
        MatrixKernels.best().syrk(rows, width, a, 0, width, 1, products, 0, n, work);
        block.putProducts(a, rows, products, n);
        mirror(products, n);
        eigen.decompose(products, n, wanted, products, guesses);
        double zero = SMALLEST * SMALLEST * eigen.values()[0];
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
        if (products.length < n * n) {
            products = new double[n * n];
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

    /** As many products as a kernel ever packs at a time. */
    private static final int DEPTH = Integer.MAX_VALUE;

    /** Copies the half above the diagonal to that below. */
    static void mirror(double[] matrix, int n) {
        for (int i = 1; i < n; i++) {
            for (int j = 0; j < i; j++) {
                matrix[i * n + j] = matrix[j * n + i];
            }
        }
    }

    /**
     * The third way. Of a matrix with fewer rows than columns, the rows end up as the vectors, times the values. Of
     * another one, its columns do that for the left vectors, and the right ones are turned along.
     */
    private int refine(double[] a, int rows, int width, int wanted) {
        boolean wide = rows < width;
        int n = Math.min(rows, width);
        int length = Math.max(rows, width);
        eigen.all(products, n);
        double[] basis = eigen.vectors();
        if (turned.length < n * length) {
            turned = new double[n * length];
        }
        Arrays.fill(turned, 0, n * length, 0);
        int aRow = wide ? width : 1;
        int aColumn = wide ? 1 : width;
        MatrixKernels.best().gemm(n, length, n, basis, 0, n, 1, a, 0, aRow, aColumn, turned, 0, length, work);
        orthogonalise(n, length, wanted, basis, !wide);
        double[] norms = products;
        for (int i = 0; i < n; i++) {
            norms[i] = Math.sqrt(kernels.sumOfSquares(turned, i * length, length));
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
            System.arraycopy(wide ? turned : basis, next * width, vectors, found * width, width);
            if (wide) {
                kernels.scale(1 / norms[next], vectors, found * width, width);
            }
            norms[next] = -1;
            found++;
        }
        return found;
    }

    private void orthogonalise(int n, int length, int wanted, double[] basis, boolean along) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, kernels.sumOfSquares(turned, i * length, length));
        }
        double nothing = largest * (EPSILON * length) * (EPSILON * length);
        boolean rotated = true;
        for (int sweep = 0; rotated && sweep < MOST_SWEEPS; sweep++) {
            rotated = false;
            for (int i = 0; i < wanted; i++) {
                for (int j = i + 1; j < n; j++) {
                    double x = kernels.sumOfSquares(turned, i * length, length);
                    double y = kernels.sumOfSquares(turned, j * length, length);
                    double product = kernels.dot(turned, i * length, turned, j * length, length);
                    if (Math.max(x, y) <= nothing || Math.abs(product) <= 0x1p-48 * Math.sqrt(x) * Math.sqrt(y)) {
                        continue;
                    }
                    double zeta = (x - y) / (2 * product);
                    double tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
                    double c = 1 / Math.sqrt(1 + tangent * tangent);
                    double s = tangent * c;
                    kernels.rotate(c, s, turned, i * length, turned, j * length, length);
                    if (along) {
                        kernels.rotate(c, s, basis, i * n, basis, j * n, n);
                    }
                    // One row that is nothing beside the other is not worth another sweep.
                    rotated |= Math.min(x, y) > nothing;
                }
            }
        }
    }
}
