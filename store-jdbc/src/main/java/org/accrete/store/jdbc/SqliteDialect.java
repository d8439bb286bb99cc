package org.accrete.store.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;
import org.accrete.core.store.ModelLock;
import org.accrete.io.jdbc.login.Login;

/**
 * A file of SQLite. It keeps a write-ahead log, so readers and writers do not wait for each other. A writer's lock is a
 * lock on a file beside it, {@code <file>.locks/<model>/lock}, which dies with the process and is removed by the
 * writer.
 */
record SqliteDialect(Path file, Login reading, Login writing) implements Dialect {
    static final String PREFIX = "sqlite:";

    // Error codes of SQLite, without their extensions.
    private static final int PERMISSION = 3;
    private static final int READ_ONLY = 8;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANNOT_OPEN = 14;
    private static final int CONSTRAINT = 19;
    private static final int NOT_A_DATABASE = 26;
    private static final int CODE_BITS = 0xff;

    /** Open for reading and writing, but do not create. */
    private static final String OPEN_EXISTING = "2";

    static SqliteDialect of(String location, Params params, List<ClassLoader> folders) {
        String path = location.substring(PREFIX.length()).replaceFirst("\\?.*", "");
        if (path.isBlank() || path.startsWith(":") || path.startsWith("file:")) {
            throw AccreteException.badArgument(
                    "a store in SQLite must be a file, such as jdbc:sqlite:models.db, but was" + " 'jdbc:sqlite:" + path
                            + "'");
        }
        Map<String, String> settings = new HashMap<>(Map.of("busy_timeout", "30000", "synchronous", "FULL"));
        Login writing = Login.of(location, params, settings, folders);
        settings.put("open_mode", OPEN_EXISTING);
        try {
            return new SqliteDialect(Path.of(path), Login.of(location, params, settings, folders), writing);
        } catch (InvalidPathException e) {
            throw AccreteException.badArgument(
                    "a store in SQLite must be a file but '" + path + "' is no path: " + e.getReason());
        }
    }

    @Override
    public String name() {
        return writing.name();
    }

    @Override
    public boolean isThere() {
        return Files.exists(file);
    }

    @Override
    public Connection connectToRead() throws SQLException {
        return reading.connect();
    }

    @Override
    public Connection connect() throws SQLException {
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, "the folder of the store cannot be made: " + e, e)
                    .at(name());
        }
        return writing.connect();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // After some errors SQLite has done so itself, and says that there is no transaction.
            if (code(e) != 1) {
                throw e;
            }
        }
    }

    @Override
    public boolean hasTable(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '" + table + "'")) {
            return rows.next();
        }
    }

    @Override
    public void prepareTables(Connection connection) throws SQLException {
        // Not in a transaction; where it cannot be had, as on a network's disk, the store works without it.
        execute(connection, "PRAGMA journal_mode = WAL");
        begin(connection);
    }

    @Override
    public String bytes() {
        return "BLOB";
    }

    @Override
    public void keepUncompressed(Connection connection, String table, String column) {}

    private static int code(SQLException e) {
        return e.getErrorCode() & CODE_BITS;
    }

    @Override
    public boolean isDuplicate(SQLException e) {
        return code(e) == CONSTRAINT;
    }

    @Override
    public boolean isLost(SQLException e) {
        return false; // It is part of this process: a commit that fails was none.
    }

    @Override
    public AccreteException failed(String what, SQLException e) {
        return switch (code(e)) {
            case CORRUPT, NOT_A_DATABASE ->
                writing.failed(AccreteException.Kind.CORRUPT_FILE, what, e, "put the file back from a copy");
            case PERMISSION, READ_ONLY, CANNOT_OPEN ->
                writing.failed(
                        AccreteException.Kind.BAD_ARGUMENT,
                        what,
                        e,
                        "the file and its folder must be readable and writable, also for those who only read");
            case FULL -> writing.failed(AccreteException.Kind.IO, what, e, "make room on the disk");
            default -> writing.failed(AccreteException.Kind.IO, what, e, "try again");
        };
    }

    @Override
    public Hold hold(String model) {
        return new FileHold(
                file.toAbsolutePath()
                        .resolveSibling(file.getFileName() + ".locks")
                        .resolve(model),
                model);
    }

    /** A lock on a file, which stays while connections come and go. */
    private static final class FileHold implements Hold {
        private final Path folder;
        private final String model;
        private Optional<ModelLock> lock = Optional.empty();

        FileHold(Path folder, String model) {
            this.folder = folder;
            this.model = model;
        }

        @Override
        public void take(Optional<Connection> connection) {
            if (lock.isEmpty()) {
                lock = Optional.of(ModelLock.take(folder, model));
            }
        }

        @Override
        public void close() {
            lock.ifPresent(ModelLock::close);
            lock = Optional.empty();
        }
    }
}
