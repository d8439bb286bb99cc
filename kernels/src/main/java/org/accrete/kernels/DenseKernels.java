package org.accrete.kernels;

/**
 * Loops over dense vectors: inner products, sums, linear combinations, rotations, and {@code exp} and the logistic
 * function of every element. The rules of the package hold.
 *
 * <p>A <em>sum by sixteen</em> of elements {@code e[0..n)} is this number: elements of whole blocks of sixteen go to
 * running sum {@code i mod 16}. If at least eight elements are left, the next eight go to running sums 0 to 7. The up
 * to seven elements that are still left go to a seventeenth sum. All sums start at +0 and take their elements in order
 * of index. They are combined as a tree: {@code s[j] += s[j + 8]} for {@code j < 8}, {@code s[j] += s[j + 4]} for
 * {@code j < 4}, {@code (s[0] + s[2]) + (s[1] + s[3])}, and the seventeenth is added last.
 */
public abstract class DenseKernels {

    /*
     * Which loops have a SIMD twin, as measured on one AVX-512 machine at 256 and 512 bits:
     *
     * Reductions, exp and logistic: the twin is two to seven times as fast from a hundred elements on. C2 does not
     * vectorise them: it may not reorder a sum, and it does not see through the bit operations of exp.
     *
     * Element-wise loops: C2 vectorises them by itself, and the twin is still faster. Together with scaleAddDot it made
     * rows of a linear learner a seventh to a third cheaper. The two were not measured apart and no assembly was read;
     * presumably the loads of the next dot find stores of their own size.
     *
     * No fused multiply-add: in dot it gained nothing beyond the noise, because loads and the latency of the addition
     * limit it, and a machine without it would compute each one in software.
     */

    /** How many elements of scratch {@link #scaleAddDots} needs per vector. */
    public static final int SCRATCH_PER_VECTOR = 8;

    /** For the two implementations in this package. */
    DenseKernels() {}

    /** {@return the name of the kernels that were chosen for this JVM, such as {@code scalar}} */
    public static String choice() {
        return KernelChoice.best().name();
    }

    /**
     * The implementation that suits this JVM, chosen once for all kernels: SIMD if the module
     * {@code jdk.incubator.vector} is resolved ({@code --add-modules jdk.incubator.vector}) and the JVM has HotSpot's
     * C2 compiler, else scalar. The system property {@code accrete.kernels} ({@code auto}, {@code scalar} or
     * {@code simd}) overrides it; the first call decides.
     *
     * @return the same instance at every call
     * @throws IllegalArgumentException if the system property has another value
     * @throws IllegalStateException if the system property demands SIMD and this JVM has none
     */
    public static DenseKernels best() {
        return KernelChoice.best().dense();
    }

    /**
     * The reference: plain Java loops, always there.
     *
     * @return the same instance at every call
     */
    public static DenseKernels scalar() {
        return ScalarDenseKernels.INSTANCE;
    }

    /**
     * What this is, for logs and reports: {@code scalar}, or {@code simd} and the width of its vectors.
     *
     * @return for example {@code simd 256-bit}
     */
    public abstract String name();

    /**
     * The inner product, a sum by sixteen of the products {@code a[aFrom + i] * b[bFrom + i]}.
     *
     * @param a first factor, not modified
     * @param aFrom index of its first element
     * @param b second factor, not modified, may be or overlap {@code a}
     * @param bFrom index of its first element
     * @param n number of elements
     * @return the inner product, +0 if {@code n} is 0
     */
    public abstract double dot(double[] a, int aFrom, double[] b, int bFrom, int n);

    /**
     * The square of the Euclidean distance, a sum by sixteen of the squares of {@code a[aFrom + i] - b[bFrom + i]}.
     *
     * @param a first vector, not modified
     * @param aFrom index of its first element
     * @param b second vector, not modified, may be or overlap {@code a}
     * @param bFrom index of its first element
     * @param n number of elements
     * @return the squared distance, +0 if {@code n} is 0
     */
    public abstract double squaredDistance(double[] a, int aFrom, double[] b, int bFrom, int n);

    /**
     * The sum of the elements, by sixteen.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @return the sum, +0 if {@code n} is 0
     */
    public abstract double sum(double[] a, int from, int n);

