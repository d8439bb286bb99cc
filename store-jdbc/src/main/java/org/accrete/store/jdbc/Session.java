package org.accrete.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.store.jdbc.Dialect.Hold;
import org.accrete.store.jdbc.Tables.Stored;

/**
 * The hold of a writer on its model: a connection, a lock and a fence. The connection may be lost and made anew as long
 * as nobody else wrote the model in between.
 */
final class Session implements AutoCloseable {
    /** How long a server may take to say that it is there. */
    private static final int PATIENCE_SECONDS = 5;

    private final Dialect dialect;
    private final String model;
    private final Hold hold;
    private Optional<Connection> connection = Optional.empty();
    private Optional<Long> id = Optional.empty();
    private boolean isMade;
    private long fence;

    private Session(Dialect dialect, String model) {
        this.dialect = dialect;
        this.model = model;
        this.hold = dialect.hold(model);
    }

    /**
     * {@return a hold on a model that nobody else has}
     *
     * @throws AccreteException bad state: somebody else has it
     */
    static Session open(Dialect dialect, String model) throws SQLException {
        Session session = new Session(dialect, model);
        boolean done = false;
        try {
            if (dialect.isThere()) {
                session.connect();
                session.raiseFence();
            } else {
                // The database itself is made by the first append.
                session.hold.take(Optional.empty());
            }
            done = true;
            return session;
        } finally {
            if (!done) {
                session.close();
            }
        }
    }

    private void connect() throws SQLException {
        Connection made = dialect.connect();
        connection = Optional.of(made);
        hold.take(Optional.of(made));
    }

    private void raiseFence() throws SQLException {
        Connection made = connection.orElseThrow();
        dialect.begin(made);
        if (Tables.exist(dialect, made)) {
            Optional<Stored> stored = Tables.read(made, model);
            if (stored.isPresent()) {
                // Nobody writes to what is damaged.
                stored.get().history(model, dialect);
                Tables.update(
                        made,
                        "UPDATE accrete_models SET fence = fence + 1 WHERE id = ?",
                        stored.get().id());
                id = Optional.of(stored.get().id());
                fence = stored.get().fence() + 1;
                isMade = true;
            }
        }
        dialect.commit(made);
    }

    /** {@return a connection that works, outside of a transaction, with the lock held} */
    Connection working() throws SQLException {
        if (connection.isPresent() && connection.get().isValid(PATIENCE_SECONDS)) {
            dialect.rollback(connection.get());
            return connection.get();
        }
        drop();
        connect();
        Connection made = connection.orElseThrow();
        if (isMade) {
            Optional<Stored> stored = Tables.read(made, model);
            dialect.rollback(made);
            if (stored.isEmpty()
                    || stored.get().fence() != fence
                    || !id.equals(Optional.of(stored.get().id()))) {
                throw overtaken();
            }
        }
        return made;
    }

    /** {@return what to say to a writer after which another one came} */
    AccreteException overtaken() {
        return AccreteException.badState("model '" + model + "' was written by somebody else while this writer had lost"
                + " the database; train --resume goes on from the newest version");
    }

    /** {@return the id of the model, which may have no row yet} */
    long id(Connection working) throws SQLException {
        if (id.isEmpty()) {
            id = Optional.of(Tables.newId(dialect, working));
        }
        return id.get();
    }

    /** {@return whether the model has a row} */
    boolean isMade() {
        return isMade;
    }

    /** The model has its row now, made by this writer. */
    void made() {
        isMade = true;
        fence = 1;
    }

    /** {@return the number of this writer} */
    long fence() {
        return fence;
    }

    /** Undoes what a transaction did; gives the connection up if that cannot be done. */
    void undo() {
        try {
            if (connection.isPresent()) {
                dialect.rollback(connection.get());
            }
        } catch (SQLException e) {
            drop();
        }
    }

    private void drop() {
        connection.ifPresent(Connections::closeQuietly);
        connection = Optional.empty();
    }

    @Override
    public void close() {
        undo();
        hold.close();
        drop();
    }
}
