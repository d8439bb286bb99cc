package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on streams larger than memory works with a heap of 64 MB. */
class SmallHeapIT {
    @TempDir
    private Path directory;

    @Test
    void twentyMillionRowsTrain() {
        Command.Result result = Command.in(directory)
                .with("-Xmx64m")
                .run("train", "synthetic:sea?rows=20000000&seed=7", "--model", "sea", "--json")
                .done();
        assertThat(result.out()).contains("\"rows\":20000000");
        assertThat(Command.latest(directory.resolve("models"), "sea").whole("run.rows"))
                .isEqualTo(20_000_000);
    }

    @Test
    void fileTenTimesTheHeapTrains() throws IOException {
        Path file = directory.resolve("large.csv");
        SeededRandom random = new SeededRandom(5);
        // Long unused cells make the file large with few rows, so that the test is fast.
        String padding = "x".repeat(900);
        int rows = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("a,b,place,note,y\n");
            while (rows * 950L < 660L << 20) {
                double a = random.nextDouble();
                out.write(a + "," + random.nextInt(1000) + ",p" + random.nextInt(300) + "," + padding + rows + ","
                        + (a > 0.4 ? "yes" : "no") + "\n");
                rows++;
            }
        }
        assertThat(Files.size(file)).isGreaterThan(640L << 20);
        Command.in(directory)
                .with("-Xmx64m")
                .run("train", file.toString(), "--target", "y", "--model", "large")
                .done();
        assertThat(Command.latest(directory.resolve("models"), "large").whole("run.rows"))
                .isEqualTo(rows);
    }
}
