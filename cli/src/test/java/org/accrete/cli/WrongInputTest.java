package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input gives one clear line and exit status 2, and changes nothing in the store. */
final class WrongInputTest {
    @TempDir
    private Path folder;

    private Path store;
    private String data;

    @BeforeEach
    void trainOnce() {
        store = folder.resolve("models");
        data = Data.csv(folder, "late.csv", 1_500).toString();
        assertThat(accrete("train", data, "--model", "late", "--target", "late", "--column", "delay=ignore")
                        .status())
                .isZero();
    }

    private Outcome accrete(String... args) {
        return run(store.toString(), args);
    }

    private static Outcome run(String store, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store=" + store);
        return Outcome.of(all.toArray(String[]::new));
    }

    /** {@return every file below the folder with its bytes} */
    private Map<String, String> files() {
        try (Stream<Path> paths = Files.walk(folder)) {
            Map<String, String> files = new TreeMap<>();
            for (Path path : paths.toList()) {
                files.put(
                        folder.relativize(path).toString(),
                        Files.isDirectory(path) ? "" : java.util.Arrays.toString(Files.readAllBytes(path)));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(List<String> says, String... args) {
        Map<String, String> before = files();
        Outcome outcome = accrete(args);
        assertThat(outcome.status()).as(outcome.toString()).isEqualTo(2);
        assertThat(outcome.err()).hasLineCount(1).startsWith("accrete: ").contains(says);
        assertThat(outcome.out()).isEmpty();
        assertThat(files()).isEqualTo(before);

        List<String> json = new ArrayList<>(List.of(args));
        json.add("--json");
        Outcome document = accrete(json.toArray(String[]::new));
        assertThat(document.status()).isEqualTo(2);
        assertThat(document.json()).containsOnlyKeys("error");
        assertThat(document.map("error")).containsOnlyKeys("kind", "message", "where");
        assertThat(document.map("error").get("message").toString()).doesNotContain("\n");
        assertThat(document.err()).isEmpty();
        assertThat(files()).isEqualTo(before);
    }

    private void trainRefused(List<String> says, String... more) {
        List<String> all = new ArrayList<>(List.of("train", "--model", "new"));
        all.addAll(List.of(more));
        refused(says, all.toArray(String[]::new));
    }

    private String file(String name, String text) {
        return Data.write(folder, name, text).toString();
    }

    @Test
    void aMissingFile() throws IOException {
        trainRefused(List.of("none.csv", "no file"), folder.resolve("none.csv").toString(), "--target", "late");
        trainRefused(List.of("none-*.csv"), folder.resolve("none-*.csv").toString(), "--target", "late");
        String empty = Files.createDirectory(folder.resolve("empty")).toString();
        trainRefused(List.of("no source reads the files of directory", "csv:" + empty), empty, "--target", "late");
        refused(
                List.of("none.csv"),
                "predict",
                "late",
                folder.resolve("none.csv").toString());
        refused(
                List.of("none.csv"),
                "evaluate",
                "late",
                folder.resolve("none.csv").toString());
    }

    @Test
    void anUnknownEnding() {
        trainRefused(List.of("data.xyz", "csv.gz"), file("data.xyz", "x,y\n1,a\n"), "--target", "y");
    }

    @Test
    void anUnknownColumn() {
        trainRefused(List.of("'lateness'", "load, route"), data, "--target", "lateness");
        trainRefused(List.of("'Late'", "did you mean 'late'?"), data, "--target", "Late");
        trainRefused(List.of("'LOAD'", "did you mean 'load'?"), data, "--target", "late", "--column", "LOAD=numeric");
        refused(List.of("'load'", "did you mean 'Load'?"), "predict", "late", file("case.csv", "id,route,Load\n"));
        trainRefused(List.of("'nope'", "load, route"), data, "--target", "late", "--column", "nope=ignore");
        trainRefused(List.of("KIND", "numeric"), data, "--target", "late", "--column", "load:numeric");
        trainRefused(List.of("'load'", "'words'", "categorical"), data, "--target", "late", "--column", "load=words");
        trainRefused(List.of("--target", "load, route"), data);
    }

    @Test
    void anUnknownPlugIn() {
        trainRefused(
                List.of("'sgd-clasifier'", "Did you mean 'sgd-classifier'?"),
                data,
                "--target",
                "late",
                "--learner",
                "sgd-clasifier");
        trainRefused(
                List.of("'standard-scalar'", "'standard-scaler'"),
                data,
                "--target",
                "late",
                "--steps",
                "standard-scalar");
        trainRefused(List.of("'synthetik'", "'synthetic'"), "synthetik:sea");
        refused(List.of("'sgd-klassifier'", "sgd-classifier"), "describe", "sgd-klassifier");
        Outcome store = run("diretory:x", "versions", "late");
        assertThat(store.status()).isEqualTo(2);
        assertThat(store.err()).hasLineCount(1).contains("'directory'");
    }

    @Test
    void aParameterOutOfItsDomain() {
        trainRefused(List.of("eta0", "> 0", "-1"), data, "--target", "late", "--set", "eta0=-1");
        trainRefused(
                List.of("loss", "hinge | squared-hinge | perceptron | log-loss"),
                data,
                "--target",
                "late",
                "--set",
                "loss=log");
        trainRefused(List.of("'eta1'", "eta0"), data, "--target", "late", "--set", "eta1=1");
        trainRefused(List.of("key=value"), data, "--target", "late", "--set", "eta0");
        trainRefused(List.of("twice"), data, "--target", "late", "--set", "eta0=1", "--set", "eta0=2");
        trainRefused(List.of("'foo'"), data, "--target", "late", "--set", "foo.bar=1");
        trainRefused(List.of("chunk-rows", ">= 1"), data, "--target", "late", "--chunk-rows", "0");
        trainRefused(List.of("epochs", ">= 1"), data, "--target", "late", "--epochs", "0");
        trainRefused(List.of("rows", ">= 1"), data, "--target", "late", "--rows", "0");
        trainRefused(List.of("checkpoint-every"), data, "--target", "late", "--checkpoint-every", "0");
        trainRefused(List.of("bad-rows", "stop | skip"), data, "--target", "late", "--bad-rows", "drop");
        trainRefused(List.of("rows", ">= 0"), "synthetic:sea?rows=-1");
        trainRefused(
                List.of("'sgd-regressor' learns", "categorical").subList(1, 2),
                data,
                "--target",
                "late",
                "--learner",
                "sgd-regressor");
        trainRefused(List.of("--epochs"), "-", "--target", "late", "--epochs", "2");
        assumeTrue(Files.exists(Path.of("/dev/null")));
        trainRefused(List.of("--epochs"), "csv:/dev/null", "--target", "late", "--epochs", "2");
    }

    @Test
    void aBenchmarkOfWhatIsNotThere() {
        refused(List.of("'sgd-clasifier'", "sgd-classifier"), "bench", "sgd-clasifier");
        refused(List.of("'ridge'"), "bench", "sgd-regressor", "--against", "ridge");
        refused(List.of("'eta1'", "eta0"), "bench", "sgd-regressor", "--set", "eta1=1");
        refused(
                List.of("'hiden'", "hidden"),
                "bench",
                "sgd-regressor",
                "--against",
                "mlp-regressor",
                "--set",
                "mlp-regressor.hiden=8");
        refused(List.of("width", ">= 1"), "bench", "sgd-regressor", "--width", "20,0");
        refused(List.of("density", "2"), "bench", "sgd-regressor", "--density", "2");
        refused(List.of("seconds", "0"), "bench", "sgd-regressor", "--seconds", "0");
    }

    @Test
    void aBenchmarkWithoutTheSuites() {
        refused(
                List.of("accrete-benchmarks-" + Main.version() + ".jar", "mvn dependency:copy", "-DoutputDirectory="),
                "bench",
                "sgd-regressor");
    }

    @Test
    void aCellThatIsNotANumber() {
        String bad = file("bad.csv", "x,y\n" + "1,a\n2,b\n".repeat(5) + "oops,a\n");
        Outcome outcome = accrete("train", bad, "--model", "new", "--target", "y", "--column", "x=numeric");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err().lines().skip(2).toList())
                .singleElement()
                .asString()
                .contains("bad.csv", "line 12", "'x'", "'oops'");
        refused(
                List.of("cell.csv", "line 2", "'load'", "'oops'"),
                "predict",
                "late",
                file("cell.csv", "id,route,load\n1,r1,oops\n2,r1,1\n"));
    }

    @Test
    void aCellThatIsNotANumberAfterSomeChunks() {
        String bad = file("bad.csv", "x,y\n" + "1,a\n2,b\n".repeat(2_000) + "oops,a\n");
        Outcome outcome = accrete("train", bad, "--model", "new", "--target", "y", "--checkpoint-every", "2");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("bad.csv line 4002").contains("'oops'");
        assertThat(accrete("versions", "new", "--json").json().get("versions"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSizeBetween(2, 3);
        assertThat(accrete("verify").status()).isZero();
    }

    @Test
    void aTargetColumnThatIsMissing() {
        refused(List.of("'late'"), "evaluate", "late", file("without.csv", "id,route,load\n1,r1,1\n"));
    }

    @Test
    void aStoreThatCannotBeWritten() {
        for (String place : List.of(data, data + "/below")) {
            Map<String, String> before = files();
            Outcome outcome = run(place, "train", data, "--model", "new", "--target", "late");
            assertThat(outcome.status()).as(outcome.toString()).isEqualTo(2);
            assertThat(outcome.err()).hasLineCount(1).contains(data);
            assertThat(files()).isEqualTo(before);
        }
    }

    @Test
    void aModelThatExists() {
        refused(List.of("'late'", "--resume", "--from"), "train", data, "--model", "late", "--target", "late");
    }

    @Test
    void aModelThatDoesNot() {
        refused(List.of("'lat'", "late"), "predict", "lat", data);
        refused(List.of("'7'", "live"), "predict", "late@7", data);
        refused(List.of("'late@'"), "predict", "late@", data);
        refused(List.of("'lat'"), "versions", "lat");
        refused(List.of("'lat'"), "verify", "lat");
        refused(List.of("'9'"), "rollback", "late", "9");
        refused(List.of("latest"), "tag", "late", "1", "latest");
        refused(List.of("'lat'"), "train", data, "--model", "new", "--from", "lat");
    }

    @Test
    void aModelTrainedOnOtherColumns() {
        refused(List.of("'load'"), "predict", "late", file("other.csv", "a,b\n1,2\n"));
        refused(List.of("features", "trained on"), "predict", "late", "synthetic:sea?rows=10");
        refused(List.of("'load'"), "train", file("other.csv", "a,late\n1,2\n"), "--model", "late", "--from", "late");
    }

    @Test
    void aDamagedModelFile() throws IOException {
        Path file = store.resolve("late/000001.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 4;
        Files.write(file, bytes);
        refused(List.of("000001.safetensors"), "predict", "late", data);
        refused(List.of("000001.safetensors"), "train", data, "--model", "late", "--resume");
        refused(List.of("000001.safetensors"), "train", data, "--model", "new", "--from", "late");
        refused(List.of("000001.safetensors"), "describe", "late@1");
    }

    @Test
    void aNameThatWouldLeaveTheStore() {
        for (String name : List.of("../x", "a/b", "", ".hidden")) {
            refused(List.of("name"), "train", data, "--model", name, "--target", "late");
            refused(List.of("name"), "versions", name);
        }
    }

    @Test
    void aModelThatCannotFitTheHeap() {
        String huge = "categorical(width=268435456)";
        trainRefused(
                List.of("MB", "ACCRETE_OPTS=-Xmx"),
                data,
                "--target",
                "late",
                "--column",
                "id=" + huge,
                "--column",
                "route=" + huge,
                "--column",
                "load=" + huge,
                "--column",
                "delay=" + huge);
    }

    @Test
    void aCommandLineThatIsNone() {
        refused(List.of("--chunk-row", "did you mean"), "train", data, "--model", "new", "--chunk-row", "5");
        refused(List.of("--model"), "train", data);
        refused(List.of("SOURCE"), "train", "--model", "new");
        refused(List.of("'extra'"), "verify", "late", "extra");
        Outcome unknown = Outcome.of("trian");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).hasLineCount(1).contains("unknown command 'trian'", "train");
        assertThat(Outcome.of().status()).isEqualTo(2);
    }

    @Test
    void anOptionOfAnotherCommand() {
        refused(
                List.of("--learner is not an option of predict but of train"),
                "predict",
                "late",
                data,
                "--learner=sgd-regressor");
        refused(List.of("--set is not an option of evaluate but of train, bench"), "evaluate", "late", data, "--set");
    }

    @Test
    void aGlobThatTheShellHasExpanded() {
        String more = file("more.csv", "id,route,load\n");
        List<String> says = List.of("more than one file", "'" + folder.resolve("*.csv") + "'", "quotes");
        refused(says, "predict", "late", data, more);
        refused(says, "evaluate", "late", data, more);
        trainRefused(says, data, more, "--target", "late");
        refused(List.of("unexpected 'none.csv'"), "predict", "late", data, "none.csv");
    }

    @Test
    void theStackIsShownOnlyWhenAsked() {
        assertThat(accrete("versions", "lat", "--debug").err()).contains("\tat ");
        assertThat(accrete("versions", "lat").err()).doesNotContain("\tat ");
    }
}
