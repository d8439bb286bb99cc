package org.accrete.kernels;

/**
 * Scalar loops that both implementations share: the elements after the last whole vector of a SIMD loop, and loops over
 * all elements. Tails of reductions and of the most frequent updates have at most seven elements and are written out,
 * because so short a loop costs more.
 */
final class Tails {
    private Tails() {}

    /** The seventeenth sum of {@link DenseKernels#squaredDistance}: at most seven squares. */
    static double squaredDistance(double[] a, int aFrom, double[] b, int bFrom, int n) {
        double s = 0;
        int i = aFrom;
        int j = bFrom;
        int left = n;
        if (left >= 4) {
            double d0 = a[i] - b[j];
            double d1 = a[i + 1] - b[j + 1];
            double d2 = a[i + 2] - b[j + 2];
            double d3 = a[i + 3] - b[j + 3];
            s += d0 * d0;
            s += d1 * d1;
            s += d2 * d2;
            s += d3 * d3;
            i += 4;
            j += 4;
            left -= 4;
        }
        if (left >= 2) {
            double d0 = a[i] - b[j];
            double d1 = a[i + 1] - b[j + 1];
            s += d0 * d0;
            s += d1 * d1;
            i += 2;
            j += 2;
            left -= 2;
        }
        if (left >= 1) {
            double d0 = a[i] - b[j];
            s += d0 * d0;
        }
        return s;
    }

    /** The seventeenth sum of {@link DenseKernels#dot}: at most seven products. */
    static double dot(double[] a, int aFrom, double[] b, int bFrom, int n) {
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

    /** {@link DenseKernels#exp(double[], int, double[], int, int)} for any number of elements. */
    static void exp(double[] x, int from, double[] out, int outFrom, int n) {
        for (int i = 0; i < n; i++) {
            out[outFrom + i] = Exp.exp(x[from + i]);
        }
    }

    /** {@link DenseKernels#logistic(double[], int, double[], int, int)} for any number of elements. */
    static void logistic(double[] x, int from, double[] out, int outFrom, int n) {
        for (int i = 0; i < n; i++) {
            out[outFrom + i] = Exp.logistic(x[from + i]);
        }
    }

    /** At most seven last elements of {@link DenseKernels#axpy}. */
    static void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
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

    /** At most seven last elements of {@link DenseKernels#scaleAdd}. */
    static void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n) {
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

    /** At most seven last elements of {@link DenseKernels#scaleAddDot}, and the seventeenth sum. */
    static double scaleAddDot(
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

    /** {@link DenseKernels#rotate} for any number of elements. */
    static void rotate(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n) {
        for (int i = 0; i < n; i++) {
            double first = x[xFrom + i];
            double second = y[yFrom + i];
            x[xFrom + i] = c * first + s * second;
            y[yFrom + i] = c * second - s * first;
        }
    }

    /** The seventeenth sum of {@link DenseKernels#sum}: at most seven elements. */
    static double sum(double[] a, int from, int n) {
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

    /**
     * At most seven last elements of {@link OptimizerKernels#adaGradStepThenDot}, and the seventeenth sum of the inner
     * product.
     */
    static double adaGradStepThenDot(
            double decay,
            double alpha,
            double[] x,
            int xFrom,
            double[] r,
            int rFrom,
            double[] w,
            int wFrom,
            double[] z,
            int zFrom,
            int n) {
        double s = 0;
        int i = 0;
        if (n >= 4) {
            double w0 = decay * w[wFrom] + (alpha * r[rFrom]) * x[xFrom];
            double w1 = decay * w[wFrom + 1] + (alpha * r[rFrom + 1]) * x[xFrom + 1];
            double w2 = decay * w[wFrom + 2] + (alpha * r[rFrom + 2]) * x[xFrom + 2];
            double w3 = decay * w[wFrom + 3] + (alpha * r[rFrom + 3]) * x[xFrom + 3];
            w[wFrom] = w0;
            w[wFrom + 1] = w1;
            w[wFrom + 2] = w2;
            w[wFrom + 3] = w3;
            s += w0 * z[zFrom];
            s += w1 * z[zFrom + 1];
            s += w2 * z[zFrom + 2];
            s += w3 * z[zFrom + 3];
            i = 4;
        }
        for (; i < n; i++) {
            double one = decay * w[wFrom + i] + (alpha * r[rFrom + i]) * x[xFrom + i];
            w[wFrom + i] = one;
            s += one * z[zFrom + i];
        }
        return s;
    }

    /** {@link OptimizerKernels#adaGradRates} for any number of elements. */
    static void adaGradRates(double g, double[] x, int xFrom, double[] r, int rFrom, int n) {
        for (int i = 0; i < n; i++) {
            double a = (g * x[xFrom + i]) * r[rFrom + i];
            r[rFrom + i] = OptimizerKernels.adaGradRate(r[rFrom + i], a * a);
        }
    }

    /** {@link OptimizerKernels#adaGradStep} for any number of elements. */
    static void adaGradStep(
            double decay, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n) {
        for (int i = 0; i < n; i++) {
            w[wFrom + i] = decay * w[wFrom + i] + (alpha * r[rFrom + i]) * x[xFrom + i];
        }
    }

    /** {@link OptimizerKernels#forgettingRates} for any number of elements. */
    static void forgettingRates(double g, double forget, double[] x, int xFrom, double[] r, int rFrom, int n) {
        for (int i = 0; i < n; i++) {
            r[rFrom + i] = OptimizerKernels.forgettingRate(g, forget, x[xFrom + i], r[rFrom + i]);
        }
    }

    /** {@link OptimizerKernels#ftrlStep} for any number of elements. */
    static void ftrlStep(
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
            int n) {
        for (int i = 0; i < n; i++) {
            double gradient = g * x[xFrom + i];
            double before = s[sFrom + i];
            double root = Math.sqrt(before * before + gradient * gradient);
            double sum = (q[qFrom + i] + gradient) - ((root - before) * inverse) * w[wFrom + i];
            s[sFrom + i] = root;
            q[qFrom + i] = sum;
            w[wFrom + i] = OptimizerKernels.ftrlWeight(sum, root, inverse, l1, l2);
        }
    }
}
