package org.accrete.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A server of PostgreSQL for all tests of this JVM, where {@code me} needs a password. */
final class DatabaseServer {
    /** The password of {@code me}: as no other text is, and not the same when it is escaped for a URL. */
    static final String PASSWORD = "Geh3im/ Wort+1";

    private static Optional<DatabaseServer> running = Optional.empty();
    private static Optional<Throwable> failure = Optional.empty();

    private final EmbeddedPostgres server;

    private DatabaseServer() throws IOException, SQLException {
        Path rules = Files.createTempFile("pg_hba", ".conf");
        Files.writeString(rules, "host all me all scram-sha-256\nhost all postgres all trust\nlocal all all trust\n");
        rules.toFile().setReadable(true, false);
        rules.toFile().deleteOnExit();
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("hba_file", rules.toString())
                .start();
        execute("create role me login password '" + PASSWORD + "'");
        execute("grant pg_read_all_data to me");
    }

    /** {@return the server; the test is skipped aloud if none starts} */
    static synchronized DatabaseServer running() {
        if (running.isEmpty() && failure.isEmpty()) {
            try {
                running = Optional.of(new DatabaseServer());
            } catch (IOException | SQLException | RuntimeException | LinkageError e) {
                failure = Optional.of(e);
                System.out.println("SKIPPED: no PostgreSQL starts here, so nothing of it is tested: " + e);
            }
        }
        Assumptions.assumeTrue(running.isPresent(), () -> "no PostgreSQL starts here: " + failure);
        return running.orElseThrow();
    }

    /** {@return the source with the given parameters, as in {@code table=t&key=id}} */
    String source(String parameters) {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?" + parameters;
    }

    Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@return a new folder with the jar of a driver} */
    static Path driver(Class<?> driver, Path parent) {
        try {
            Path jar = Path.of(
                    driver.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path folder = Files.createTempDirectory(parent, "drivers");
            Files.copy(jar, folder.resolve(jar.getFileName()));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
