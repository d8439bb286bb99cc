package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} refuses before it serves. */
final class ServeCommandTest {
    @TempDir
    private Path folder;

    private Outcome serve(String... args) {
        List<String> all = new ArrayList<>(List.of("serve", "--store", folder.toString()));
        all.addAll(List.of(args));
        return Outcome.of(all.toArray(String[]::new));
    }

    private void refused(String message, String... args) {
        Outcome outcome = serve(args);
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(Failure.USER_CAN_FIX);
        assertThat(outcome.err().replaceAll("\\s+", " ")).contains(message);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void wrongOptionsAreRefused() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret\n", StandardCharsets.UTF_8);
        refused("no model named 'flights' in", "--model", "flights");
        refused("a server bound to '0.0.0.0' can be called by others", "--bind", "0.0.0.0");
        refused("port must be >= 0 and <= 65535 but was 70000", "--port", "70000");
        refused("--keystore needs --keystore-password-file", "--keystore", "keys.p12");
        refused("--keystore-password-file needs --keystore", "--keystore-password-file", password.toString());
        refused("the file of tokens", "--token-file", folder.resolve("nowhere").toString());
        refused("maxRows must be >= 1 but was 0", "--max-rows", "0");
        refused("maxDepth must be >= 8 but was 1", "--max-depth", "1");
        refused("maxConnections must be >= 1 but was 0", "--max-connections", "0");
        refused("headTimeout must be >= 1 ms but was PT0S", "--head-timeout", "0");
        refused(
                "--gate-source has trusted rows of one model, but all models of the store are served",
                "--gate",
                "accuracy >= live",
                "--gate-source",
                "trusted.csv");
    }

    @Test
    void aPortThatIsTakenIsRefused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            refused("port " + port + " of 127.0.0.1 cannot be served", "--port", Integer.toString(port));
        }
    }
}
