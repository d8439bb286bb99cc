package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.kernels.Kernels;

/**
 * Stochastic gradient descent on linear functions, row by row.
 *
 * <p>For row number t (from 1) with features x, weight s and target y (−1 or +1 for each function of a classifier), with the
 * functions' weights w and intercept b:
 *
 * <pre>
 * p    = w·x + b                         before the decay
 * eta  = the schedule's length at t
 * step = −eta · s · slope(p, y)
 * w    = max(0, 1 − eta·alpha) · w       the L2 penalty, also where the step is 0; b is never penalised
 * w    = w + step·x
 * b    = b + step
 * </pre>
 *
 * <p>Several classes are as many functions, each one against the rest; they share the schedule, so nothing else couples them.
 * See L. Bottou, "Stochastic Gradient Descent Tricks" (2012), for the schedules and the shared scale of sparse rows. The
 * formulas are scikit-learn's, whose numbers are the test's oracle; with {@link Compat#SKLEARN} so is its hundredfold smaller
 * step of the intercept on sparse rows.
 */
final class Descent {
    private final Loss loss;
    private final double steepest;
    private final Schedule schedule;
    private final double alpha;
    private final double denseInterceptRate;
    private final double sparseInterceptRate;
    private final boolean classes;
    private double[] scratch = {};

    /**
     * Makes the algorithm.
     *
     * @param loss what is minimised
     * @param epsilon where huber becomes straight
     * @param schedule length of each step
     * @param alpha strength of the penalty, 0 for none
     * @param denseInterceptRate factor of the intercept's step on dense rows
     * @param sparseInterceptRate factor of the intercept's step on sparse rows
     */
    Descent(
            Loss loss,
            double epsilon,
            Schedule schedule,
            double alpha,
            double denseInterceptRate,
            double sparseInterceptRate) {
        this.loss = loss;
        this.steepest = loss.steepest(epsilon);
        this.schedule = schedule;
        this.alpha = alpha;
        this.denseInterceptRate = denseInterceptRate;
        this.sparseInterceptRate = sparseInterceptRate;
        this.classes = Loss.OF_CLASSES.contains(loss);
    }

    /**
     * Learns some rows, in order.
     *
     * @param weights what learns
     * @param chunk rows
     * @param from first row
     * @param to row after the last
     * @param t number of the chunk's first row, from 1
     */
    void learn(TrainableWeights weights, Chunk chunk, int from, int to, double t) {
        if (from == to) {
            return;
        }
        if (chunk instanceof DenseChunk dense) {
            weights.fold();
            if (weights.count() == 1) {
                learnOneDense(weights, dense, from, to, t);
            } else {
                learnManyDense(weights, dense, from, to, t);
            }
        } else if (weights.count() == 1) {
            learnOneSparse(weights, chunk, from, to, t);
        } else {
            learnManySparse(weights, chunk, from, to, t);
        }
    }

    /** Takes each row's step together with the next row's products: one pass over the weights instead of two, the same bits. */
    private void learnOneDense(TrainableWeights weights, DenseChunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        double p = weights.decision(kernels, 0, chunk, from);
        for (int row = from; ; row++) {
            double eta = schedule.eta(t + row);
            double keep = keep(eta);
            double step = step(eta, p, chunk, row);
            weights.intercepts[0] += step * denseInterceptRate;
            if (row == to - 1) {
                weights.move(kernels, 0, chunk, row, keep, step);
                return;
            }
            double product = weights.moveOn(kernels, 0, chunk, row, keep, step);
            p = weights.decision(product, 0, chunk, row + 1);
        }
    }

    private void learnOneSparse(TrainableWeights weights, Chunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        for (int row = from; row < to; row++) {
            double eta = schedule.eta(t + row);
            double keep = keep(eta);
            double step = step(eta, weights.decision(kernels, 0, chunk, row), chunk, row);
            weights.decay(keep);
            weights.move(kernels, 0, chunk, row, keep, step);
            weights.intercepts[0] += step * sparseInterceptRate;
        }
    }

    private void learnManyDense(TrainableWeights weights, DenseChunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        int count = weights.count();
        double[] p = decisions(kernels, weights, chunk, from);
        for (int row = from; ; row++) {
            double eta = schedule.eta(t + row);
            double keep = keep(eta);
            loss.steps(p, count, (int) chunk.target(row), eta * chunk.weight(row));
            if (row == to - 1) {
                for (int c = 0; c < count; c++) {
                    weights.intercepts[c] += p[c] * denseInterceptRate;
                    weights.move(kernels, c, chunk, row, keep, p[c]);
                }
                return;
            }
            for (int c = 0; c < count; c++) {
                weights.intercepts[c] += p[c] * denseInterceptRate;
                double product = weights.moveOn(kernels, c, chunk, row, keep, p[c]);
                p[c] = weights.decision(product, c, chunk, row + 1);
            }
        }
    }

    private void learnManySparse(TrainableWeights weights, Chunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        int count = weights.count();
        for (int row = from; row < to; row++) {
            double eta = schedule.eta(t + row);
            double keep = keep(eta);
            double[] steps = decisions(kernels, weights, chunk, row);
            loss.steps(steps, count, (int) chunk.target(row), eta * chunk.weight(row));
            weights.decay(keep);
            for (int c = 0; c < count; c++) {
                weights.move(kernels, c, chunk, row, keep, steps[c]);
                weights.intercepts[c] += steps[c] * sparseInterceptRate;
            }
        }
    }

    private double keep(double eta) {
        double keep = 1 - eta * alpha;
        return keep > 0 ? keep : 0;
    }

    private double step(double eta, double p, Chunk chunk, int row) {
        double target = chunk.target(row);
        double y = classes ? (target == 1 ? 1 : -1) : target;
        return loss.step(p, y, eta * chunk.weight(row), steepest);
    }

    private double[] decisions(Kernels kernels, Weights weights, Chunk chunk, int row) {
        int count = weights.count();
        if (scratch.length < count) {
            scratch = new double[count];
        }
        for (int c = 0; c < count; c++) {
            scratch[c] = weights.decision(kernels, c, chunk, row);
        }
        return scratch;
    }
}
