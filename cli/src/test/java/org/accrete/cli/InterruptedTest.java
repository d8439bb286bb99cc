package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in its own process receives SIGTERM. */
final class InterruptedTest {
    private static final int STATUS_OF_SIGTERM = 143;

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void aRunEndsWithItsTableWhileStandardInputHasNothingToGive() throws Exception {
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "train",
                        "-",
                        "--model=piped",
                        "--target=y",
                        "--checkpoint-every=1",
                        "--store=" + folder.resolve("models"))
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
        try (OutputStream rows = process.getOutputStream()) {
            rows.write(("x,y\n" + "1,a\n2,b\n".repeat(1_500)).getBytes(StandardCharsets.UTF_8));
            rows.flush();
            // After the last of three chunks, the reader waits for a fourth.
            Path version = folder.resolve("models/piped/000003.safetensors");
            while (!Files.exists(version) && process.isAlive()) {
                Thread.sleep(20);
            }
            // Not process.destroy(): it also closes standard input, so that a waiting reader would end.
            process.toHandle().destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(STATUS_OF_SIGTERM);
        assertThat(out).content().contains("log-loss", "stopped before the rows ended", "written to");
        assertThat(Outcome.of("verify", "--store", folder.resolve("models").toString())
                        .status())
                .isZero();
    }
}
