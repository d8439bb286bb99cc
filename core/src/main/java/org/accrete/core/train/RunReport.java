package org.accrete.core.train;

import java.util.List;
import java.util.Optional;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.score.ScoreReport;

/**
 * What a run did.
 *
 * <p>The rows read are those learned, those that wait for their labels, those without a target, those held out, those
 * left out, those filtered and those that were dropped, and those that a model was held for because of drift.
 *
 * @param rows rows learned by this run, without those before a resume
 * @param rowsAwaitingLabel rows that wait for their labels, also those from before this run
 * @param rowsAwaitingLabelBefore rows that waited when it began, which were read before
 * @param rowsUnlabelled rows without a target, which trained steps only
 * @param rowsHeldOut rows that were scored only
 * @param rowsRefused bad rows that this run or its source dropped
 * @param rowsLeftOut rows that the source left out, as its column plan says
 * @param rowsFiltered rows that did not pass a filter
 * @param rowsRolledBack rows that this run had learned, until a rollback took that back
 * @param passes how many times the rows were read, with the present one: more than 1 for several epochs
 * @param warmUpRows rows that only trained steps, over all runs of the pipeline
 * @param rowsWaiting rows that wait in the model for their batch to be full
 * @param seconds duration of the run
 * @param chunkRows rows of a chunk
 * @param scores the scores, including those before a resume; empty when the model cannot be scored on the target
 * @param progressive the scores of each row by the model from before that row; empty when the run was not asked for
 *     them
 * @param holdout the scores of the rows held out in the last pass over the source; empty when none were
 * @param drift what was found of drift; empty when the run did not watch for it
 * @param challengers how the champion and its challengers compare; empty when the run has none
 * @param version the last version that this run appended
 * @param stopped whether {@link TrainingRun#stop()} ended it
 * @param stoppedEarly whether it ended because passes no longer improved
 * @param sources what became of the rows of each source, where there are several; else empty
 */
public record RunReport(
        long rows,
        long rowsAwaitingLabel,
        long rowsAwaitingLabelBefore,
        long rowsUnlabelled,
        long rowsHeldOut,
        long rowsRefused,
        long rowsLeftOut,
        long rowsFiltered,
        long rowsRolledBack,
        int passes,
        long warmUpRows,
        long rowsWaiting,
        double seconds,
        int chunkRows,
        Optional<ScoreReport> scores,
        Optional<ScoreReport> progressive,
        Optional<ScoreReport> holdout,
        Optional<DriftReport> drift,
        Optional<ChallengerReport> challengers,
        Optional<ModelVersion> version,
        boolean stopped,
        boolean stoppedEarly,
        List<SourceRows> sources) {
    // Copies the list.
    public RunReport {
        sources = List.copyOf(sources);
    }

    /**
     * What became of the rows of one of several sources; the counts of all sources add up to those of the run.
     *
     * @param source its name
     * @param rows rows learned by this run
     * @param rowsAwaitingLabel as those of the run
     * @param rowsAwaitingLabelBefore as those of the run
     * @param rowsUnlabelled as those of the run
     * @param rowsHeldOut as those of the run
     * @param rowsRefused as those of the run
     * @param rowsLeftOut as those of the run
     * @param rowsFiltered as those of the run
     */
    public record SourceRows(
            String source,
            long rows,
            long rowsAwaitingLabel,
            long rowsAwaitingLabelBefore,
            long rowsUnlabelled,
            long rowsHeldOut,
            long rowsRefused,
            long rowsLeftOut,
            long rowsFiltered) {
        /** {@return all rows of the source that this run read} */
        public long rowsRead() {
            return rows
                    + rowsAwaitingLabel
                    - rowsAwaitingLabelBefore
                    + rowsUnlabelled
                    + rowsHeldOut
                    + rowsRefused
                    + rowsLeftOut
                    + rowsFiltered;
        }
    }

    /** {@return all rows that this run read} */
    public long rowsRead() {
        long held = drift.map(DriftReport::rowsHeld).orElse(0L);
        return rows
                + rowsAwaitingLabel
                - rowsAwaitingLabelBefore
                + rowsUnlabelled
                + rowsHeldOut
                + rowsRefused
                + rowsLeftOut
                + rowsFiltered
                + rowsRolledBack
                + held;
    }
}
