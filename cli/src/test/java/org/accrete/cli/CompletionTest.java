package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code completion}: the script is tried in bash, the page in groff. */
final class CompletionTest {
    @TempDir
    private Path folder;

    private static String printed(String kind) {
        Outcome outcome = Outcome.of("completion", kind);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.err()).isEmpty();
        return outcome.out();
    }

    @Test
    void bashCompletesCommandsOptionsAndNames() throws IOException, InterruptedException {
        assumeTrue(isInstalled("bash"), "no bash here: the script is not tried");
        Path script = Data.write(folder, "accrete.bash", printed("bash"));
        assertThat(run("bash", "-n", script.toString())).isEmpty();
        assertThat(bash(script, "complete -p accrete").get(0))
                .startsWith("complete ")
                .endsWith(" accrete");
        assertThat(completed(script, "tr")).containsExactly("train");
        assertThat(completed(script, "")).contains("train", "predict", "plot", "completion", "bench");
        assertThat(completed(script, "train", "--lea")).contains("--learner");
        assertThat(completed(script, "train", "--learner", "sgd-"))
                .contains("sgd-classifier", "sgd-regressor")
                .doesNotContain("standard-scaler");
        assertThat(completed(script, "train", "--steps", "standard")).containsExactly("standard-scaler");
        assertThat(completed(script, "train", "--drift", "adw")).containsExactly("adwin");
        assertThat(completed(script, "versions", "--la")).containsExactly("--last");
    }

    @Test
    void namesOfModelsAreLookedForInTheStore() throws IOException, InterruptedException {
        assumeTrue(isInstalled("bash"), "no bash here: the script is not tried");
        Path script = Data.write(folder, "accrete.bash", printed("bash"));
        Path store = Files.createDirectories(folder.resolve("store"));
        assertThat(completed(script, "predict", "--store", store.toString(), ""))
                .isEmpty();
        Path data = Data.write(folder, "data.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n");
        for (String model : List.of("flights", "fares", "orders")) {
            assertThat(Outcome.of(
                                    "train",
                                    data.toString(),
                                    "--model",
                                    model,
                                    "--target",
                                    "y",
                                    "--store",
                                    store.toString())
                            .status())
                    .isZero();
        }
        Files.createDirectory(store.resolve("fake"));
        for (String command : List.of("predict", "versions", "rollback", "rm", "plot")) {
            assertThat(completed(script, command, "--store", store.toString(), "f"))
                    .as(command)
                    .containsExactlyInAnyOrder("flights", "fares");
        }
        assertThat(completed(script, "serve", "--store", "=", store.toString(), "--model", "o"))
                .containsExactly("orders");
        assertThat(completed(script, "train", "data.csv", "--store", store.toString(), "--from", ""))
                .containsExactlyInAnyOrder("flights", "fares", "orders");
        assertThat(completed(script, "train", "--learner", "sgd-")).contains("sgd-classifier");
        Files.createSymbolicLink(folder.resolve("models"), store);
        assertThat(
                        run(
                                "bash",
                                "--norc",
                                "-c",
                                "cd " + folder + "; source " + script
                                        + "; COMP_WORDS=(accrete predict fa); COMP_CWORD=2; COMP_LINE='accrete predict fa';"
                                        + " COMP_POINT=${#COMP_LINE}; _complete_accrete 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\""))
                .containsExactly("fares");
    }

    @Test
    void zshLoadsTheSame() {
        assertThat(printed("zsh")).isEqualTo(printed("bash")).contains("bashcompinit");
    }

    @Test
    void thePageHasEveryCommandAndOption() throws IOException, InterruptedException {
        assumeTrue(isInstalled("groff"), "no groff here: the page is not formatted");
        Path page = Data.write(folder, "accrete.1", printed("man"));
        assertThat(run("groff", "-man", "-Tutf8", "-ww", "-z", page.toString()))
                .as("warnings")
                .isEmpty();
        String shown = String.join("\n", run("groff", "-man", "-Tutf8", "-P-cbou", page.toString()))
                .replace('\u2010', '-')
                .replaceAll("\\s+", " ");
        assertThat(shown)
                .contains("accrete - Incremental training", "accrete train", "accrete plot", "--gate-window ROWS");
        assertThat(shown)
                .contains("(default: ./models)", "with a source plug-in's name and parameters, %XX for a byte");
        // Options of all commands stand there once.
        assertThat(shown.split("--store DIR", -1)).hasSize(2);
    }

    @Test
    void anotherKindIsRefused() {
        Outcome outcome = Outcome.of("completion", "fish");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("KIND must be bash, zsh or man but was 'fish'");
        assertThat(Outcome.of("completion", "man", "--json").json()).containsEntry("kind", "man");
        assertThat(Outcome.of("--help").out()).contains("completion ");
    }

    /** {@return what bash offers for the last of some words} Outside of a completion its compopt complains. */
    private List<String> completed(Path script, String... words) throws IOException, InterruptedException {
        String line = "accrete '" + String.join("' '", words) + "'";
        return bash(
                script,
                "COMP_WORDS=(" + line + "); COMP_CWORD=" + words.length + "; COMP_LINE=\"" + line
                        + "\"; COMP_POINT=${#COMP_LINE}; _complete_accrete 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"");
    }

    private List<String> bash(Path script, String then) throws IOException, InterruptedException {
        return run("bash", "--norc", "-c", "source " + script + "; " + then);
    }

    /** {@return the lines that a command prints, errors too} */
    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().map(String::strip).filter(text -> !text.isEmpty()).toList();
    }

    private static boolean isInstalled(String command) {
        return Files.isExecutable(Path.of("/usr/bin", command)) || Files.isExecutable(Path.of("/bin", command));
    }
}
