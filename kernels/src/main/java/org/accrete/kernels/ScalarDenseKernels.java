package org.accrete.kernels;

/** The reference: plain loops, whose order of operations defines the bits that the SIMD twin has to match. */
final class ScalarDenseKernels extends DenseKernels {
    static final ScalarDenseKernels INSTANCE = new ScalarDenseKernels();

    private ScalarDenseKernels() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public double dot(double[] a, int aFrom, double[] b, int bFrom, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        double s8 = 0;
        double s9 = 0;
        double s10 = 0;
        double s11 = 0;
        double s12 = 0;
        double s13 = 0;
        double s14 = 0;
        double s15 = 0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 += a[aFrom + i] * b[bFrom + i];
            s1 += a[aFrom + i + 1] * b[bFrom + i + 1];
            s2 += a[aFrom + i + 2] * b[bFrom + i + 2];
            s3 += a[aFrom + i + 3] * b[bFrom + i + 3];
            s4 += a[aFrom + i + 4] * b[bFrom + i + 4];
            s5 += a[aFrom + i + 5] * b[bFrom + i + 5];
            s6 += a[aFrom + i + 6] * b[bFrom + i + 6];
            s7 += a[aFrom + i + 7] * b[bFrom + i + 7];
            s8 += a[aFrom + i + 8] * b[bFrom + i + 8];
            s9 += a[aFrom + i + 9] * b[bFrom + i + 9];
            s10 += a[aFrom + i + 10] * b[bFrom + i + 10];
            s11 += a[aFrom + i + 11] * b[bFrom + i + 11];
            s12 += a[aFrom + i + 12] * b[bFrom + i + 12];
            s13 += a[aFrom + i + 13] * b[bFrom + i + 13];
            s14 += a[aFrom + i + 14] * b[bFrom + i + 14];
            s15 += a[aFrom + i + 15] * b[bFrom + i + 15];
        }
        if (i < n - 7) {
            s0 += a[aFrom + i] * b[bFrom + i];
            s1 += a[aFrom + i + 1] * b[bFrom + i + 1];
            s2 += a[aFrom + i + 2] * b[bFrom + i + 2];
            s3 += a[aFrom + i + 3] * b[bFrom + i + 3];
            s4 += a[aFrom + i + 4] * b[bFrom + i + 4];
            s5 += a[aFrom + i + 5] * b[bFrom + i + 5];
            s6 += a[aFrom + i + 6] * b[bFrom + i + 6];
            s7 += a[aFrom + i + 7] * b[bFrom + i + 7];
            i += 8;
        }
        double t0 = (s0 + s8) + (s4 + s12);
        double t1 = (s1 + s9) + (s5 + s13);
        double t2 = (s2 + s10) + (s6 + s14);
        double t3 = (s3 + s11) + (s7 + s15);
        return ((t0 + t2) + (t1 + t3)) + Tails.dot(a, aFrom + i, b, bFrom + i, n - i);
    }

    @Override
    public double squaredDistance(double[] a, int aFrom, double[] b, int bFrom, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        double s8 = 0;
        double s9 = 0;
        double s10 = 0;
        double s11 = 0;
        double s12 = 0;
        double s13 = 0;
        double s14 = 0;
        double s15 = 0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 += square(a[aFrom + i] - b[bFrom + i]);
            s1 += square(a[aFrom + i + 1] - b[bFrom + i + 1]);
            s2 += square(a[aFrom + i + 2] - b[bFrom + i + 2]);
            s3 += square(a[aFrom + i + 3] - b[bFrom + i + 3]);
            s4 += square(a[aFrom + i + 4] - b[bFrom + i + 4]);
            s5 += square(a[aFrom + i + 5] - b[bFrom + i + 5]);
            s6 += square(a[aFrom + i + 6] - b[bFrom + i + 6]);
            s7 += square(a[aFrom + i + 7] - b[bFrom + i + 7]);
            s8 += square(a[aFrom + i + 8] - b[bFrom + i + 8]);
            s9 += square(a[aFrom + i + 9] - b[bFrom + i + 9]);
            s10 += square(a[aFrom + i + 10] - b[bFrom + i + 10]);
            s11 += square(a[aFrom + i + 11] - b[bFrom + i + 11]);
            s12 += square(a[aFrom + i + 12] - b[bFrom + i + 12]);
            s13 += square(a[aFrom + i + 13] - b[bFrom + i + 13]);
            s14 += square(a[aFrom + i + 14] - b[bFrom + i + 14]);
            s15 += square(a[aFrom + i + 15] - b[bFrom + i + 15]);
        }
        if (i < n - 7) {
            s0 += square(a[aFrom + i] - b[bFrom + i]);
            s1 += square(a[aFrom + i + 1] - b[bFrom + i + 1]);
            s2 += square(a[aFrom + i + 2] - b[bFrom + i + 2]);
            s3 += square(a[aFrom + i + 3] - b[bFrom + i + 3]);
            s4 += square(a[aFrom + i + 4] - b[bFrom + i + 4]);
            s5 += square(a[aFrom + i + 5] - b[bFrom + i + 5]);
            s6 += square(a[aFrom + i + 6] - b[bFrom + i + 6]);
            s7 += square(a[aFrom + i + 7] - b[bFrom + i + 7]);
            i += 8;
        }
        double t0 = (s0 + s8) + (s4 + s12);
        double t1 = (s1 + s9) + (s5 + s13);
        double t2 = (s2 + s10) + (s6 + s14);
        double t3 = (s3 + s11) + (s7 + s15);
        return ((t0 + t2) + (t1 + t3)) + Tails.squaredDistance(a, aFrom + i, b, bFrom + i, n - i);
    }

    private static double square(double difference) {
        return difference * difference;
    }

    @Override
    public double sum(double[] a, int from, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        double s8 = 0;
        double s9 = 0;
        double s10 = 0;
        double s11 = 0;
        double s12 = 0;
        double s13 = 0;
        double s14 = 0;
        double s15 = 0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 += a[from + i];
            s1 += a[from + i + 1];
            s2 += a[from + i + 2];
            s3 += a[from + i + 3];
            s4 += a[from + i + 4];
            s5 += a[from + i + 5];
            s6 += a[from + i + 6];
            s7 += a[from + i + 7];
            s8 += a[from + i + 8];
            s9 += a[from + i + 9];
            s10 += a[from + i + 10];
            s11 += a[from + i + 11];
            s12 += a[from + i + 12];
            s13 += a[from + i + 13];
            s14 += a[from + i + 14];
            s15 += a[from + i + 15];
        }
        if (i < n - 7) {
            s0 += a[from + i];
            s1 += a[from + i + 1];
            s2 += a[from + i + 2];
            s3 += a[from + i + 3];
            s4 += a[from + i + 4];
            s5 += a[from + i + 5];
            s6 += a[from + i + 6];
            s7 += a[from + i + 7];
            i += 8;
        }
        double t0 = (s0 + s8) + (s4 + s12);
        double t1 = (s1 + s9) + (s5 + s13);
        double t2 = (s2 + s10) + (s6 + s14);
        double t3 = (s3 + s11) + (s7 + s15);
        return ((t0 + t2) + (t1 + t3)) + Tails.sum(a, from + i, n - i);
    }

    @Override
    public boolean allFinite(double[] a, int from, int n) {
        // x * 0 is ±0 for a finite x and NaN for any other, and NaN stays in a sum
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i < n - 3; i += 4) {
            s0 += a[from + i] * 0;
            s1 += a[from + i + 1] * 0;
            s2 += a[from + i + 2] * 0;
            s3 += a[from + i + 3] * 0;
        }
        for (; i < n; i++) {
            s0 += a[from + i] * 0;
        }
        return (s0 + s1) + (s2 + s3) == 0;
    }

    @Override
    public void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
        for (int i = 0; i < n; i++) {
            y[yFrom + i] += alpha * x[xFrom + i];
        }
    }

    @Override
    public void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n) {
        for (int i = 0; i < n; i++) {
            y[yFrom + i] = scale * y[yFrom + i] + alpha * x[xFrom + i];
        }
    }

    @Override
    public boolean scaleAddTo(
            double scale,
            double[] y,
            int yFrom,
            double alpha,
            double[] x,
            int xFrom,
            double[] out,
            int outFrom,
            int n) {
        for (int i = 0; i < n; i++) {
            out[outFrom + i] = scale * y[yFrom + i] + alpha * x[xFrom + i];
        }
        return allFinite(out, outFrom, n);
    }

    @Override
    public double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n) {
        scaleAdd(scale, y, yFrom, alpha, x, xFrom, n);
        return dot(y, yFrom, z, zFrom, n);
    }

    @Override
    public void scale(double s, double[] y, int from, int n) {
        for (int i = 0; i < n; i++) {
            y[from + i] *= s;
        }
    }

    @Override
    public void rotate(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n) {
        Tails.rotate(c, s, x, xFrom, y, yFrom, n);
    }

    @Override
    public void exp(double[] x, int from, double[] out, int outFrom, int n) {
        Tails.exp(x, from, out, outFrom, n);
    }

    @Override
    public void logistic(double[] x, int from, double[] out, int outFrom, int n) {
        Tails.logistic(x, from, out, outFrom, n);
    }
}
