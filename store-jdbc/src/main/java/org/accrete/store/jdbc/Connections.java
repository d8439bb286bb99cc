package org.accrete.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * Connections that only read. Each reader has one while it reads, so readers do not wait for each other; those that are
 * idle are used again. One that was idle may have been ended by the server; then its work is done once more on a new
 * one.
 */
final class Connections implements AutoCloseable {
    /** More are closed at once. */
    private static final int MOST_IDLE = 4;

    private final Dialect dialect;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean hasTables;
    private boolean isClosed;

    Connections(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Reads something. */
    interface Reading<T> {
        T read(Connection connection) throws SQLException, IOException;
    }

    /**
     * {@return what is read}
     *
     * @param what a sentence for the case that it cannot be read
     * @param none what there is while there are no tables
     * @param reading what is done, perhaps twice
     */
    <T> T read(String what, T none, Reading<T> reading) {
        if (!dialect.isThere()) {
            return none;
        }
        try {
            Optional<Connection> used = poll();
            if (used.isPresent()) {
                try {
                    return read(used.get(), none, reading);
                } catch (SQLException e) {
                    if (!dialect.isLost(e)) {
                        throw e;
                    }
                }
            }
            return read(dialect.connectToRead(), none, reading);
        } catch (DatabaseIOException e) {
            throw dialect.failed(what, e.said());
        } catch (SQLException e) {
            throw dialect.failed(what, e);
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, what + ": " + e, e).at(dialect.name());
        }
    }

    private <T> T read(Connection connection, T none, Reading<T> reading) throws SQLException, IOException {
        boolean done = false;
        try {
            T result = hasTables(connection) ? reading.read(connection) : none;
            done = true;
            return result;
        } catch (DatabaseIOException e) {
            throw e.said();
        } finally {
            giveBack(connection, done);
        }
    }

    private boolean hasTables(Connection connection) throws SQLException {
        synchronized (this) {
            if (hasTables) {
                return true;
            }
        }
        boolean found = Tables.exist(dialect, connection);
        synchronized (this) {
            hasTables |= found;
        }
        return found;
    }

    /** {@return the bytes of a version as long as the stream is open; empty when there are none} */
    Optional<InputStream> open(String what, String model, long version) {
        if (!dialect.isThere()) {
            return Optional.empty();
        }
        try {
            Connection connection = dialect.connectToRead();
            boolean kept = false;
            try {
                if (!hasTables(connection)) {
                    return Optional.empty();
                }
                PartsInput parts = new PartsInput(connection, model, version);
                if (!parts.isThere()) {
                    return Optional.empty();
                }
                kept = true;
                return Optional.of(new Owning(connection, parts));
            } finally {
                if (!kept) {
                    giveBack(connection, false);
                }
            }
        } catch (SQLException e) {
            throw dialect.failed(what, e);
        }
    }

    /** A stream with a connection of its own. */
    private static final class Owning extends java.io.FilterInputStream {
        private final Connection connection;

        Owning(Connection connection, PartsInput parts) {
            super(parts);
            this.connection = connection;
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                closeQuietly(connection);
            }
        }
    }

    private synchronized Optional<Connection> poll() {
        if (isClosed) {
            throw AccreteException.badState("the store " + dialect.name() + " is closed");
        }
        return Optional.ofNullable(idle.poll());
    }

    private void giveBack(Connection connection, boolean isSound) {
        boolean kept = false;
        if (isSound) {
            try {
                dialect.rollback(connection);
                synchronized (this) {
                    kept = !isClosed && idle.size() < MOST_IDLE && idle.add(connection);
                }
            } catch (SQLException e) {
                // It is closed then.
            }
        }
        if (!kept) {
            closeQuietly(connection);
        }
    }

    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // Whatever it had to do is done.
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        idle.forEach(Connections::closeQuietly);
        idle.clear();
    }
}
