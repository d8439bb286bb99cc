package org.accrete.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.store.HistoryLines;
import org.accrete.core.store.VersionFile;
import org.accrete.store.jdbc.Tables.Stored;

/**
 * A store in a database. Readers take no lock and read what was there when their statement began; a move of an alias is
 * a transaction of its own, and works while somebody writes.
 */
final class JdbcStore implements ModelStore {
    private final Dialect dialect;
    private final Clock clock;
    private final Connections readers;

    JdbcStore(Dialect dialect, Clock clock) {
        this.dialect = dialect;
        this.clock = clock;
        this.readers = new Connections(dialect);
    }

    @Override
    public String name() {
        return dialect.name();
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public List<String> models() {
        return readers.read("the models could not be read", List.of(), Tables::models);
    }

    private Optional<Stored> stored(String model) {
        HistoryLines.requireModel(model);
        return readers.read(
                "the history of model '" + model + "' could not be read",
                Optional.empty(),
                connection -> Tables.read(connection, model));
    }

    @Override
    public History history(String model) {
        return stored(model)
                .map(stored -> stored.history(model, dialect).history())
                .orElseGet(() -> History.empty(model));
    }

    @Override
    public long revision(String model) {
        HistoryLines.requireModel(model);
        return readers.read(
                "the history of model '" + model + "' could not be read",
                0L,
                connection -> Tables.revision(connection, model));
    }

    @Override
    public State load(ModelVersion version) {
        HistoryLines.requireModel(version.model());
        try {
            Optional<State> state = readers.read(unreadable(version), Optional.empty(), connection -> {
                try (PartsInput parts = new PartsInput(connection, version.model(), version.number())) {
                    return parts.isThere() ? Optional.of(VersionFile.read(version, parts)) : Optional.empty();
                }
            });
            return state.orElseThrow(() -> missing(version));
        } catch (AccreteException e) {
            throw e.where().isPresent() ? e : e.at(place(version));
        }
    }

    @Override
    public InputStream open(ModelVersion version) {
        HistoryLines.requireModel(version.model());
        return readers.open(unreadable(version), version.model(), version.number())
                .orElseThrow(() -> missing(version));
    }

    private static String unreadable(ModelVersion version) {
        return "version " + version.number() + " could not be read";
    }

    private String place(ModelVersion version) {
        return name() + ", " + version.reference();
    }

    private AccreteException missing(ModelVersion version) {
        History history = history(version.model());
        return history.removed().containsKey(version.number())
                ? history.gone(version.number())
                : AccreteException.corruptFile("the bytes of " + version.reference()
                                + " are missing; put them back from a copy of the store")
                        .at(place(version));
    }

    @Override
    public ModelWriter writer(String model) {
        return new JdbcWriter(this, dialect, model, session("model '" + model + "' cannot be written", model));
    }

    private Session session(String what, String model) {
        HistoryLines.requireModel(model);
        try {
            return Session.open(dialect, model);
        } catch (SQLException e) {
            throw dialect.failed(what, e);
        }
    }

    @Override
    public void tag(String model, String alias, long number, History.Reason reason) {
        HistoryLines.requireModel(model);
        HistoryLines.requireAlias(alias);
        HistoryLines.requireText("why", reason.why());
        change("alias '" + alias + "' could not be moved", model, (connection, stored, lines) -> {
            ModelVersion version = lines.history().resolve(Long.toString(number));
            if (!Tables.hasParts(connection, stored.id(), number)) {
                throw missing(version);
            }
            return lines.moved(alias, number, now(), reason);
        });
    }

    @Override
    public List<ModelVersion> prune(String model, Collection<Long> numbers) {
        HistoryLines.requireModel(model);
        List<ModelVersion> pruned = new ArrayList<>();
        change("no version was pruned", model, (connection, stored, lines) -> {
            pruned.clear();
            pruned.addAll(lines.history().prunable(numbers));
            SortedSet<Long> gone = new TreeSet<>();
            pruned.forEach(version -> gone.add(version.number()));
            Tables.deleteParts(connection, stored.id(), gone);
            return gone.isEmpty() ? Optional.empty() : Optional.of(lines.removed(gone, now(), History.Removal.PRUNED));
        });
        return pruned;
    }

    /** Computes the next line of a history, and does in the same transaction what belongs to it. */
    private interface Change {
        Optional<byte[]> line(Connection connection, Stored stored, HistoryLines lines) throws SQLException;
    }

    /** Adds a line to a history; computes it anew as long as somebody else was quicker. */
    private void change(String what, String model, Change change) {
        // Nothing is written where there is no model.
        history(model).resolve(History.LATEST);
        try {
            Connection connection = dialect.connect();
            try {
                boolean done = false;
                while (!done) {
                    dialect.begin(connection);
                    Stored stored = Tables.read(connection, model)
                            .orElseThrow(() -> AccreteException.badArgument(
                                    "there is no model '" + model + "' in " + name() + " any more"));
                    Optional<byte[]> line = change.line(connection, stored, stored.history(model, dialect));
                    done = line.isEmpty();
                    if (line.isPresent() && Tables.compareAndSet(connection, stored, stored.lines() + 1)) {
                        Tables.insertLine(connection, stored.id(), stored.lines() + 1, line.get());
                        dialect.commit(connection);
                        done = true;
                    } else {
                        dialect.rollback(connection);
                    }
                }
            } finally {
                undo(connection);
            }
        } catch (SQLException e) {
            throw dialect.failed(what, e);
        }
    }

    private void undo(Connection connection) {
        try {
            dialect.rollback(connection);
        } catch (SQLException e) {
            // It is closed now.
        }
        Connections.closeQuietly(connection);
    }

    private void requireThere(String model) {
        List<String> models = models();
        if (!models.contains(model)) {
            throw AccreteException.badArgument("there is no model '" + model + "' in " + name() + "; models: "
                    + (models.isEmpty() ? "none" : String.join(", ", models)));
        }
    }

    @Override
    public void remove(String model) {
        HistoryLines.requireModel(model);
        requireThere(model);
        String what = "model '" + model + "' could not be removed";
        locked(what, model, connection -> {
            Optional<Stored> stored = Tables.read(connection, model);
            if (stored.isPresent()) {
                Tables.deleteModel(connection, stored.get().id());
            }
            return List.of();
        });
    }

    @Override
    public List<String> repair(String model) {
        HistoryLines.requireModel(model);
        requireThere(model);
        return locked(
                "model '" + model + "' could not be repaired",
                model,
                connection -> new JdbcRepair(model, now()).run(connection));
    }

    /** Works on a model in one transaction, while nobody else writes it. */
    private interface Work {
        List<String> on(Connection connection) throws SQLException, IOException;
    }

    private List<String> locked(String what, String model, Work work) {
        Dialect.Hold hold = dialect.hold(model);
        try {
            Connection connection = dialect.connect();
            try {
                hold.take(Optional.of(connection));
                dialect.begin(connection);
                List<String> done = work.on(connection);
                dialect.commit(connection);
                return done;
            } finally {
                try {
                    dialect.rollback(connection);
                } catch (SQLException e) {
                    // It is closed now.
                }
                hold.close();
                Connections.closeQuietly(connection);
            }
        } catch (DatabaseIOException e) {
            throw dialect.failed(what, e.said());
        } catch (SQLException e) {
            throw dialect.failed(what, e);
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, what + ": " + e, e).at(name());
        }
    }

