package org.accrete.store.jdbc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;
import org.accrete.io.jdbc.login.Login;

/**
 * A schema of PostgreSQL, the first of the search path. A writer's lock is an advisory lock of its session: the server
 * gives it up when the session ends, whatever ended it.
 */
record PostgresDialect(Login login) implements Dialect {
    static final String PREFIX = "postgresql:";

    /** For making tables; any number that others do not use. */
    private static final long TABLES_KEY = 0x4163_6372_6574_65L;

    /** How long a server may take to notice that a session is gone, whose lock is wanted back. */
    private static final long LOCK_BACK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String DUPLICATE = "23505";

    static PostgresDialect of(String location, Params params, List<ClassLoader> folders) {
        return new PostgresDialect(Login.of(
                location,
                params,
                Map.of(
                        "connectTimeout",
                        "10",
                        "socketTimeout",
                        "120",
                        "tcpKeepAlive",
                        "true",
                        "ApplicationName",
                        "accrete"),
                folders));
    }

    @Override
    public String name() {
        return login.name();
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public Connection connectToRead() throws SQLException {
        Connection connection = connect();
        connection.setReadOnly(true);
        return connection;
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = login.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    /** {@inheritDoc} The driver begins one with the first statement. */
    @Override
    public void begin(Connection connection) {}

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        connection.rollback();
    }

    @Override
    public boolean hasTable(Connection connection, String table) throws SQLException {
        return text(connection, "SELECT to_regclass('" + table + "')::text").isPresent();
    }

    private static Optional<String> text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    @Override
    public void prepareTables(Connection connection) throws SQLException {
        String encoding = text(connection, "SHOW server_encoding").orElse("");
        if (!encoding.equals("UTF8")) {
            throw AccreteException.badArgument("the database must have the encoding UTF8 but has " + encoding
                            + "; make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0")
                    .at(name());
        }
        text(connection, "SELECT pg_advisory_xact_lock(" + TABLES_KEY + ")");
    }

    @Override
    public String bytes() {
        return "BYTEA";
    }

    @Override
    public void keepUncompressed(Connection connection, String table, String column) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + table + " ALTER COLUMN " + column + " SET STORAGE EXTERNAL");
        }
    }

    @Override
    public boolean isDuplicate(SQLException e) {
        return DUPLICATE.equals(e.getSQLState());
    }

    @Override
    public boolean isLost(SQLException e) {
        return Login.isLost(e);
    }

    @Override
    public AccreteException failed(String what, SQLException e) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        if (state.startsWith("28") || state.equals("08004") || state.startsWith("3D")) {
            return login.failed(e);
        }
        if (state.startsWith("53")) {
            return login.failed(AccreteException.Kind.IO, what, e, "the server needs room or memory");
        }
        if (state.startsWith("XX")) {
            return login.failed(AccreteException.Kind.CORRUPT_FILE, what, e, "the server's own files are damaged");
        }
        if (Login.isLost(e)) {
            return login.failed(
                    AccreteException.Kind.IO,
                    what + "; the database cannot be reached, or ended the connection",
                    e,
                    "try again when it answers");
        }
        if (state.startsWith("42") || state.startsWith("25") || state.startsWith("3F")) {
            return login.failed(
                    AccreteException.Kind.BAD_ARGUMENT,
                    what,
                    e,
                    "the user needs a schema in the search path, and the rights to make tables in it and to write them");
        }
        return login.failed(AccreteException.Kind.IO, what, e, "try again");
    }

    @Override
    public Hold hold(String model) {
        return new SessionHold(model);
    }

    /** An advisory lock of the session of one connection after the other. */
    private static final class SessionHold implements Hold {
        private final String model;
        private Optional<Connection> holder = Optional.empty();
        private long key;

        SessionHold(String model) {
            this.model = model;
        }

        @Override
        public void take(Optional<Connection> session) throws SQLException {
            if (!holder.equals(session)) {
                take(session.orElseThrow());
            }
        }

        private void take(Connection connection) throws SQLException {
            key = key(text(connection, "SELECT current_schema()").orElse("") + "." + model);
            // The server may not have noticed yet that the session before this one is gone.
            long patience = System.nanoTime() + (holder.isPresent() ? LOCK_BACK_NANOS : 0);
            while (!"t"
                    .equals(text(connection, "SELECT pg_try_advisory_lock(" + key + ")")
                            .orElse(""))) {
                if (System.nanoTime() - patience >= 0) {
                    throw AccreteException.badState("model '" + model + "' is being written by " + writer(connection)
                            + "; wait until it has ended, or stop it");
                }
                connection.commit();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            connection.commit();
            try (Statement statement = connection.createStatement()) {
                // A trainer whose machine is gone keeps its model for a minute or two, not for hours.
                statement.execute("SET tcp_keepalives_idle = 60");
                statement.execute("SET tcp_keepalives_interval = 10");
                statement.execute("SET tcp_keepalives_count = 6");
            }
            connection.commit();
            holder = Optional.of(connection);
        }

        private static long key(String text) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256")
                        .digest(("accrete " + text).getBytes(StandardCharsets.UTF_8));
                return ByteBuffer.wrap(hash).getLong();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private String writer(Connection connection) throws SQLException {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT 'session ' || l.pid || coalesce(' from ' || host(a.client_addr), '') FROM pg_locks l"
                            + " LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory'"
                            + " AND l.granted AND l.classid::bigint = ? AND l.objid::bigint = ? AND l.objsubid = 1")) {
                query.setLong(1, key >>> 32);
                query.setLong(2, key & 0xffff_ffffL);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? rows.getString(1) + " of the database" : "another session of the database";
                }
            }
        }

        @Override
        public void close() {
            try {
                if (holder.isPresent() && !holder.get().isClosed()) {
                    // Closing a connection gives the lock up, too, but not before the server has noticed.
                    text(holder.get(), "SELECT pg_advisory_unlock(" + key + ")");
                    holder.get().commit();
                }
            } catch (SQLException e) {
                // The session is gone, and the lock with it.
            } finally {
                holder = Optional.empty();
            }
        }
    }
}
