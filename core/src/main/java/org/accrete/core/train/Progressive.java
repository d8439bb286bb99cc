package org.accrete.core.train;

import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.OnlinePipeline;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/**
 * Scores of what an online learner says of each row just before it learns that row. They do not depend on chunk
 * borders; their tensors are {@code run.progressive.*}.
 */
final class Progressive {
    private static final int LONGEST = 1 << 30;

    private final OnlinePipeline pipeline;
    private final Target.Kind kind;
    private final Scores scores;
    private double[] decisions = {};

    private Progressive(OnlinePipeline pipeline, Target.Kind kind, Scores scores) {
        this.pipeline = pipeline;
        this.kind = kind;
        this.scores = scores;
    }

    /**
     * {@return scores that have seen nothing, or that go on from a state}
     *
     * @throws AccreteException bad argument: the pipeline is not row-wise, or has nothing to score; bad state: the
     *     state has none
     */
    static Progressive of(Pipeline pipeline, Target target, Optional<State> resumed) {
        if (!(pipeline instanceof OnlinePipeline online)) {
            throw AccreteException.badArgument("progressive scores need row-wise parts but '" + pipeline.blockPart()
                    + "' is not row-wise; leave them out, the scores of whole chunks need none");
        }
        if (!Scores.canScore(target, pipeline.view())) {
            throw AccreteException.badArgument("progressive scores need a target that '" + pipeline.learner()
                    + "' predicts but there is none; leave them out");
        }
        Scores scores = resumed.map(state -> Scores.restore(target, state, Scores.PROGRESSIVE))
                .orElseGet(() -> Scores.forTarget(target, Scores.PROGRESSIVE));
        return new Progressive(online, target.kind(), scores);
    }

    /** Learns a chunk and scores what was said of its rows; a refused one is not counted. */
    void fit(Chunk chunk) {
        int known = pipeline.known().size();
        int most = Math.max(known, chunk.classes().size());
        long room = (long) chunk.rows() * OnlinePipeline.decisions(kind, most);
        if (room > LONGEST) {
            throw AccreteException.badArgument("progressive scores of " + most + " classes need chunks of at most "
                    + LONGEST / most + " rows but one has " + chunk.rows());
        }
        decisions = Scores.room(decisions, (int) room);
        pipeline.partialFit(chunk, decisions);
        scores.take(pipeline.view(), known, decisions, chunk);
        scores.fold(chunk);
    }

    ScoreReport report() {
        return scores.report();
    }

    void writeTo(State.Builder state) {
        scores.writeTo(state);
    }
}
