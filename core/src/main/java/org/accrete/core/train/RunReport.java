package org.accrete.core.train;

import java.util.Optional;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.score.ScoreReport;

/**
 * What a run did.
 *
 * @param rows rows learned by this run, without those before a resume
 * @param rowsRefused bad rows that this run's source dropped
 * @param warmUpRows rows that only trained steps, over all runs of the pipeline
 * @param rowsWaiting rows that wait in the model for their batch to be full
 * @param seconds duration of the run
 * @param chunkRows rows of a chunk
 * @param scores the scores, including those before a resume; empty when the model cannot be scored on the target
 * @param progressive the scores of each row by the model from before that row; empty when the run was not asked for
 *     them
 * @param version the last version that this run appended
 * @param stopped whether {@link TrainingRun#stop()} ended it
 */
public record RunReport(
        long rows,
        long rowsRefused,
        long warmUpRows,
        long rowsWaiting,
        double seconds,
        int chunkRows,
        Optional<ScoreReport> scores,
        Optional<ScoreReport> progressive,
        Optional<ModelVersion> version,
        boolean stopped) {}
