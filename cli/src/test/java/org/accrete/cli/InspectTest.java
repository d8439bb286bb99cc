package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code inspect}, and {@code --plan} of the commands that take what it writes. */
@ExtendWith(RunSeed.class)
final class InspectTest {
    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome done(String... args) {
        Outcome outcome = accrete(args);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome;
    }

    private Outcome refused(String... args) {
        Outcome outcome = accrete(args);
        assertThat(outcome.status()).as(outcome.out()).isEqualTo(2);
        assertThat(outcome.err().lines()).hasSize(1);
        return outcome;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> column(Outcome outcome, String name) {
        return ((List<Map<String, Object>>) outcome.json().get("columns"))
                .stream()
                        .filter(column -> name.equals(column.get("name")))
                        .findFirst()
                        .orElseThrow();
    }

    private Path table() {
        return Data.write(
                folder,
                "in.csv",
                "n,word,when,flag,empty,y\n"
                        + IntStream.range(0, 100)
                                .mapToObj(row -> (row % 10 == 0 ? "NA" : row % 4 + ".5") + ","
                                        + (row % 4 == 0 ? "often" : "w" + row % 3) + ",2024-01-" + (10 + row % 20)
                                        + (row % 2 == 0 ? " 10:00," : "T09:00,") + (row % 3 == 0 ? "yes" : "no") + ",,"
                                        + (row < 30 ? "a" : row < 95 ? "b" : "") + "\n")
                                .collect(Collectors.joining()));
    }

    @Test
    void columnsOfTextAndOtherDatesAndCrossesAreTold() {
        Path file = Data.write(
                folder,
                "told.csv",
                "note,sold,price,a,b\n"
                        + IntStream.range(0, 100)
                                .mapToObj(row -> "note " + row + ",\"" + (1 + row % 28) + "/" + (row < 50 ? "11" : "02")
                                        + "/2023\"," + (row % 10 == 0 ? "" : "\"1,00" + row % 3 + " $\"") + ",a"
                                        + row % 3
                                        + ",b" + row % 2 + "\n")
                                .collect(Collectors.joining()));
        Path plan = folder.resolve("told.plan");
        String[] options = {
            "inspect",
            file.toString(),
            "--column=note=text(width=64)",
            "--column=price=numeric(thousands=comma,unit=$,if-missing=skip,indicator=yes)",
            "--cross=a,b",
            "--plan=" + plan
        };
        String text = done(options).out();
        assertThat(text).contains("5 columns become ", "text, 64", "cross of a, b: 1,024 features");
        assertThat(text).doesNotContain("such a row is bad");
        Outcome outcome = done(Stream.concat(Stream.of(options), Stream.of("--json", "--replace"))
                .toArray(String[]::new));
        assertThat(column(outcome, "sold"))
                .containsEntry("odd", 0L)
                .containsEntry("min", "2023-02-01")
                .containsEntry("max", "2023-11-28");
        assertThat(column(outcome, "price"))
                .containsEntry("min", 1_000.0)
                .containsEntry("max", 1_002.0)
                .containsEntry("missing", 10L);
        assertThat(column(outcome, "note")).containsEntry("distinct", 100L);
        Outcome converted =
                done("convert", file.toString(), folder.resolve("told.npz").toString(), "--plan=" + plan);
        assertThat(converted.out()).startsWith("90 rows of ").contains("10 left out");
    }

    @Test
    void eachColumnIsToldByKind() {
        Outcome outcome = done("inspect", table().toString(), "--target", "y", "--json");
        assertThat(outcome.json())
                .containsEntry("rows", 100L)
                .containsEntry("rows_refused", 0L)
                .containsEntry("features", 1_033L);
        // 0 to 3 and a half; those of the rows 0, 10, 20, … are missing, which are even.
        double[] numbers = IntStream.range(0, 100)
                .filter(row -> row % 10 != 0)
                .mapToDouble(row -> row % 4 + 0.5)
                .toArray();
        double mean =
                IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).sum() / numbers.length;
        double variance = IntStream.range(0, numbers.length)
                        .mapToDouble(i -> (numbers[i] - mean) * (numbers[i] - mean))
                        .sum()
                / numbers.length;
        Map<String, Object> n = column(outcome, "n");
        assertThat(n)
                .containsEntry("kind", "numeric")
                .containsEntry("missing", 10L)
                .containsEntry("distinct", 4L)
                .containsEntry("distinct_is_exact", true)
                .containsEntry("min", 0.5)
                .containsEntry("max", 3.5);
        assertThat((Double) n.get("mean")).isCloseTo(mean, within(1e-12));
        assertThat((Double) n.get("std")).isCloseTo(Math.sqrt(variance), within(1e-12));
        assertThat(column(outcome, "word"))
                .containsEntry("kind", "categorical(width=1024)")
                .containsEntry("distinct", 4L)
                .containsEntry("min", "null")
                .extractingByKey("values")
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .isEqualTo(Map.of("value", "often", "rows", 25L));
        assertThat(column(outcome, "when"))
                .containsEntry("min", "2024-01-10 10:00")
                .containsEntry("max", "2024-01-29 09:00")
                .containsEntry("mean", "null");
        assertThat(column(outcome, "flag")).containsEntry("kind", "boolean").containsEntry("distinct", 2L);
        assertThat((Double) column(outcome, "flag").get("mean")).isCloseTo(0.34, within(1e-12));
        assertThat(column(outcome, "empty")).containsEntry("kind", "ignore").containsEntry("missing", 100L);
        assertThat(column(outcome, "y")).containsEntry("missing", 5L).containsEntry("distinct", 2L);
        String text = done("inspect", table().toString(), "--target", "y").out();
        assertThat(text)
                .contains(
                        "100 rows of ",
                        "6 columns become 1,033 features",
                        "target, 2 classes",
                        "b 68%, a 32%",
                        "warning: column 'empty' is ignored");
    }

