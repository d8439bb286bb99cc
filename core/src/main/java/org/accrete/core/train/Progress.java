package org.accrete.core.train;

import java.util.function.Supplier;
import org.accrete.core.score.ScoreReport;

/**
 * How far a run is.
 *
 * @param rows rows learned by this run, without those before a resume
 * @param rowsRefused bad rows that this run's source dropped
 * @param seconds time since the run began
 * @param scores makes the report of the scores so far; call it during {@link RunListener#chunk} only, and only to show
 *     it, because it costs far more than a row
 */
public record Progress(long rows, long rowsRefused, double seconds, Supplier<ScoreReport> scores) {}
