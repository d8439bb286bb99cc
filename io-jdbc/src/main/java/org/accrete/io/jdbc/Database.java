package org.accrete.io.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;
import org.accrete.io.jdbc.login.Login;

/** A connection that only reads. It is told so, and all that it does is rolled back. */
final class Database implements AutoCloseable {
    /** Properties that are set unless the URL has them, by the beginning of the URL. */
    private static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            // Numbers in binary from the first statement on, not as text.
            "postgresql:", Map.of("prepareThreshold", "-1"),
            // A wrong path must not make a new database.
            "h2:", Map.of("IFEXISTS", "TRUE"));

    private final Login login;
    private final Connection connection;

    private Database(Login login, Connection connection) {
        this.login = login;
        this.connection = connection;
    }

    /**
     * {@return a connection}
     *
     * @param location a URL without {@code jdbc:}
     * @param params name the user and the password
     * @param folders where drivers are, besides the class path and the module path
     * @throws AccreteException bad argument: the URL has a password, there is no driver for it, or the user is refused;
     *     I/O: the database cannot be reached
     */
    static Database open(String location, Params params, List<ClassLoader> folders) {
        Map<String, String> defaults = Map.of();
        for (Map.Entry<String, Map<String, String>> system : DEFAULTS.entrySet()) {
            if (location.startsWith(system.getKey())) {
                defaults = system.getValue();
            }
        }
        Login login = Login.of(location, params, defaults, folders);
        try {
            Connection connection = login.connect();
            Database database = new Database(login, connection);
            try {
                connection.setReadOnly(true);
                connection.setAutoCommit(false);
                return database;
            } catch (SQLException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw login.failed(e);
        }
    }

    /** {@return the URL without its parameters} */
    String name() {
        return login.name();
    }

    /** {@return the connection} */
    Connection connection() {
        return connection;
    }

    /** {@return what to throw after a statement failed} */
    AccreteException failed(SQLException e) {
        return login.failed(e);
    }

    /** {@inheritDoc} Nothing is left behind in the database. */
    @Override
    public void close() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // It is closed now.
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // Whatever it had to do is done.
        }
    }
}