    @Test
    void aNarrowTerminalIsNotExceeded() {
        for (int width : new int[] {60, 80, 100}) {
            System.setProperty("accrete.out.columns", Integer.toString(width));
            try {
                assertThat(done("inspect", table().toString(), "--target", "y")
                                .out()
                                .lines())
                        .allMatch(line -> line.length() <= width);
            } finally {
                System.clearProperty("accrete.out.columns");
            }
        }
    }

    @Test
    void theSameTableIsTheSameInEachFormat() {
        SeededRandom random = RunSeed.random("formats");
        List<double[]> rows = new ArrayList<>();
        for (int row = 0; row < 50; row++) {
            rows.add(new double[] {random.nextInt(5), random.nextGaussian()});
        }
        String csv =
                rows.stream().map(row -> (long) row[0] + "," + row[1] + "\n").collect(Collectors.joining());
        Path plain = Data.write(folder, "t.csv", "1,2\n" + csv);
        Path json = Data.write(
                folder,
                "t.jsonl",
                rows.stream()
                        .map(row -> "{\"1\": " + (long) row[0] + ", \"2\": " + row[1] + "}\n")
                        .collect(Collectors.joining()));
        Path arff =
                Data.write(folder, "t.arff", "@relation r\n@attribute 1 numeric\n@attribute 2 numeric\n@data\n" + csv);
        Path matrix = folder.resolve("t.npy");
        done("convert", plain.toString(), matrix.toString());
        Object wanted = done("inspect", plain.toString(), "--json").json().get("columns");
        for (Path file : List.of(json, arff, matrix)) {
            assertThat(done("inspect", file.toString(), "--json").json().get("columns"))
                    .as(file.toString())
                    .isEqualTo(wanted);
        }
    }

    @Test
    void rowsWithoutCellsAreToldByTheirNumbers() {
        Outcome outcome = done("inspect", "synthetic:sea?rows=500&seed=3", "--json");
        assertThat(outcome.json()).containsEntry("rows", 500L);
        assertThat(column(outcome, "x0")).containsEntry("distinct", 500L).containsEntry("missing", 0L);
        assertThat(column(outcome, "y")).containsEntry("distinct", 2L);
    }

    @Test
    void theNumbersOfASparseColumnAreThoseThatAreNot0() {
        Path file = Data.write(folder, "t.svm", "1 1:2 3:4\n0\n1 2:6\n");
        Outcome outcome = done("inspect", file.toString(), "--json");
        assertThat(column(outcome, "x"))
                .containsEntry("kind", "sparse(width=3,first=1)")
                .containsEntry("min", 2.0)
                .containsEntry("mean", 4.0)
                .containsEntry("max", 6.0);
        assertThat(done("inspect", file.toString()).out()).contains("1 not 0 in a row");
    }

