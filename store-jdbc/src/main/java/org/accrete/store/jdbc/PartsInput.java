package org.accrete.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the bytes of a version, one part at a time. */
final class PartsInput extends InputStream {
    private final PreparedStatement query;
    private final ResultSet rows;
    private byte[] part = {};
    private int position;
    private boolean hasRows;

    PartsInput(Connection connection, String model, long version) throws SQLException {
        query = connection.prepareStatement(
                "SELECT p.bytes FROM accrete_parts p JOIN accrete_models m ON m.id = p.model"
                        + " WHERE m.name = ? AND p.version = ? ORDER BY p.part");
        query.setString(1, model);
        query.setLong(2, version);
        query.setFetchSize(1);
        rows = query.executeQuery();
        next();
    }

    private boolean next() throws SQLException {
        if (!rows.next()) {
            return false;
        }
        hasRows = true;
        part = rows.getBytes(1);
        position = 0;
        return true;
    }

    /** {@return whether there is any part} */
    boolean isThere() {
        return hasRows;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (position == part.length) {
                if (!next()) {
                    return -1;
                }
            }
        } catch (SQLException e) {
            throw new DatabaseIOException(e);
        }
        int count = Math.min(length, part.length - position);
        System.arraycopy(part, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        try {
            rows.close();
            query.close();
        } catch (SQLException e) {
            throw new DatabaseIOException(e);
        }
    }
}
