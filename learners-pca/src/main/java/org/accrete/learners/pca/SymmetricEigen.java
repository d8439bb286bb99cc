package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.kernels.DenseKernels;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix. O(n³); scratch memory grows to the largest matrix seen.
 *
 * <p>Householder reduction to a tridiagonal matrix, then implicit QR steps with Wilkinson's shift, whose rotations are
 * applied to the vectors at once (Golub and Van Loan, Matrix Computations, 8.3). Eigenvectors are rows, so every loop
 * reads memory in order. The error of an eigenvalue is a few ulps of the largest one.
 */
final class SymmetricEigen {
    private static final double EPSILON = 0x1p-52;
    private static final double NEGLIGIBLE = 0x1p-53;

    private final DenseKernels kernels = DenseKernels.best();
    private double[] values = {};
    private double[] vectors = {};
    private double[] a = {};
    private double[] off = {};
    private double[] beta = {};
    private double[] p = {};

    /** {@return the eigenvalues, the largest first; valid until the next call} */
    double[] values() {
        return values;
    }

    /** {@return the eigenvectors as rows of length n, in the order of the values; valid until the next call} */
    double[] vectors() {
        return vectors;
    }

    /**
     * Decomposes a matrix.
     *
     * @param matrix n × n, row-major, not modified; only elements on or above the diagonal are read
     * @param n size of the matrix
     */
    void decompose(double[] matrix, int n) {
        if (values.length < n) {
            values = new double[n];
            off = new double[n];
            beta = new double[n];
            p = new double[n];
            a = new double[n * n];
            vectors = new double[n * n];
        }
        double scale = copyScaled(matrix, n);
        tridiagonalise(n);
        accumulate(n);
        iterate(n);
        sort(n);
        kernels.scale(1 / scale, values, 0, n);
    }

