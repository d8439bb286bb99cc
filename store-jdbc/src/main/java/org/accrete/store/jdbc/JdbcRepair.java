package org.accrete.store.jdbc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.HistoryLines;
import org.accrete.core.store.VersionFile;
import org.accrete.store.jdbc.Tables.Stored;

/**
 * Makes a damaged model usable, in a transaction of the caller who has locked the model. Parts of versions that cannot
 * be used get the id of the model with a minus, so that nothing reads them any longer; the old lines go to
 * {@code accrete_quarantine}.
 */
final class JdbcRepair {
    private final String model;
    private final Instant now;
    private final List<String> done = new ArrayList<>();
    private final SortedMap<Long, ModelVersion> sound = new TreeMap<>();
    private final Set<Long> found = new HashSet<>();
    private final SortedSet<Long> lost = new TreeSet<>();

    JdbcRepair(String model, Instant now) {
        this.model = model;
        this.now = now;
    }

    /** {@return one line for each thing done; empty when there was no damage} */
    List<String> run(Connection connection) throws SQLException, IOException {
        Stored stored = Tables.read(connection, model)
                .orElseThrow(() -> AccreteException.badArgument("there is no model '" + model + "' any more"));
        HistoryLines.Remains remains = HistoryLines.salvage(model, stored.bytes());
        stored.problem().ifPresent(problem -> done.add(problem + "; what was said there is lost"));
        remains.damage()
                .forEach(damage -> done.add("history " + damage + "; the line was left out, and what it said is lost"));
        for (ModelVersion version : remains.history().versions()) {
            check(connection, version);
        }
        Set<Long> explained = new HashSet<>(remains.history().removed().keySet());
        remains.history().versions().forEach(version -> explained.add(version.number()));
        for (long number : Tables.versionsWithParts(connection, stored.id())) {
            if (!explained.contains(number)) {
                findVersion(connection, stored.id(), number);
            }
        }
        if (!done.isEmpty()) {
            byte[] lines = HistoryLines.repaired(remains, sound, found, lost, now, done);
            for (long number : lost) {
                Tables.update(
                        connection,
                        "UPDATE accrete_parts SET model = -model WHERE model = ? AND version = ?",
                        stored.id(),
                        number);
            }
            replace(connection, stored, lines);
            done.add("the old history is in the table accrete_quarantine, at " + now);
        }
        return done;
    }

    private void check(Connection connection, ModelVersion version) throws SQLException, IOException {
        try (PartsInput parts = new PartsInput(connection, model, version.number())) {
            if (!parts.isThere()) {
                lost.add(version.number());
                done.add("version " + version.number() + " was given up: its bytes are missing");
                return;
            }
            VersionFile.check(version, parts);
            sound.put(version.number(), version);
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.CORRUPT_FILE) {
                // A version of another release is not damaged.
                sound.put(version.number(), version);
                return;
            }
            lost.add(version.number());
            done.add("version " + version.number() + " was set aside: " + e.line());
        }
    }

    private void findVersion(Connection connection, long id, long number) throws SQLException, IOException {
        try (PartsInput parts = new PartsInput(connection, model, number)) {
            ModelVersion version = VersionFile.describe(parts, Tables.length(connection, id, number));
            if (version.number() == number && version.model().equals(model)) {
                sound.put(number, version);
                found.add(number);
                done.add("version " + number + " was found again: its line in the history was made anew from its bytes,"
                        + " so nothing tells whether they changed");
                return;
            }
            lost.add(number);
            done.add("version " + number + " was set aside: its bytes are those of " + version.reference());
        } catch (AccreteException e) {
            lost.add(number);
            done.add("version " + number + " was set aside: it has no line in the history, and " + e.line());
        }
    }

    private void replace(Connection connection, Stored stored, byte[] lines) throws SQLException {
        try (PreparedStatement move =
                connection.prepareStatement("INSERT INTO accrete_quarantine (model, at, line, text)"
                        + " SELECT model, ?, line, text FROM accrete_lines WHERE model = ?")) {
            move.setString(1, now.toString());
            move.setLong(2, stored.id());
            move.executeUpdate();
        }
        Tables.update(connection, "DELETE FROM accrete_lines WHERE model = ?", stored.id());
        long count = 0;
        for (String line : new String(lines, StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isEmpty()) {
                Tables.insertLine(connection, stored.id(), ++count, line.getBytes(StandardCharsets.UTF_8));
            }
        }
        if (!Tables.compareAndSet(connection, stored, count)) {
            throw AccreteException.badState("model '" + model + "' was changed meanwhile; repair it again");
        }
    }
}
