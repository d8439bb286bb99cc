package org.accrete.learners.nn;

import org.accrete.kernels.FloatKernels;

/**
 * The matrix product {@code C = S + A B} of {@link FloatKernels}, its rows shared by two threads if that pays. The
 * operands are set one after the other; the last one starts the product:
 *
 * <pre>{@code
 * product.of(m, n, k).left(a, aRow, aColumn).right(b, bRow).plus(s, sFrom, sRow).into(c, cFrom, cRow);
 * }</pre>
 *
 * <p>Without {@link #plus}, S is zero. Nothing is allocated, except when a zero row must grow.
 */
final class MatrixProduct implements TwoThreads.Task {
    /** Below this number of multiplications, handing over to another thread costs more than it saves. */
    private static final long MIN_SHARED = 1 << 21;

    private final TwoThreads threads;
    private float[] zeros = {};

    private int m;
    private int n;
    private int k;
    private float[] a = {};
    private int aRow;
    private int aColumn;
    private float[] b = {};
    private int bRow;
    private float[] s = {};
    private int sFrom;
    private int sRow;
    private float[] c = {};
    private int cFrom;
    private int cRow;

    MatrixProduct(TwoThreads threads) {
        this.threads = threads;
    }

    /**
     * Sets the sizes, and S to zero.
     *
     * @param rows of A and C
     * @param columns of B and C, a multiple of {@link FloatKernels#BLOCK}
     * @param inner columns of A, rows of B
     */
    MatrixProduct of(int rows, int columns, int inner) {
        m = rows;
        n = columns;
        k = inner;
        if (zeros.length < columns) {
            zeros = new float[columns];
        }
        return plus(zeros, 0, 0);
    }

    /**
     * Sets A.
     *
     * @param matrix not modified
     * @param row distance between rows
     * @param column distance between columns
     */
    MatrixProduct left(float[] matrix, int row, int column) {
        a = matrix;
        aRow = row;
        aColumn = column;
        return this;
    }

    /**
     * Sets B.
     *
     * @param matrix row-major, not modified
     * @param row distance between rows
     */
    MatrixProduct right(float[] matrix, int row) {
        b = matrix;
        bRow = row;
        return this;
    }

    /**
     * Sets S.
     *
     * @param matrix row-major, not modified; may be C
     * @param from index of the first element
     * @param row distance between rows; 0 if all rows are the same
     */
    MatrixProduct plus(float[] matrix, int from, int row) {
        s = matrix;
        sFrom = from;
        sRow = row;
        return this;
    }

    /**
     * Computes C.
     *
     * @param matrix row-major, receives the result
     * @param from index of the first element
     * @param row distance between rows
     */
    void into(float[] matrix, int from, int row) {
        c = matrix;
        cFrom = from;
        cRow = row;
        if (threads.areTwo() && m >= 8 && (long) m * n * k >= MIN_SHARED) {
            threads.run(this);
        } else {
            multiply(0, m);
        }
    }

    @Override
    public void runHalf(boolean second) {
        // The kernel computes four rows at a time.
        int half = m / 2 & -4;
        multiply(second ? half : 0, second ? m : half);
    }

    private void multiply(int from, int to) {
        FloatKernels.best()
                .product(
                        to - from,
                        n,
                        k,
                        a,
                        from * aRow,
                        aRow,
                        aColumn,
                        b,
                        0,
                        bRow,
                        s,
                        sFrom + from * sRow,
                        sRow,
                        c,
                        cFrom + from * cRow,
                        cRow);
    }
}
