package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.DirectoryStore;
import org.accrete.io.EncodedRowsWriter;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code convert}: encoded rows train the same model, and a file appears whole or not at all. */
@ExtendWith(RunSeed.class)
final class ConvertTest {
    @TempDir
    private Path folder;

    static Stream<String> endings() {
        return EncodedRowsWriter.ENDINGS.stream();
    }

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

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** {@return a table with missing cells, rows without a target, weights, and a class that the sample lacks} */
    private Path table(SeededRandom random) {
        StringBuilder text = new StringBuilder("x,when,word,w,y\n");
        for (int row = 0; row < 2_500; row++) {
            text.append(random.nextInt(9) == 0 ? "" : Double.toString(random.nextGaussian() / 7))
                    .append(",2024-0")
                    .append(1 + random.nextInt(9))
                    .append("-03 17:00,")
                    .append(random.nextInt(9) == 0 ? "" : "word " + random.nextInt(5))
                    .append(',')
                    .append(random.nextDouble())
                    .append(',')
                    .append(
                            random.nextInt(20) == 0
                                    ? ""
                                    : List.of("a", "b", "\"c, later\"").get(random.nextInt(row < 1_300 ? 2 : 3)))
                    .append('\n');
        }
        return Data.write(folder, "raw.csv", text.toString());
    }

