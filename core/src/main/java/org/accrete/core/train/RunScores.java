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

    private Pipeline pipeline;
    private final Optional<Scores> scores;
    private final Optional<ProgressiveScores> progressive;
    private final Optional<DriftRun> drift;
    private final Optional<Challengers> challengers;

    /** Rows that were predicted and are learned in parts. */
    private Optional<Chunk> ahead = Optional.empty();

    private int aheadFrom;
    private boolean aheadUntrained;

    /**
     * Makes scores that have seen nothing, or that continue from a state.
     *
     * @param target of the source
     * @param wantsProgressive whether each row is also scored by the model from before that row; a run that continues
     *     one with such scores always has them
     * @param drift learns rows in place of the pipeline, if the run watches for drift
     * @param challengers learns rows with the pipeline, if there are any
     */
    RunScores(
            Pipeline pipeline,
            Target target,
            Optional<State> resumed,
            boolean wantsProgressive,
            Optional<DriftRun> drift,
            Optional<Challengers> challengers) {
        this.pipeline = pipeline;
        this.drift = drift;
        this.challengers = challengers;
        scores = Scores.canScore(target, pipeline.view())
                ? Optional.of(
                        resumed.map(state -> Scores.restore(target, state)).orElseGet(() -> Scores.forTarget(target)))
                : Optional.empty();
        progressive =
                wantsProgressive || resumed.filter(ProgressiveScores::areIn).isPresent()
                        ? Optional.of(ProgressiveScores.of(pipeline, target, resumed))
                        : Optional.empty();
    }

    /** Another pipeline answers from now on. */
    void champion(Pipeline champion) {
        pipeline = champion;
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
     * Predicts rows that are then learned in parts, so that all are scored by the model from before the first part.
     *
     * @param rows a chunk or a part of one
     * @param from number of the first row in the chunk
     */
    void predictAhead(Chunk rows, int from, boolean firstPass) {
        ahead = Optional.of(rows);
        aheadFrom = from;
        aheadUntrained = isUntrained();
        if (firstPass && scores.isPresent() && !aheadUntrained) {
            scores.get().predict(pipeline.view(), rows);
        }
    }

    /** Ends the rows that were predicted ahead. */
    void endAhead() {
        ahead = Optional.empty();
    }

    /**
     * Scores rows with the model from before them, and learns them; rows that are refused change neither.
     *
     * @param rows a chunk or a part of one
     * @param from number of the first row in the chunk
     * @param firstPass whether the source hands these rows on for the first time; if not, they are learned only
     */
    void learn(Chunk rows, int from, boolean firstPass) {
        boolean scoring = firstPass && scores.isPresent();
        boolean untrained = ahead.isPresent() ? aheadUntrained : isUntrained();
        if (scoring && !untrained && ahead.isEmpty()) {
            scores.get().predict(pipeline.view(), rows);
        }
        if (drift.isPresent()) {
            drift.get().fit(rows, firstPass, progressive);
        } else if (challengers.isPresent()) {
            challengers.get().fit(rows, firstPass);
        } else if (firstPass && progressive.isPresent()) {
            progressive.get().fit(rows);
        } else {
            pipeline.partialFit(rows);
        }
        Chunk predicted = ahead.orElse(rows);
        int first = ahead.isPresent() ? from - aheadFrom : 0;
        if (scoring && untrained) {
            scores.get().pass(predicted, first, first + rows.rows());
        } else if (scoring) {
            scores.get().count(predicted, first, first + rows.rows());
        }
    }

    /**
     * Predicts a row whose label comes later, and lets it wait.
     *
     * @param row of the chunk
     * @param number of the row, from 1 over all rows
     * @param source which of several sources it is from
     */
    void predictLate(WaitingRows waiting, Chunk chunk, int row, long number, int source) {
        waiting.add(chunk, row, number, source, pipeline, scores);
    }

    /**
     * Scores the first of the waiting rows by what was predicted for it, and learns it; if it is refused, nothing is
     * changed.
     *
     * @param row that row
     */
    void learnLate(WaitingRows waiting, Chunk row) {
        boolean predicted = scores.isPresent() && waiting.predicted(scores.get(), pipeline.view());
        if (drift.isPresent()) {
            drift.get().fit(row, true, Optional.empty());
        } else {
            pipeline.partialFit(row);
        }
        if (predicted) {
            waiting.count(scores.get());
        } else {
            scores.ifPresent(some -> some.pass(row, 0, 1));
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
