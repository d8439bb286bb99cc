package org.accrete.io.jdbc.login;

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
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * A database and who reads or writes it. Thread-safe.
 *
 * <p>What a driver says is told without the password, and its exceptions are not kept as causes, only copies of them.
 */
public final class Login {
    /** The user. */
    public static final ParamSpec<String> USER = ParamSpec.text("user", "", "a name", "the user of the database");

    /** Where the password is. */
    public static final ParamSpec<String> PASSWORD_FILE =
            ParamSpec.text("password-file", "", "a path", "a file with the password");

    /** Where the password is otherwise. */
    public static final ParamSpec<String> PASSWORD_ENV = ParamSpec.text(
            "password-env",
            "ACCRETE_JDBC_PASSWORD",
            "a name",
            "the environment variable with the password, if there is one, and no file is given");

    /** States of a connection or a server that is not there, or not able; the last ones are H2's. */
    private static final Pattern LOST = Pattern.compile("08|40|53|57|58|XX|90007|90067|90098|90121");

    /** After so many the search itself repeats the same one. */
    private static final int MOST_FAILURES = 1_000;

    private final String name;
    private final String url;
    private final Properties properties;
    private final Password password;
    private final Driver driver;

    private Login(String name, String url, Properties properties, Password password, Driver driver) {
        this.name = name;
        this.url = url;
        this.properties = properties;
        this.password = password;
        this.driver = driver;
    }

    /**
     * {@return a login, without a connection}
     *
     * @param location a URL without {@code jdbc:}
     * @param params name the user and the password
     * @param defaults properties that are set unless the URL has them
     * @param folders where drivers are, besides the class path and the module path
     * @throws AccreteException bad argument: the URL has a password, there is no password where there should be, or no
     *     driver for the URL
     */
    public static Login of(String location, Params params, Map<String, String> defaults, List<ClassLoader> folders) {
        Password.requireNoneIn(location);
        Password password = Password.of(params);
        String name = "jdbc:" + location.replaceFirst("[?;].*", "");
        Properties properties = new Properties();
        defaults.forEach((key, value) -> {
            if (!location.toLowerCase(Locale.ROOT).contains(key.toLowerCase(Locale.ROOT))) {
                properties.setProperty(key, value);
            }
        });
        if (!params.get(USER).isEmpty()) {
            properties.setProperty("user", params.get(USER));
        }
        password.text().ifPresent(text -> properties.setProperty("password", text));
        String url = "jdbc:" + location;
        try {
            return new Login(name, url, properties, password, driver(name, url, folders));
        } catch (SQLException e) {
            throw refusal(name, password, e);
        }
    }

    private static Driver driver(String name, String url, List<ClassLoader> folders) throws SQLException {
        List<ClassLoader> loaders = Stream.concat(Stream.of(Login.class.getClassLoader()), folders.stream())
                .toList();
        Set<String> broken = new LinkedHashSet<>();
        for (ClassLoader loader : loaders) {
            Iterator<Driver> drivers = ServiceLoader.load(Driver.class, loader).iterator();
            for (Optional<Driver> driver = next(drivers, broken); driver.isPresent(); driver = next(drivers, broken)) {
                if (driver.get().acceptsURL(url)) {
                    return driver.get();
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

    /**
     * {@return a new connection, which the caller closes}
     *
     * @throws SQLException what the driver says; give it to {@link #failed}
     */
    public Connection connect() throws SQLException {
        Connection connection = driver.connect(url, (Properties) properties.clone());
        if (connection == null) {
            throw AccreteException.badArgument("the driver " + driver.getClass().getName() + " does not know " + name);
        }
        return connection;
    }

    /** {@return the URL without its parameters} */
    public String name() {
        return name;
    }

    /**
     * {@return what to throw after a statement failed}
     *
     * @param e what the driver says
     */
    public AccreteException failed(SQLException e) {
        return refusal(name, password, e);
    }

    /**
     * {@return whether a connection or a server is not there, or not able: the same may work later}
     *
     * @param e what the driver says
     */
    public static boolean isLost(SQLException e) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        return state.isEmpty() || LOST.matcher(state).lookingAt();
    }

    /**
     * {@return what to throw after a statement failed, in words of one's own}
     *
     * @param kind what went wrong
     * @param message what failed; what the driver says is put behind it
     * @param e what the driver says
     * @param advice what to do
     */
    public AccreteException failed(AccreteException.Kind kind, String message, SQLException e, String advice) {
        return new AccreteException(
                        kind,
                        message + ": " + password.takenOutOf(String.valueOf(e.getMessage())) + "; " + advice,
                        copy(password, e))
                .at(name);
    }

    private static SQLException copy(Password password, SQLException e) {
        SQLException copy = new SQLException(password.takenOutOf(e.toString()), e.getSQLState());
        copy.setStackTrace(e.getStackTrace());
        return copy;
    }

    private static AccreteException refusal(String name, Password password, SQLException e) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        String said = password.takenOutOf(String.valueOf(e.getMessage()));
        AccreteException.Kind kind = AccreteException.Kind.BAD_ARGUMENT;
        String message;
        if (state.startsWith("28") || state.equals("08004")) {
            message = "the database refuses the user or the password: " + said
                    + "; give user=NAME, and password-file=PATH or the environment variable "
                    + PASSWORD_ENV.defaultValue();
        } else if (state.startsWith("22")) {
            kind = AccreteException.Kind.BAD_DATA;
            message = "the database cannot compute or convert a value: " + said;
        } else if (isLost(e)) {
            kind = AccreteException.Kind.IO;
            message = "the database cannot be reached, or ended the connection: " + said
                    + "; when it answers again, train goes on with --resume";
        } else {
            message = "the database refuses what it is asked: " + said + "; correct the URL, table, query or key";
        }
        return new AccreteException(kind, message, copy(password, e)).at(name);
    }
}