    @Override
    public List<String> verify(String model) {
        Optional<Stored> stored = stored(model);
        if (stored.isEmpty()) {
            return List.of();
        }
        String place = name() + ", model '" + model + "'";
        List<String> found = new ArrayList<>();
        stored.get().problem().ifPresent(problem -> found.add(place + ": " + problem));
        HistoryLines.Remains remains = HistoryLines.salvage(model, stored.get().bytes());
        remains.damage().forEach(damage -> found.add(place + ", history " + damage));
        Set<Long> explained = new HashSet<>(remains.history().removed().keySet());
        for (ModelVersion version : remains.history().versions()) {
            explained.add(version.number());
            check(version).filter(problem -> !isGone(version)).ifPresent(found::add);
        }
        if (found.isEmpty()) {
            for (long number : readers.read(
                    "the versions of model '" + model + "' could not be read",
                    List.<Long>of(),
                    connection ->
                            Tables.versionsWithParts(connection, stored.get().id()))) {
                // A version that was appended meanwhile is in the history by now.
                if (!explained.contains(number)
                        && history(model).versions().stream().noneMatch(version -> version.number() == number)) {
                    found.add(place + ": version " + number + " has bytes but is not in the history");
                }
            }
        }
        return found;
    }

    /** {@return whether a version was pruned or removed with its model meanwhile} */
    private boolean isGone(ModelVersion version) {
        return stored(version.model())
                .map(stored -> HistoryLines.salvage(version.model(), stored.bytes()))
                .map(remains -> !remains.history().versions().contains(version))
                .orElse(true);
    }

    private Optional<String> check(ModelVersion version) {
        try {
            return readers.read(unreadable(version), Optional.<String>empty(), connection -> {
                try (PartsInput parts = new PartsInput(connection, version.model(), version.number())) {
                    if (!parts.isThere()) {
                        return Optional.of(place(version) + ": its bytes are missing");
                    }
                    VersionFile.check(version, parts);
                    return Optional.empty();
                }
            });
        } catch (AccreteException e) {
            return Optional.of((e.where().isPresent() ? e : e.at(place(version))).line());
        }
    }

    /** Closes the connections of readers; a writer is closed by whoever opened it. */
    @Override
    public void close() {
        readers.close();
    }
}
