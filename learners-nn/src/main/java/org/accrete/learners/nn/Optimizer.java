package org.accrete.learners.nn;

/**
 * How slopes become steps. For a weight w with slope g, at step t from 1 with length eta:
 *
 * <pre>
 * g = g + alpha w                              the L2 penalty, not of biases, not with adamw
 *
 * adam, adamw   m = beta1 m + (1 − beta1) g,   v = beta2 v + (1 − beta2) g²
 *               w = w − eta m / (1 − beta1^t) / (√v / √(1 − beta2^t) + epsilon)
 *               with adamw w = (1 − eta alpha) w before
 * sgd           m = momentum m + g,            w = w − eta m, with Nesterov's − eta (g + momentum m)
 * rmsprop       v = beta2 v + (1 − beta2) g²,  w = w − eta g / (√v + epsilon)
 * </pre>
 *
 * <p>These are PyTorch's formulas, in float. Immutable.
 *
 * @param rule which
 * @param alpha strength of the penalty
 * @param momentum of sgd
 * @param nesterov whether sgd looks ahead
 * @param beta1 what a mean of slopes keeps
 * @param beta2 what a mean of squared slopes keeps
 * @param epsilon keeps a quotient finite
 */
record Optimizer(
        Rule rule, double alpha, double momentum, boolean nesterov, double beta1, double beta2, double epsilon) {
    /** No single step of plain descent is longer: the network would not survive it. */
    private static final double LONGEST = 1e6;

    /** Steeper slopes would overflow when they are squared. */
    private static final double STEEPEST = 1e18;

    /**
     * {@return the steepest slope that can be taken}
     *
     * @param eta length of the step
     */
    float steepest(double eta) {
        return (float) (rule == Rule.SGD ? Math.min(STEEPEST, LONGEST / Math.max(eta, 1e-30)) : STEEPEST);
    }

    /** {@return what share of a mean of slopes is not yet the 0 that it began with, at step t from 1} */
    double firstShare(long t) {
        return share(beta1, t);
    }

    /** {@return the same for means of squared slopes} */
    double secondShare(long t) {
        return share(beta2, t);
    }

    private static double share(double beta, long t) {
        // Not Math.pow, which allocates until it is compiled, and once more when its result first becomes subnormal.
        double power = 1;
        double square = beta;
        for (long left = t; left > 0; left >>= 1) {
            power *= (left & 1) == 1 ? square : 1;
            square *= square;
        }
        return 1 - power;
    }

    /**
     * Takes a step of some weights.
     *
     * @param eta length of the step
     * @param firstShare {@link #firstShare} of the step
     * @param secondShare {@link #secondShare} of the step
     * @param w weights
     * @param m means of slopes; empty if the rule has none
     * @param v means of squared slopes; empty if the rule has none
     * @param from first of the three
     * @param g slopes, not modified
     * @param gFrom first of them
     * @param n how many
     * @param penalised whether the penalty counts
     */
    void step(
            double eta,
            double firstShare,
            double secondShare,
            float[] w,
            float[] m,
            float[] v,
            int from,
            float[] g,
            int gFrom,
            int n,
            boolean penalised) {
        double penalty = penalised ? alpha : 0;
        float keep = (float) (rule == Rule.ADAMW ? Math.max(0, 1 - eta * penalty) : 1);
        float pull = (float) (rule == Rule.ADAMW ? 0 : penalty);
        switch (rule) {
            case ADAM, ADAMW -> {
                float rate = (float) (eta / firstShare);
                float root = (float) (1 / Math.sqrt(secondShare));
                adam(w, m, v, from, g, gFrom, n, keep, pull, rate, root);
            }
            case SGD -> descend(w, m, from, g, gFrom, n, pull, (float) eta);
            case RMSPROP -> divide(w, v, from, g, gFrom, n, pull, (float) eta);
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
            float keep,
            float pull,
            float rate,
            float root) {
        float b1 = (float) beta1;
        float c1 = (float) (1 - beta1);
        float b2 = (float) beta2;
        float c2 = (float) (1 - beta2);
        float least = (float) epsilon;
        for (int i = 0; i < n; i++) {
            float slope = g[gFrom + i] + pull * w[from + i];
            float first = b1 * m[from + i] + c1 * slope;
            float second = b2 * v[from + i] + c2 * slope * slope;
            m[from + i] = first;
            v[from + i] = second;
            w[from + i] = keep * w[from + i] - rate * (first / ((float) Math.sqrt(second) * root + least));
        }
    }

    private void descend(float[] w, float[] m, int from, float[] g, int gFrom, int n, float pull, float eta) {
        float keep = (float) momentum;
        float now = nesterov ? 1 : 0;
        float before = nesterov ? keep : 1;
        for (int i = 0; i < n; i++) {
            float slope = g[gFrom + i] + pull * w[from + i];
            float mean = keep * m[from + i] + slope;
            m[from + i] = mean;
            w[from + i] -= eta * (now * slope + before * mean);
        }
    }

    private void divide(float[] w, float[] v, int from, float[] g, int gFrom, int n, float pull, float eta) {
        float b2 = (float) beta2;
        float c2 = (float) (1 - beta2);
        float least = (float) epsilon;
        for (int i = 0; i < n; i++) {
            float slope = g[gFrom + i] + pull * w[from + i];
            float second = b2 * v[from + i] + c2 * slope * slope;
            v[from + i] = second;
            w[from + i] -= eta * (slope / ((float) Math.sqrt(second) + least));
        }
    }
}
