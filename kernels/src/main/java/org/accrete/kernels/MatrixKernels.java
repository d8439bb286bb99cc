package org.accrete.kernels;

/**
 * Matrix products of doubles. Both implementations pack the factors into panels in the same way; only the innermost
 * {@link #tile} differs. The rules of the package hold.
 */
public abstract class MatrixKernels {

    /** Products per element that are packed at a time. It changes no bit. */
    private static final int DEPTH = 256;

    /** Rows of A that are packed at a time. It changes no bit. */
    private static final int PACKED_ROWS = 1024;

    /** Rows of the tile that {@link #tile} updates. */
    static final int TILE_ROWS = 4;

    /** The most columns a tile may have. */
    static final int WIDEST_TILE = 64;

    /** For the two implementations in this package. */
    MatrixKernels() {}

    /**
     * The implementation that suits this JVM: SIMD exactly if that of {@link DenseKernels#best()} is.
     *
     * @return the same instance at every call
     * @throws IllegalArgumentException as {@link DenseKernels#best()} does
     * @throws IllegalStateException as {@link DenseKernels#best()} does
     */
    public static MatrixKernels best() {
        return KernelChoice.best().matrix();
    }

    /**
     * The reference: plain Java loops, always there.
     *
     * @return the same instance at every call
     */
    public static MatrixKernels scalar() {
        return ScalarMatrixKernels.INSTANCE;
    }

    /**
     * The length of the scratch array of a matrix product.
     *
     * @param m rows of the result
     * @param k products per element
     * @return a number of elements, at most 279,040
     */
    public static int workLength(int m, int k) {
        return Math.min(k, DEPTH) * (Math.min(m + TILE_ROWS - 1, PACKED_ROWS) + WIDEST_TILE) + TILE_ROWS * WIDEST_TILE;
    }

    /**
     * {@code C += A B}, element by element {@code ((c + a0 b0) + a1 b1) + …} in this order. Element (i, p) of A is
     * {@code a[aFrom + i * aRow + p * aColumn]}, so a factor is transposed by exchanging its strides; likewise for B.
     * O(m n k).
     *
     * @param m rows of A and C
     * @param n columns of B and C
     * @param k columns of A, rows of B
     * @param a first factor, not modified
     * @param aFrom index of its first element
     * @param aRow from one row of it to the next
     * @param aColumn from one column of it to the next
     * @param b second factor, not modified, may be {@code a}
     * @param bFrom index of its first element
     * @param bRow from one row of it to the next
     * @param bColumn from one column of it to the next
     * @param c the matrix to add to, row-major, modified
     * @param cFrom index of its first element
     * @param cRow from one row of it to the next
     * @param work scratch of at least {@link #workLength workLength(m, k)} elements
     */
    public final void gemm(
            int m,
            int n,
            int k,
            double[] a,
            int aFrom,
            int aRow,
            int aColumn,
            double[] b,
            int bFrom,
            int bRow,
            int bColumn,
            double[] c,
            int cFrom,
            int cRow,
            double[] work) {
        product(false, m, n, k, a, aFrom, aRow, aColumn, b, bFrom, bRow, bColumn, c, cFrom, cRow, work);
    }

    /**
     * {@code C += A Aᵀ} for the elements on and above the diagonal, with the same bits as {@link #gemm} at half the
     * work. The elements below the diagonal are undefined. With the strides exchanged it is {@code C += Aᵀ A}.
     *
     * @param n rows of A, rows and columns of C
     * @param k columns of A
     * @param a the factor, not modified
     * @param aFrom index of its first element
     * @param aRow from one row of it to the next
     * @param aColumn from one column of it to the next
     * @param c the matrix to add to, row-major, modified
     * @param cFrom index of its first element
     * @param cRow from one row of it to the next
     * @param work scratch of at least {@link #workLength workLength(n, k)} elements
     */
    public final void syrk(
            int n,
            int k,
            double[] a,
            int aFrom,
            int aRow,
            int aColumn,
            double[] c,
            int cFrom,
            int cRow,
            double[] work) {
        product(true, n, n, k, a, aFrom, aRow, aColumn, a, aFrom, aColumn, aRow, c, cFrom, cRow, work);
    }

