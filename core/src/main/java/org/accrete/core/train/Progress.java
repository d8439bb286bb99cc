package org.accrete.core.train;

import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.accrete.api.data.ChunkSource;
import org.accrete.core.score.ScoreReport;

/**
 * How far a run is.
 *
 * @param rows rows learned by this run, without those before a resume
 * @param rowsRefused bad rows that this run or its source dropped
 * @param seconds time since the run began
 * @param share how far the run is, from 0 to 1: of the rows or bytes of its source, as {@link ChunkSource#share} says,
 *     or of the rows that it is to read at most, if that is more; empty where neither end is known
 * @param scores makes the report of the scores so far; call it during {@link RunListener#chunk} only, and only to show
 *     it, because it costs far more than a row
 */
public record Progress(
        long rows, long rowsRefused, double seconds, OptionalDouble share, Supplier<ScoreReport> scores) {}
