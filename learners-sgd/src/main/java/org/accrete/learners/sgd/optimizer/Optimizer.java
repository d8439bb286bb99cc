package org.accrete.learners.sgd.optimizer;

import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.data.Chunk;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * A way to learn linear functions row by row, with everything that training goes on from: the weights, and the parts
 * that the optimizer keeps besides them.
 *
 * <p>Each optimizer has a loop of its own over the rows of a chunk, from the decision value to the changed weights. To
 * add one: extend this, list its parts, write {@link #learn}, {@link #merged} and {@link #rescaled}.
 */
public abstract sealed class Optimizer permits PlainSgd, Sgd, AdaGrad, AdaGradMixture, Ftrl {
    final Objective objective;
    final TrainableWeights weights;
    private final TrainingState[] parts;

    /**
     * Makes an optimizer.
     *
     * @param parts what else training goes on from, in the order in which it is saved
     */
    Optimizer(Objective objective, TrainableWeights weights, TrainingState... parts) {
        this.objective = objective;
        this.weights = weights;
        Stream<TrainingState> classes =
                objective.classWeights().isNeutral() ? Stream.empty() : Stream.of(objective.classWeights());
        this.parts = Stream.concat(classes, Stream.of(parts)).toArray(TrainingState[]::new);
    }

    // --- learning

    /**
     * Learns some rows, in order.
     *
     * @param from first row
     * @param to row after the last
     * @param t number of the chunk's first row, from 1
     * @param sink receives the decision values from before each row is learned
     */
    public abstract void learn(Chunk chunk, int from, int to, double t, DecisionSink sink);

    /** Hands out the decision values of a row that is not learned yet. */
    public void decide(Chunk chunk, int row, DecisionSink sink) {
        if (sink.isAsked()) {
            LinearWeights model = model();
            for (int c = 0; c < weights.count(); c++) {
                sink.take(model.decision(c, chunk, row));
            }
        }
    }

    /**
     * Passes a row that is not learned: hands out its decision values, and refuses what {@link #learn} would refuse
     * because of them.
     */
    public void pass(Chunk chunk, int row, DecisionSink sink) {
        requireDecidable(chunk, row);
        decide(chunk, row, sink);
    }

    /** Refuses a row whose decision values are not finite because a feature is not. */
    private void requireDecidable(Chunk chunk, int row) {
        for (int c = 0; c < weights.count(); c++) {
            double unused = weights.decision(c, chunk, row);
        }
    }

    /** {@return the labels that a class weight is given for but that are not known} */
    public final List<String> labelsWithoutRows(List<String> known) {
        return objective.classWeights().unknown(known);
    }

    /** {@return number of functions} */
    public final int count() {
        return weights.count();
    }

    /** {@return factor of the one function of two classes in each of them, when a third appears} */
    public final double share() {
        return objective.share();
    }

    /** {@return what a model reads, in the learner's own arrays} */
    public LinearWeights model() {
        return standardModel();
    }

    /** {@return the model in the units that the target is learned in} */
    LinearWeights standardModel() {
        return weights;
    }

    // --- all or nothing

    /** Makes room for the first labels of a list, to which labels are only ever appended. */
    public final void know(List<String> labels, int size) {
        objective.classWeights().know(labels, size);
    }

    /** Makes room for more functions: see {@link TrainingState#grow}. */
    public void grow(int functions) {
        double share = share();
        weights.grow(functions, share);
        for (TrainingState part : parts) {
            part.grow(functions, share);
        }
    }

    /** Saves everything that learning the chunk may change. */
    public final void begin(Chunk chunk) {
        arrange(chunk);
        weights.begin(chunk);
        for (TrainingState part : parts) {
            part.begin(chunk);
        }
    }

    /** Brings the numbers into the form that rows of this kind are learned in; changes no value. */
    void arrange(Chunk chunk) {}

    /** Restores everything as it was at {@link #begin}. */
    public final void rollBack(Chunk chunk) {
        weights.rollBack(chunk);
        for (TrainingState part : parts) {
            part.rollBack(chunk);
        }
    }

    /** {@return whether every number that the chunk may have changed is finite and within its range} */
    public boolean isFinite(Chunk chunk) {
        boolean finite = weights.isFinite(chunk);
        for (int i = 0; i < parts.length && finite; i++) {
            finite = parts[i].isFinite(chunk);
        }
        return finite;
    }

    /** {@return whether every number is finite and within its range} */
    public boolean isFinite() {
        return weights.isFinite() && Stream.of(parts).allMatch(TrainingState::isFinite);
    }

    // --- state

    /** Writes the model, as {@code coef} and {@code intercept}, and everything that {@link #read} needs. */
    public void write(State.Builder state) {
        weights.write(model(), state);
        for (TrainingState part : parts) {
            part.write(state);
        }
    }

    /**
     * Goes on from a state of as many functions, with classes that are known already.
     *
     * @param starts whether a new model starts from the state, whose model then is the prior of the penalty, if there
     *     is to be one
     */
    public final void read(State state, boolean starts) {
        boolean hasPrior = weights.hasPrior();
        for (TrainingState part : parts) {
            part.read(state, starts);
        }
        weights.read(state, derivesModel(), starts);
        if (starts && (hasPrior || weights.hasPrior())) {
            rebase(hasPrior ? standardModel().effective() : new double[0]);
        }
        refresh();
    }

    /**
     * Starts from given functions, which then are the prior of the penalty, if there is to be one. Nothing was learned
     * before.
     *
     * @param coef functions × width, not kept
     * @param intercepts one per function, not kept
     */
    public void startFrom(double[] coef, double[] intercepts) {
        weights.startFrom(coef, intercepts);
        if (weights.hasPrior()) {
            rebase(coef.clone());
        }
    }

    /** {@return whether the model is not the weights themselves but derived from them} */
    boolean derivesModel() {
        return false;
    }

    /** Goes over to other prior weights, or to 0 if they are empty; the functions stay the same. */
    void rebase(double[] prior) {
        weights.rebase(prior);
    }

    /** Recomputes what follows from other numbers, after a parameter may have changed. */
    void refresh() {}

    // --- merging

    /** Keeps the functions, and a part of what adds up over rows. */
    public void keepPart(int part, int parts) {
        for (TrainingState one : this.parts) {
            one.keepPart(part, parts);
        }
    }

    /** {@return the same optimizer with the rows of both; neither is changed} */
    public abstract Optimizer merged(Optimizer other, WeightedMerge merge);

    /**
     * {@return the same optimizer for columns that were shifted and scaled; this one is not changed}
     *
     * @param centre what was subtracted from each column
     * @param scales what each column was divided by afterwards
     */
    public abstract Optimizer rescaled(double[] centre, double[] scales);
}
