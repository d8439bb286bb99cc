package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;
import static org.accrete.io.IoFixtures.zstd;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same table in every format that can say it gives the same plan and the same rows, bit for bit. */
class SameTableTest {
    private static final List<String> NAMES = List.of("n", "c", "b", "d", "i", "y");
    private static final int ROWS = 1_500;

    @TempDir
    Path folder;

    private final List<List<String>> table = new ArrayList<>();
    private List<String> wanted = List.of();

    @BeforeEach
    void makeTable() {
        SeededRandom random = new SeededRandom(17);
        for (int row = 0; row < ROWS; row++) {
            table.add(List.of(
                    row % 11 == 3 ? "" : Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20)),
                    row % 13 == 3 ? "" : "Zürich " + random.nextInt(9),
                    row % 17 == 3 ? "" : random.nextInt(2) == 0 ? "true" : "false",
                    row % 19 == 3
                            ? ""
                            : "20" + (10 + random.nextInt(80)) + "-0" + (1 + random.nextInt(9)) + "-11T07:15:00",
                    Integer.toString(random.nextInt(1_000) - 500),
                    random.nextInt(3) == 0 ? "spam" : "ham"));
        }
        write(folder.resolve("t.csv"), csv(","));
        wanted = rows(new CsvSourceProvider(), "t.csv");
        assertThat(wanted).hasSize(ROWS + 1);
    }

    private String csv(String delimiter) {
        return table.stream()
                .map(row -> String.join(delimiter, row) + "\n")
                .collect(Collectors.joining("", String.join(delimiter, NAMES) + "\n", ""));
    }

    private String jsonLines() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : table) {
            List<String> pairs = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                boolean isQuoted = i == 1 || i == 3 || i == 5;
                if (!cell.isEmpty()) {
                    pairs.add('"' + NAMES.get(i) + "\":" + (isQuoted ? '"' + cell + '"' : cell));
                } else if (i % 2 == 0) {
                    pairs.add('"' + NAMES.get(i) + "\": null");
                }
            }
            text.append('{').append(String.join(",", pairs)).append("}\n");
        }
        return text.toString();
    }

    private String arff() {
        StringBuilder text = new StringBuilder(
                "@relation t\n@attribute n numeric\n@attribute c string\n"
                        + "@attribute b {true,false}\n@attribute d date\n@attribute i integer\n@attribute y {spam,ham}\n@data\n");
        for (List<String> row : table) {
            text.append(row.stream()
                            .map(cell -> cell.isEmpty() ? "?" : cell.indexOf(' ') < 0 ? cell : "'" + cell + "'")
                            .collect(Collectors.joining(",")))
                    .append('\n');
        }
        return text.toString();
    }

    /** {@return the plan and the rows of a file} */
    private List<String> rows(ChunkSourceProvider provider, String file) {
        SourceRequest request = request(folder.resolve(file)).withTarget("y");
        try (ChunkSource source = IoFixtures.open(provider, request, Map.of())) {
            List<String> rows =
                    new ArrayList<>(List.of(source.plan().orElseThrow().toText()));
            rows.addAll(IoFixtures.rest(source, 100));
            return rows;
        }
    }

    private void assertSame(ChunkSourceProvider provider, String ending, String text) {
        write(folder.resolve("t." + ending), text);
        write(folder.resolve("t." + ending + ".gz"), gzip(text));
        write(folder.resolve("t." + ending + ".zst"), zstd(text));
        for (String packed : List.of("", ".gz", ".zst")) {
            assertThat(rows(provider, "t." + ending + packed))
                    .as(ending + packed)
                    .isEqualTo(wanted);
        }
    }

    @Test
    void asCsvAndTsv() {
        assertSame(new CsvSourceProvider(), "csv", csv(","));
        assertSame(new CsvSourceProvider(), "tsv", csv("\t"));
    }

    @Test
    void asJsonLines() {
        assertSame(new JsonLinesSourceProvider(), "jsonl", jsonLines());
    }

    @Test
    void asArff() {
        assertSame(new ArffSourceProvider(), "arff", arff());
    }

    @Test
    void inSeveralFilesOfADirectory() throws Exception {
        String[] lines = jsonLines().split("(?<=\n)");
        Path parts = java.nio.file.Files.createDirectory(folder.resolve("parts"));
        for (int i = 0; i < 4; i++) {
            String part = String.join("", Arrays.copyOfRange(lines, i * ROWS / 4, (i + 1) * ROWS / 4));
            write(
                    parts.resolve("part-" + i + ".jsonl"),
                    i == 1 ? gzip(part) : i == 2 ? zstd(part) : part.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(rows(new JsonLinesSourceProvider(), "parts")).isEqualTo(wanted);
    }

    @Test
    void numbersAsNumPy() {
        SeededRandom random = new SeededRandom(3);
        double[] values = IntStream.range(0, 5 * ROWS)
                .mapToDouble(i -> i % 5 == 4 ? random.nextInt(3) : i % 31 == 0 ? Double.NaN : random.nextGaussian())
                .toArray();
        StringBuilder text = new StringBuilder("1,2,3,4,5\n");
        for (int i = 0; i < values.length; i++) {
            text.append(Double.isNaN(values[i]) ? "" : Double.toString(values[i]))
                    .append(i % 5 == 4 ? '\n' : ',');
        }
        SourceRequest csv =
                request(write(folder.resolve("n.csv"), text.toString())).withTarget("5");
        SourceRequest npy = request(write(folder.resolve("n.npy"), NumpySourceTest.npy(5, values)))
                .withTarget("5");
        assertThat(IoFixtures.all(new NumpySourceProvider(), npy, Map.of()))
                .hasSize(ROWS)
                .isEqualTo(IoFixtures.all(csv));
        // The target is no numeric column, so the third is asked of texts.
        for (String condition : List.of("`1` > 0 and not `4` <= -0.5", "`2` is missing or `1` != 0", "`5` in (0, 2)")) {
            Optional<RowFilter> where = Optional.of(RowFilter.parse(condition));
            assertThat(IoFixtures.all(new NumpySourceProvider(), npy.withWhere(where), Map.of()))
                    .as(condition)
                    .hasSizeBetween(1, ROWS - 1)
                    .isEqualTo(IoFixtures.all(csv.withWhere(where)));
        }
    }

    /** A sparse column can be a cell of any format. */
    @Test
    void featuresOfLibSvmAsCells() {
        StringBuilder svm = new StringBuilder();
        StringBuilder csv = new StringBuilder("y,x\n");
        StringBuilder json = new StringBuilder();
        SeededRandom random = new SeededRandom(5);
        for (int row = 0; row < 100; row++) {
            StringBuilder pairs = new StringBuilder();
            for (int j = 1 + random.nextInt(9); j <= 40; j += 1 + random.nextInt(9)) {
                pairs.append(pairs.isEmpty() ? "" : " ").append(j).append(':').append(random.nextGaussian());
            }
            svm.append(row % 3).append(' ').append(pairs).append('\n');
            csv.append(row % 3).append(',').append(pairs).append('\n');
            json.append("{\"y\":" + row % 3 + ",\"x\":\"").append(pairs).append("\"}\n");
        }
        String column = "x=sparse(width=40)";
        List<String> rows = IoFixtures.all(
                new LibSvmSourceProvider(),
                request(write(folder.resolve("s.svm"), svm.toString())),
                Map.of("columns", "40"));
        assertThat(rows).hasSize(100);
        assertThat(IoFixtures.all(request(write(folder.resolve("s.csv"), csv.toString()), column)
                        .withTarget("y")))
                .isEqualTo(rows);
        assertThat(IoFixtures.all(
                        new JsonLinesSourceProvider(),
                        request(write(folder.resolve("s.jsonl"), json.toString()), column)
                                .withTarget("y"),
                        Map.of()))
                .isEqualTo(rows);
    }
}
