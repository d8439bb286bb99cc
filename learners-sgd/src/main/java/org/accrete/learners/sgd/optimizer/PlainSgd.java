package org.accrete.learners.sgd.optimizer;

import java.util.Optional;
import java.util.stream.Stream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.DenseKernels;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** Stochastic gradient descent with nothing but a loss, an L2 penalty and a schedule: the fast path of {@link Sgd}. */
public final class PlainSgd extends Optimizer {
    /*
     * The update is that of Sgd. What differs is the number of passes over the weights:
     *
     * - A dense row's update and the next row's decision value are one pass (learnOneDense, learnManyDense).
     * - One function on narrow rows: the update is delayed until the next row (DelayedUpdate).
     * - One dense row that is a chunk: new weights are written beside the old ones, so nothing has to be saved
     *   (learnAlone).
     * - Sparse rows decay by the shared scale, and touch their own columns only.
     */
    private final Settings settings;
    private final Schedule schedule;
    private final Loss loss;
    private final double shape;
    private final boolean classes;
    /** Stored for other schedules. */
    private final PlateauDecay plateau;

    private final Optional<DelayedUpdate> delayed;
    private double[] scratch = {};

    /** Makes an optimizer of weights that are 0. */
    public PlainSgd(Objective objective, Settings settings, TrainableWeights weights, PlateauDecay plateau) {
        this(objective, settings, weights, plateau, delayed(objective, settings, weights));
    }

    private PlainSgd(
            Objective objective,
            Settings settings,
            TrainableWeights weights,
            PlateauDecay plateau,
            Optional<DelayedUpdate> delayed) {
        super(
                objective,
                weights,
                Stream.concat(Stream.of(plateau), delayed.stream()).toArray(TrainingState[]::new));
        this.plateau = plateau;
        this.settings = settings;
        this.schedule = settings.schedule();
        this.loss = objective.loss();
        this.shape = objective.shape();
        this.classes = objective.isOfClasses();
        this.delayed = delayed;
    }

    private static Optional<DelayedUpdate> delayed(Objective objective, Settings settings, TrainableWeights weights) {
        return DelayedUpdate.takes(weights.width())
                ? objective
                        .loss()
                        .kernelGradient()
                        .map(gradient ->
                                new DelayedUpdate(weights, gradient, objective.shape(), settings.interceptRate()))
                : Optional.empty();
    }

    @Override
    public void learn(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        if (from == to) {
            return;
        }
        boolean one = weights.count() == 1;
        if (chunk instanceof DenseChunk dense) {
            if (weights.scale() != 1) {
                forgetDelayed();
                weights.fold();
            }
            if (one && delayed.isPresent()) {
                learnNarrow(delayed.get(), dense, from, to, t, sink);
            } else if (one) {
                learnOneDense(dense, from, to, t, sink);
            } else {
                learnManyDense(dense, from, to, t, sink);
            }
        } else if (chunk instanceof SparseChunk sparse) {
            forgetDelayed();
            if (one) {
                learnOneSparse(sparse, from, to, t, sink);
            } else {
                learnManySparse(sparse, from, to, t, sink);
            }
        }
    }

    private void forgetDelayed() {
        if (delayed.isPresent()) {
            delayed.get().forget();
        }
    }

    // --- dense rows

    /** Applies each row's update together with the next row's decision value: one pass over the weights. */
    private void learnOneDense(DenseChunk chunk, int from, int to, double t, DecisionSink sink) {
        TrainableWeights weights = this.weights;
        double interceptRate = settings.interceptRate();
        // Computed once if it is constant: once per row, 100 columns took a fifth longer.
        boolean constant = schedule.kind() == LearningRate.CONSTANT;
        double eta = schedule.eta(t + from);
        double decay = settings.decay(eta);
        double b = weights.intercepts()[0];
        double p = weights.decision(0, chunk, from);
        for (int row = from; row < to - 1; row++) {
            sink.take(p);
            if (!constant) {
                eta = schedule.eta(t + row);
                decay = settings.decay(eta);
            }
            double step = step(eta, p, chunk, row);
            b += step * interceptRate;
            p = LinearWeights.checked(weights.moveThenDot(0, chunk, row, decay, step) + b, chunk, row + 1);
        }
        sink.take(p);
        eta = schedule.eta(t + (to - 1));
        double step = step(eta, p, chunk, to - 1);
        weights.intercepts()[0] = b + step * interceptRate;
        weights.move(0, chunk, to - 1, settings.decay(eta), step);
    }

    private void learnManyDense(DenseChunk chunk, int from, int to, double t, DecisionSink sink) {
        TrainableWeights weights = this.weights;
        double[] intercepts = weights.intercepts();
        double interceptRate = settings.interceptRate();
        int count = weights.count();
        double[] p = decisions(chunk, from);
        for (int row = from; ; row++) {
            sink.take(p, count);
            double eta = schedule.eta(t + row);
            double decay = settings.decay(eta);
            loss.steps(p, count, (int) chunk.target(row), eta * chunk.weight(row));
            for (int c = 0; c < count; c++) {
                intercepts[c] += p[c] * interceptRate;
            }
            if (row == to - 1) {
                weights.moveAll(chunk, row, decay, p);
                return;
            }
            weights.moveAllThenDot(chunk, row, decay, p);
            for (int c = 0; c < count; c++) {
                p[c] = LinearWeights.checked(p[c] + intercepts[c], chunk, row + 1);
            }
        }
    }

