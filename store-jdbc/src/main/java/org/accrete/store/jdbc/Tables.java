package org.accrete.store.jdbc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.core.store.HistoryLines;

/**
 * The tables of a store:
 *
 * <pre>
 *  accrete_store       one row: the format of the tables, how many models there have been
 *  accrete_models      a row for each model: id, name, fence, lines, revision
 *  accrete_lines       model, line, text: the lines of its history, as in a directory, without line feeds
 *  accrete_parts       model, version, part, bytes: the file of a version, as in a directory, in pieces;
 *                      model is -id for what a repair set aside
 *  accrete_quarantine  model, at, line, text: lines of histories from before a repair
 * </pre>
 *
 * <ol>
 *   <li>A version or a model exists once its line does; line and parts come in one transaction.
 *   <li>Each change of a history sets {@code lines} and {@code revision} of the row that it was computed from, or else
 *       it is computed anew: compare and set, so that no change undoes another one.
 *   <li>{@code fence} counts the writers. An append sets the row only if no writer came after its own, so one that lost
 *       its lock without noticing appends nothing.
 *   <li>An id is never used again.
 * </ol>
 */
final class Tables {
    /** The format that this release makes, and the only one that it reads. */
    static final int FORMAT = 1;

    private static final String STORE = "accrete_store";

    private static final String COLUMNS = "SELECT m.id, m.fence, m.lines, m.revision, h.line, h.text"
            + " FROM accrete_models m LEFT JOIN accrete_lines h ON h.model = m.id WHERE m.name = ? ORDER BY h.line";

    private Tables() {}

    /**
     * A model as it was read.
     *
     * @param id tells it from all other models, also from those that had its name
     * @param fence how many writers there have been
     * @param revision how many changes of its history there have been
     * @param lines how many lines it has
     * @param bytes its history, as a file would hold it
     * @param problem what is wrong with the rows themselves, if anything is
     */
    record Stored(long id, long fence, long revision, long lines, byte[] bytes, Optional<String> problem) {
        /** {@return the history} Damage is an exception. */
        HistoryLines history(String model, Dialect dialect) {
            try {
                if (problem.isPresent()) {
                    throw AccreteException.corruptFile(problem.get());
                }
                return HistoryLines.read(model, bytes);
            } catch (AccreteException e) {
                String place = e.where().map(where -> ", " + where).orElse("");
                throw e.at(dialect.name() + ", history of '" + model + "'" + place);
            }
        }
    }

