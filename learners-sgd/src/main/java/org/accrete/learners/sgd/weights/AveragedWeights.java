package org.accrete.learners.sgd.weights;

import org.accrete.api.data.Chunk;

/** The mean of linear functions over many rows, {@code (sum + a v) / b}: see {@link AveragedSgd}. */
final class AveragedWeights extends LinearWeights {
    private final double[] sum;
    private final double a;
    private final double inverseB;

    /**
     * Makes the mean, which keeps the arrays.
     *
     * @param last the functions after the last row
     * @param intercepts the mean of their intercepts
     */
    AveragedWeights(LinearWeights last, double[] sum, double[] intercepts, double a, double b) {
        this(last.width, last.v, sum, intercepts, a, 1 / b, last.prior);
    }

    private AveragedWeights(
            int width, double[] v, double[] sum, double[] intercepts, double a, double inverseB, double[] prior) {
        super(width, v, intercepts, 1, prior, 1);
        this.sum = sum;
        this.a = a;
        this.inverseB = inverseB;
    }

    @Override
    public double decision(int c, Chunk chunk, int row) {
        return decision(this, sum, intercepts, a, inverseB, c, chunk, row);
    }

    /** {@return the value of one function of a mean whose last vectors are those of other weights} */
    static double decision(
            LinearWeights last,
            double[] sum,
            double[] intercepts,
            double a,
            double inverseB,
            int c,
            Chunk chunk,
            int row) {
        double product = last.product(sum, c, chunk, row) + a * last.product(last.v, c, chunk, row);
        return last.decision(product * inverseB, intercepts[c], c, chunk, row);
    }

    @Override
    double learned(int at) {
        return (sum[at] + a * v[at]) * inverseB;
    }

    @Override
    public double[] learned() {
        double[] w = new double[v.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = (sum[i] + a * v[i]) * inverseB;
        }
        return w;
    }

    @Override
    public LinearWeights copy() {
        return new AveragedWeights(width, v.clone(), sum.clone(), intercepts.clone(), a, inverseB, prior);
    }
}