    @Test
    void encodedRowsAreToldByTheirBlocks() {
        Path out = folder.resolve("t.npz");
        done("convert", table().toString(), out.toString(), "--target", "y");
        Outcome outcome = done("inspect", out.toString(), "--json");
        assertThat(column(outcome, "n")).containsEntry("missing", 10L).containsEntry("max", 3.5);
        assertThat(column(outcome, "word")).containsEntry("missing", 0L).containsEntry("distinct", 4L);
        assertThat(column(outcome, "when.days")).containsEntry("kind", "numeric");
        assertThat(column(outcome, "y")).containsEntry("missing", 5L).containsEntry("distinct", 2L);
    }

    @Test
    void manyDistinctValuesAreNotHeld() {
        Path file = Data.write(
                folder,
                "t.csv",
                "k,x\n"
                        + IntStream.range(0, 10_050)
                                .mapToObj(row -> "k" + row + ",1\n")
                                .collect(Collectors.joining()));
        Outcome some = done("inspect", file.toString(), "--json");
        assertThat(some.json()).containsEntry("rows", 10_000L);
        assertThat(column(some, "k")).containsEntry("distinct", 10_000L).containsEntry("distinct_is_exact", true);
        Outcome all = done("inspect", file.toString(), "--json", "--rows", "all");
        assertThat(all.json()).containsEntry("rows", 10_050L);
        assertThat(column(all, "k")).containsEntry("distinct", 10_000L).containsEntry("distinct_is_exact", false);
        assertThat(done("inspect", file.toString(), "--rows", "all").out()).contains(">10,000");
        assertThat(done("inspect", file.toString(), "--rows", "20", "--json").json())
                .containsEntry("rows", 20L);
    }

    @Test
    void whatIsWrongBehindTheSampleIsWarnedOf() {
        Path file = Data.write(folder, "t.csv", "x,y\n" + "1,2\n3,4\n".repeat(600) + "five,6\n7,eight\n9,nine\n1\n");
        assertThat(done("inspect", file.toString()).out())
                .contains(
                        "1,203 rows of",
                        "and 1 bad row;",
                        "warning: column 'x' has 1 cell that is not numeric, such as 'five'; such a row is bad",
                        "warning: column 'y' has 2 cells that are not numeric, such as 'eight'",
                        "warning: a row is bad: ",
                        "t.csv line 1205: a row must have 2 fields");
    }

    /** Some bytes at a time, as pipes give them. */
    private static final class Pipe extends ByteArrayInputStream {
        private final SeededRandom random;