    /** {@return whether the tables are there} */
    static boolean exist(Dialect dialect, Connection connection) throws SQLException {
        if (!dialect.hasTable(connection, STORE)) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT format FROM accrete_store")) {
            long format = rows.next() ? rows.getLong(1) : 0;
            if (format != FORMAT) {
                throw new AccreteException(
                                format > FORMAT
                                        ? AccreteException.Kind.FILE_TOO_NEW
                                        : AccreteException.Kind.CORRUPT_FILE,
                                "the tables of the store have format " + format + " but this release reads format "
                                        + FORMAT + (format > FORMAT ? "; use the release that made them" : ""))
                        .at(dialect.name());
            }
            return true;
        }
    }

    /** Makes the tables, in a transaction of its own, unless somebody has done so. */
    static void create(Dialect dialect, Connection connection) throws SQLException {
        dialect.prepareTables(connection);
        if (!exist(dialect, connection)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE accrete_models (id BIGINT NOT NULL PRIMARY KEY,"
                        + " name VARCHAR(100) NOT NULL UNIQUE, fence BIGINT NOT NULL, lines BIGINT NOT NULL,"
                        + " revision BIGINT NOT NULL)");
                statement.execute("CREATE TABLE accrete_lines (model BIGINT NOT NULL, line BIGINT NOT NULL,"
                        + " text TEXT NOT NULL, PRIMARY KEY (model, line))");
                statement.execute("CREATE TABLE accrete_parts (model BIGINT NOT NULL, version BIGINT NOT NULL,"
                        + " part BIGINT NOT NULL, bytes " + dialect.bytes() + " NOT NULL,"
                        + " PRIMARY KEY (model, version, part))");
                statement.execute("CREATE TABLE accrete_quarantine (model BIGINT NOT NULL, at VARCHAR(40) NOT NULL,"
                        + " line BIGINT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (model, at, line))");
                dialect.keepUncompressed(connection, "accrete_parts", "bytes");
                statement.execute("CREATE TABLE accrete_store (format BIGINT NOT NULL, models BIGINT NOT NULL)");
                statement.execute("INSERT INTO accrete_store (format, models) VALUES (" + FORMAT + ", 0)");
            }
        }
        dialect.commit(connection);
    }

    /** {@return a number for a model, in a transaction of its own} */
    static long newId(Dialect dialect, Connection connection) throws SQLException {
        dialect.begin(connection);
        update(connection, "UPDATE accrete_store SET models = models + 1");
        long id;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT models FROM accrete_store")) {
            rows.next();
            id = rows.getLong(1);
        }
        dialect.commit(connection);
        return id;
    }

    /** {@return a model and all lines of its history, from one statement} */
    static Optional<Stored> read(Connection connection, String model) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setString(1, model);
            query.setFetchSize(1_000);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                long id = rows.getLong(1);
                long fence = rows.getLong(2);
                long lines = rows.getLong(3);
                long revision = rows.getLong(4);
                Optional<String> problem = Optional.empty();
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                long count = 0;
                do {
                    String text = rows.getString(6);
                    if (text != null) {
                        count++;
                        if (rows.getLong(5) != count) {
                            problem = problem.or(() -> Optional.of("a line of the history is missing"));
                        }
                        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                        bytes.write('\n');
                    }
                } while (rows.next());
                if (problem.isEmpty() && count != lines) {
                    problem = Optional.of("the history must have " + lines + " lines but has " + count);
                }
                return Optional.of(new Stored(id, fence, revision, lines, bytes.toByteArray(), problem));
            }
        }
    }

    /** {@return a number that changes with the history; 0 for no model} */
    static long revision(Connection connection, String model) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT id, revision FROM accrete_models WHERE name = ?")) {
            query.setString(1, model);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? (rows.getLong(1) << Integer.SIZE) + rows.getLong(2) : 0;
            }
        }
    }

    /** {@return the names of all models, sorted} */
    static List<String> models(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name FROM accrete_models")) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            names.sort(null);
            return names;
        }
    }

    /** {@return the numbers of the versions that have parts} */
    static List<Long> versionsWithParts(Connection connection, long model) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT DISTINCT version FROM accrete_parts WHERE model = ? ORDER BY version")) {
            query.setLong(1, model);
            try (ResultSet rows = query.executeQuery()) {
                List<Long> numbers = new ArrayList<>();
                while (rows.next()) {
                    numbers.add(rows.getLong(1));
                }
                return numbers;
            }
        }
    }

    /** {@return how many bytes a version has} */
    static long length(Connection connection, long model, long version) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT coalesce(sum(length(bytes)), 0) FROM accrete_parts WHERE model = ? AND version = ?")) {
            query.setLong(1, model);
            query.setLong(2, version);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    static boolean hasParts(Connection connection, long model, long version) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT 1 FROM accrete_parts WHERE model = ? AND version = ? AND part = 0")) {
            query.setLong(1, model);
            query.setLong(2, version);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Makes the row of a model with one line in its history. */
    static void insertModel(Connection connection, long id, String model) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO accrete_models (id, name, fence, lines, revision) VALUES (?, ?, 1, 1, 1)")) {
            insert.setLong(1, id);
            insert.setString(2, model);
            insert.executeUpdate();
        }
    }

    /** {@return whether a model is still as it was read, and is now one change further} */
    static boolean compareAndSet(Connection connection, Stored read, long lines) throws SQLException {
        return update(
                        connection,
                        "UPDATE accrete_models SET lines = ?, revision = ? WHERE id = ? AND revision = ? AND fence = ?",
                        lines,
                        read.revision() + 1,
                        read.id(),
                        read.revision(),
                        read.fence())
                == 1;
    }

    /** Adds a line to a history. */
    static void insertLine(Connection connection, long model, long line, byte[] text) throws SQLException {
        int length = text.length > 0 && text[text.length - 1] == '\n' ? text.length - 1 : text.length;
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO accrete_lines (model, line, text) VALUES (?, ?, ?)")) {
            insert.setLong(1, model);
            insert.setLong(2, line);
            insert.setString(3, new String(text, 0, length, StandardCharsets.UTF_8));
            insert.executeUpdate();
        }
    }

    static void deleteParts(Connection connection, long model, Collection<Long> versions) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM accrete_parts WHERE model = ? AND version = ?")) {
            for (long version : versions) {
                delete.setLong(1, model);
                delete.setLong(2, version);
                delete.executeUpdate();
            }
        }
    }

    static void deleteModel(Connection connection, long model) throws SQLException {
        update(connection, "DELETE FROM accrete_parts WHERE model IN (?, ?)", model, -model);
        update(connection, "DELETE FROM accrete_lines WHERE model = ?", model);
        update(connection, "DELETE FROM accrete_quarantine WHERE model = ?", model);
        update(connection, "DELETE FROM accrete_models WHERE id = ?", model);
    }

    /** {@return how many rows a statement changed} */
    static int update(Connection connection, String sql, long... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setLong(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