    private Map<String, Tensor> tensors(String model) {
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            State state = store.load(store.history(model).resolve("live"));
            assertThat(state.texts()).containsKey("plan");
            return state.tensors();
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    void whatColumnsAreToldIsInTheEncodedRows(String ending) throws IOException {
        SeededRandom random = RunSeed.random(ending);
        String raw = withCategories(table(random), random).toString();
        String out = path("out." + ending);
        String[] columns = {
            "--column", "w=numeric(if-missing=0.5)",
            "--column", "x=numeric(if-missing=skip)",
            "--column", "when=datetime(indicator=yes)",
            "--column", "word=text(chars=1-2,width=64,indicator=yes)",
            "--column", "k=categorical(min-count=100)",
            "--cross", "k,b"
        };
        done(concat(new String[] {"train", raw, "--model", "raw", "--target", "y"}, columns));
        Outcome converted = done(concat(new String[] {"convert", raw, out, "--target", "y"}, columns));
        assertThat(converted.out()).contains(" left out; ");
        done("train", out, "--model", "encoded");
        Map<String, Tensor> wanted = new HashMap<>(tensors("raw"));
        // The encoded rows are without those that were left out.
        assertThat(wanted.remove("run.rows_left_out")).isNotNull();
        assertThat(tensors("encoded")).isEqualTo(wanted);
        // Also for the options that the raw rows were read with.
        done(concat(new String[] {"train", out, "--model", "again", "--target", "y"}, columns));
        assertThat(tensors("again")).isEqualTo(wanted);
        String message =
                accrete("train", out, "--model", "no", "--cross", "word,k").err();
        assertThat(message).contains("are encoded and cannot be changed", "leave out --cross word,k");
        assertThat(done("inspect", out).out()).contains("k*b");
    }

    /** {@return a table with two more columns of text} */
    private Path withCategories(Path raw, SeededRandom random) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(raw)) {
            String cells = text.isEmpty()
                    ? "k,b"
                    : "k" + random.nextInt(1 + random.nextInt(9)) + "," + (random.nextInt(2) == 0 ? "yes" : "no");
            text.append(cells).append(',').append(line).append('\n');
        }
        return Data.write(folder, "more.csv", text.toString());
    }

    @ParameterizedTest
    @MethodSource("endings")
    void theModelOfEncodedRowsIsThatOfTheRawOnes(String ending) {
        String raw = table(RunSeed.random(ending)).toString();
        String out = path("out." + ending);
        String[] columns = {"--column", "w=weight", "--column", "word=categorical(width=64)"};
        done(concat(new String[] {"train", raw, "--model", "raw", "--target", "y"}, columns));
        Outcome converted = done(concat(new String[] {"convert", raw, out, "--target", "y"}, columns));
        assertThat(converted.out()).startsWith("2,500 rows of 72 columns written to " + out + " (");
        done("train", out, "--model", "encoded");
        assertThat(tensors("encoded")).isEqualTo(tensors("raw"));
        // Also over several epochs, and for the options that the raw rows were read with.
        done(concat(new String[] {"train", raw, "--model", "raw3", "--epochs", "3", "--target", "y"}, columns));
        done(concat(new String[] {"train", out, "--model", "encoded3", "--epochs", "3", "--target", "y"}, columns));
        assertThat(tensors("encoded3")).isEqualTo(tensors("raw3"));

        String predictions = done("predict", "raw", raw).out();
        assertThat(done("predict", "raw", out).out()).isEqualTo(predictions);
        assertThat(done("predict", "encoded", raw).out().replace("encoded@", "raw@"))
                .isEqualTo(predictions);
        assertThat(done("evaluate", "raw", out).out())
                .isEqualTo(done("evaluate", "raw", raw).out());
    }

    private static String[] concat(String[] one, String[] other) {
        return Stream.of(one, other).flatMap(Stream::of).toArray(String[]::new);
    }

    @Test
    void whatTheTargetIsMissingOrTheRowsAreBadIsCounted() {
        Path raw = Data.write(folder, "raw.csv", "x,y\n" + "1,a\n2,b\nno,a\n".repeat(2) + "1,a\n".repeat(94) + "3,\n");
        Outcome outcome = accrete("convert", raw.toString(), path("out.npy"), "--target", "y");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("raw.csv line 4: column 'x'", "--bad-rows skip");
        assertThat(folder).isDirectoryNotContaining("glob:**out*");
        Map<String, Object> document = done(
                        "convert",
                        raw.toString(),
                        path("out.npy"),
                        "--target=y",
                        "--column=x=numeric",
                        "--bad-rows=skip=5%",
                        "--json")
                .json();
        assertThat(document)
                .containsEntry("rows", 99L)
                .containsEntry("rows_unlabelled", 1L)
                .containsEntry("rows_refused", 2L)
                .containsEntry("columns", 1L)
                .containsEntry("classes", List.of("a", "b"))
                .containsEntry("encoding", path("out.npy.encoding"));
        done("convert", raw.toString(), path("few.npy"), "--target=y", "--rows=2");
        assertThat(done("train", path("few.npy"), "--model=few", "--json").json())
                .containsEntry("rows", 2L);
    }

    @Test
    void anExistingFileIsReplacedOnlyOnDemand() throws IOException {
        String raw = Data.write(folder, "raw.csv", "x,y\n1,2\n3,4\n").toString();
        Path out = Data.write(folder, "out.csv", "mine");
        Outcome outcome = accrete("convert", raw, out.toString());
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("'" + out + "' exists; name another file, or overwrite it with --replace");
        assertThat(out).hasContent("mine");
        done("convert", raw, out.toString(), "--replace");
        assertThat(out).hasContent("x,y\n1,2\n3,4");
        Path beside = Data.write(folder, "other.csv.encoding", "mine");
        assertThat(accrete("convert", raw, path("other.csv")).err()).contains("'" + beside + "' exists");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out.txt | encoded rows are written to a file that ends in .npy, .npz, .libsvm, .jsonl, .csv",
                "raw.csv | OUT RAW is a file that the rows are read from",
                "none/out.csv | no directory",
                ". | OUT must be a file but",
                "out.npz | no room for keys, here k"
            })
    void whatCannotBeWrittenIsRefused(String out, String message) {
        Path raw = Data.write(folder, "raw.csv", "k,x,y\n1,1,2\n2,3,4\n");
        Outcome outcome = accrete("convert", raw.toString(), path(out), "--column", "k=key");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains(message.replace("RAW", raw.toString()));
        assertThat(outcome.err().lines()).hasSize(1);
    }

    private static ProcessBuilder process(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        return new ProcessBuilder(all);
    }

    @Test
    @Timeout(120)
    void nothingIsLeftOfAConversionThatIsStopped() throws Exception {
        // Has a file for each array until the end.
        String name = "out.npz";
        ProcessBuilder builder = process();
        builder.command().addAll(List.of("convert", "-", path(name)));
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try (OutputStream rows = process.getOutputStream()) {
            rows.write(("x,y\n" + "1.25,2\n2.5,3\n".repeat(20_000)).getBytes(StandardCharsets.UTF_8));
            rows.flush();
            while (unfinished() == 0 && process.isAlive()) {
                Thread.sleep(20);
            }
            // Not process.destroy(): it also closes standard input, so that the rows would end.
            process.toHandle().destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(folder).isDirectoryNotContaining("glob:**out*");
    }

    /** {@return how many bytes were written to files that are not complete} */
    private long unfinished() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().contains(".unfinished-"))
                    .toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"out.csv", "out.npz"})
    @Timeout(120)
    void aFullDiskIsToldAndLeavesNothing(String name) throws Exception {
        assumeTrue(Files.exists(Path.of("/bin/sh")), "there is a shell that limits the size of files");
        ProcessBuilder builder = process("/bin/sh", "-c", "ulimit -f 800 && exec \"$0\" \"$@\"");
        builder.command()
                .addAll(List.of("convert", "synthetic:regression?rows=20000&features=20", path(name), "--debug"));
        Path log = folder.resolve("log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(1);
        assertThat(Files.readString(log)).contains("accrete: '" + path(name) + "' cannot be written: File too large");
        assertThat(folder).isDirectoryNotContaining("glob:**out*");
    }
}
