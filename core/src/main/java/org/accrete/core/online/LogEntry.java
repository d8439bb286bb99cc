package org.accrete.core.online;

import java.util.List;
import java.util.Optional;
import org.accrete.api.store.State;

/** What a {@link LearnLog} keeps. */
sealed interface LogEntry {
    /**
     * Records that were accepted together, each a row.
     *
     * @param key what makes a repeated call known
     * @param ids the predictions that they answer, one per record; empty for records that were not predicted before
     * @param records cells by record, in the order of the log's columns
     */
    record Rows(Optional<String> key, List<String> ids, List<List<String>> records) implements LogEntry {}

    /**
     * A prediction that awaits its label.
     *
     * @param id what it is called
     * @param asked what was said
     */
    record Asked(String id, Awaiting asked) implements LogEntry {}

    /**
     * A version was appended.
     *
     * @param number of the version
     * @param row the last row that it knows, from 1 over all rows of the log; 0 for none
     */
    record Version(long number, long row) implements LogEntry {}

    /**
     * Training went back to a version.
     *
     * @param number of the version
     * @param newest number of the newest version then, which tells one move to a version from another
     * @param row up to which rows are not learned again from there
     */
    record RolledBack(long number, long newest, long row) implements LogEntry {}

    /**
     * The scores of served predictions, up to here.
     *
     * @param scores their tensors
     */
    record Scored(State scores) implements LogEntry {}

    /**
     * A key that is remembered from before the segment.
     *
     * @param key the key
     * @param row the last row of the records that had it
     */
    record Remembered(String key, long row) implements LogEntry {}
}
