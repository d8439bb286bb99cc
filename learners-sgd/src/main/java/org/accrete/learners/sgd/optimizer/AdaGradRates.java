package org.accrete.learners.sgd.optimizer;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.kernels.SparseKernels;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * The learning rates of AdaGrad and the steps by them: {@code r = 1 / √(1 + G)} for each weight, where G is the sum of
 * its squared gradients. The intercept is the weight of a constant feature.
 */
final class AdaGradRates {
    private final TrainableWeights weights;
    private final Accumulator rates;
    /** Square of the constant feature, 0 for no intercept. */
    private final double square;
    /** Factor of the weights at each row. */
    private final double decay;

    /** Makes the rates of weights that have seen nothing. */
    AdaGradRates(Settings settings, TrainableWeights weights) {
        this(settings, weights, new Accumulator("adagrad_rate", Accumulator.Kind.RATE, weights));
    }

    /** Makes the steps of some weights by some rates. */
    private AdaGradRates(Settings settings, TrainableWeights weights, Accumulator rates) {
        this.weights = weights;
        this.rates = rates;
        this.square = settings.interceptRate();
        this.decay = Math.max(0, 1 - settings.eta0() * settings.l2());
    }

    /** {@return the rates as a part of the training state} */
    Accumulator part() {
        return rates;
    }

    /** {@return the learning rate of an intercept times the square of its constant feature} */
    private double ofIntercept(int c) {
        return rates.ofIntercepts()[c] * square;
    }

    /** {@return the factor of the weights at each row} */
    double decay() {
        return decay;
    }

    /** Adds the squared gradients of a row to those of function c. */
    void accumulate(int c, Chunk chunk, int row, double gradient) {
        if (gradient == 0) {
            return;
        }
        int width = weights.width();
        if (chunk instanceof SparseChunk sparse) {
            rates.save(c, sparse, row);
            rates.saw(SparseKernels.adaGradRates(
                    gradient,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    rates.ofWeights(),
                    c * width));
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            OptimizerKernels.best()
                    .adaGradRates(gradient, dense.values(), dense.offset(row), rates.ofWeights(), c * width, width);
        }
        double[] ofIntercepts = rates.ofIntercepts();
        double scaled = gradient * ofIntercepts[c];
        ofIntercepts[c] = OptimizerKernels.adaGradRate(ofIntercepts[c], (scaled * scaled) * square);
    }

    /**
     * Moves function c by {@code alpha r x}. A sparse row decays the weights elsewhere, by their scale.
     *
     * @param alpha learning rate times negative gradient
     */
    void step(int c, Chunk chunk, int row, double alpha) {
        int width = weights.width();
        int origin = c * width;
        double[] v = weights.vectors();
        if (chunk instanceof SparseChunk sparse) {
            if (alpha != 0) {
                weights.save(c, sparse, row);
                weights.addMagnitude(SparseKernels.adaGradStep(
                        alpha / weights.scale(),
                        sparse.indices(),
                        sparse.values(),
                        sparse.start(row),
                        sparse.end(row),
                        rates.ofWeights(),
                        v,
                        origin));
            }
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            OptimizerKernels.best()
                    .adaGradStep(
                            decay,
                            alpha,
                            dense.values(),
                            dense.offset(row),
                            rates.ofWeights(),
                            origin,
                            v,
                            origin,
                            width);
        }
        stepIntercept(c, alpha);
    }

    /**
     * Moves function c as {@link #step} does, by a dense row that is not the chunk's last.
     *
     * @return the decision value of the next row
     */
    double stepThenDecide(int c, DenseChunk chunk, int row, double alpha) {
        int width = weights.width();
        int origin = c * width;
        int offset = chunk.offset(row);
        double[] values = chunk.values();
        double product = OptimizerKernels.best()
                .adaGradStepThenDot(
                        decay,
                        alpha,
                        values,
                        offset,
                        rates.ofWeights(),
                        origin,
                        weights.vectors(),
                        origin,
                        values,
                        offset + width,
                        width);
        stepIntercept(c, alpha);
        return weights.decision(product, weights.intercepts()[c], c, chunk, row + 1);
    }

    private void stepIntercept(int c, double alpha) {
        weights.intercepts()[c] += alpha * ofIntercept(c);
    }

    /** {@return the same for weights of columns that were shifted and scaled} */
    AdaGradRates rescaled(Settings settings, TrainableWeights rescaled, double[] centre, double[] scales) {
        return new AdaGradRates(settings, rescaled, rates.rescaled(centre, scales));
    }

    /** {@return both rates, merged: see {@link Accumulator#merged}} */
    AdaGradRates merged(Settings settings, TrainableWeights merged, AdaGradRates other, WeightedMerge merge) {
        return new AdaGradRates(settings, merged, rates.merged(other.rates, merge));
    }
}
