package org.accrete.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A server of PostgreSQL for the tests of this JVM. */
final class PostgresServer {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static Optional<EmbeddedPostgres> server = Optional.empty();
    private static Optional<Throwable> failure = Optional.empty();

    private PostgresServer() {}

    private static synchronized EmbeddedPostgres server() {
        if (server.isEmpty() && failure.isEmpty()) {
            try {
                server = Optional.of(EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .start());
            } catch (Exception | LinkageError e) {
                failure = Optional.of(e);
                System.out.println("SKIPPED: no PostgreSQL starts here, so nothing of it is tested: " + e);
            }
        }
        Assumptions.assumeTrue(server.isPresent(), () -> "no PostgreSQL starts here: " + failure);
        return server.orElseThrow();
    }

    /** {@return the location of a new schema; the test is skipped aloud if no server starts} */
    static String newLocation() {
        String schema = "s" + SCHEMAS.incrementAndGet();
        execute("CREATE SCHEMA " + schema);
        return "postgresql://localhost:" + server().getPort() + "/postgres?user=postgres&currentSchema=" + schema;
    }

    /** Executes statements as the server's owner. */
    static void execute(String sql) {
        try (Connection connection = server().getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
