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
            int n) {
        Tails.adaGradStep(decay, alpha, x, xFrom, r, rFrom, w, wFrom, n);
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
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums) {
        sums.clear();
        sums.add(w0, w1, r0, r1, from, z, zFrom, 0, n);
        sums.combine();
    }

    @Override
    public void mixtureStepThenDecisions(
            double step0,
            double step1,
            double[] x,
            int xFrom,
            double[] w0,
            double[] w1,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums) {
        sums.clear();
        sums.moveThenAdd(step0, step1, x, xFrom, w0, w1, r0, r1, from, z, zFrom, 0, n);
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
