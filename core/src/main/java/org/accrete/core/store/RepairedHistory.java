package org.accrete.core.store;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.accrete.api.store.History;
import org.accrete.api.store.History.Removal;
import org.accrete.api.store.ModelVersion;

/** The lines of a history of which some versions were lost, made anew. */
final class RepairedHistory {
    private final HistoryFile.Reader reader;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private RepairedHistory(String model) {
        reader = new HistoryFile.Reader(model);
    }

    /**
     * {@return the lines of what is left}
     *
     * @param before what could be read of the history
     * @param isDamaged whether some of it could not
     * @param sound the versions that are left
     * @param found numbers of those that have no line before
     * @param lost numbers that must not be used again
     * @param now the time of the repair
     * @param done gets one line for each alias that moved
     */
    static byte[] lines(
            History before,
            boolean isDamaged,
            SortedMap<Long, ModelVersion> sound,
            Set<Long> found,
            SortedSet<Long> lost,
            Instant now,
            List<String> done) {
        RepairedHistory lines = new RepairedHistory(before.model());
        Set<Long> movedLive = new HashSet<>();
        before.moves().stream().filter(move -> move.reason().isEmpty()).forEach(move -> movedLive.add(move.number()));
        int next = 0;
        for (ModelVersion version : sound.values()) {
            while (next < before.moves().size() && before.moves().get(next).newest() < version.number()) {
                lines.repeat(before.moves().get(next++));
            }
            lines.add(new HistoryLine.Appended(
                    version,
                    found.contains(version.number())
                            ? lines.history().movesLive(version.note())
                            : movedLive.contains(version.number())));
        }
        while (next < before.moves().size()) {
            lines.repeat(before.moves().get(next++));
        }
        boolean hadNone = !isDamaged && !before.aliases().containsKey(History.LIVE);
        if (!hadNone && lines.history().live().isEmpty() && !sound.isEmpty()) {
            lines.add(new HistoryLine.Moved(
                    History.LIVE, sound.lastKey(), now, new History.Reason("the live version was damaged", false)));
        }
        lines.removed(before, Removal.PRUNED, new TreeSet<>(), now);
        lines.removed(before, Removal.QUARANTINED, lost, now);
        History after = lines.history();
        before.aliases().forEach((alias, number) -> {
            Long to = after.aliases().get(alias);
            if (!number.equals(to)) {
                done.add("alias '" + alias + "' " + (to == null ? "is gone" : "points at version " + to + " now")
                        + "; it pointed at version " + number);
            }
        });
        if (!before.aliases().containsKey(History.LIVE)) {
            after.live().ifPresent(live -> done.add("alias 'live' points at version " + live.number() + " now"));
        }
        return lines.bytes.toByteArray();
    }

    private void removed(History before, Removal removal, SortedSet<Long> more, Instant now) {
        SortedSet<Long> numbers = new TreeSet<>(more);
        before.removed().forEach((number, what) -> {
            if (what == removal) {
                numbers.add(number);
            }
        });
        if (!numbers.isEmpty()) {
            add(new HistoryLine.Removed(numbers, now, removal));
        }
    }

    private void add(HistoryLine line) {
        byte[] encoded = HistoryFile.encode(line, reader.end().crc());
        reader.lines(encoded);
        bytes.writeBytes(encoded);
    }

    /** Adds a move that somebody made, unless its version is gone. */
    private void repeat(History.Move move) {
        if (move.reason().isPresent() && reader.has(move.number())) {
            add(new HistoryLine.Moved(
                    move.alias(), move.number(), move.at(), move.reason().get()));
        }
    }

    private History history() {
        return reader.history();
    }
}
