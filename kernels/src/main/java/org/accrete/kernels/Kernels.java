package org.accrete.kernels;

/**
 * The numeric loops of the project, each with one defined result: {@link #scalar()} is the reference, its SIMD twin
 * gives the same bits, and {@link #best()} is the one that suits this JVM.
 *
 * <p>Rules that hold for every kernel:
 *
 * <ul>
 *   <li>Arguments are trusted. An offset or a length that leaves its array fails with an
 *       {@link IndexOutOfBoundsException} at the latest when the bad element is reached, outputs may be half written by
 *       then; a length of zero or less does nothing.
 *   <li>An output must not overlap an input, unless the method says that it may.
 *   <li>Products and sums are rounded one by one: fused multiply-add is never used.
 *   <li>Whether a result is NaN is defined; which of the many NaN bit patterns it has is not.
 *   <li>Nothing is allocated once the kernel is compiled. (While the SIMD twin is still interpreted it allocates small
 *       vector objects; this ends by itself.)
 *   <li>Instances have no state and are safe for any number of threads.
 * </ul>
 *
 * <p>A <em>sum by sixteen</em> of elements {@code e[0..n)} is this number: elements of whole blocks of sixteen go to
 * running sum {@code i mod 16}, then, if at least eight elements are left, the next eight go to running sums 0 to 7;
 * the up to seven elements that are still left go to a seventeenth sum. All sums start at +0 and take their elements in
 * order of index. They are combined as a tree: {@code s[j] += s[j + 8]} for {@code j < 8}, {@code s[j] += s[j + 4]} for
 * {@code j < 4}, {@code (s[0] + s[2]) + (s[1] + s[3])}, and the seventeenth is added last.
 */
public abstract class Kernels {

    /*
     * What is where, as measured on one AVX-512 machine at 256 and 512 bits:
     *
     * Reductions, exp and logistic have a SIMD twin, two to seven times as fast from a hundred elements on. C2 cannot make it
     * by itself: it may not reorder a sum, and does not see through the bit tricks of exp.
     *
     * Element-wise loops have one too, although C2 vectorises them by itself: together with scaleAddDot it made rows of a linear
     * learner a seventh to a third cheaper. Which of the two did how much was not taken apart, and no assembly was read; a guess is
     * that the loads of the next dot find stores of their own size.
     *
     * Sparse loops are shared: gathers by the Vector API showed no steady gain over scalar loads, and lost on rows of ten
     * to twenty.
     *
     * No fused multiply-add: in dot it gained nothing beyond the noise, since loads and the latency of the addition limit
     * it, and a machine without it would compute each one in software.
     */

    /** Up to it {@link #slowed} is a polynomial, the next term of whose series would be below 3e-13. */
    static final double SMALL = 0x1p-8;

    static final double SLOW1 = -0.5;
    static final double SLOW2 = 0.375;
    static final double SLOW3 = -0.3125;
    static final double SLOW4 = 0.2734375;

    private static volatile Kernels best;

    /** For the two implementations in this package. */
    Kernels() {}

    /**
     * The implementation that suits this JVM, chosen once: SIMD if the module {@code jdk.incubator.vector} is resolved
     * ({@code --add-modules jdk.incubator.vector}) and the JVM has HotSpot's C2 compiler, else scalar. The system
     * property {@code accrete.kernels} ({@code auto}, {@code scalar} or {@code simd}) overrides it; the first call
     * decides.
     *
     * @return the same instance at every call
     * @throws IllegalArgumentException if the system property has another value
     * @throws IllegalStateException if the system property demands SIMD and this JVM has none
     */
    public static Kernels best() {
        Kernels chosen = best;
        return chosen != null ? chosen : chooseOnce();
    }

    private static synchronized Kernels chooseOnce() {
        if (best == null) {
            best = KernelChoice.choose();
        }
        return best;
    }

