package org.accrete.io.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;

/**
 * A connection that only reads. It is told so, and all that it does is rolled back.
 *
 * <p>What a driver says is told without the password, and its exceptions are not kept as causes, only copies of them.
 */
final class Database implements AutoCloseable {
    /** Properties that are set unless the URL has them, by the beginning of the URL. */
    private static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            // Numbers in binary from the first statement on, not as text.
            "postgresql:", Map.of("prepareThreshold", "-1"),
            // A wrong path must not make a new database.
            "h2:", Map.of("IFEXISTS", "TRUE"));

    /** States of a connection or a server that is not there, or not able; the last ones are H2's. */
    private static final Pattern LOST = Pattern.compile("08|40|53|57|58|XX|90007|90067|90098|90121");

    /** After so many the search itself repeats the same one. */
    private static final int MOST_FAILURES = 1_000;

    private final String name;
    private final Password password;
    private final Connection connection;

    private Database(String name, Password password, Connection connection) {
        this.name = name;
        this.password = password;
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
        Password.requireNoneIn(location);
        Password password = Password.of(params);
        String name = "jdbc:" + location.replaceFirst("[?;].*", "");
        Properties properties = new Properties();
        DEFAULTS.forEach((system, values) -> {
            if (location.startsWith(system)) {
                values.forEach((key, value) -> {
                    if (!location.toLowerCase(Locale.ROOT).contains(key.toLowerCase(Locale.ROOT))) {
                        properties.setProperty(key, value);
                    }
                });
            }
        });
        if (!params.get(JdbcSourceProvider.USER).isEmpty()) {
            properties.setProperty("user", params.get(JdbcSourceProvider.USER));
        }
        password.text().ifPresent(text -> properties.setProperty("password", text));
        try {
            Connection connection = connect(name, "jdbc:" + location, properties, folders);
            Database database = new Database(name, password, connection);
            try {
                connection.setReadOnly(true);
                connection.setAutoCommit(false);
                return database;
            } catch (SQLException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw refusal(name, password, e);
        }
    }

    private static Connection connect(String name, String url, Properties properties, List<ClassLoader> folders)
            throws SQLException {
        List<ClassLoader> loaders = Stream.concat(Stream.of(Database.class.getClassLoader()), folders.stream())
                .toList();
        Set<String> broken = new LinkedHashSet<>();
        for (ClassLoader loader : loaders) {
            Iterator<Driver> drivers = ServiceLoader.load(Driver.class, loader).iterator();
            for (Optional<Driver> driver = next(drivers, broken); driver.isPresent(); driver = next(drivers, broken)) {
                if (driver.get().acceptsURL(url)) {
                    Connection connection = driver.get().connect(url, properties);
                    if (connection != null) {
                        return connection;
                    }
                }
            }
        }
        throw AccreteException.badArgument("there is no driver for " + name
                + "; put the jar of the database's JDBC driver into a folder, and give it with --plugins DIR or in the"
                + " variable ACCRETE_PLUGINS"
                + (broken.isEmpty() ? "" : "; not usable: " + String.join(", ", broken)));
    }

    /** {@return the next driver that can be used} One that is broken does not hide the others. */
    private static Optional<Driver> next(Iterator<Driver> drivers, Set<String> broken) {
        for (int failures = 0; failures < MOST_FAILURES; failures++) {
            try {
                return drivers.hasNext() ? Optional.of(drivers.next()) : Optional.empty();
            } catch (ServiceConfigurationError | LinkageError e) {
                broken.add(e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** {@return the URL without its parameters} */
    String name() {
        return name;
    }

    /** {@return the connection} */
    Connection connection() {
        return connection;
    }

    /** {@return what to throw after a statement failed} */
    AccreteException failed(SQLException e) {
        return refusal(name, password, e);
    }

    private static AccreteException refusal(String name, Password password, SQLException e) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        String said = password.takenOutOf(String.valueOf(e.getMessage()));
        SQLException copy = new SQLException(password.takenOutOf(e.toString()), state);
        copy.setStackTrace(e.getStackTrace());
        AccreteException.Kind kind = AccreteException.Kind.BAD_ARGUMENT;
        String message;
        if (state.startsWith("28") || state.equals("08004")) {
            message = "the database refuses the user or the password: " + said
                    + "; give user=NAME, and password-file=PATH or the environment variable "
                    + JdbcSourceProvider.PASSWORD_ENV.defaultValue();
        } else if (state.startsWith("22")) {
            kind = AccreteException.Kind.BAD_DATA;
            message = "the database cannot compute or convert a value: " + said;
        } else if (state.isEmpty() || LOST.matcher(state).lookingAt()) {
            kind = AccreteException.Kind.IO;
            message = "the database cannot be reached, or ended the connection: " + said
                    + "; when it answers again, train goes on with --resume";
        } else {
            message = "the database refuses what it is asked: " + said + "; correct the URL, table, query or key";
        }
        return new AccreteException(kind, message, copy).at(name);
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
