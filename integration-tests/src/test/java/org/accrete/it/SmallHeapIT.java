package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on streams larger than memory works with a heap of 64 MB; what would fill it is refused. */
class SmallHeapIT {
    /** Of three numbers and a class: more than twice the heap. */
    private static final int ROWS = Integer.getInteger("accrete.rows", 5_000_000);

    @TempDir
    private Path directory;

    @Test
    void millionsOfRowsTrain() {
        Command.Result result = Command.in(directory)
                .with("-Xmx64m")
                .run("train", "synthetic:sea?seed=7&rows=" + ROWS, "--model", "sea", "--json")
                .done();
        assertThat(result.out()).contains("\"rows\":" + ROWS);
        assertThat(Command.latest(directory.resolve("models"), "sea").whole("run.rows"))
                .isEqualTo(ROWS);
    }

    @Test
    void fileFiveTimesTheHeapTrains() throws IOException {
        Path file = directory.resolve("large.csv");
        SeededRandom random = new SeededRandom(5);
        // Long unused cells make the file large with few rows, so that the test is fast.
        String padding = "x".repeat(900);
        int rows = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("a,b,place,note,y\n");
            while (rows * 950L < 330L << 20) {
                double a = random.nextDouble();
                out.write(a + "," + random.nextInt(1000) + ",p" + random.nextInt(300) + "," + padding + rows + ","
                        + (a > 0.4 ? "yes" : "no") + "\n");
                rows++;
            }
        }
        assertThat(Files.size(file)).isGreaterThan(320L << 20);
        Command.in(directory)
                .with("-Xmx64m")
                .run("train", file.toString(), "--target", "y", "--model", "large")
                .done();
        assertThat(Command.latest(directory.resolve("models"), "large").whole("run.rows"))
                .isEqualTo(rows);
    }

    /** Small files that expand, longer by far than the heap. */
    @Test
    void endlessRecordsAreRefusedBeforeTheHeapIsFull() throws IOException {
        assertThat(refused("a,y\n1,0\n2,1\n", "1234567", "\n3,1\n")).contains("line 4", "a cell here has more than");
        assertThat(refused("a,y\n1,0\n2,1\n\"", "123,\n4,", "")).contains("line 4", "a cell here has more than");
        assertThat(refused("a,y\n1,0\n2,1\n", "12345,", "\n3,1\n")).contains("line 4", "a record has more than");
        assertThat(refused("", "name,", "y\n3,1\n")).contains("line 1", "a record has more than");
        String columns =
                IntStream.range(0, 100_000).mapToObj(i -> "c" + i + ",").collect(Collectors.joining());
        assertThat(refused(columns, "", "y\n")).contains("100001 columns, which need a heap of about");
    }

    @Test
    void endlessBlankLinesAreRead() throws IOException {
        Command.Result result = train(packed("a,y\n1,0\n", "\n\n\n\n", "2,1\n3,0\n"));
        assertThat(result.done().out()).contains("3 rows learned");
    }

    private String refused(String begin, String repeated, String end) throws IOException {
        Command.Result result = train(packed(begin, repeated, end));
        assertThat(result.status()).isEqualTo(2);
        return result.err();
    }

    private Command.Result train(Path file) {
        return Command.in(directory).with("-Xmx64m").run("train", file.toString(), "--target", "y", "--model", "m");
    }

    /** {@return a gzip file with 100 MB of the same text between its begin and its end} */
    private Path packed(String begin, String repeated, String end) throws IOException {
        Path file = directory.resolve("packed.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(begin.getBytes(StandardCharsets.UTF_8));
            byte[] some = repeated.repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
            for (long length = 0; some.length > 0 && length < 100L << 20; length += some.length) {
                out.write(some);
            }
            out.write(end.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
