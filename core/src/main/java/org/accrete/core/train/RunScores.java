package org.accrete.core.train;

import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ProgressiveScores;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/** Trains a pipeline chunk by chunk and keeps the scores that a run was asked for. */
final class RunScores {
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

    /** Scores a chunk with the model from before it, and learns it; one that is refused changes neither. */
    void learn(Chunk chunk) {
        scores.ifPresent(some -> some.predict(pipeline.view(), chunk));
        if (progressive.isPresent()) {
            progressive.get().fit(chunk);
        } else {
            pipeline.partialFit(chunk);
        }
        scores.ifPresent(some -> some.count(chunk));
    }

    /** {@return the scores of whole chunks; empty when the model cannot be scored on the target} */
    Optional<ScoreReport> report() {
        return scores.map(Scores::report);
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