        Pipe(byte[] bytes, SeededRandom random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1 + random.nextInt(5_000)));
        }
    }

    private Outcome piped(Path file, String... args) throws IOException {
        InputStream before = System.in;
        InputStream pipe = new Pipe(Files.readAllBytes(file), RunSeed.random("pipe"));
        System.setIn(pipe);
        try {
            Outcome outcome = done(args);
            assertThat(System.in).isSameAs(pipe);
            return outcome;
        } finally {
            System.setIn(before);
        }
    }

    private void assertSame(Outcome outcome, String source, Outcome wanted) {
        Map<String, Object> found = outcome.json();
        Map<String, Object> file = wanted.json();
        assertThat(found.put("source", "")).isEqualTo(source);
        file.put("source", "");
        assertThat(found).isEqualTo(file);
    }

    @Test
    void standardInputIsReadAsAFile() throws IOException {
        String rows = IntStream.range(0, 40_000)
                .mapToObj(row -> row + ",word " + row % 7 + "," + row % 13 / 4.0 + "," + (row % 3 == 0 ? "a" : "b"))
                .collect(Collectors.joining("\n"));
        Path csv = Data.write(folder, "in.csv", "id,word,x,y\n" + rows + "\n");
        Path packed = folder.resolve("in.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(csv, out);
        }
        for (String most : List.of("30", "10000", "all")) {
            String[] options = {"--target", "y", "--rows", most, "--json"};
            Outcome wanted = done(with(options, csv.toString()));
            assertSame(piped(csv, with(options, "-")), "-", wanted);
            assertSame(piped(packed, with(options, "-")), "-", wanted);
            assertSame(piped(packed, with(options, "csv:-")), "csv:-", wanted);
        }
        Path plan = folder.resolve("in.plan");
        piped(packed, "inspect", "-", "--target", "y", "--plan", plan.toString());
        assertThat(plan).content().contains("\"word\": \"categorical(width=1024)\"");
        Path json = Data.write(
                folder,
                "in.jsonl",
                IntStream.range(0, 3_000)
                        .mapToObj(row -> "{\"x\": " + row + ", \"y\": \"" + row % 2 + "\"}\n")
                        .collect(Collectors.joining()));
        assertSame(piped(json, "inspect", "jsonl:-", "--json"), "jsonl:-", done("inspect", json.toString(), "--json"));
    }

    private static String[] with(String[] options, String source) {
        return Stream.concat(Stream.of("inspect", source), Stream.of(options)).toArray(String[]::new);
    }

    @Test
    void aPipeWithANameIsRefused() {
        assumeTrue(Files.exists(Path.of("/dev/null")));
        assertThat(refused("inspect", "csv:/dev/null").err()).contains("give it as standard input");
    }

    @Test
    void aModelTrainedByAnEditedPlanReadsItsColumnsSo() throws IOException {
        String data = table().toString();
        Path plan = folder.resolve("flights.plan");
        assertThat(done("inspect", data, "--target", "y", "--plan", plan.toString())
                        .out())
                .contains("plan written to " + plan);
        done("train", data, "--target", "y", "--model", "inferred");
        done("train", data, "--plan", plan.toString(), "--model", "planned");
        done("train", data, "--plan", plan.toString(), "--target", "y", "--epochs", "2", "--model", "twice");
        assertThat(columns("planned")).isEqualTo(columns("inferred"));

        Files.writeString(
                plan,
                Files.readString(plan)
                        .replace("\"n\": \"numeric\"", "\"n\": \"ignore\"")
                        .replace("classes=a|b", "classes=b|a|c"));
        done("train", data, "--plan", plan.toString(), "--model", "edited");
        assertThat(columns("edited")).contains("n=ignore", "y=target(kind=categorical,classes=b|a|c)");
        // Resuming by the same plan goes on, by another one does not.
        done("train", data, "--plan", plan.toString(), "--model", "edited", "--resume");
        assertThat(refused("train", data, "--plan", plan.toString(), "--model", "planned", "--resume")
                        .err())
                .contains("--plan " + plan + " does not fit model planned@1: it has another column plan");
        done("convert", data, folder.resolve("t.csv").toString(), "--plan", plan.toString());
        assertThat(folder.resolve("t.csv.encoding")).content().contains("\"n\": \"ignore\"");
    }

    @SuppressWarnings("unchecked")
    private List<Object> columns(String model) {
        return (List<Object>)
                accrete("describe", model + "@live", "--json").json().get("columns");
    }

    @Test
    void aPlanFileIsReplacedOnlyOnDemand() {
        String data = table().toString();
        Path plan = Data.write(folder, "p.plan", "mine");
        assertThat(refused("inspect", data, "--plan", plan.toString()).err()).contains("overwrite it with --replace");
        assertThat(plan).hasContent("mine");
        assertThat(done("inspect", data, "--plan", plan.toString(), "--replace", "--json")
                        .json())
                .containsEntry("plan_file", plan.toString());
        assertThat(plan).content().startsWith("{\n  \"columns\": {\n    \"n\": \"numeric\",");
        assertThat(refused("inspect", data, "--plan", data, "--replace").err())
                .contains("is a file that the rows are read from");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"columns\": {\"n\": \"numbr\"}} | --json=false | p.plan line 1 column 19: kind of column 'n' must be one of",
                "{\"columns\": | --model=m | p.plan line 1 column 12: not JSON",
                "{\"columns\": {\"m\": \"numeric\", \"y\": \"target(kind=categorical)\"}} | --model=m | there is no column 'm' of kind numeric, which the plan needs; columns: n, word",
                "{\"columns\": {\"n\": \"numeric\"}} | --target=y | --target y does not fit --plan",
                "{\"columns\": {\"n\": \"numeric\"}} | --column=n=ignore | leave out --column",
                "{\"columns\": {\"n\": \"numeric\"}} | --model=m | no target: name the column to be predicted",
                "{\"columns\": {\"word\": \"numeric\", \"y\": \"target\"}} | --model=m | column 'word' must be a number or missing but was 'often'",
            })
    void aPlanThatDoesNotFitIsTold(String text, String option, String message) {
        Path plan = Data.write(folder, "p.plan", text);
        List<String> args = new ArrayList<>(List.of("train", table().toString(), "--plan", plan.toString()));
        args.add(option.equals("--json=false") ? "--chunk-rows=5" : option);
        if (!option.equals("--model=m")) {
            args.add("--model=m");
        }
        assertThat(refused(args.toArray(String[]::new)).err()).contains(message);
    }
}