    /**
     * The reference: plain Java loops, always there.
     *
     * @return the same instance at every call
     */
    public static Kernels scalar() {
        return ScalarKernels.INSTANCE;
    }

    /**
     * What this is, for logs and reports: {@code scalar}, or {@code simd} and the width of its vectors.
     *
     * @return for example {@code simd 256-bit}
     */
    public abstract String name();

    /** Numbers of room that {@link #scaleAddDots} needs for each vector. */
    public static final int SUMS = 8;

    // ---- dense -------------------------------------------------------------------------------------------------

    /**
     * The inner product, a sum by sixteen of the products {@code a[aFrom + i] * b[bFrom + i]}.
     *
     * @param a first factor, not modified
     * @param aFrom index of its first element
     * @param b second factor, not modified, may be or overlap {@code a}
     * @param bFrom index of its first element
     * @param n number of elements
     * @return the inner product, +0 for none
     */
    public abstract double dot(double[] a, int aFrom, double[] b, int bFrom, int n);

    /**
     * The sum of the elements, by sixteen.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @return the sum, +0 for none
     */
    public abstract double sum(double[] a, int from, int n);

    /**
     * The sum of the squares of the elements, by sixteen: {@link #dot} of the elements with themselves.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @return the sum of squares, +0 for none
     */
    public final double sumOfSquares(double[] a, int from, int n) {
        return dot(a, from, a, from, n);
    }

    /**
     * Whether no element is NaN or infinite.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @return true if every element is finite, or there is none
     */
    public abstract boolean allFinite(double[] a, int from, int n);

