package org.accrete.learners.nn;

import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.FloatKernels;

/** What a hidden unit makes of its sum z. */
enum Activation {
    /** {@code max(0, z)}. */
    RELU,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code 1 / (1 + exp(-z))}. */
    SIGMOID,
    /** {@code z F(z)} with the normal distribution function F, not its approximation by tanh. */
    GELU,
    /** {@code z}. */
    IDENTITY;

    /** Numbers that go through {@code double} at a time. */
    static final int STRIP = 512;

    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

    /** {@return whether {@link #backward} needs the sums} */
    boolean keepsSums() {
        return this == GELU;
    }

    /**
     * Turns sums into activations.
     *
     * @param z sums, not modified unless {@code a} is the same
     * @param a receives the activations; may be {@code z}
     * @param n how many
     * @param wide scratch of {@link #STRIP}
     */
    void forward(float[] z, float[] a, int n, double[] wide) {
        switch (this) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    a[i] = Math.max(z[i], 0f);
                }
            }
            case TANH -> {
                for (int from = 0; from < n; from += STRIP) {
                    int length = Math.min(STRIP, n - from);
                    for (int i = 0; i < length; i++) {
                        wide[i] = 2.0 * z[from + i];
                    }
                    DenseKernels.best().logistic(wide, 0, wide, 0, length);
                    for (int i = 0; i < length; i++) {
                        a[from + i] = (float) (2 * wide[i] - 1);
                    }
                }
            }
            case SIGMOID -> {
                for (int from = 0; from < n; from += STRIP) {
                    int length = Math.min(STRIP, n - from);
                    for (int i = 0; i < length; i++) {
                        wide[i] = z[from + i];
                    }
                    DenseKernels.best().logistic(wide, 0, wide, 0, length);
                    for (int i = 0; i < length; i++) {
                        a[from + i] = (float) wide[i];
                    }
                }
            }
            case GELU -> {
                for (int from = 0; from < n; from += STRIP) {
                    int length = Math.min(STRIP, n - from);
                    bells(z, from, wide, length);
                    for (int i = 0; i < length; i++) {
                        double x = z[from + i];
                        a[from + i] = (float) (x * normal(x, wide[i]));
                    }
                }
            }
            case IDENTITY -> {
                if (a != z) {
                    System.arraycopy(z, 0, a, 0, n);
                }
            }
        }
    }

    /**
     * Multiplies what flows back by the slopes.
     *
     * @param z the sums where {@link #keepsSums()}, else not read
     * @param a the activations
     * @param delta slopes of the loss by the activations, replaced by those by the sums
     * @param n how many
     * @param wide scratch of {@link #STRIP}
     */
    void backward(float[] z, float[] a, float[] delta, int n, double[] wide) {
        switch (this) {
            case RELU -> FloatKernels.best().reluGradient(a, 0, delta, 0, n);
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    delta[i] *= 1 - a[i] * a[i];
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    delta[i] *= a[i] * (1 - a[i]);
                }
            }
            case GELU -> {
                for (int from = 0; from < n; from += STRIP) {
                    int length = Math.min(STRIP, n - from);
                    bells(z, from, wide, length);
                    for (int i = 0; i < length; i++) {
                        double x = z[from + i];
                        delta[from + i] *= (float) (normal(x, wide[i]) + x * INV_SQRT_2PI * wide[i]);
                    }
                }
            }
            case IDENTITY -> {}
        }
    }

    /** Writes {@code exp(-z²/2)}. */
    private static void bells(float[] z, int from, double[] wide, int n) {
        for (int i = 0; i < n; i++) {
            double x = z[from + i];
            wide[i] = -0.5 * x * x;
        }
        DenseKernels.best().exp(wide, 0, wide, 0, n);
    }

    /**
     * {@return the normal distribution function, within 1e-7: M. Abramowitz, I. Stegun, "Handbook of Mathematical
     * Functions" (1964), 7.1.26}
     *
     * @param bell {@code exp(-x²/2)}
     */
    private static double normal(double x, double bell) {
        double t = 1 / (1 + 0.3275911 * SQRT_HALF * Math.abs(x));
        double tail = 0.5
                * bell
                * t
                * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        // Without a branch, which no processor could foretell.
        return 0.5 + Math.copySign(0.5 - tail, x);
    }
}
