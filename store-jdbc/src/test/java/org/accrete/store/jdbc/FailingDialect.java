package org.accrete.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.accrete.api.AccreteException;

/** A dialect that fails at a statement as a full disk does, or does something before one. */
final class FailingDialect implements Dialect {
    private final Dialect real;
    private Runnable beforeUpdateOfModel = () -> {};
    private int left;
    private boolean hasFailed;

    FailingDialect(Dialect real) {
        this.real = real;
    }

    /** Does something once, just before the row of a model is set. */
    void beforeUpdateOfModel(Runnable something) {
        beforeUpdateOfModel = something;
    }

    /** Fails at the n-th statement from now on; 0 for never. */
    void failAt(int statement) {
        left = statement;
        hasFailed = false;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    private void count(String sql) throws SQLException {
        if (sql.startsWith("UPDATE accrete_models SET lines")) {
            Runnable before = beforeUpdateOfModel;
            beforeUpdateOfModel = () -> {};
            before.run();
        }
        if (left > 0 && --left == 0) {
            hasFailed = true;
            throw new SQLException("no room on the disk", "53100", 13);
        }
    }

    /** Counts each execution, but that of undoing. */
    private <T> T counting(Class<T> type, T statements, String sql) {
        return type.cast(Proxy.newProxyInstance(
                FailingDialect.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                    String name = method.getName();
                    String text = args == null ? sql : String.valueOf(args[0]);
                    if ((name.startsWith("execute") && !text.equals("ROLLBACK")) || name.equals("commit")) {
                        count(text);
                    }
                    try {
                        Object result = method.invoke(statements, args);
                        if (result instanceof PreparedStatement statement) {
                            return counting(PreparedStatement.class, statement, text);
                        }
                        return result instanceof Statement statement
                                ? counting(Statement.class, statement, "")
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public boolean isThere() {
        return real.isThere();
    }

    @Override
    public Connection connectToRead() throws SQLException {
        return counting(Connection.class, real.connectToRead(), "");
    }

    @Override
    public Connection connect() throws SQLException {
        return counting(Connection.class, real.connect(), "");
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        real.begin(connection);
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        real.commit(connection);
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        real.rollback(connection);
    }

    @Override
    public boolean hasTable(Connection connection, String table) throws SQLException {
        return real.hasTable(connection, table);
    }

    @Override
    public void prepareTables(Connection connection) throws SQLException {
        real.prepareTables(connection);
    }

    @Override
    public String bytes() {
        return real.bytes();
    }

    @Override
    public void keepUncompressed(Connection connection, String table, String column) throws SQLException {
        real.keepUncompressed(connection, table, column);
    }

    @Override
    public boolean isDuplicate(SQLException e) {
        return real.isDuplicate(e);
    }

    @Override
    public boolean isLost(SQLException e) {
        return real.isLost(e);
    }

    @Override
    public AccreteException failed(String what, SQLException e) {
        return real.failed(what, e);
    }

    @Override
    public Hold hold(String model) {
        return real.hold(model);
    }
}
