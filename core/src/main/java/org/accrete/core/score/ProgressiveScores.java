package org.accrete.core.score;

import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;

/**
 * Scores of each row but the first by the model from just before that row, as a row-wise pipeline learns it. They do
 * not depend on chunk borders; their tensors are {@code run.progressive.*}. Not thread-safe.
 */
public final class ProgressiveScores {
    private static final String PREFIX = "run.progressive.";
    private static final int MAX_DECISIONS = 1 << 30;

    private final Pipeline pipeline;
    private final OnlineLearner learner;
    private final Target.Kind kind;
    private final Scores scores;
    private double[] decisions = {};

    private ProgressiveScores(Pipeline pipeline, OnlineLearner learner, Target.Kind kind, Scores scores) {
        this.pipeline = pipeline;
        this.learner = learner;
        this.kind = kind;
        this.scores = scores;
    }

    /**
     * {@return scores that have seen nothing, or that continue from a state}
     *
     * @param pipeline what {@link #fit} trains
     * @param target what is predicted, with the classes known before the first row
     * @param state what {@link #writeTo} wrote, and more; empty for new scores
     * @throws AccreteException bad argument: the pipeline is not row-wise, or has no target that is scored; bad state:
     *     the state has no such scores
     */
    public static ProgressiveScores of(Pipeline pipeline, Target target, Optional<State> state) {
        if (!(pipeline instanceof OnlineLearner learner)) {
            throw AccreteException.badArgument("progressive scores need row-wise parts but '"
                    + pipeline.blockPart().orElseGet(pipeline::learner)
                    + "' is not row-wise; leave them out, the scores of whole chunks need none");
        }
        if (!Scores.canScore(target, pipeline.view())) {
            throw AccreteException.badArgument("progressive scores need a target that '" + pipeline.learner()
                    + "' predicts but there is none; leave them out");
        }
        Scores scores = state.map(stored -> Scores.restore(target, stored, PREFIX))
                .orElseGet(() -> Scores.forTarget(target, PREFIX));
        return new ProgressiveScores(pipeline, learner, target.kind(), scores);
    }

    /**
     * {@return whether a run kept such scores}
     *
     * @param state what the run stored
     */
    public static boolean areIn(State state) {
        return state.tensors().containsKey(PREFIX + "scored");
    }

    /**
     * Trains the pipeline with a chunk and scores each row by the decision values from before it was learned. A chunk
     * that is refused is neither learned nor scored.
     *
     * @param chunk rows
     * @throws AccreteException as {@link Pipeline#partialFit}; bad argument: so many rows × classes that their decision
     *     values do not fit one array
     */
    public void fit(Chunk chunk) {
        int known = pipeline.classes().size();
        boolean untrained = pipeline.isUntrained();
        int most = Math.max(known, chunk.classes().size());
        long length = (long) chunk.rows() * OnlineLearner.decisions(kind, most);
        if (length > MAX_DECISIONS) {
            throw AccreteException.badArgument("progressive scores of " + most + " classes need chunks of at most "
                    + MAX_DECISIONS / most + " rows but one has " + chunk.rows());
        }
        decisions = Scores.withLength(decisions, (int) length);
        learner.partialFit(chunk, decisions);
        scores.useDecisions(pipeline.view(), known, decisions, chunk);
        int first = untrained ? afterFirstLabel(chunk) : 0;
        scores.pass(chunk, 0, first);
        scores.count(chunk, first, chunk.rows());
    }

    /**
     * Scores rows that are not learned by the model as it is.
     *
     * @param chunk rows
     */
    public void score(Chunk chunk) {
        if (pipeline.isUntrained()) {
            scores.pass(chunk, 0, chunk.rows());
        } else {
            scores.update(pipeline.view(), chunk);
        }
    }

    /**
     * {@return the decision values of the chunk that was last passed to {@link #fit}, as its learner wrote them} The
     * array is overwritten by the next call.
     */
    public double[] decisions() {
        return decisions;
    }

    /** {@return the row after the first that has a target, which an untrained model predicted} */
    private static int afterFirstLabel(Chunk chunk) {
        int row = 0;
        while (row < chunk.rows() && Double.isNaN(chunk.target(row))) {
            row++;
        }
        return Math.min(chunk.rows(), row + 1);
    }

    /** {@return the figures so far} */
    public ScoreReport report() {
        return scores.report();
    }

    /**
     * Writes everything needed to continue.
     *
     * @param state receives {@code run.progressive.*} tensors
     */
    public void writeTo(State.Builder state) {
        scores.writeTo(state);
    }
}
