package org.accrete.store.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;

/** Writes the bytes of a version as rows of at most {@link #PART_BYTES}. */
final class PartsOutput implements WritableByteChannel {
    /** The largest part: few rows for a large model, little memory for a part. */
    static final int PART_BYTES = 1 << 20;

    private final PreparedStatement insert;
    private final long model;
    private final long version;
    private final byte[] part = new byte[PART_BYTES];
    private int length;
    private long parts;

    PartsOutput(Connection connection, long model, long version) throws SQLException {
        this.insert = connection.prepareStatement(
                "INSERT INTO accrete_parts (model, version, part, bytes) VALUES (?, ?, ?, ?)");
        this.model = model;
        this.version = version;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        while (bytes.hasRemaining()) {
            int some = Math.min(bytes.remaining(), part.length - length);
            bytes.get(part, length, some);
            length += some;
            if (length == part.length) {
                insert();
            }
        }
        return count;
    }

    private void insert() throws IOException {
        try {
            insert.setLong(1, model);
            insert.setLong(2, version);
            insert.setLong(3, parts++);
            insert.setBytes(4, length == part.length ? part : Arrays.copyOf(part, length));
            insert.executeUpdate();
            length = 0;
        } catch (SQLException e) {
            throw new DatabaseIOException(e);
        }
    }

    /** Writes the last part. */
    void finish() throws IOException {
        if (length > 0) {
            insert();
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() throws IOException {
        try {
            insert.close();
        } catch (SQLException e) {
            throw new DatabaseIOException(e);
        }
    }
}
