package org.accrete.learners.sgd.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.DenseKernels;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.penalty.CumulativeL1;
import org.accrete.learners.sgd.weights.AveragedSgd;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** Stochastic gradient descent: one learning rate for all weights. */
public final class Sgd extends Optimizer {
    /*
     * Notation. Row number t (from 1) has features x, weight s and target y; a function has weights w and intercept b.
     * A class is a function against the rest with targets −1 and +1; functions share the schedule and nothing else,
     * unless they share a softmax.
     *
     * Update.
     *
     *     p    = w·x + b
     *     eta  = schedule(t)
     *     step = −eta · s · dL/dp            s times the factor of the row's class, the gradient clipped
     *     w    = max(0, 1 − eta · l2) · w    also if the step is 0
     *     w    = w + step · x
     *     b    = b + interceptRate · step    b is never penalized
     *
     * then the mean of w and b (AveragedSgd) and the L1 penalty (CumulativeL1). With learning-rate=adaptive,
     * PlateauDecay scales eta.
     *
     * Passive-aggressive steps follow from the loss L instead of its gradient: with q = ‖x‖² and C = eta,
     * |step| = s · min(C, L / q) (I) or s · L / (q + 1 / (2 C)) (II), towards y.
     *
     * Why. Simple, and the formulas are those of scikit-learn, whose numbers are the oracle of the tests; with
     * compat=sklearn so is its hundredfold smaller interceptRate on sparse rows.
     *
     * L. Bottou, "Stochastic Gradient Descent Tricks" (2012), for the schedules and the shared scale of sparse rows;
     * K. Crammer et al., "Online Passive-Aggressive Algorithms" (2006).
     *
     * PlainSgd is faster where only loss, L2 penalty and schedule are used.
     */
    private final Settings settings;
    private final Loss loss;
    private final AveragedSgd average;
    private final boolean averages;
    private final Optional<CumulativeL1> lasso;
    private final PlateauDecay plateau;
    private double[] scratch = {};
    private double[] importance = {};

    /**
     * Makes an optimizer of weights that are 0.
     *
     * @param averageFrom number of the first row whose weights count in the mean, 0 for no mean
     * @param hasL1 whether there is an L1 penalty, even if its strength is 0 for now
     * @param likeSklearn whether the mean and the L1 penalty depend on chunk borders as in scikit-learn
     */
    public static Sgd untrained(
            Objective objective,
            Settings settings,
            TrainableWeights weights,
            long averageFrom,
            boolean hasL1,
            boolean likeSklearn,
            PlateauDecay plateau) {
        AveragedSgd average =
                new AveragedSgd(weights, averageFrom > 0 ? averageFrom : Long.MAX_VALUE, likeSklearn && hasL1);
        Optional<CumulativeL1> lasso =
                hasL1 ? Optional.of(new CumulativeL1(weights, average, likeSklearn)) : Optional.empty();
        return new Sgd(objective, settings, weights, average, lasso, plateau);
    }

    private Sgd(
            Objective objective,
            Settings settings,
            TrainableWeights weights,
            AveragedSgd average,
            Optional<CumulativeL1> lasso,
            PlateauDecay plateau) {
        super(objective, weights, parts(average, lasso, plateau));
        this.settings = settings;
        this.loss = objective.loss();
        this.average = average;
        this.averages = average.isUsed();
        this.lasso = lasso;
        this.plateau = plateau;
    }

    private static TrainingState[] parts(AveragedSgd average, Optional<CumulativeL1> lasso, PlateauDecay plateau) {
        List<TrainingState> parts = new ArrayList<>();
        parts.add(plateau);
        lasso.ifPresent(parts::add);
        if (average.isUsed()) {
            parts.add(average);
        }
        return parts.toArray(TrainingState[]::new);
    }

