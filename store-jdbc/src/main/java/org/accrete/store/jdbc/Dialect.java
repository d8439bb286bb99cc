package org.accrete.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;

/** What one database does otherwise than the other. Thread-safe. */
interface Dialect {
    /**
     * {@return the dialect of a URL}
     *
     * @param location a URL without {@code jdbc:}
     * @param params user and password
     * @param folders where drivers are
     * @throws AccreteException bad argument: no store can be there, or there is no driver
     */
    static Dialect of(String location, Params params, List<ClassLoader> folders) {
        if (location.startsWith(SqliteDialect.PREFIX)) {
            return SqliteDialect.of(location, params, folders);
        }
        if (location.startsWith(PostgresDialect.PREFIX)) {
            return PostgresDialect.of(location, params, folders);
        }
        throw AccreteException.badArgument("a store can be in SQLite or PostgreSQL: jdbc:sqlite:PATH or"
                + " jdbc:postgresql://HOST/DATABASE, but not in 'jdbc:" + location.replaceFirst("[^a-z0-9].*", "")
                + ":...'");
    }

    /** What is locked while one writer has a model. */
    interface Hold extends AutoCloseable {
        /**
         * Takes the lock, or takes it again on a new connection; nothing is done if it is held.
         *
         * @param connection of {@link Dialect#connect}; empty as long as there is no database
         * @throws AccreteException bad state: somebody else has it
         */
        void take(Optional<Connection> connection) throws SQLException;

        /** Gives the lock up; does nothing where the database has done so. */
        @Override
        void close();
    }

    /** {@return the URL, without parameters} */
    String name();

    /** {@return whether there is a database to read from; false where one is made by the first append} */
    boolean isThere();

    /** {@return a connection outside of a transaction, which only reads} */
    Connection connectToRead() throws SQLException;

    /** {@return a connection outside of a transaction; makes the database where it can be made} */
    Connection connect() throws SQLException;

    /** Begins a transaction, in which nobody else's changes are lost. */
    void begin(Connection connection) throws SQLException;

    /** Ends a transaction and keeps what it did. */
    void commit(Connection connection) throws SQLException;

    /** Ends a transaction, if there is one, and undoes what it did. */
    void rollback(Connection connection) throws SQLException;

    /** {@return whether a table exists} */
    boolean hasTable(Connection connection, String table) throws SQLException;

    /** Prepares the database for the first table, and keeps others from making tables until the transaction ends. */
    void prepareTables(Connection connection) throws SQLException;

    /** {@return the type of columns for bytes} */
    String bytes();

    /** Says that the bytes of a table do not get smaller by compression, where a database would try. */
    void keepUncompressed(Connection connection, String table, String column) throws SQLException;

    /** {@return whether a row was not inserted because its key is there} */
    boolean isDuplicate(SQLException e);

    /** {@return whether the connection is lost, so that it is not known what became of a commit} */
    boolean isLost(SQLException e);

    /** {@return what to throw after a statement failed} */
    AccreteException failed(String what, SQLException e);

    /** {@return the lock of a model's writer, not taken yet} */
    Hold hold(String model);
}
