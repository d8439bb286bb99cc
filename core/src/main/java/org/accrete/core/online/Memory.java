package org.accrete.core.online;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a service must know beside its model, and what its log keeps when older parts of it are cut off: keys of calls,
 * predictions that await their labels, which row each version ends with, the last rollback. Not thread-safe.
 */
final class Memory {
    private final int mostKeys;
    private final int mostAwaiting;
    private final LinkedHashMap<String, Long> rowsOfKeys = new LinkedHashMap<>();
    private final LinkedHashMap<String, Awaiting> awaiting = new LinkedHashMap<>();
    private final TreeMap<Long, Long> rowsOfVersions = new TreeMap<>();
    private Optional<LogEntry.RolledBack> lastRollback = Optional.empty();
    private long forgotten;

    /**
     * Makes an empty one.
     *
     * @param mostKeys the oldest is forgotten beyond them
     * @param mostAwaiting likewise of predictions
     */
    Memory(int mostKeys, int mostAwaiting) {
        this.mostKeys = mostKeys;
        this.mostAwaiting = mostAwaiting;
    }

    /** {@return what must be in the log even when its older parts are gone} */
    List<LogEntry> entries() {
        List<LogEntry> all = new ArrayList<>();
        rowsOfVersions.forEach((number, row) -> all.add(new LogEntry.Version(number, row)));
        lastRollback.ifPresent(all::add);
        rowsOfKeys.forEach((key, row) -> all.add(new LogEntry.Remembered(key, row)));
        awaiting.forEach((id, asked) -> all.add(new LogEntry.Asked(id, asked)));
        return all;
    }

    // --- keys

    /** {@return the last row of the call with a key, if it is known} */
    Optional<Long> rowOf(String key) {
        return Optional.ofNullable(rowsOfKeys.get(key));
    }

    void key(String key, long row) {
        rowsOfKeys.put(key, row);
        if (rowsOfKeys.size() > mostKeys) {
            rowsOfKeys.remove(rowsOfKeys.keySet().iterator().next());
        }
    }

    int keys() {
        return rowsOfKeys.size();
    }

    // --- predictions

    /** Keeps a prediction until its label comes; {@return the name of one that is forgotten for it} */
    Optional<String> await(String id, Awaiting asked) {
        awaiting.remove(id);
        awaiting.put(id, asked);
        if (awaiting.size() <= mostAwaiting) {
            return Optional.empty();
        }
        String oldest = awaiting.keySet().iterator().next();
        awaiting.remove(oldest);
        forgotten++;
        return Optional.of(oldest);
    }

    Optional<Awaiting> asked(String id) {
        return Optional.ofNullable(awaiting.get(id));
    }

    /** {@return a prediction, which awaits its label no longer} */
    Optional<Awaiting> take(String id) {
        return Optional.ofNullable(awaiting.remove(id));
    }

    int awaiting() {
        return awaiting.size();
    }

    int mostAwaiting() {
        return mostAwaiting;
    }

    /** {@return how many predictions were forgotten before their labels came} */
    long forgotten() {
        return forgotten;
    }

    // --- versions

    void version(long number, long row) {
        rowsOfVersions.put(number, row);
    }

    OptionalLong newestVersion() {
        return rowsOfVersions.isEmpty() ? OptionalLong.empty() : OptionalLong.of(rowsOfVersions.lastKey());
    }

    /**
     * Forgets versions before one; {@return the row that the oldest one left ends with, before which nothing is needed}
     */
    OptionalLong cut(long oldest) {
        Map.Entry<Long, Long> known = rowsOfVersions.floorEntry(oldest);
        if (known == null) {
            return OptionalLong.empty();
        }
        rowsOfVersions.headMap(known.getKey()).clear();
        return OptionalLong.of(known.getValue());
    }

    void rolledBack(LogEntry.RolledBack back) {
        lastRollback = Optional.of(back);
    }

    Optional<LogEntry.RolledBack> lastRollback() {
        return lastRollback;
    }
}