    /** With a mean, dense rows decay by the scale too, because the mean has to be told of each decay apart. */
    @Override
    public void learn(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        if (from == to) {
            return;
        }
        Schedule schedule = settings.schedule();
        boolean decays = schedule.kind() == LearningRate.ADAPTIVE;
        boolean sparse = chunk instanceof SparseChunk;
        double interceptRate = sparse ? settings.sparseInterceptRate() : settings.interceptRate();
        boolean lazy = sparse || averages;
        if (!lazy) {
            weights.fold();
        }
        double smallestScale = average.smallestScale();
        double[] intercepts = weights.intercepts();
        int count = weights.count();
        for (int row = from; row < to; row++) {
            double[] steps = decisions(chunk, row);
            handOut(steps, chunk, row, sink);
            double eta = schedule.eta(t + row);
            double target = chunk.target(row);
            if (decays) {
                double eta0 = eta;
                eta = plateau.eta(eta0);
                plateau.take(eta0, objective.value(steps, count, target), chunk.weight(row));
            }
            if (schedule.kind().isPassiveAggressive()) {
                double square = square(chunk, row);
                if (square == 0 && schedule.kind() == LearningRate.PA1) {
                    continue;
                }
                for (int c = 0; c < count; c++) {
                    steps[c] = passiveAggressive(steps[c], objective.label(c, count, target), square, eta);
                }
            } else {
                gradientSteps(steps, count, eta, target);
            }
            objective.importances(importance, count, target, chunk.weight(row));
            double decay = settings.decay(eta);
            if (lazy) {
                weights.decayUnfolded(decay);
                if (weights.scale() < smallestScale) {
                    average.fold();
                }
            }
            for (int c = 0; c < count; c++) {
                steps[c] *= importance[c];
                if (!lazy && chunk instanceof DenseChunk dense) {
                    weights.move(c, dense, row, decay, steps[c]);
                } else if (steps[c] != 0) {
                    double factor = steps[c] / weights.scale();
                    weights.add(c, chunk, row, factor);
                    average.moved(c, chunk, row, factor);
                }
                intercepts[c] += steps[c] * interceptRate;
            }
            average.take(t + row);
            if (settings.l1() > 0) {
                for (int c = 0; c < count; c++) {
                    lasso.get().apply(c, chunk, row, eta * settings.l1());
                }
            }
        }
    }

    private double[] decisions(Chunk chunk, int row) {
        int count = weights.count();
        if (scratch.length < count) {
            scratch = new double[count];
            importance = new double[count];
        }
        for (int c = 0; c < count; c++) {
            scratch[c] = weights.decision(c, chunk, row);
        }
        return scratch;
    }

    /** Hands out the decision values of the model: those of the mean once it has rows. */
    private void handOut(double[] p, Chunk chunk, int row, DecisionSink sink) {
        int count = weights.count();
        if (!sink.isAsked() || !average.hasRows()) {
            sink.take(p, count);
            return;
        }
        for (int c = 0; c < count; c++) {
            sink.take(average.decision(c, chunk, row));
        }
    }

    /** Turns decision values into clipped gradient steps of a row of weight 1. */
    private void gradientSteps(double[] p, int count, double eta, double target) {
        boolean softmax = objective.isSoftmax(count);
        if (softmax) {
            Objective.softmaxGradients(p, count, target);
        }
        double longest = eta * objective.maxGradient();
        for (int c = 0; c < count; c++) {
            double step =
                    softmax ? eta * p[c] : loss.step(p[c], objective.label(c, count, target), eta, objective.shape());
            p[c] = step > longest ? longest : step < -longest ? -longest : step;
        }
    }

    /**
     * {@return the passive-aggressive step}
     *
     * @param square squared norm of the row
     * @param c the aggressiveness
     */
    private double passiveAggressive(double p, double y, double square, double c) {
        double value = loss.value(p, y, objective.shape());
        double size = settings.schedule().kind() == LearningRate.PA1
                ? Math.min(c, value / square)
                : value / (square + 0.5 / c);
        boolean classes = objective.isOfClasses();
        return classes || y >= p ? size * (classes ? y : 1) : -size;
    }

    private static double square(Chunk chunk, int row) {
        if (chunk instanceof SparseChunk sparse) {
            int from = sparse.start(row);
            return DenseKernels.best().sumOfSquares(sparse.values(), from, sparse.end(row) - from);
        }
        DenseChunk dense = (DenseChunk) chunk;
        return DenseKernels.best().sumOfSquares(dense.values(), dense.offset(row), dense.width());
    }

    // --- state and merging

    @Override
    LinearWeights standardModel() {
        return average.model();
    }

    @Override
    boolean derivesModel() {
        return average.hasRows();
    }

    @Override
    void rebase(double[] prior) {
        average.rebase(prior);
        lasso.ifPresent(CumulativeL1::forget);
        super.rebase(prior);
    }

    @Override
    public Optimizer merged(Optimizer other, WeightedMerge merge) {
        Sgd theirs = (Sgd) other;
        TrainableWeights both = weights.merged(theirs.weights, merge);
        AveragedSgd mean = average.merged(both, theirs.average, merge);
        return new Sgd(
                objective.merged(theirs.objective, merge),
                settings,
                both,
                mean,
                lasso.map(l1 -> l1.merged(both, mean, theirs.lasso.get(), merge)),
                plateau.merged(theirs.plateau));
    }

    @Override
    public Optimizer rescaled(double[] centre, double[] scales) {
        TrainableWeights rescaled = weights.rescaled(centre, scales);
        AveragedSgd mean = average.rescaled(rescaled, centre, scales);
        return new Sgd(
                objective, settings, rescaled, mean, lasso.map(l1 -> l1.rescaled(rescaled, mean, scales)), plateau);
    }
}