    /*
     * Both factors are copied into panels that a tile of C reads from end to end: four rows of A at a time, and as many
     * columns of B as the tile has, padded with zeros. A tile loads its elements of C into registers, adds the products
     * of one panel in order, and stores them. So the order of additions does not depend on the width of a tile.
     */
    private void product(
            boolean upper,
            int m,
            int n,
            int k,
            double[] a,
            int aFrom,
            int aRow,
            int aColumn,
            double[] b,
            int bFrom,
            int bRow,
            int bColumn,
            double[] c,
            int cFrom,
            int cRow,
            double[] work) {
        int columns = tileColumns();
        int edge = work.length - TILE_ROWS * WIDEST_TILE;
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            for (int i = 0; i < m; i += PACKED_ROWS) {
                int rows = Math.min(PACKED_ROWS, m - i);
                int panels = (rows + TILE_ROWS - 1) / TILE_ROWS;
                for (int panel = 0; panel < panels; panel++) {
                    int first = i + panel * TILE_ROWS;
                    pack(
                            a,
                            aFrom + first * aRow + p * aColumn,
                            aRow,
                            aColumn,
                            Math.min(TILE_ROWS, m - first),
                            depth,
                            work,
                            panel * TILE_ROWS * depth,
                            TILE_ROWS);
                }
                int packed = panels * TILE_ROWS * depth;
                for (int j = upper ? i / columns * columns : 0; j < n; j += columns) {
                    int width = Math.min(columns, n - j);
                    pack(b, bFrom + p * bRow + j * bColumn, bColumn, bRow, width, depth, work, packed, columns);
                    int most = upper ? Math.min(rows, j + width - i) : rows;
                    for (int row = 0; row < most; row += TILE_ROWS) {
                        int at = cFrom + (i + row) * cRow + j;
                        int height = Math.min(TILE_ROWS, rows - row);
                        if (width == columns && height == TILE_ROWS) {
                            tile(depth, work, row * depth, packed, c, at, cRow);
                        } else {
                            copy(height, width, c, at, cRow, work, edge, columns);
                            tile(depth, work, row * depth, packed, work, edge, columns);
                            copy(height, width, work, edge, columns, c, at, cRow);
                        }
                    }
                }
            }
        }
    }

    /**
     * Copies {@code count} lines of {@code depth} elements so that elements of the same depth are adjacent, padded with
     * 0.
     */
    private static void pack(
            double[] from, int at, int line, int step, int count, int depth, double[] to, int out, int width) {
        for (int p = 0; p < depth; p++) {
            int source = at + p * step;
            int target = out + p * width;
            if (count == TILE_ROWS) {
                to[target] = from[source];
                to[target + 1] = from[source + line];
                to[target + 2] = from[source + 2 * line];
                to[target + 3] = from[source + 3 * line];
            } else if (line == 1) {
                System.arraycopy(from, source, to, target, count);
            } else {
                for (int i = 0; i < count; i++) {
                    to[target + i] = from[source + i * line];
                }
            }
            for (int i = count; i < width; i++) {
                to[target + i] = 0;
            }
        }
    }

    private static void copy(
            int rows, int columns, double[] from, int at, int fromRow, double[] to, int out, int toRow) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, at + i * fromRow, to, out + i * toRow, columns);
        }
    }

    /** Columns of the tile that {@link #tile} updates, at most {@link #WIDEST_TILE}. */
    abstract int tileColumns();

    /**
     * Adds the products of two packed panels to a tile of {@link #TILE_ROWS} × {@link #tileColumns()} elements.
     *
     * @param depth products per element
     * @param panels holds both panels; elements of the same depth are adjacent
     * @param a index where the panel of A begins
     * @param b index where the panel of B begins
     * @param c holds the tile, modified; may be the same array as {@code panels}
     * @param at index where the tile begins
     * @param cRow from one row of it to the next
     */
    abstract void tile(int depth, double[] panels, int a, int b, double[] c, int at, int cRow);
}
