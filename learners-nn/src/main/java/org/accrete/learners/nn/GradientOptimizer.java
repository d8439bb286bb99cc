package org.accrete.learners.nn;

/**
 * Updates weights by their gradient. For a weight w with gradient g, at step t from 1 with learning rate eta:
 *
 * <pre>
 * g = g + alpha w                              the L2 penalty; not for biases, not with adamw
 *
 * adam, adamw   m = beta1 m + (1 − beta1) g,   v = beta2 v + (1 − beta2) g²
 *               w = w − eta m / (1 − beta1^t) / (√v / √(1 − beta2^t) + epsilon)
 *               adamw first does w = (1 − eta alpha) w
 * sgd           m = momentum m + g,            w = w − eta m, with Nesterov's w − eta (g + momentum m)
 * rmsprop       v = beta2 v + (1 − beta2) g²,  w = w − eta g / (√v + epsilon)
 * </pre>
 *
 * <p>These are the formulas of PyTorch, in float. m is the first moment of the gradient, v the second. Immutable.
 *
 * @param rule which of them
 * @param alpha strength of the penalty
 * @param momentum of sgd
 * @param nesterov whether the momentum of sgd is Nesterov's
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to each divisor
 */
record GradientOptimizer(
        Rule rule, double alpha, double momentum, boolean nesterov, double beta1, double beta2, double epsilon) {
    /** Upper bound of a single step of plain gradient descent. The network would overflow with larger ones. */
    private static final double MAX_STEP = 1e6;

    /** Upper bound of the gradient: the square of a larger one could overflow. */
    private static final double MAX_GRADIENT = 1e18;

    /** The update rules. */
    enum Rule {
        /** Adam: D. Kingma, J. Ba (2015). */
        ADAM,
        /** Adam with weight decay apart from the gradient: I. Loshchilov, F. Hutter (2019). */
        ADAMW,
        /** Stochastic gradient descent with momentum. */
        SGD,
        /** RMSProp: T. Tieleman, G. Hinton (2012). */
        RMSPROP
    }

    /** {@return whether the rule has a first moment} */
    boolean hasFirstMoment() {
        return rule != Rule.RMSPROP;
    }

    /** {@return whether the rule has a second moment} */
    boolean hasSecondMoment() {
        return rule != Rule.SGD;
    }

    /** {@return the largest absolute gradient that a step with this learning rate accepts} */
    float maxGradient(double learningRate) {
        return (float)
                (rule == Rule.SGD ? Math.min(MAX_GRADIENT, MAX_STEP / Math.max(learningRate, 1e-30)) : MAX_GRADIENT);
    }

    /** {@return the bias correction of the first moment at step t from 1: {@code 1 − beta1^t}} */
    double firstCorrection(long t) {
        return correction(beta1, t);
    }

    /** {@return the bias correction of the second moment at step t from 1: {@code 1 − beta2^t}} */
    double secondCorrection(long t) {
        return correction(beta2, t);
    }

    private static double correction(double beta, long t) {
        // Math.pow allocates until it is compiled, and once more when its result first becomes subnormal.
        double power = 1;
        double square = beta;
        for (long left = t; left > 0; left >>= 1) {
            power *= (left & 1) == 1 ? square : 1;
            square *= square;
        }
        return 1 - power;
    }

    /**
     * Updates some weights.
     *
     * @param learningRate the step size
     * @param firstCorrection {@link #firstCorrection} of the step
     * @param secondCorrection {@link #secondCorrection} of the step
     * @param w weights
     * @param m first moments; empty if the rule has none
     * @param v second moments; empty if the rule has none
     * @param from index of the first weight in the three arrays
     * @param g gradient, not modified
     * @param gFrom index of the first element of the gradient
     * @param n number of weights
     * @param penalized whether the L2 penalty or weight decay applies
     */
    void step(
            double learningRate,
            double firstCorrection,
            double secondCorrection,
            float[] w,
            float[] m,
            float[] v,
            int from,
            float[] g,
            int gFrom,
            int n,
            boolean penalized) {
        double penalty = penalized ? alpha : 0;
        float decay = (float) (rule == Rule.ADAMW ? Math.max(0, 1 - learningRate * penalty) : 1);
        float l2 = (float) (rule == Rule.ADAMW ? 0 : penalty);
        switch (rule) {
            case ADAM, ADAMW -> {
                float rate = (float) (learningRate / firstCorrection);
                float rootFactor = (float) (1 / Math.sqrt(secondCorrection));
                adam(w, m, v, from, g, gFrom, n, decay, l2, rate, rootFactor);
            }
            case SGD -> sgd(w, m, from, g, gFrom, n, l2, (float) learningRate);
            case RMSPROP -> rmsProp(w, v, from, g, gFrom, n, l2, (float) learningRate);
        }
    }

    private void adam(
            float[] w,
            float[] m,
            float[] v,
            int from,
            float[] g,
            int gFrom,
            int n,
            float decay,
            float l2,
            float rate,
            float rootFactor) {
        float b1 = (float) beta1;
        float c1 = (float) (1 - beta1);
        float b2 = (float) beta2;
        float c2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        for (int i = 0; i < n; i++) {
            float gradient = g[gFrom + i] + l2 * w[from + i];
            float first = b1 * m[from + i] + c1 * gradient;
            float second = b2 * v[from + i] + c2 * gradient * gradient;
            m[from + i] = first;
            v[from + i] = second;
            w[from + i] = decay * w[from + i] - rate * (first / ((float) Math.sqrt(second) * rootFactor + eps));
        }
    }

    private void sgd(float[] w, float[] m, int from, float[] g, int gFrom, int n, float l2, float rate) {
        float mu = (float) momentum;
        float gradientFactor = nesterov ? 1 : 0;
        float momentumFactor = nesterov ? mu : 1;
        for (int i = 0; i < n; i++) {
            float gradient = g[gFrom + i] + l2 * w[from + i];
            float first = mu * m[from + i] + gradient;
            m[from + i] = first;
            w[from + i] -= rate * (gradientFactor * gradient + momentumFactor * first);
        }
    }

    private void rmsProp(float[] w, float[] v, int from, float[] g, int gFrom, int n, float l2, float rate) {
        float b2 = (float) beta2;
        float c2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        for (int i = 0; i < n; i++) {
            float gradient = g[gFrom + i] + l2 * w[from + i];
            float second = b2 * v[from + i] + c2 * gradient * gradient;
            v[from + i] = second;
            w[from + i] -= rate * (gradient / ((float) Math.sqrt(second) + eps));
        }
    }
}
