package org.accrete.core.online;

import java.util.Optional;
import org.accrete.core.score.ScoreReport;

/**
 * How a service is doing.
 *
 * @param rowsAccepted rows accepted, over all processes that served the model
 * @param rowsLearned the last of them that was learned, or that the learner refused
 * @param rowsWaiting rows that wait to be learned
 * @param queue the most rows that may wait
 * @param rowsRefused rows that were accepted, but that the learner refused, in this process
 * @param predictionsAwaiting predictions that await their labels
 * @param predictionsForgotten predictions that were dropped before their labels came, in this process
 * @param keysRemembered keys of calls that are remembered
 * @param scores of the rows learned, each by the model from before its chunk; at most a second old; empty before the
 *     first, and where nothing can be scored
 * @param served scores of the predictions that were made and labelled later, with a log over all processes; empty where
 *     nothing can be scored
 * @param shadow scores of what the {@linkplain OnlineService.Builder#shadow shadow} said of the same in this process;
 *     empty without one
 * @param failure why the model no longer learns; empty while it does
 */
public record OnlineStatus(
        long rowsAccepted,
        long rowsLearned,
        long rowsWaiting,
        int queue,
        long rowsRefused,
        int predictionsAwaiting,
        long predictionsForgotten,
        int keysRemembered,
        Optional<ScoreReport> scores,
        Optional<ScoreReport> served,
        Optional<ScoreReport> shadow,
        Optional<String> failure) {}
