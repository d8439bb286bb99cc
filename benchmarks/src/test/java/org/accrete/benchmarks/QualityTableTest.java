package org.accrete.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page has a line for each stream and chunk size, with figures that can be told beforehand. */
class QualityTableTest {
    @TempDir
    private Path folder;

    private static String page(String... arguments) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream console = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            QualityTable.main(arguments);
        } finally {
            System.setOut(console);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Writes 4,000 rows; the class is the sign of x but for every fifth row, and every tenth row has none. */
    private void write(Path file) throws Exception {
        StringBuilder text = new StringBuilder("x,z,class,y\n");
        Random random = new Random(1);
        for (int row = 0; row < 4_000; row++) {
            double x = random.nextGaussian();
            boolean positive = x > 0 ^ row % 5 == 4;
            text.append(x + "," + random.nextGaussian() + "," + (row % 10 == 0 ? "" : positive ? "yes" : "no") + ","
                    + 1_000 * x + "\n");
        }
        Files.writeString(file, text);
    }

    @Test
    void hasALineForEachStreamAndChunkSize() throws Exception {
        Path streams = Files.createDirectory(folder.resolve("streams"));
        write(streams.resolve("signs.csv"));
        Path peers = Files.writeString(
                folder.resolve("peers.csv"), "stream,chunk_rows,peer,accuracy\nsigns,100,Oracle,0.7778\n");
        String page = page(peers.toString(), streams.toString(), streams.resolve("signs.csv") + ":y:class");

        List<String> lines =
                page.lines().filter(line -> line.startsWith("| signs")).toList();
        assertThat(lines).hasSize(6);
        List<String> heads = page.lines()
                .filter(line -> line.startsWith("| stream"))
                .findFirst()
                .map(line -> List.of(line.split(" *\\| *")))
                .orElseThrow();
        for (String line : lines.subList(0, 3)) {
            String[] cells = line.split(" *\\| *");
            assertThat(cells[2]).as("rows with a target").isEqualTo("3,600");
            List<Double> sgd = Stream.of(cells[column(heads, "`sgd-classifier`")].split("[ ,±]+"))
                    .map(Double::valueOf)
                    .toList();
            assertThat(sgd.get(0)).as("accuracy").isBetween(0.65, 0.7778);
            assertThat(sgd.get(1)).isBetween(0.0065, 0.0085);
            assertThat(sgd.get(4)).as("calibration error").isBetween(0.0, 0.3);
            assertThat(Double.parseDouble(cells[column(heads, "majority")]))
                    .as("majority")
                    .isBetween(0.4, 0.6);
            assertThat(Double.parseDouble(cells[column(heads, "class shares")]))
                    .as("class shares")
                    .isBetween(0.69, 0.72);
        }
        assertThat(lines.get(1)).endsWith("| 0.7778 |");
        assertThat(page).contains("## Classes, row by row", "## Numbers, chunks of 1,000 rows", "| Oracle |");
        assertThat(lines.get(3)).startsWith("| signs (y) | 4,000 |");
    }

    private static int column(List<String> heads, String name) {
        return IntStream.range(0, heads.size())
                .filter(i -> heads.get(i).startsWith(name))
                .findFirst()
                .orElseThrow();
    }
}
