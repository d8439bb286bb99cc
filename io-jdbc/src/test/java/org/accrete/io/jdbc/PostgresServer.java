package org.accrete.io.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A server of PostgreSQL for the tests of this JVM. */
final class PostgresServer {
    private static Optional<EmbeddedPostgres> server = Optional.empty();
    private static Optional<Throwable> failure = Optional.empty();

    private PostgresServer() {}

    /** {@return the location of a database of the server; the test is skipped aloud if no server starts} */
    static synchronized String location(String database) {
        if (server.isEmpty() && failure.isEmpty()) {
            try {
                EmbeddedPostgres started = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .start();
                server = Optional.of(started);
            } catch (Exception | LinkageError e) {
                failure = Optional.of(e);
                System.out.println("SKIPPED: no PostgreSQL starts here, so nothing of it is tested: " + e);
            }
        }
        Assumptions.assumeTrue(server.isPresent(), () -> "no PostgreSQL starts here: " + failure);
        return "postgresql://localhost:" + server.orElseThrow().getPort() + "/" + database + "?user=postgres";
    }
}
