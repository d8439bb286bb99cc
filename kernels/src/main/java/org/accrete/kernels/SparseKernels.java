package org.accrete.kernels;

/**
 * Loops over sparse rows, given as indices and values of the entries {@code [from, to)}, against dense vectors; each in
 * O(entries). The rules of the package hold.
 *
 * <p>There is no SIMD twin: gathers by the Vector API showed no steady gain over scalar loads, and lost on rows of ten
 * to twenty entries.
 */
public final class SparseKernels {

    private SparseKernels() {}

    /**
     * The inner product of a dense vector with a sparse row. Products of whole blocks of four go to running sum
     * {@code (k - from) mod 4}, the up to three that are left go to a fifth sum; the result is {@code ((s0 + s2) + (s1
     * + s3)) + s4}.
     *
     * @param w dense vector, not modified
     * @param wFrom index of its element 0
     * @param index indices into {@code w}, relative to {@code wFrom}, not modified
     * @param value values of the row's entries, not modified
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @return the inner product, +0 for an empty row
     */
    public static double dot(double[] w, int wFrom, int[] index, double[] value, int from, int to) {
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
        double tail = 0;
        for (; k < to; k++) {
            tail += w[wFrom + index[k]] * value[k];
        }
        return ((s0 + s2) + (s1 + s3)) + tail;
    }

    /**
     * {@code w += alpha * row}: adds a multiple of a sparse row to a dense vector.
     *
     * @param alpha factor of the row
     * @param index indices into {@code w}, relative to {@code wFrom}, each at most once in the row, not modified
     * @param value values of the row's entries, not modified
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param w dense vector, modified at the row's elements only
     * @param wFrom index of its element 0
     */
    public static void axpy(double alpha, int[] index, double[] value, int from, int to, double[] w, int wFrom) {
        for (int k = from; k < to; k++) {
            w[wFrom + index[k]] += alpha * value[k];
        }
    }

    /**
     * {@link #axpy} that also saves the old elements, for an undo log, and returns the sum of the new ones.
     *
     * @param alpha factor of the row
     * @param index indices into {@code w}, relative to {@code wFrom}, each at most once in the row, not modified
     * @param value values of the row's entries, not modified
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param w dense vector, modified at the row's elements only
     * @param wFrom index of its element 0
     * @param before receives the old elements, in the order of the row
     * @param beforeFrom index of the first
     * @return the sum of the new elements; not finite if one of them is not finite or if the sum overflows
     */
    public static double axpyWithUndo(
            double alpha,
            int[] index,
            double[] value,
            int from,
            int to,
            double[] w,
            int wFrom,
            double[] before,
            int beforeFrom) {
        // four running sums, so that an addition does not wait for the one before
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
     * {@link OptimizerKernels#adaGradRates} for a sparse row.
     *
     * @param g gradient of the loss with respect to the decision value
     * @param index indices into {@code r}, relative to {@code rFrom}, each at most once in the row, not modified
     * @param value values of the row's entries, not modified
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param r the rates, modified at the row's elements only
     * @param rFrom index of their element 0
     * @return the smallest of the row's new rates, NaN if one is NaN, +∞ for an empty row
     */
    public static double adaGradRates(double g, int[] index, double[] value, int from, int to, double[] r, int rFrom) {
        double least = Double.POSITIVE_INFINITY;
        for (int k = from; k < to; k++) {
            int i = rFrom + index[k];
            double a = (g * value[k]) * r[i];
            double next = OptimizerKernels.adaGradRate(r[i], a * a);
            r[i] = next;
            least = Math.min(least, next);
        }
        return least;
    }

    /**
     * {@link OptimizerKernels#adaGradStep} for a sparse row, without decay.
     *
     * @param alpha the step, as in {@link OptimizerKernels#adaGradStep}
     * @param index indices into {@code r} and {@code w}, relative to {@code origin}, each at most once in the row, not
     *     modified
     * @param value values of the row's entries, not modified
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param r the rates, not modified
     * @param w the weights, modified at the row's elements only
     * @param origin index of their element 0
     * @return the sum of the absolute values of the row's new weights; not finite if one of them is not finite
     */
    public static double adaGradStep(
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
     * {@link OptimizerKernels#ftrlStep} for a sparse row.
     *
     * @param g gradient of the loss with respect to the decision value
     * @param inverse 1 / learning rate
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @param index indices into the arrays, relative to {@code origin}, each at most once in the row, not modified
     * @param value values of the row's entries, not modified
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param q adjusted sums of gradients, modified at the row's elements only
     * @param s square roots of the sums of squared gradients, modified at the row's elements only
     * @param w the weights, modified at the row's elements only
     * @param origin index of their element 0
     * @return the sum of the absolute values of all modified elements; not finite if one of them is not finite
     */
    public static double ftrlStep(
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
            double gradient = g * value[k];
            double root = Math.sqrt(s[i] * s[i] + gradient * gradient);
            q[i] = (q[i] + gradient) - ((root - s[i]) * inverse) * w[i];
            s[i] = root;
            w[i] = OptimizerKernels.ftrlWeight(q[i], root, inverse, l1, l2);
            sum += (Math.abs(q[i]) + root) + Math.abs(w[i]);
        }
        return sum;
    }

    /**
     * Copies the elements at some indices: {@code out[outFrom + (k - from)] = w[wFrom + index[k]]}.
     *
     * @param w dense vector, not modified
     * @param wFrom index of its element 0
     * @param index indices into {@code w}, relative to {@code wFrom}, not modified
     * @param from first entry of {@code index}
     * @param to entry after the last
     * @param out receives the elements
     * @param outFrom index of the first
     */
    public static void gather(double[] w, int wFrom, int[] index, int from, int to, double[] out, int outFrom) {
        for (int k = from, o = outFrom; k < to; k++, o++) {
            out[o] = w[wFrom + index[k]];
        }
    }

    /**
     * The inverse of {@link #gather}: {@code w[wFrom + index[k]] = in[inFrom + (k - from)]}.
     *
     * @param in the elements, not modified
     * @param inFrom index of the first
     * @param index indices into {@code w}, relative to {@code wFrom}, each at most once, not modified
     * @param from first entry of {@code index}
     * @param to entry after the last
     * @param w dense vector, modified at these elements only
     * @param wFrom index of its element 0
     */
    public static void scatter(double[] in, int inFrom, int[] index, int from, int to, double[] w, int wFrom) {
        for (int k = from, i = inFrom; k < to; k++, i++) {
            w[wFrom + index[k]] = in[i];
        }
    }
}