    /**
     * Copies the upper triangle to the lower triangle of {@link #a}, times a power of two that brings the largest
     * element near 1.
     *
     * @return the power of two
     */
    private double copyScaled(double[] matrix, int n) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                largest = Math.max(largest, Math.abs(matrix[i * n + j]));
            }
        }
        int exponent = largest == 0 ? 0 : Math.max(-1000, Math.min(1000, -Math.getExponent(largest)));
        double scale = Math.scalb(1.0, exponent);
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                a[j * n + i] = matrix[i * n + j] * scale;
            }
        }
        return scale;
    }

    /**
     * For i from the last row up, a reflection of the first i coordinates makes all elements of row i left of the
     * diagonal zero except the one beside it. The vector of the reflection stays in row i.
     */
    private void tridiagonalise(int n) {
        double[] a = this.a;
        for (int i = n - 1; i > 0; i--) {
            int row = i * n;
            double below = i > 1 ? kernels.sumOfSquares(a, row, i - 1) : 0;
            double last = a[row + i - 1];
            // Small enough to be left out, and its reflection could overflow.
            if (below < NEGLIGIBLE * NEGLIGIBLE * EPSILON) {
                off[i - 1] = last;
                beta[i] = 0;
                continue;
            }
            double norm = Math.sqrt(below + last * last);
            double alpha = last > 0 ? -norm : norm;
            off[i - 1] = alpha;
            a[row + i - 1] = last - alpha;
            double factor = 1 / (norm * (norm + Math.abs(last)));
            beta[i] = factor;
            for (int j = 0; j < i; j++) {
                double x = a[row + j];
                p[j] = kernels.dot(a, j * n, a, row, j + 1);
                kernels.axpy(x, a, j * n, p, 0, j);
            }
            kernels.scale(factor, p, 0, i);
            kernels.axpy(-0.5 * factor * kernels.dot(p, 0, a, row, i), a, row, p, 0, i);
            for (int j = 0; j < i; j++) {
                kernels.axpy(-a[row + j], p, 0, a, j * n, j + 1);
                kernels.axpy(-p[j], a, row, a, j * n, j + 1);
            }
        }
        for (int i = 0; i < n; i++) {
            values[i] = a[i * n + i];
        }
    }

    /** Multiplies the reflections, the shortest first, and transposes the product. */
    private void accumulate(int n) {
        double[] q = vectors;
        for (int i = 0; i < n; i++) {
            Arrays.fill(q, i * n, i * n + n, 0);
            q[i * n + i] = 1;
        }
        for (int i = 2; i < n; i++) {
            if (beta[i] != 0) {
                Arrays.fill(p, 0, i, 0);
                for (int j = 0; j < i; j++) {
                    kernels.axpy(a[i * n + j], q, j * n, p, 0, i);
                }
                for (int j = 0; j < i; j++) {
                    kernels.axpy(-beta[i] * a[i * n + j], p, 0, q, j * n, i);
                }
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double swap = q[i * n + j];
                q[i * n + j] = q[j * n + i];
                q[j * n + i] = swap;
            }
        }
    }

    private void iterate(int n) {
        // Off-diagonal elements below this are rounding errors of the largest eigenvalue. Without this bound, the small
        // ones of a matrix of low rank, which are rounding errors themselves, would not converge.
        double negligible = NEGLIGIBLE * largestRow(n);
        int high = n - 1;
        int steps = 0;
        while (high > 0) {
            int low = high;
            while (low > 0 && !isNegligible(low - 1, negligible)) {
                low--;
            }
            if (low == high) {
                high--;
                steps = 0;
                continue;
            }
            if (steps++ > 100) {
                // Cannot happen with finite numbers: the shift converges cubically.
                throw new IllegalStateException("an eigenvalue was not found in 100 steps");
            }
            step(low, high, n);
        }
    }

    /** {@return the largest sum of the magnitudes of a row, a bound of the eigenvalues} */
    private double largestRow(int n) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            double before = i == 0 ? 0 : Math.abs(off[i - 1]);
            double after = i == n - 1 ? 0 : Math.abs(off[i]);
            largest = Math.max(largest, before + Math.abs(values[i]) + after);
        }
        return largest;
    }

    private boolean isNegligible(int i, double negligible) {
        double size = Math.abs(off[i]);
        return size <= EPSILON * (Math.abs(values[i]) + Math.abs(values[i + 1])) || size <= negligible;
    }

    /** One QR step on the rows from {@code low} to {@code high}, none of whose off-diagonal elements is negligible. */
    private void step(int low, int high, int n) {
        double[] d = values;
        double[] e = off;
        double half = (d[high - 1] - d[high]) / 2;
        double beside = e[high - 1];
        double root = Math.sqrt(half * half + beside * beside);
        double shift = d[high] - beside * (beside / (half + (half < 0 ? -root : root)));
        double x = d[low] - shift;
        double z = e[low];
        for (int k = low; k < high; k++) {
            double c = 1;
            double s = 0;
            double r = x;
            if (z != 0) {
                r = hypotenuse(x, z);
                c = x / r;
                s = z / r;
            }
            if (k > low) {
                e[k - 1] = r;
            }
            double upper = d[k];
            double lower = d[k + 1];
            double between = e[k];
            double moved = s * (s * (lower - upper) + 2 * c * between);
            d[k] = upper + moved;
            d[k + 1] = lower - moved;
            e[k] = c * s * (lower - upper) + (c - s) * (c + s) * between;
            if (k < high - 1) {
                x = e[k];
                z = s * e[k + 1];
                e[k + 1] *= c;
            }
            kernels.rotate(c, s, vectors, k * n, vectors, (k + 1) * n, n);
        }
    }

    private static double hypotenuse(double x, double z) {
        double larger = Math.max(Math.abs(x), Math.abs(z));
        double a = x / larger;
        double b = z / larger;
        return larger * Math.sqrt(a * a + b * b);
    }

    private void sort(int n) {
        for (int i = 0; i < n - 1; i++) {
            int largest = i;
            for (int j = i + 1; j < n; j++) {
                if (values[j] > values[largest]) {
                    largest = j;
                }
            }
            if (largest != i) {
                double value = values[i];
                values[i] = values[largest];
                values[largest] = value;
                System.arraycopy(vectors, i * n, p, 0, n);
                System.arraycopy(vectors, largest * n, vectors, i * n, n);
                System.arraycopy(p, 0, vectors, largest * n, n);
            }
        }
    }
}