    /**
     * {@code y += alpha * x}, element by element.
     *
     * @param alpha factor of {@code x}
     * @param x what is added, not modified
     * @param xFrom index of its first element
     * @param y what is added to, modified; {@code x} at the same offset is allowed
     * @param yFrom index of its first element
     * @param n number of elements
     */
    public abstract void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n);

    /**
     * {@code y = (scale * y) + (alpha * x)}, element by element, both products rounded before they are added.
     *
     * @param scale factor of {@code y}
     * @param y what is scaled and added to, modified
     * @param yFrom index of its first element
     * @param alpha factor of {@code x}
     * @param x what is added, not modified; {@code y} at the same offset is allowed
     * @param xFrom index of its first element
     * @param n number of elements
     */
    public abstract void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n);

    /**
     * {@link #scaleAdd} into another array, the same bits, and {@link #allFinite} of the result, in one pass: a step
     * that is taken only if nothing overflows.
     *
     * @param scale factor of {@code y}
     * @param y what is scaled, not modified
     * @param yFrom index of its first element
     * @param alpha factor of {@code x}
     * @param x what is added, not modified
     * @param xFrom index of its first element
     * @param out where the sums go, modified
     * @param outFrom index of its first element
     * @param n number of elements
     * @return true if every sum is finite, or there is none
     */
    public abstract boolean scaleAddTo(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] out, int outFrom, int n);

    /**
     * {@link #scaleAdd}, then {@link #dot} of {@code y} as it is now with {@code z}, the same bits, in one pass: the
     * step of one row and the decision value of the next.
     *
     * @param scale factor of {@code y}
     * @param y what is scaled and added to, modified
     * @param yFrom index of its first element
     * @param alpha factor of {@code x}
     * @param x what is added, not modified
     * @param xFrom index of its first element
     * @param z the other factor of the inner product, not modified, may be or overlap {@code x}
     * @param zFrom index of its first element
     * @param n number of elements
     * @return the inner product of the new {@code y} with {@code z}, +0 for none
     */
    public abstract double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n);

    /**
     * {@link #scaleAddDot} of several vectors {@code y} that lie one after the other, the same bits: the step of one
     * row and the decision values of the next for all classes.
     *
     * @param scale factor of each vector
     * @param y the vectors, {@code n} elements each, modified
     * @param count how many
     * @param alphas one factor of {@code x} for each vector, replaced by the inner products with {@code z}, then
     *     {@link #SUMS} more numbers for each vector, which are room of the kernel's own
     * @param x what is added, not modified
     * @param xFrom index of its first element
     * @param z the other factor of the inner products, not modified, may be or overlap {@code x}
     * @param zFrom index of its first element
     * @param n number of elements of a vector
     */
    public void scaleAddDots(
            double scale, double[] y, int count, double[] alphas, double[] x, int xFrom, double[] z, int zFrom, int n) {
        for (int c = 0; c < count; c++) {
            alphas[c] = scaleAddDot(scale, y, c * n, alphas[c], x, xFrom, z, zFrom, n);
        }
    }

    /**
     * {@code y = s * y}, element by element.
     *
     * @param s the factor
     * @param y what is scaled, modified
     * @param from index of its first element
     * @param n number of elements
     */
    public abstract void scale(double s, double[] y, int from, int n);

    /**
     * Rotates a plane: {@code x' = (c * x) + (s * y)} and {@code y' = (c * y) - (s * x)}, element by element.
     *
     * @param c cosine of the angle
     * @param s sine of the angle
     * @param x first coordinates, modified
     * @param xFrom index of the first
     * @param y second coordinates, modified; the same array where the elements do not overlap
     * @param yFrom index of the first
     * @param n number of elements
     */
    public abstract void rot(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n);

    /**
     * {@link #exp(double)} of every element, the same bits.
     *
     * @param x the exponents, not modified
     * @param from index of the first
     * @param out where the powers go, modified; {@code x} at the same offset is allowed
     * @param outFrom index of the first
     * @param n number of elements
     */
    public abstract void exp(double[] x, int from, double[] out, int outFrom, int n);

    /**
     * {@link #logistic(double)} of every element, the same bits.
     *
     * @param x decision values, not modified
     * @param from index of the first
     * @param out where the results go, modified; {@code x} at the same offset is allowed
     * @param outFrom index of the first
     * @param n number of elements
     */
    public abstract void logistic(double[] x, int from, double[] out, int outFrom, int n);

    // ---- narrow rows of a linear function ------------------------------------------------------------------------

    /** What a step is for a decision value p, a target y and a length. */
    public enum Slope {
        /** {@code length * y} where {@code p * y <= 1}, else 0. */
        HINGE,
        /** {@code length * y * logistic(-y * p)}. */
        LOGISTIC,
        /** {@code length * (y - p)}, the difference within ± a bound. */
        DIFFERENCE
    }

    /** The widest row that {@link #descend} takes. */
    public static final int NARROW = 32;

    /**
     * Where the state of {@link #descend} has the last row, after the weights; both are filled up with zeros to
     * {@link #NARROW}.
     */
    public static final int LAST_ROW = NARROW;

    /** Where the state of {@link #descend} has the factor of the last row's decay. */
    public static final int LAST_KEEP = 2 * NARROW;

    /** Where the state of {@link #descend} has the last row's step. */
    public static final int LAST_STEP = LAST_KEEP + 1;

    /** Where the state of {@link #descend} has the intercept. */
    public static final int INTERCEPT = LAST_STEP + 1;

    /** Where {@link #descend} has room of its own. */
    static final int ROOM = LAST_KEEP + 8;

    /** Length of the state of {@link #descend}. */
    public static final int DESCENT_STATE = ROOM + 16 + NARROW;

    /**
     * Stochastic gradient descent of one linear function on narrow rows, one after the other. Each step waits for the
     * next row, so that no decision value waits for weights that are just being changed: with the weights w and the
     * intercept b from before the last row u, the factor {@code keep} of its decay and its step, a row x has
     *
     * <pre>{@code
     * p = (keep * (w·x) + b) + step * (u·x + rate)
     * w = keep * w + step * u        b = b + step * rate        u = x        then keep and step of x
     * }</pre>
     *
     * <p>An inner product here adds product {@code j + 16} to product {@code j}, for {@code j < 16}, and combines these
     * as the sums of a sum by sixteen; beyond the width all are 0. Where u and step are 0 and keep is 1, there is no
     * last row.
     *
     * @param slope how a step is made
     * @param bound the bound of {@link Slope#DIFFERENCE}
     * @param rate factor of the intercept's steps
     * @param state {@link #DESCENT_STATE} numbers: w, u, keep, step, b, and room of the kernel's own; modified
     * @param x the rows, one after the other, not modified
     * @param xFrom index of the first row's first element
     * @param n number of elements of a row, from 1 to {@link #NARROW}
     * @param rows how many rows
     * @param y target of each row; each row taken gets its decision value instead
     * @param length length of each row's step, not modified
     * @param keep factor of each row's decay, not modified
     * @return how many rows were taken: all, or those before the first whose decision value is not finite
     */
    public abstract int descend(
            Slope slope,
            double bound,
            double rate,
            double[] state,
            double[] x,
            int xFrom,
            int n,
            int rows,
            double[] y,
            double[] length,
            double[] keep);

    /** The step of one row, without a branch that depends on p where p is hard to foresee. */
    static double step(Slope slope, double bound, double p, double y, double length) {
        if (slope == Slope.HINGE) {
            // the sign of 1 - p y, spread over all bits
            long beyond = Double.doubleToRawLongBits(1 - p * y) >> 63;
            return Double.longBitsToDouble(Double.doubleToRawLongBits(length * y) & ~beyond);
        }
        if (slope == Slope.LOGISTIC) {
            return length * y * Exp.logistic(-y * p);
        }
        double error = y - p;
        return length * (error > bound ? bound : error < -bound ? -bound : error);
    }

    // ---- steps with a length of each weight's own ------------------------------------------------------------------

    /**
     * {@code r / sqrt(1 + a)} to eleven digits: the rate {@code 1 / sqrt(c + sum of squares)} of a weight after one
     * more square, where {@code a} is that square by {@code r²}. Up to 2^-8, where it soon is, by a polynomial: a
     * quotient and a root take as long as all the rest of a step.
     *
     * @param r the rate
     * @param a the square of the rate times what comes new, at least 0
     * @return the rate after it; NaN if either is NaN
     */
    public static double slowed(double r, double a) {
        if (a <= SMALL) {
            return r + (r * a) * ((SLOW1 + SLOW2 * a) + (SLOW3 + SLOW4 * a) * (a * a));
        }
        return r / Math.sqrt(1 + a);
    }

    /**
     * The sum by sixteen of {@code (r x) x}, the squares of a row weighted by the rates.
     *
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param n number of elements
     * @return the sum, +0 for none
     */
    public abstract double weightedSquares(double[] r, int rFrom, double[] x, int xFrom, int n);

    /**
     * What a slope takes from the rates, element by element: {@code r = slowed(r, (g x r)²)}.
     *
     * @param g slope of the loss; times x it is that of the weight
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, modified
     * @param rFrom index of the first
     * @param n number of elements
     */
    public abstract void slow(double g, double[] x, int xFrom, double[] r, int rFrom, int n);

    /**
     * A step whose length is each weight's own, element by element: {@code w = (keep w) + ((alpha r) x)}.
     *
     * @param keep factor of the weights
     * @param alpha factor of the rates
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param n number of elements
     */
    public abstract void step(
            double keep, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n);

    /**
     * {@link #step}, then {@link #dot} of the new weights and {@link #weightedSquares} of the rates with the next row,
     * the same bits, in one pass.
     *
     * @param keep factor of the weights
     * @param alpha factor of the rates
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param z the next row, not modified
     * @param zFrom index of its first element
     * @param n number of elements
     * @param squares receives the weighted squares, at 0
     * @return the inner product of the new weights with the next row
     */
    public abstract double stepDots(
            double keep,
            double alpha,
            double[] x,
            int xFrom,
            double[] r,
            int rFrom,
            double[] w,
            int wFrom,
            double[] z,
            int zFrom,
            int n,
            double[] squares);

    /**
     * How weights would be if their latest steps had been longer, by the unit of that, element by element: {@code h = h
     * max(0, 1 - ((beta r) x) x) + (alpha r) x}, where the maximum of 0 and a number that is none is none.
     *
     * @param alpha factor of the rates in the step of the weights
     * @param beta factor of the rates in how much of {@code h} a step makes good
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param h what is learned of the steps, modified
     * @param hFrom index of the first
     * @param n number of elements
     */
    public abstract void trace(
            double alpha, double beta, double[] x, int xFrom, double[] r, int rFrom, double[] h, int hFrom, int n);

    /**
     * A step of FTRL-Proximal, element by element:
     *
     * <pre>{@code
     * t = sqrt((s s) + (g x) (g x))
     * q = (q + g x) - ((t - s) inverse) w
     * s = t
     * w = ((q, but within ±l1) - q) / ((1 + s) inverse + l2)
     * }</pre>
     *
     * @param g slope of the loss; times x it is that of the weight
     * @param inverse one by the length of the steps
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param q sums of slopes, modified
     * @param qFrom index of the first
     * @param s roots of the sums of squared slopes, modified
     * @param sFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param n number of elements
     */
    public abstract void ftrl(
            double g,
            double inverse,
            double l1,
            double l2,
            double[] x,
            int xFrom,
            double[] q,
            int qFrom,
            double[] s,
            int sFrom,
            double[] w,
            int wFrom,
            int n);

    /**
     * The weight of {@link #ftrl} that follows from the sums.
     *
     * @param q sum of slopes
     * @param s root of the sum of squared slopes
     * @param inverse one by the length of the steps
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @return the weight, exactly 0 where q is within ±l1
     */
    public static double ftrlWeight(double q, double s, double inverse, double l1, double l2) {
        // without branches: with no L1 penalty they would ask for the sign, which nobody foresees
        return (Math.max(-l1, Math.min(l1, q)) - q) / ((1 + s) * inverse + l2);
    }

    // ---- matrices ------------------------------------------------------------------------------------------------

    /** Products that a matrix kernel packs at a time; how it blocks its loops changes no bit. */
    private static final int DEPTH = 256;

    private static final int PACKED_ROWS = 1024;

    /** Rows of the tile that {@link #tile} updates. */
    static final int TILE_ROWS = 4;

    /** The most columns a tile may have. */
    static final int WIDEST_TILE = 64;

    /**
     * How long the scratch array of a matrix product must be.
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
     * {@code a[aFrom + i * aRow + p * aColumn]}, so that a transposed factor is one with its strides exchanged; B
     * likewise.
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
     * @param c what is added to, row-major, modified
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
     * {@code C += A Aᵀ} for the elements on and above the diagonal, the same bits as {@link #gemm} at half the work.
     * What is below the diagonal is left undefined. With the strides exchanged it is {@code C += Aᵀ A}.
     *
     * @param n rows of A, rows and columns of C
     * @param k columns of A
     * @param a the factor, not modified
     * @param aFrom index of its first element
     * @param aRow from one row of it to the next
     * @param aColumn from one column of it to the next
     * @param c what is added to, row-major, modified
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
     * Both factors are copied into panels that a tile of C reads from end to end: of A, four rows at a time; of B, as many columns
     * as the tile has, padded with zeros. A tile takes its elements of C into registers, adds the products of one depth in order, and puts
     * them back: the order of additions is the same however wide a tile is.
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
     * Copies {@code count} lines of {@code depth} elements so that the elements of one depth lie side by side, padded
     * with 0.
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
     * @param panels holds both panels, the four elements of A and those of B of each depth side by side
     * @param a where that of A begins
     * @param b where that of B begins
     * @param c the tile, modified; may be {@code panels}, apart from both panels
     * @param at where the tile begins
     * @param cRow from one row of it to the next
     */
    abstract void tile(int depth, double[] panels, int a, int b, double[] c, int at, int cRow);

    // ---- sparse --------------------------------------------------------------------------------------------------

    /**
     * The inner product of a dense vector with a sparse row. The products go to four running sums by their place in the
     * row modulo four, up to three left over to a fifth; the result is {@code ((s0 + s2) + (s1 + s3)) + s4}.
     *
     * @param w dense vector, not modified
     * @param wFrom index of its element 0
     * @param index elements of {@code w}, relative to {@code wFrom}, not modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @return the inner product, +0 for an empty row
     */
    public final double sparseDot(double[] w, int wFrom, int[] index, double[] value, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = from;
        for (; k < to - 3; k += 4) {
            s0 += w[wFrom + index[k]] * value[k];
            s1 += w[wFrom + index[k + 1]] * value[k + 1];
            s2 += w[wFrom + index[k + 2]] * value[k + 2];
            s3 += w[wFrom + index[k + 3]] * value[k + 3];
        }
        double rest = 0;
        for (; k < to; k++) {
            rest += w[wFrom + index[k]] * value[k];
        }
        return ((s0 + s2) + (s1 + s3)) + rest;
    }

    /**
     * {@code w += alpha * row}: adds a multiple of a sparse row to a dense vector.
     *
     * @param alpha factor of the row
     * @param index elements of {@code w}, relative to {@code wFrom}, each at most once in the row, not modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param w dense vector, modified at the row's elements only
     * @param wFrom index of its element 0
     */
    public final void sparseAxpy(double alpha, int[] index, double[] value, int from, int to, double[] w, int wFrom) {
        for (int k = from; k < to; k++) {
            w[wFrom + index[k]] += alpha * value[k];
        }
    }

    /**
     * {@link #sparseAxpy}, which also keeps what was there before, for an undo journal, and adds up what is there now.
     *
     * @param alpha factor of the row
     * @param index elements of {@code w}, relative to {@code wFrom}, each at most once in the row, not modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param w dense vector, modified at the row's elements only
     * @param wFrom index of its element 0
     * @param before receives the elements as they were, in the row's order
     * @param beforeFrom index of the first
     * @return the sum of the row's elements as they are now, which is not finite if one of them is not, nor if it is
     *     too large itself
     */
    public final double sparseAxpy(
            double alpha,
            int[] index,
            double[] value,
            int from,
            int to,
            double[] w,
            int wFrom,
            double[] before,
            int beforeFrom) {
        // four sums, or each addition waits for the one before
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int shift = beforeFrom - from;
        int k = from;
        for (; k < to - 3; k += 4) {
            double w0 = w[wFrom + index[k]];
            double w1 = w[wFrom + index[k + 1]];
            double w2 = w[wFrom + index[k + 2]];
            double w3 = w[wFrom + index[k + 3]];
            before[shift + k] = w0;
            before[shift + k + 1] = w1;
            before[shift + k + 2] = w2;
            before[shift + k + 3] = w3;
            w0 += alpha * value[k];
            w1 += alpha * value[k + 1];
            w2 += alpha * value[k + 2];
            w3 += alpha * value[k + 3];
            w[wFrom + index[k]] = w0;
            w[wFrom + index[k + 1]] = w1;
            w[wFrom + index[k + 2]] = w2;
            w[wFrom + index[k + 3]] = w3;
            s0 += w0;
            s1 += w1;
            s2 += w2;
            s3 += w3;
        }
        for (; k < to; k++) {
            double w0 = w[wFrom + index[k]];
            before[shift + k] = w0;
            w0 += alpha * value[k];
            w[wFrom + index[k]] = w0;
            s0 += w0;
        }
        return (s0 + s2) + (s1 + s3);
    }

    /**
     * {@link #sparseDot} of the weights and, in the same order, the sum of {@code (r value) value}, the squares of the
     * row weighted by the rates.
     *
     * @param w the weights, not modified
     * @param r the rates, not modified
     * @param origin index of their element 0
     * @param index elements of {@code w} and {@code r}, relative to {@code origin}, not modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param squares receives the weighted squares, at 0
     * @return the inner product, +0 for an empty row
     */
    public final double sparseDots(
            double[] w, double[] r, int origin, int[] index, double[] value, int from, int to, double[] squares) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double q0 = 0;
        double q1 = 0;
        double q2 = 0;
        double q3 = 0;
        int k = from;
        for (; k < to - 3; k += 4) {
            int i0 = origin + index[k];
            int i1 = origin + index[k + 1];
            int i2 = origin + index[k + 2];
            int i3 = origin + index[k + 3];
            s0 += w[i0] * value[k];
            s1 += w[i1] * value[k + 1];
            s2 += w[i2] * value[k + 2];
            s3 += w[i3] * value[k + 3];
            q0 += (r[i0] * value[k]) * value[k];
            q1 += (r[i1] * value[k + 1]) * value[k + 1];
            q2 += (r[i2] * value[k + 2]) * value[k + 2];
            q3 += (r[i3] * value[k + 3]) * value[k + 3];
        }
        double rest = 0;
        double square = 0;
        for (; k < to; k++) {
            rest += w[origin + index[k]] * value[k];
            square += (r[origin + index[k]] * value[k]) * value[k];
        }
        squares[0] = ((q0 + q2) + (q1 + q3)) + square;
        return ((s0 + s2) + (s1 + s3)) + rest;
    }

    /**
     * {@link #slow} by a sparse row.
     *
     * @param g slope of the loss; times a value it is that of the weight
     * @param index elements of {@code r}, relative to {@code rFrom}, each at most once in the row, not modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param r the rates, modified at the row's elements only
     * @param rFrom index of their element 0
     * @return the least of the row's rates as they are now, NaN if one is; +∞ for an empty row
     */
    public final double sparseSlow(double g, int[] index, double[] value, int from, int to, double[] r, int rFrom) {
        double least = Double.POSITIVE_INFINITY;
        for (int k = from; k < to; k++) {
            int i = rFrom + index[k];
            double a = (g * value[k]) * r[i];
            double next = slowed(r[i], a * a);
            r[i] = next;
            least = Math.min(least, next);
        }
        return least;
    }

    /**
     * {@link #step} by a sparse row, without a factor of the weights.
     *
     * @param alpha factor of the rates
     * @param index elements of {@code r} and {@code w}, relative to {@code origin}, each at most once in the row, not
     *     modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param r the rates, not modified
     * @param w the weights, modified at the row's elements only
     * @param origin index of their element 0
     * @return the sum of the amounts of the row's weights as they are now, which is not finite if one of them is not
     */
    public final double sparseStep(
            double alpha, int[] index, double[] value, int from, int to, double[] r, double[] w, int origin) {
        double sum = 0;
        for (int k = from; k < to; k++) {
            int i = origin + index[k];
            double next = w[i] + (alpha * r[i]) * value[k];
            w[i] = next;
            sum += Math.abs(next);
        }
        return sum;
    }

    /**
     * {@link #trace} by a sparse row.
     *
     * @param alpha factor of the rates in the step of the weights
     * @param beta factor of the rates in how much of {@code h} a step makes good
     * @param index elements of {@code r} and {@code h}, relative to {@code origin}, each at most once in the row, not
     *     modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param r the rates, not modified
     * @param h what is learned of the steps, modified at the row's elements only
     * @param origin index of their element 0
     * @return the sum of the amounts of the row's elements of {@code h} as they are now, which is not finite if one of
     *     them is not
     */
    public final double sparseTrace(
            double alpha,
            double beta,
            int[] index,
            double[] value,
            int from,
            int to,
            double[] r,
            double[] h,
            int origin) {
        double sum = 0;
        for (int k = from; k < to; k++) {
            int i = origin + index[k];
            double left = 1 - ((beta * r[i]) * value[k]) * value[k];
            double next = h[i] * (left < 0 ? 0 : left) + (alpha * r[i]) * value[k];
            h[i] = next;
            sum += Math.abs(next);
        }
        return sum;
    }

    /**
     * {@link #ftrl} by a sparse row.
     *
     * @param g slope of the loss; times a value it is that of the weight
     * @param inverse one by the length of the steps
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @param index elements of the arrays, relative to {@code origin}, each at most once in the row, not modified
     * @param value the row's values, not modified
     * @param from first place of the row in {@code index} and {@code value}
     * @param to place after its last
     * @param q sums of slopes, modified at the row's elements only
     * @param s roots of the sums of squared slopes, modified at the row's elements only
     * @param w the weights, modified at the row's elements only
     * @param origin index of their element 0
     * @return the sum of the amounts of all that is modified as it is now, which is not finite if some of it is not
     */
    public final double sparseFtrl(
            double g,
            double inverse,
            double l1,
            double l2,
            int[] index,
            double[] value,
            int from,
            int to,
            double[] q,
            double[] s,
            double[] w,
            int origin) {
        double sum = 0;
        for (int k = from; k < to; k++) {
            int i = origin + index[k];
            double slope = g * value[k];
            double root = Math.sqrt(s[i] * s[i] + slope * slope);
            q[i] = (q[i] + slope) - ((root - s[i]) * inverse) * w[i];
            s[i] = root;
            w[i] = ftrlWeight(q[i], root, inverse, l1, l2);
            sum += (Math.abs(q[i]) + root) + Math.abs(w[i]);
        }
        return sum;
    }

    /**
     * Copies elements picked by index: {@code out[outFrom + (k - from)] = w[wFrom + index[k]]}, for an undo journal.
     *
     * @param w dense vector, not modified
     * @param wFrom index of its element 0
     * @param index elements of {@code w}, relative to {@code wFrom}, not modified
     * @param from first place in {@code index}
     * @param to place after the last
     * @param out where the elements go, modified
     * @param outFrom index of the first
     */
    public final void gather(double[] w, int wFrom, int[] index, int from, int to, double[] out, int outFrom) {
        for (int k = from, o = outFrom; k < to; k++, o++) {
            out[o] = w[wFrom + index[k]];
        }
    }

    /**
     * The inverse of {@link #gather}: {@code w[wFrom + index[k]] = in[inFrom + (k - from)]}.
     *
     * @param in the elements, not modified
     * @param inFrom index of the first
     * @param index elements of {@code w}, relative to {@code wFrom}, each at most once, not modified
     * @param from first place in {@code index}
     * @param to place after the last
     * @param w dense vector, modified at these elements only
     * @param wFrom index of its element 0
     */
    public final void scatter(double[] in, int inFrom, int[] index, int from, int to, double[] w, int wFrom) {
        for (int k = from, i = inFrom; k < to; k++, i++) {
            w[wFrom + index[k]] = in[i];
        }
    }

    // ---- functions of one number, all on one definition of exp ----------------------------------------------------

    /**
     * The exponential function.
     *
     * @param x the exponent
     * @return e<sup>x</sup>; 1 at ±0, +∞ above 709.78, +0 below −745.13, NaN at NaN
     */
    public static double exp(double x) {
        return Exp.exp(x);
    }

    /**
     * The logistic function, accurate at both ends.
     *
     * @param x a decision value
     * @return 1 / (1 + e<sup>−x</sup>), between 0 and 1; NaN at NaN
     */
    public static double logistic(double x) {
        return Exp.logistic(x);
    }

    /**
     * The softplus function, which is the logistic loss of margin {@code -x}, without overflow or cancellation.
     *
     * @param x a decision value
     * @return ln(1 + e<sup>x</sup>), natural log; NaN at NaN
     */
    public static double log1pExp(double x) {
        return Math.max(x, 0) + StrictMath.log1p(Exp.exp(-Math.abs(x)));
    }
}
