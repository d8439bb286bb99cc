package org.accrete.core.train;

import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ProgressiveScores;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/**
 * Trains a pipeline chunk by chunk and keeps the scores that a run was asked for: those of rows that the model had not
 * learned before, by a model that had learned something.
 *
 * <p>The chunk that an untrained pipeline learns first is not scored. If all parts of the pipeline are row-wise, so
 * that chunk borders change nothing, it is learned in parts, each scored by the model from before it: the first part,
 * which is not scored, is a tenth of the chunk and at most 100 rows; each further one is as long as all before it.
 */
final class RunScores {
    private static final int MOST_PASSED = 100;
    private static final int PASSED_PART = 10;

    private final Pipeline pipeline;
    private final Optional<Scores> scores;
    private final Optional<ProgressiveScores> progressive;

    /**
     * Makes scores that have seen nothing, or that continue from a state.
     *
     * @param target of the source
     * @param wantsProgressive whether each row is also scored by the model from before that row; a run that continues
     *     one with such scores always has them
     */
    RunScores(Pipeline pipeline, Target target, Optional<State> resumed, boolean wantsProgressive) {
        this.pipeline = pipeline;
        scores = Scores.canScore(target, pipeline.view())
                ? Optional.of(
                        resumed.map(state -> Scores.restore(target, state)).orElseGet(() -> Scores.forTarget(target)))
                : Optional.empty();
        progressive =
                wantsProgressive || resumed.filter(ProgressiveScores::areIn).isPresent()
                        ? Optional.of(ProgressiveScores.of(pipeline, target, resumed))
                        : Optional.empty();
    }

    /** {@return whether the model knows nothing, so that its predictions mean nothing} */
    boolean isUntrained() {
        return pipeline.isUntrained();
    }

    /**
     * {@return where the part of a chunk ends that the next model scores}
     *
     * @param from where the part begins
     * @param rows of the chunk
     * @param untrained whether the model had learned nothing when the chunk began
     */
    int partEnd(int from, int rows, boolean untrained) {
        int first = Math.max(1, Math.min(MOST_PASSED, rows / PASSED_PART));
        boolean parts = untrained && scores.isPresent() && pipeline instanceof OnlineLearner;
        return parts ? Math.min(rows, Math.max(first, 2 * from)) : rows;
    }

    /**
     * Scores rows with the model from before them, and learns them; rows that are refused change neither.
     *
     * @param rows a chunk or a part of one
     * @param firstPass whether the source hands these rows on for the first time; if not, they are learned only
     */
    void learn(Chunk rows, boolean firstPass) {
        boolean scoring = firstPass && scores.isPresent();
        boolean untrained = isUntrained();
        if (scoring && !untrained) {
            scores.get().predict(pipeline.view(), rows);
        }
        if (firstPass && progressive.isPresent()) {
            progressive.get().fit(rows);
        } else {
            pipeline.partialFit(rows);
        }
        if (scoring && untrained) {
            scores.get().pass(rows, 0, rows.rows());
        } else if (scoring) {
            scores.get().count(rows);
        }
    }

    /** {@return the scores of whole chunks; empty when the model cannot be scored on the target} */
    Optional<ScoreReport> report() {
        return scores.map(Scores::report);
    }

    /** {@return the scores of whole chunks since the last version; empty when the model cannot be scored} */
    Map<String, Double> stretch() {
        return scores.map(Scores::stretch).orElse(Map.of());
    }

    /** A version was appended. */
    void beginStretch() {
        scores.ifPresent(Scores::beginStretch);
    }

    /** {@return the scores of each row; empty when the run was not asked for them} */
    Optional<ScoreReport> progressiveReport() {
        return progressive.map(ProgressiveScores::report);
    }

    void writeTo(State.Builder state) {
        scores.ifPresent(some -> some.writeTo(state));
        progressive.ifPresent(some -> some.writeTo(state));
    }
}
