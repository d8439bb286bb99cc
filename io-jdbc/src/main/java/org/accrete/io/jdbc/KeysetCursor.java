package org.accrete.io.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * The rows of a table in the order of a key, a page for each statement. A page begins with the last row of the page
 * before, so that a key that occurs twice is seen even there.
 */
final class KeysetCursor implements AutoCloseable {
    private final Database database;
    private final KeysetSql sql;
    private final List<TableColumn> columns;
    private final int[] key;
    private final long pageRows;
    private final int fetchRows;

    private Optional<Object[]> last = Optional.empty();
    private Optional<Object[]> bound = Optional.empty();
    private Optional<PreparedStatement> statement = Optional.empty();
    private Optional<ResultSet> page = Optional.empty();
    private long rowsOfPage;
    private long limit;
    private boolean isEnded;

    /**
     * Makes a cursor before the first row.
     *
     * @param database the connection
     * @param sql its statements
     * @param columns the columns of a row, which have those of the key
     * @param pageRows the rows of a statement, at least 1
     * @param fetchRows how many are fetched at a time, at least 1
     */
    KeysetCursor(Database database, KeysetSql sql, List<TableColumn> columns, long pageRows, int fetchRows) {
        this.database = database;
        this.sql = sql;
        this.columns = columns;
        this.key = sql.key().stream()
                .mapToInt(
                        name -> columns.stream().map(TableColumn::name).toList().indexOf(name))
                .toArray();
        this.pageRows = pageRows;
        this.fetchRows = fetchRows;
    }

    /** Begins behind a row. */
    void startAfter(Object[] row) {
        last = Optional.of(row);
    }

    /** Ends with a row. */
    void endWith(Object[] row) {
        bound = Optional.of(row);
    }

    /**
     * Goes to the next row.
     *
     * @return false at the end
     * @throws AccreteException bad data: the key is missing, or is that of the row before; I/O: the connection is lost
     */
    boolean next() {
        try {
            while (!isEnded) {
                if (page.isEmpty()) {
                    open();
                }
                ResultSet rows = page.orElseThrow();
                if (!rows.next()) {
                    isEnded = rowsOfPage < limit;
                    close();
                    continue;
                }
                rowsOfPage++;
                Object[] now = readKey(rows);
                boolean isSame = last.isPresent() && isSame(now, last.get());
                if (isSame && rowsOfPage > 1) {
                    throw AccreteException.badData("the key must tell all rows apart but " + text(now)
                            + " occurs twice; give more columns, as in key=day,id");
                }
                if (!isSame) {
                    last = Optional.of(now);
                    return true;
                }
            }
            return false;
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    private void open() throws SQLException {
        List<KeysetSql.Bound> bounds = new ArrayList<>();
        last.ifPresent(row -> bounds.add(sql.atLeast()));
        bound.ifPresent(row -> bounds.add(sql.atMost()));
        limit = last.isPresent() ? pageRows + 1 : pageRows;
        List<String> names = columns.stream().map(TableColumn::name).toList();
        PreparedStatement some = database.connection()
                .prepareStatement(
                        sql.rows(names, bounds, limit), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        statement = Optional.of(some);
        some.setFetchSize(fetchRows);
        int next = 1;
        if (last.isPresent()) {
            next = bind(some, next, sql.atLeast(), last.get());
        }
        if (bound.isPresent()) {
            bind(some, next, sql.atMost(), bound.get());
        }
        page = Optional.of(some.executeQuery());
        rowsOfPage = 0;
    }

    private int bind(PreparedStatement some, int from, KeysetSql.Bound to, Object[] row) throws SQLException {
        int next = from;
        for (int part : to.values()) {
            columns.get(key[part]).type().bind(some, next++, row[part]);
        }
        return next;
    }

    private Object[] readKey(ResultSet rows) throws SQLException {
        Object[] values = new Object[key.length];
        for (int i = 0; i < key.length; i++) {
            TableColumn column = columns.get(key[i]);
            values[i] = column.type().value(rows, key[i] + 1);
            if (values[i] == null) {
                throw AccreteException.badData("the key must be there in all rows but '" + column.name()
                        + "' is missing in one; give another column with key=");
            }
        }
        return values;
    }

    private static boolean isSame(Object[] one, Object[] other) {
        for (int i = 0; i < one.length; i++) {
            if (!CellType.isSame(one[i], other[i])) {
                return false;
            }
        }
        return true;
    }

    /** {@return the row} */
    ResultSet row() {
        return page.orElseThrow();
    }

    /** {@return the key of the row; a new array for each} */
    Object[] key() {
        return last.orElseThrow();
    }

    /** {@return a key for a message, as in {@code day=2024-01-01, id=7}} */
    String text(Object[] values) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : ", ").append(sql.key().get(i)).append('=').append(CellType.text(values[i]));
        }
        return text.toString().replaceAll("\\p{Cntrl}", " ");
    }

    /** Closes the statement and ends its transaction; another {@link #next} opens the next page. */
    @Override
    public void close() {
        try {
            if (page.isPresent()) {
                page.get().close();
            }
            if (statement.isPresent()) {
                statement.get().close();
            }
            page = Optional.empty();
            statement = Optional.empty();
            database.connection().rollback();
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }
}
