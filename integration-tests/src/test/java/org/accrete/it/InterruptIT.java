package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupted run stores what it has learned and prints its scores. */
class InterruptIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void appendsAVersionAndPrintsTheTable(String signal) throws Exception {
        Command command = Command.brief(directory);
        Command.Running running = command.start(
                "train", "synthetic:sea?rows=1000000000&seed=1", "--model", "sea", "--checkpoint-every", "50");
        Path history = directory.resolve("models/sea/history");
        while (running.process().isAlive() && !Files.exists(history)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        new ProcessBuilder("kill", "-" + signal, Long.toString(running.process().pid()))
                .start()
                .waitFor();
        Command.Result result = running.await();
        assertThat(result.out()).contains("log-loss", "no-change", "written to");
        long versions =
                Command.history(directory.resolve("models"), "sea").versions().size();
        assertThat(result.out()).contains("sea@" + versions);
        assertThat(Command.latest(directory.resolve("models"), "sea").whole("run.rows"))
                .isPositive();
    }

    @Test
    void closedOutputIsNotAnError() throws Exception {
        Path out = directory.resolve("out.txt");
        Process process = new ProcessBuilder("sh", "-c", "./accrete learners | head -n 1 >" + out)
                .directory(Command.ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(out)).isNotEmpty();
        assertThat(said).doesNotContain("Exception");
    }
}
