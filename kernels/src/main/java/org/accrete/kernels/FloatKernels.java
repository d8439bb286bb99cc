package org.accrete.kernels;

/**
 * Loops over {@code float}s, for networks. The rules of the package hold with one exception: {@link #product} always
 * uses fused multiply-add.
 */
public abstract class FloatKernels {
    /** The number of columns of a product is a multiple of this. */
    public static final int BLOCK = 16;

    /** For the two implementations in this package. */
    FloatKernels() {}

    /**
     * The implementation that suits this JVM: SIMD exactly if that of {@link DenseKernels#best()} is.
     *
     * @return the same instance at every call
     * @throws IllegalArgumentException as {@link DenseKernels#best()} does
     * @throws IllegalStateException as {@link DenseKernels#best()} does
     */
    public static FloatKernels best() {
        return KernelChoice.best().floats();
    }

    /**
     * The reference: plain Java loops, always there.
     *
     * @return the same instance at every call
     */
    public static FloatKernels scalar() {
        return ScalarFloatKernels.INSTANCE;
    }

    /**
     * What this is, for logs and reports: {@code scalar}, or {@code simd} and the width of its vectors.
     *
     * @return for example {@code simd 256-bit}
     */
    public abstract String name();

    /**
     * Rounds a number of columns up to whole blocks.
     *
     * @param columns at least 0
     * @return the smallest multiple of {@link #BLOCK} that is at least {@code columns}
     */
    public static int padded(int columns) {
        return (columns + BLOCK - 1) & -BLOCK;
    }

    /**
     * The matrix product {@code C = S + A B}. Each element is a chain of fused multiply-adds in ascending order of
     * {@code l}, {@code c = fma(a[i][l], b[l][j], c)}, starting from {@code s[i][j]}, however the loops are blocked.
     *
     * <p>{@code A} has strides for rows and for columns, so that it may be transposed; the others are row-major. O(m n
     * k).
     *
     * @param m rows of A, S and C
     * @param n columns of B, S and C, a multiple of {@link #BLOCK}
     * @param k columns of A, rows of B
     * @param a element {@code [i][l]} at {@code aFrom + i * aRow + l * aColumn}, not modified
     * @param aFrom index of element [0][0]
     * @param aRow from a row to the next
     * @param aColumn from a column to the next
     * @param b element {@code [l][j]} at {@code bFrom + l * bRow + j}, not modified
     * @param bFrom index of element [0][0]
     * @param bRow from a row to the next
     * @param s element {@code [i][j]} at {@code sFrom + i * sRow + j}, not modified; may be C itself
     * @param sFrom index of element [0][0]
     * @param sRow from a row to the next, 0 if all rows start from the same numbers
     * @param c element {@code [i][j]} at {@code cFrom + i * cRow + j}, modified
     * @param cFrom index of element [0][0]
     * @param cRow from a row to the next
     */
    public abstract void product(
            int m,
            int n,
            int k,
            float[] a,
            int aFrom,
            int aRow,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            int sRow,
            float[] c,
            int cFrom,
            int cRow);

    /**
     * {@code y = x > 0 ? y : +0}, element by element: a gradient with respect to the output of a ReLU becomes one with
     * respect to its input.
     *
     * @param x output of the ReLU, not modified; NaN counts as not positive
     * @param xFrom index of its first element
     * @param y gradient, modified
     * @param yFrom index of its first element
     * @param n number of elements
     */
    public abstract void reluGradient(float[] x, int xFrom, float[] y, int yFrom, int n);

    /**
     * Whether every element lies between −limit and limit.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @param limit at least 0
     * @return true if each does, also if {@code n} is 0; NaN does not
     */
    public abstract boolean within(float[] a, int from, int n, float limit);

    /**
     * Whether every element lies between −limit and limit, for the {@code double}s of a chunk.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @param limit at least 0
     * @return true if each does, also if {@code n} is 0; NaN does not
     */
    public abstract boolean within(double[] a, int from, int n, double limit);
}
