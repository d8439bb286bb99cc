package org.accrete.core.store;

import java.time.Instant;
import java.util.SortedSet;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;

/** The contents of one line of a history. */
sealed interface HistoryLine {
    /**
     * A version was appended.
     *
     * @param version its facts
     * @param live whether {@code live} moved to it
     */
    record Appended(ModelVersion version, boolean live) implements HistoryLine {}

    /**
     * An alias was moved.
     *
     * @param alias which
     * @param number where to
     * @param at when
     * @param reason why
     */
    record Moved(String alias, long number, Instant at, History.Reason reason) implements HistoryLine {}

    /**
     * Versions were taken away.
     *
     * @param numbers which
     * @param at when
     * @param removal by what
     */
    record Removed(SortedSet<Long> numbers, Instant at, History.Removal removal) implements HistoryLine {}
}
