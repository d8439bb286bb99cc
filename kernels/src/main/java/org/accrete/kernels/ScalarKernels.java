package org.accrete.kernels;

import java.util.Arrays;

/**
 * The reference: plain loops, whose order of operations is the definition that the SIMD twin has to match bit for bit.
 */
final class ScalarKernels extends Kernels {

    static final ScalarKernels INSTANCE = new ScalarKernels();

    private ScalarKernels() {}

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
        return ((t0 + t2) + (t1 + t3)) + Rest.ofDot(a, aFrom + i, b, bFrom + i, n - i);
    }

    @Override
    public double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n) {
        scaleAdd(scale, y, yFrom, alpha, x, xFrom, n);
        return dot(y, yFrom, z, zFrom, n);
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
    public void scale(double s, double[] y, int from, int n) {
        for (int i = 0; i < n; i++) {
            y[from + i] *= s;
        }
    }

    @Override
    public void rot(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n) {
        Rest.rots(c, s, x, xFrom, y, yFrom, n);
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
        return ((t0 + t2) + (t1 + t3)) + Rest.ofSum(a, from + i, n - i);
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
    public int descend(
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
            double[] keep) {
        double k = state[LAST_KEEP];
        double step = state[LAST_STEP];
        double b = state[INTERCEPT];
        int row = ROOM + 16;
        Arrays.fill(state, row + n, row + NARROW, 0);
        int taken = 0;
        for (; taken < rows; taken++) {
            System.arraycopy(x, xFrom + taken * n, state, row, n);
            double p = (k * narrowDot(state, 0, row) + b) + step * (narrowDot(state, LAST_ROW, row) + rate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            scaleAdd(k, state, 0, step, state, LAST_ROW, n);
            System.arraycopy(state, row, state, LAST_ROW, n);
            b += step * rate;
            k = keep[taken];
            step = step(slope, bound, p, y[taken], length[taken]);
            y[taken] = p;
        }
        state[LAST_KEEP] = k;
        state[LAST_STEP] = step;
        state[INTERCEPT] = b;
        return taken;
    }

    private static double narrowDot(double[] s, int a, int b) {
        return (fourthOfDot(s, a, b) + fourthOfDot(s, a + 2, b + 2))
                + (fourthOfDot(s, a + 1, b + 1) + fourthOfDot(s, a + 3, b + 3));
    }

    private static double fourthOfDot(double[] s, int a, int b) {
        return ((s[a] * s[b] + s[a + 16] * s[b + 16]) + (s[a + 8] * s[b + 8] + s[a + 24] * s[b + 24]))
                + ((s[a + 4] * s[b + 4] + s[a + 20] * s[b + 20]) + (s[a + 12] * s[b + 12] + s[a + 28] * s[b + 28]));
    }

    @Override
    public void exp(double[] x, int from, double[] out, int outFrom, int n) {
        Rest.exps(x, from, out, outFrom, n);
    }

    @Override
    public void logistic(double[] x, int from, double[] out, int outFrom, int n) {
        Rest.logistics(x, from, out, outFrom, n);
    }

    @Override
    public double weightedSquares(double[] r, int rFrom, double[] x, int xFrom, int n) {
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
            s0 += (r[rFrom + i] * x[xFrom + i]) * x[xFrom + i];
            s1 += (r[rFrom + i + 1] * x[xFrom + i + 1]) * x[xFrom + i + 1];
            s2 += (r[rFrom + i + 2] * x[xFrom + i + 2]) * x[xFrom + i + 2];
            s3 += (r[rFrom + i + 3] * x[xFrom + i + 3]) * x[xFrom + i + 3];
            s4 += (r[rFrom + i + 4] * x[xFrom + i + 4]) * x[xFrom + i + 4];
            s5 += (r[rFrom + i + 5] * x[xFrom + i + 5]) * x[xFrom + i + 5];
            s6 += (r[rFrom + i + 6] * x[xFrom + i + 6]) * x[xFrom + i + 6];
            s7 += (r[rFrom + i + 7] * x[xFrom + i + 7]) * x[xFrom + i + 7];
            s8 += (r[rFrom + i + 8] * x[xFrom + i + 8]) * x[xFrom + i + 8];
            s9 += (r[rFrom + i + 9] * x[xFrom + i + 9]) * x[xFrom + i + 9];
            s10 += (r[rFrom + i + 10] * x[xFrom + i + 10]) * x[xFrom + i + 10];
            s11 += (r[rFrom + i + 11] * x[xFrom + i + 11]) * x[xFrom + i + 11];
            s12 += (r[rFrom + i + 12] * x[xFrom + i + 12]) * x[xFrom + i + 12];
            s13 += (r[rFrom + i + 13] * x[xFrom + i + 13]) * x[xFrom + i + 13];
            s14 += (r[rFrom + i + 14] * x[xFrom + i + 14]) * x[xFrom + i + 14];
            s15 += (r[rFrom + i + 15] * x[xFrom + i + 15]) * x[xFrom + i + 15];
        }
        if (i < n - 7) {
            s0 += (r[rFrom + i] * x[xFrom + i]) * x[xFrom + i];
            s1 += (r[rFrom + i + 1] * x[xFrom + i + 1]) * x[xFrom + i + 1];
            s2 += (r[rFrom + i + 2] * x[xFrom + i + 2]) * x[xFrom + i + 2];
            s3 += (r[rFrom + i + 3] * x[xFrom + i + 3]) * x[xFrom + i + 3];
            s4 += (r[rFrom + i + 4] * x[xFrom + i + 4]) * x[xFrom + i + 4];
            s5 += (r[rFrom + i + 5] * x[xFrom + i + 5]) * x[xFrom + i + 5];
            s6 += (r[rFrom + i + 6] * x[xFrom + i + 6]) * x[xFrom + i + 6];
            s7 += (r[rFrom + i + 7] * x[xFrom + i + 7]) * x[xFrom + i + 7];
            i += 8;
        }
        double t0 = (s0 + s8) + (s4 + s12);
        double t1 = (s1 + s9) + (s5 + s13);
        double t2 = (s2 + s10) + (s6 + s14);
        double t3 = (s3 + s11) + (s7 + s15);
        return ((t0 + t2) + (t1 + t3)) + Rest.ofSquares(r, rFrom + i, x, xFrom + i, n - i);
    }

    @Override
    public void slow(double g, double[] x, int xFrom, double[] r, int rFrom, int n) {
        Rest.slows(g, x, xFrom, r, rFrom, n);
    }

    @Override
    public void step(
            double keep, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n) {
        Rest.steps(keep, alpha, x, xFrom, r, rFrom, w, wFrom, n);
    }

    @Override
    public double stepDots(
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
            double[] squares) {
        Rest.steps(keep, alpha, x, xFrom, r, rFrom, w, wFrom, n);
        squares[0] = weightedSquares(r, rFrom, z, zFrom, n);
        return dot(w, wFrom, z, zFrom, n);
    }

    @Override
    public void trace(
            double alpha, double beta, double[] x, int xFrom, double[] r, int rFrom, double[] h, int hFrom, int n) {
        Rest.traces(alpha, beta, x, xFrom, r, rFrom, h, hFrom, n);
    }

    @Override
    public void ftrl(
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
        Rest.ftrls(g, inverse, l1, l2, x, xFrom, q, qFrom, s, sFrom, w, wFrom, n);
    }

    @Override
    int tileColumns() {
        return WIDEST_TILE;
    }

    @Override
    void tile(int depth, double[] panels, int a, int b, double[] c, int at, int cRow) {
        for (int i = 0; i < TILE_ROWS; i++) {
            int row = at + i * cRow;
            for (int p = 0; p < depth; p++) {
                double factor = panels[a + p * TILE_ROWS + i];
                int from = b + p * WIDEST_TILE;
                for (int j = 0; j < WIDEST_TILE; j++) {
                    c[row + j] += factor * panels[from + j];
                }
            }
        }
    }
}