    /**
     * The sum of the squares of the elements, by sixteen: {@link #dot} of the elements with themselves.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @return the sum of squares, +0 if {@code n} is 0
     */
    public final double sumOfSquares(double[] a, int from, int n) {
        return dot(a, from, a, from, n);
    }

    /**
     * Whether all elements are finite.
     *
     * @param a the elements, not modified
     * @param from index of the first
     * @param n number of elements
     * @return true if every element is finite, also if {@code n} is 0
     */
    public abstract boolean allFinite(double[] a, int from, int n);

    /**
     * {@code y += alpha * x}, element by element.
     *
     * @param alpha factor of {@code x}
     * @param x the vector to add, not modified
     * @param xFrom index of its first element
     * @param y the vector to add to, modified; {@code x} at the same offset is allowed
     * @param yFrom index of its first element
     * @param n number of elements
     */
    public abstract void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n);

    /**
     * {@code y = (scale * y) + (alpha * x)}, element by element, both products rounded before they are added.
     *
     * @param scale factor of {@code y}
     * @param y the vector to scale and add to, modified
     * @param yFrom index of its first element
     * @param alpha factor of {@code x}
     * @param x the vector to add, not modified; {@code y} at the same offset is allowed
     * @param xFrom index of its first element
     * @param n number of elements
     */
    public abstract void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n);

    /**
     * {@link #scaleAdd} into another array and {@link #allFinite} of the result in one pass, with the same bits: an
     * update that is kept only if nothing overflows.
     *
     * @param scale factor of {@code y}
     * @param y the vector to scale, not modified
     * @param yFrom index of its first element
     * @param alpha factor of {@code x}
     * @param x the vector to add, not modified
     * @param xFrom index of its first element
     * @param out receives the sums
     * @param outFrom index of its first element
     * @param n number of elements
     * @return true if every sum is finite, also if {@code n} is 0
     */
    public abstract boolean scaleAddTo(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] out, int outFrom, int n);

    /**
     * {@link #scaleAdd}, then {@link #dot} of the new {@code y} with {@code z}, in one pass and with the same bits: the
     * update by one row and the decision value of the next.
     *
     * @param scale factor of {@code y}
     * @param y the vector to scale and add to, modified
     * @param yFrom index of its first element
     * @param alpha factor of {@code x}
     * @param x the vector to add, not modified
     * @param xFrom index of its first element
     * @param z the other factor of the inner product, not modified, may be or overlap {@code x}
     * @param zFrom index of its first element
     * @param n number of elements
     * @return the inner product of the new {@code y} with {@code z}, +0 if {@code n} is 0
     */
    public abstract double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n);

    /**
     * {@link #scaleAddDot} of several consecutive vectors {@code y}, with the same bits: the update by one row and the
     * decision values of the next for all classes.
     *
     * @param scale factor of each vector
     * @param y the vectors, {@code n} elements each, modified
     * @param count how many vectors
     * @param alphas one factor of {@code x} per vector, replaced by its inner product with {@code z}; followed by
     *     {@link #SCRATCH_PER_VECTOR} elements of scratch per vector
     * @param x the vector to add, not modified
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
     * @param y the vector to scale, modified
     * @param from index of its first element
     * @param n number of elements
     */
    public abstract void scale(double s, double[] y, int from, int n);

    /**
     * Applies a plane rotation: {@code x' = (c * x) + (s * y)} and {@code y' = (c * y) - (s * x)}, element by element.
     *
     * @param c cosine of the angle
     * @param s sine of the angle
     * @param x first coordinates, modified
     * @param xFrom index of the first
     * @param y second coordinates, modified; the same array where the elements do not overlap
     * @param yFrom index of the first
     * @param n number of elements
     */
    public abstract void rotate(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n);

    /**
     * {@link Exp#exp} of every element, with the same bits.
     *
     * @param x the exponents, not modified
     * @param from index of the first
     * @param out receives the powers; {@code x} at the same offset is allowed
     * @param outFrom index of the first
     * @param n number of elements
     */
    public abstract void exp(double[] x, int from, double[] out, int outFrom, int n);

    /**
     * {@link Exp#logistic} of every element, with the same bits.
     *
     * @param x decision values, not modified
     * @param from index of the first
     * @param out receives the results; {@code x} at the same offset is allowed
     * @param outFrom index of the first
     * @param n number of elements
     */
    public abstract void logistic(double[] x, int from, double[] out, int outFrom, int n);
}
