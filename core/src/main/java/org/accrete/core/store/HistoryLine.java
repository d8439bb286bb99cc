package org.accrete.core.store;

import java.time.Instant;
import org.accrete.api.store.ModelVersion;

/** What one line of a history says. */
sealed interface HistoryLine {
    /**
     * A version was made.
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
     */
    record Moved(String alias, long number, Instant at) implements HistoryLine {}
}
