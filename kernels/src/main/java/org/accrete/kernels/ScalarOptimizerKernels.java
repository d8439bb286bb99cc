package org.accrete.kernels;

import java.util.Arrays;

/** The reference: plain loops, whose order of operations defines the bits that the SIMD twin has to match. */
final class ScalarOptimizerKernels extends OptimizerKernels {
    static final ScalarOptimizerKernels INSTANCE = new ScalarOptimizerKernels();

    private ScalarOptimizerKernels() {}

    @Override
    public int delayedSgd(
            GradientKind kind,
            double bound,
            double interceptRate,
            DelayedSgdState state,
            double[] x,
            int xFrom,
            int n,
            int rows,
            double[] y,
            double[] stepSize,
            double[] decay) {
        double k = state.decay;
        double step = state.step;
        double b = state.intercept;
        double[] row = state.padded;
        Arrays.fill(row, n, row.length, 0);
        int taken = 0;
        for (; taken < rows; taken++) {
            System.arraycopy(x, xFrom + taken * n, row, 0, n);
            double p = (k * narrowDot(state.weights, row) + b) + step * (narrowDot(state.row, row) + interceptRate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            ScalarDenseKernels.INSTANCE.scaleAdd(k, state.weights, 0, step, state.row, 0, n);
            System.arraycopy(row, 0, state.row, 0, n);
            b += step * interceptRate;
            k = decay[taken];
            step = kind.step(bound, p, y[taken], stepSize[taken]);
            y[taken] = p;
        }
        state.decay = k;
        state.step = step;
        state.intercept = b;
        return taken;
    }

    private static double narrowDot(double[] a, double[] b) {
        return (fourthOfDot(a, b, 0) + fourthOfDot(a, b, 2)) + (fourthOfDot(a, b, 1) + fourthOfDot(a, b, 3));
    }

    private static double fourthOfDot(double[] a, double[] b, int i) {
        return ((a[i] * b[i] + a[i + 16] * b[i + 16]) + (a[i + 8] * b[i + 8] + a[i + 24] * b[i + 24]))
                + ((a[i + 4] * b[i + 4] + a[i + 20] * b[i + 20]) + (a[i + 12] * b[i + 12] + a[i + 28] * b[i + 28]));
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
        return ((t0 + t2) + (t1 + t3)) + Tails.weightedSquares(r, rFrom + i, x, xFrom + i, n - i);
    }

    @Override
    public void adaGradRates(double g, double[] x, int xFrom, double[] r, int rFrom, int n) {
        Tails.adaGradRates(g, x, xFrom, r, rFrom, n);
    }

    @Override
    public void adaGradStep(
            double decay, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n) {
        Tails.adaGradStep(decay, alpha, x, xFrom, r, rFrom, w, wFrom, n);
    }

    @Override
    public double adaGradStepThenDot(
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
            int n,
            double[] squares) {
        Tails.adaGradStep(decay, alpha, x, xFrom, r, rFrom, w, wFrom, n);
        squares[0] = weightedSquares(r, rFrom, z, zFrom, n);
        return ScalarDenseKernels.INSTANCE.dot(w, wFrom, z, zFrom, n);
    }

    @Override
    public void forgettingRates(double g, double forget, double[] x, int xFrom, double[] r, int rFrom, int n) {
        Tails.forgettingRates(g, forget, x, xFrom, r, rFrom, n);
    }

    @Override
    public void mixtureDecisions(
            double[] w0,
            double[] w1,
            double[] w2,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums) {
        sums.clear();
        sums.add(w0, w1, w2, r0, r1, from, z, zFrom, 0, n);
        sums.combine();
    }

    @Override
    public void mixtureStepThenDecisions(
            double step0,
            double step1,
            double step2,
            double[] x,
            int xFrom,
            double[] w0,
            double[] w1,
            double[] w2,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums) {
        sums.clear();
        sums.moveThenAdd(step0, step1, step2, x, xFrom, w0, w1, w2, r0, r1, from, z, zFrom, 0, n);
        sums.combine();
    }

    @Override
    public void ftrlStep(
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
        Tails.ftrlStep(g, inverse, l1, l2, x, xFrom, q, qFrom, s, sFrom, w, wFrom, n);
    }
}
