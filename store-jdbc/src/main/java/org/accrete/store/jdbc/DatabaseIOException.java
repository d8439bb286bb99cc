package org.accrete.store.jdbc;

import java.io.IOException;
import java.sql.SQLException;

/** What a driver said while the bytes of a version were read or written. */
final class DatabaseIOException extends IOException {
    private static final long serialVersionUID = 1L;

    private final SQLException said;

    DatabaseIOException(SQLException said) {
        super(said);
        this.said = said;
    }

    SQLException said() {
        return said;
    }
}
