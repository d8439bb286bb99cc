package org.accrete.kernels;

/**
 * The numeric loops of the project, each with one defined result: {@link #scalar()} is the reference, its SIMD twin gives
 * the same bits, and {@link #best()} is the one that suits this JVM.
 *
 * <p>Rules that hold for every kernel:
 *
 * <ul>
 *   <li>Arguments are trusted. An offset or a length that leaves its array fails with an {@link
 *       IndexOutOfBoundsException} at the latest when the bad element is reached, outputs may be half written by then; a
 *       length of zero or less does nothing.
 *   <li>An output must not overlap an input, unless the method says that it may.
 *   <li>Products and sums are rounded one by one: fused multiply-add is never used.
 *   <li>Whether a result is NaN is defined; which of the many NaN bit patterns it has is not.
 *   <li>Nothing is allocated once the kernel is compiled. (While the SIMD twin is still interpreted it allocates small
 *       vector objects; this ends by itself.)
 *   <li>Instances have no state and are safe for any number of threads.
 * </ul>
 *
 * <p>A <em>sum by sixteen</em> of elements {@code e[0..n)} is this number: elements of whole blocks of sixteen go to
 * running sum {@code i mod 16}, then, if at least eight elements are left, the next eight go to running sums 0 to 7; the
 * up to seven elements that are still left go to a seventeenth sum. All sums start at +0 and take their elements in
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

    private static volatile Kernels best;

    /** For the two implementations in this package. */
    Kernels() {}

    /**
     * The implementation that suits this JVM, chosen once: SIMD if the module {@code jdk.incubator.vector} is resolved
     * ({@code --add-modules jdk.incubator.vector}) and the JVM has HotSpot's C2 compiler, else scalar. The system
     * property {@code accrete.kernels} ({@code auto}, {@code scalar} or {@code simd}) overrides it; the first call decides.
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
     * {@link #scaleAdd}, then {@link #dot} of {@code y} as it is now with {@code z}, the same bits, in one pass: the step of one
     * row and the decision value of the next.
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
     * {@code y = s * y}, element by element.
     *
     * @param s the factor
     * @param y what is scaled, modified
     * @param from index of its first element
     * @param n number of elements
     */
    public abstract void scale(double s, double[] y, int from, int n);

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

    // ---- sparse --------------------------------------------------------------------------------------------------

    /**
     * The inner product of a dense vector with a sparse row. The products go to four running sums by their place in the row
     * modulo four, up to three left over to a fifth; the result is {@code ((s0 + s2) + (s1 + s3)) + s4}.
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

    // ---- what is left over after whole blocks, in one form for both implementations --------------------------------

    /** The seventeenth sum of {@link #dot}, of at most seven products. Written out, because a loop this short costs more. */
    static double restOfDot(double[] a, int aFrom, double[] b, int bFrom, int n) {
        double s = 0;
        int i = aFrom;
        int j = bFrom;
        int left = n;
        if (left >= 4) {
            s += a[i] * b[j];
            s += a[i + 1] * b[j + 1];
            s += a[i + 2] * b[j + 2];
            s += a[i + 3] * b[j + 3];
            i += 4;
            j += 4;
            left -= 4;
        }
        if (left >= 2) {
            s += a[i] * b[j];
            s += a[i + 1] * b[j + 1];
            i += 2;
            j += 2;
            left -= 2;
        }
        if (left >= 1) {
            s += a[i] * b[j];
        }
        return s;
    }

    /** {@link #exp(double[], int, double[], int, int)} one by one. */
    static void exps(double[] x, int from, double[] out, int outFrom, int n) {
        for (int i = 0; i < n; i++) {
            out[outFrom + i] = Exp.exp(x[from + i]);
        }
    }

    /** {@link #logistic(double[], int, double[], int, int)} one by one. */
    static void logistics(double[] x, int from, double[] out, int outFrom, int n) {
        for (int i = 0; i < n; i++) {
            out[outFrom + i] = Exp.logistic(x[from + i]);
        }
    }

    /** The last, at most seven, elements of {@link #axpy}. */
    static void restOfAxpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
        int i = xFrom;
        int j = yFrom;
        int left = n;
        if (left >= 4) {
            y[j] += alpha * x[i];
            y[j + 1] += alpha * x[i + 1];
            y[j + 2] += alpha * x[i + 2];
            y[j + 3] += alpha * x[i + 3];
            i += 4;
            j += 4;
            left -= 4;
        }
        if (left >= 2) {
            y[j] += alpha * x[i];
            y[j + 1] += alpha * x[i + 1];
            i += 2;
            j += 2;
            left -= 2;
        }
        if (left >= 1) {
            y[j] += alpha * x[i];
        }
    }

    /** The last, at most seven, elements of {@link #scaleAdd}. */
    static void restOfScaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n) {
        int i = yFrom;
        int j = xFrom;
        int left = n;
        if (left >= 4) {
            y[i] = scale * y[i] + alpha * x[j];
            y[i + 1] = scale * y[i + 1] + alpha * x[j + 1];
            y[i + 2] = scale * y[i + 2] + alpha * x[j + 2];
            y[i + 3] = scale * y[i + 3] + alpha * x[j + 3];
            i += 4;
            j += 4;
            left -= 4;
        }
        if (left >= 2) {
            y[i] = scale * y[i] + alpha * x[j];
            y[i + 1] = scale * y[i + 1] + alpha * x[j + 1];
            i += 2;
            j += 2;
            left -= 2;
        }
        if (left >= 1) {
            y[i] = scale * y[i] + alpha * x[j];
        }
    }

    /** The last, at most seven, elements of {@link #scaleAddDot}, and the seventeenth sum. */
    static double restOfScaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n) {
        double s = 0;
        int i = yFrom;
        int j = xFrom;
        int k = zFrom;
        int left = n;
        if (left >= 4) {
            double y0 = scale * y[i] + alpha * x[j];
            double y1 = scale * y[i + 1] + alpha * x[j + 1];
            double y2 = scale * y[i + 2] + alpha * x[j + 2];
            double y3 = scale * y[i + 3] + alpha * x[j + 3];
            y[i] = y0;
            y[i + 1] = y1;
            y[i + 2] = y2;
            y[i + 3] = y3;
            s += y0 * z[k];
            s += y1 * z[k + 1];
            s += y2 * z[k + 2];
            s += y3 * z[k + 3];
            i += 4;
            j += 4;
            k += 4;
            left -= 4;
        }
        if (left >= 2) {
            double y0 = scale * y[i] + alpha * x[j];
            double y1 = scale * y[i + 1] + alpha * x[j + 1];
            y[i] = y0;
            y[i + 1] = y1;
            s += y0 * z[k];
            s += y1 * z[k + 1];
            i += 2;
            j += 2;
            k += 2;
            left -= 2;
        }
        if (left >= 1) {
            y[i] = scale * y[i] + alpha * x[j];
            s += y[i] * z[k];
        }
        return s;
    }

    /** The seventeenth sum of {@link #sum}, of at most seven elements. */
    static double restOfSum(double[] a, int from, int n) {
        double s = 0;
        int i = from;
        int left = n;
        if (left >= 4) {
            s += a[i];
            s += a[i + 1];
            s += a[i + 2];
            s += a[i + 3];
            i += 4;
            left -= 4;
        }
        if (left >= 2) {
            s += a[i];
            s += a[i + 1];
            i += 2;
            left -= 2;
        }
        if (left >= 1) {
            s += a[i];
        }
        return s;
    }
}