    private void learnNarrow(DelayedUpdate update, DenseChunk chunk, int from, int to, double t, DecisionSink sink) {
        for (int row = from; row < to; ) {
            int rows = Math.min(DelayedUpdate.BLOCK, to - row);
            tell(update, chunk, row, rows, t);
            int taken = update.learn(chunk, row, rows);
            sink.takeRows(update.y, taken);
            row += taken;
            update.settle();
            if (taken < rows) {
                update.forget();
                learnOneDense(chunk, row, row + 1, t, sink);
                row++;
            }
        }
    }

    /** Sets the targets, rates and decays of some rows. */
    private void tell(DelayedUpdate update, DenseChunk chunk, int from, int rows, double t) {
        boolean constant = schedule.kind() == LearningRate.CONSTANT;
        double first = schedule.eta(t + from);
        for (int i = 0; i < rows; i++) {
            double eta = constant ? first : schedule.eta(t + (from + i));
            update.y[i] = label(chunk.target(from + i));
            update.rate[i] = eta * chunk.weight(from + i);
            update.decay[i] = settings.decay(eta);
        }
    }

    // --- a chunk of one dense row

    /**
     * {@return whether the chunk is one row that {@link #learnAlone} can learn}
     *
     * @param functions number of functions that are needed afterwards
     */
    public boolean learnsAlone(DenseChunk chunk, int functions) {
        return chunk.rows() == 1 && weights.scale() == 1 && functions == weights.count();
    }

    /**
     * Learns a dense row that is a chunk by itself, with the same bits as {@link #learn} at less cost.
     *
     * @param t number of the row, from 1
     * @return whether the weights stayed finite; nothing has changed otherwise
     */
    public boolean learnAlone(DenseChunk chunk, double t, DecisionSink sink) {
        int count = weights.count();
        double eta = schedule.eta(t);
        boolean narrow = count == 1 && delayed.isPresent();
        if (narrow) {
            DelayedUpdate update = delayed.get();
            update.begin();
            update.y[0] = label(chunk.target(0));
            update.rate[0] = eta * chunk.weight(0);
            update.decay[0] = settings.decay(eta);
            int taken = update.learn(chunk, 0, 1);
            sink.takeRows(update.y, taken);
            if (taken == 1) {
                return update.settleAlone();
            }
            update.rollBack();
        }
        double[] p = decisions(chunk, 0);
        sink.take(p, count);
        if (count == 1) {
            p[0] = step(eta, p[0], chunk, 0);
        } else {
            loss.steps(p, count, (int) chunk.target(0), eta * chunk.weight(0));
        }
        boolean moved = weights.moveAlone(chunk, settings.decay(eta), p, settings.interceptRate());
        if (narrow && moved) {
            forgetDelayed();
        }
        return moved;
    }

    // --- sparse rows

    private void learnOneSparse(SparseChunk chunk, int from, int to, double t, DecisionSink sink) {
        TrainableWeights weights = this.weights;
        double interceptRate = settings.sparseInterceptRate();
        double intercept = weights.intercepts()[0];
        for (int row = from; row < to; row++) {
            double product = weights.scale() * weights.product(weights.vectors(), 0, chunk, row);
            double p = weights.decision(product, intercept, 0, chunk, row);
            sink.take(p);
            double eta = schedule.eta(t + row);
            double step = step(eta, p, chunk, row);
            weights.decay(settings.decay(eta));
            // Not step / scale: the reciprocal does not wait for the step.
            weights.moveSparse(0, chunk, row, step * (1 / weights.scale()));
            intercept += step * interceptRate;
        }
        weights.intercepts()[0] = intercept;
    }

    private void learnManySparse(SparseChunk chunk, int from, int to, double t, DecisionSink sink) {
        TrainableWeights weights = this.weights;
        double[] intercepts = weights.intercepts();
        double interceptRate = settings.sparseInterceptRate();
        int count = weights.count();
        for (int row = from; row < to; row++) {
            double eta = schedule.eta(t + row);
            double decay = settings.decay(eta);
            double[] steps = decisions(chunk, row);
            sink.take(steps, count);
            loss.steps(steps, count, (int) chunk.target(row), eta * chunk.weight(row));
            weights.decay(decay);
            double inverse = 1 / weights.scale();
            for (int c = 0; c < count; c++) {
                weights.moveSparse(c, chunk, row, steps[c] * inverse);
                intercepts[c] += steps[c] * interceptRate;
            }
        }
    }

    // --- one row

    private double[] decisions(Chunk chunk, int row) {
        int count = weights.count();
        if (scratch.length < count * (1 + DenseKernels.SCRATCH_PER_VECTOR)) {
            scratch = new double[count * (1 + DenseKernels.SCRATCH_PER_VECTOR)];
        }
        for (int c = 0; c < count; c++) {
            scratch[c] = weights.decision(c, chunk, row);
        }
        return scratch;
    }

    private double step(double eta, double p, Chunk chunk, int row) {
        return loss.step(p, label(chunk.target(row)), eta * chunk.weight(row), shape);
    }

    /** {@return the target of the one function; without a branch on the class, which would be hard to predict} */
    private double label(double target) {
        return classes ? 2 * target - 1 : target;
    }

    // --- merging

    @Override
    void rebase(double[] prior) {
        forgetDelayed();
        super.rebase(prior);
    }

    @Override
    public Optimizer merged(Optimizer other, WeightedMerge merge) {
        return new PlainSgd(
                objective.merged(other.objective, merge),
                settings,
                weights.merged(other.weights, merge),
                plateau.merged(((PlainSgd) other).plateau));
    }

    @Override
    public Optimizer rescaled(double[] centre, double[] scales) {
        return new PlainSgd(objective, settings, weights.rescaled(centre, scales), plateau);
    }
}
