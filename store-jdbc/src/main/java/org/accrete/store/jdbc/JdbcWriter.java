package org.accrete.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.WritableByteChannel;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.store.HistoryLines;
import org.accrete.core.store.VersionFile;
import org.accrete.store.jdbc.Tables.Stored;

/**
 * The writer of a store in a database. An append is one transaction: the parts of the version, the line of the history,
 * and the row of the model, which must be as it was when the line was computed, and of this writer.
 *
 * <p>A connection that was lost between two appends is made anew. One that is lost while a transaction is committed
 * leaves the outcome unknown; then the history is asked over a new one.
 */
final class JdbcWriter implements ModelWriter {
    private static final String NOT_WRITTEN = "no new version could be written, the old ones are as they were";

    private final JdbcStore store;
    private final Dialect dialect;
    private final String model;
    private final Session session;
    private final AtomicLong userThread = new AtomicLong();
    private boolean isUnknown;
    private boolean isClosed;

    JdbcWriter(JdbcStore store, Dialect dialect, String model, Session session) {
        this.store = store;
        this.dialect = dialect;
        this.model = model;
        this.session = session;
    }

    /** Makes the bytes of a version. */
    private interface Writing {
        ModelVersion write(History history, WritableByteChannel out) throws IOException;

        long number(History history);
    }

    @Override
    public ModelVersion append(State state, Note given) {
        return used(
                new Writing() {
                    @Override
                    public long number(History history) {
                        return history.highestNumber() + 1;
                    }

                    @Override
                    public ModelVersion write(History history, WritableByteChannel out) throws IOException {
                        Note note = HistoryLines.withParent(history, given);
                        return VersionFile.write(state, model, number(history), store.now(), note, out);
                    }
                },
                (history, version) -> history.movesLive(version.note()));
    }

    @Override
    public boolean canTryAgain() {
        return !isUnknown;
    }

    @Override
    public void copy(ModelVersion version, boolean live, InputStream bytes) {
        used(
                new Writing() {
                    @Override
                    public long number(History history) {
                        if (!version.model().equals(model)) {
                            throw AccreteException.badArgument(
                                    "a version of model '" + model + "' was expected but it is " + version.reference());
                        }
                        if (version.number() <= history.highestNumber()) {
                            throw AccreteException.badArgument(
                                    "model '" + model + "' has had versions up to " + history.highestNumber()
                                            + ", so version " + version.number() + " cannot be copied to it");
                        }
                        return version.number();
                    }

                    @Override
                    public ModelVersion write(History history, WritableByteChannel out) throws IOException {
                        VersionFile.copy(version, bytes, out);
                        return version;
                    }
                },
                (history, made) -> live);
    }

    private ModelVersion used(Writing writing, BiPredicate<History, ModelVersion> movesLive) {
        if (isClosed) {
            throw AccreteException.badState("the writer of model '" + model + "' is closed");
        }
        long thread = Thread.currentThread().getId();
        if (!userThread.compareAndSet(0, thread)) {
            throw AccreteException.badState(
                    "the writer of model '" + model + "' is used by one thread at a time but a second one called it");
        }
        try {
            return make(writing, movesLive);
        } finally {
            userThread.set(0);
        }
    }

    private ModelVersion make(Writing writing, BiPredicate<History, ModelVersion> movesLive) {
        boolean committing = false;
        Optional<ModelVersion> made = Optional.empty();
        try {
            Connection connection = session.working();
            if (!Tables.exist(dialect, connection)) {
                dialect.rollback(connection);
                Tables.create(dialect, connection);
            }
            dialect.rollback(connection);
            long id = session.id(connection);
            dialect.begin(connection);
            Optional<Stored> stored = read(connection);
            HistoryLines lines = lines(stored);
            ModelVersion version = write(connection, id, lines.history(), writing);
            made = Optional.of(version);
            while (!addLine(
                    connection, id, stored, lines.appended(version, movesLive.test(lines.history(), version)))) {
                // Somebody moved an alias.
                stored = read(connection);
                lines = lines(stored);
            }
            committing = true;
            dialect.commit(connection);
            if (!session.isMade()) {
                session.made();
            }
            return version;
        } catch (SQLException e) {
            if (committing && dialect.isLost(e) && wasMade(made.orElseThrow(), e)) {
                return made.orElseThrow();
            }
            throw dialect.failed(NOT_WRITTEN, e);
        } catch (DatabaseIOException e) {
            throw dialect.failed(NOT_WRITTEN, e.said());
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, NOT_WRITTEN + ": " + e, e).at(dialect.name());
        } finally {
            session.undo();
        }
    }

    private HistoryLines lines(Optional<Stored> stored) {
        return stored.map(some -> some.history(model, dialect)).orElseGet(() -> HistoryLines.empty(model));
    }

    /** {@return the model, of which this is still the writer} */
    private Optional<Stored> read(Connection connection) throws SQLException {
        Optional<Stored> stored = Tables.read(connection, model);
        if (stored.isPresent() != session.isMade()
                || (stored.isPresent() && stored.get().fence() != session.fence())) {
            throw session.overtaken();
        }
        return stored;
    }

    private static ModelVersion write(Connection connection, long id, History history, Writing writing)
            throws SQLException, IOException {
        try (PartsOutput out = new PartsOutput(connection, id, writing.number(history))) {
            ModelVersion version = writing.write(history, out);
            out.finish();
            return version;
        }
    }

    /** {@return whether the line was added; not when the history was changed by somebody else} */
    private boolean addLine(Connection connection, long id, Optional<Stored> stored, byte[] line) throws SQLException {
        if (stored.isPresent()) {
            long number = stored.get().lines() + 1;
            if (!Tables.compareAndSet(connection, stored.get(), number)) {
                return false;
            }
            Tables.insertLine(connection, id, number, line);
            return true;
        }
        try {
            Tables.insertModel(connection, id, model);
        } catch (SQLException e) {
            if (dialect.isDuplicate(e)) {
                throw session.overtaken();
            }
            throw e;
        }
        Tables.insertLine(connection, id, 1, line);
        return true;
    }

    /** {@return whether a version is in the history although its commit failed} */
    private boolean wasMade(ModelVersion version, SQLException lost) {
        try {
            Optional<Stored> stored = Tables.read(session.working(), model);
            boolean wasMade = stored.map(some -> some.history(model, dialect).history())
                    .flatMap(History::latest)
                    .equals(Optional.of(version));
            if (wasMade && !session.isMade()) {
                session.made();
            }
            return wasMade;
        } catch (SQLException | AccreteException e) {
            AccreteException unknown = dialect.failed(
                    "it is not known whether the last version was written; look at the history once the database"
                            + " answers again",
                    lost);
            unknown.addSuppressed(e);
            isUnknown = true;
            throw unknown;
        }
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            session.close();
        }
    }
}
