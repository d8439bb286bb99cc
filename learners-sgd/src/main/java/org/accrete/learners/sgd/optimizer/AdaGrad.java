package org.accrete.learners.sgd.optimizer;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** AdaGrad: a learning rate for each weight, by its squared gradients so far. */
public final class AdaGrad extends Optimizer {
    /*
     * Notation. A row has features x, weight s and target y; a function has weights w and decision value p. The
     * intercept is the weight of a constant feature, whose square is interceptRate, and is never penalized.
     *
     * Update, for each weight:
     *
     *     g = s · dL/dp
     *     G = G + (g x)²
     *     w = (1 − eta0 · l2) · w − eta0 · g · x / √(1 + G)
     *
     * A row of weight 0 changes nothing. The decay is the same for all weights, so sparse rows decay by the scale that
     * all weights share (TrainableWeights).
     *
     * Why. The scale of a feature matters less than with one rate for all, and rare features keep long steps.
     *
     * J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization"
     * (2011).
     */
    private final Settings settings;
    private final AdaGradRates rates;
    private double[] p = {};
    private double[] importance = {};

    /** Makes an optimizer of weights that are 0. */
    public AdaGrad(Objective objective, Settings settings, TrainableWeights weights) {
        this(objective, settings, weights, new AdaGradRates(settings, weights));
    }

    private AdaGrad(Objective objective, Settings settings, TrainableWeights weights, AdaGradRates rates) {
        super(objective, weights, rates.part());
        this.settings = settings;
        this.rates = rates;
    }

    @Override
    public void learn(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        int count = weights.count();
        if (p.length < count) {
            p = new double[count];
            importance = new double[count];
        }
        boolean dense = chunk instanceof DenseChunk;
        if (dense) {
            weights.fold();
        }
        boolean known = false;
        for (int row = from; row < to; row++) {
            for (int c = 0; c < count && !known; c++) {
                p[c] = weights.decision(c, chunk, row);
            }
            known = false;
            sink.take(p, count);
            double weight = chunk.weight(row);
            if (weight == 0) {
                continue;
            }
            objective.importances(importance, count, chunk.target(row), weight);
            objective.negativeGradients(p, count, chunk.target(row));
            if (!dense) {
                weights.decay(rates.decay());
            }
            for (int c = 0; c < count; c++) {
                double gradient = -(importance[c] * p[c]);
                double alpha = gradient == 0 ? 0 : importance[c] * settings.eta0() * p[c];
                rates.accumulate(c, chunk, row, gradient);
                if (chunk instanceof DenseChunk rows && row < to - 1) {
                    p[c] = rates.stepThenDecide(c, rows, row, alpha);
                    known = true;
                } else {
                    rates.step(c, chunk, row, alpha);
                }
            }
        }
    }

    @Override
    public Optimizer merged(Optimizer other, WeightedMerge merge) {
        AdaGrad theirs = (AdaGrad) other;
        TrainableWeights both = weights.merged(theirs.weights, merge);
        return new AdaGrad(
                objective.merged(theirs.objective, merge),
                settings,
                both,
                rates.merged(settings, both, theirs.rates, merge));
    }

    @Override
    public Optimizer rescaled(double[] centre, double[] scales) {
        TrainableWeights rescaled = weights.rescaled(centre, scales);
        return new AdaGrad(objective, settings, rescaled, rates.rescaled(settings, rescaled, centre, scales));
    }
}
