package org.accrete.learners.nn;

import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.FloatKernels;

/** The activation function of the hidden units: from the pre-activation z to the activation a. */
enum Activation {
    /** {@code max(0, z)}. */
    RELU,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code 1 / (1 + exp(-z))}. */
    SIGMOID,
    /** {@code z F(z)}, where F is the normal distribution function itself, not its approximation by tanh. */
    GELU,
    /** {@code z}. */
    IDENTITY;

    /** Number of values that are computed in {@code double} at a time. */
    static final int STRIP = 512;

    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

    /** {@return whether {@link #backward} needs z} */
    boolean needsPreActivations() {
        return this == GELU;
    }

    /**
     * Computes activations.
     *
     * @param z pre-activations, not modified unless {@code a} is the same array
     * @param a receives the activations; may be {@code z}
     * @param n number of values
     * @param scratch of length {@link #STRIP}
     */
    void forward(float[] z, float[] a, int n, double[] scratch) {
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
                        scratch[i] = 2.0 * z[from + i];
                    }
                    DenseKernels.best().logistic(scratch, 0, scratch, 0, length);
                    for (int i = 0; i < length; i++) {
                        a[from + i] = (float) (2 * scratch[i] - 1);
                    }
                }
            }
            case SIGMOID -> {
                for (int from = 0; from < n; from += STRIP) {
                    int length = Math.min(STRIP, n - from);
                    for (int i = 0; i < length; i++) {
                        scratch[i] = z[from + i];
                    }
                    DenseKernels.best().logistic(scratch, 0, scratch, 0, length);
                    for (int i = 0; i < length; i++) {
                        a[from + i] = (float) scratch[i];
                    }
                }
            }
            case GELU -> {
                for (int from = 0; from < n; from += STRIP) {
                    int length = Math.min(STRIP, n - from);
                    expOfHalfSquare(z, from, scratch, length);
                    for (int i = 0; i < length; i++) {
                        double x = z[from + i];
                        a[from + i] = (float) (x * normalCdf(x, scratch[i]));
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

    /** {@return activations of a graph} */
    Value export(ModelGraph graph, Value z) {
        return switch (this) {
            case RELU -> graph.apply("Relu", z);
            case TANH -> graph.apply("Tanh", z);
            case SIGMOID -> graph.apply("Sigmoid", z);
            case GELU -> graph.apply("Gelu", z);
            case IDENTITY -> z;
        };
    }

    /**
     * Multiplies a gradient by the derivative of the activation function.
     *
     * @param z pre-activations if {@link #needsPreActivations()}, else not read
     * @param a activations
     * @param delta gradient with respect to the activations, replaced by that with respect to the pre-activations
     * @param n number of values
     * @param scratch of length {@link #STRIP}
     */
    void backward(float[] z, float[] a, float[] delta, int n, double[] scratch) {
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
                    expOfHalfSquare(z, from, scratch, length);
                    for (int i = 0; i < length; i++) {
                        double x = z[from + i];
                        delta[from + i] *= (float) (normalCdf(x, scratch[i]) + x * INV_SQRT_2PI * scratch[i]);
                    }
                }
            }
            case IDENTITY -> {}
        }
    }

    /** Writes {@code exp(-z²/2)} to the scratch memory. */
    private static void expOfHalfSquare(float[] z, int from, double[] scratch, int n) {
        for (int i = 0; i < n; i++) {
            double x = z[from + i];
            scratch[i] = -0.5 * x * x;
        }
        DenseKernels.best().exp(scratch, 0, scratch, 0, n);
    }

    /**
     * {@return the normal distribution function, with an error below 1e-7: M. Abramowitz, I. Stegun, "Handbook of
     * Mathematical Functions" (1964), 7.1.26}
     *
     * @param density {@code exp(-x²/2)}
     */
    private static double normalCdf(double x, double density) {
        double t = 1 / (1 + 0.3275911 * SQRT_HALF * Math.abs(x));
        double tail = 0.5
                * density
                * t
                * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        // Not a branch: it would be mispredicted half of the time.
        return 0.5 + Math.copySign(0.5 - tail, x);
    }
}
