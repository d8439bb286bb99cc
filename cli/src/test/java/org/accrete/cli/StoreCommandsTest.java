package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests commands on a store with a damaged model, and those that list, remove and replace models. */
final class StoreCommandsTest {
    @TempDir
    private Path folder;

    private String data = "";

    @BeforeEach
    void train() {
        data = Data.csv(folder, "late.csv", 300).toString();
        assertThat(train("--model", "late").status()).isZero();
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome train(String... more) {
        List<String> all = new ArrayList<>(List.of("train", data, "--target", "late", "--column", "delay=ignore"));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private Path late() {
        return folder.resolve("models").resolve("late");
    }

    private void damageHistory(String loss) throws IOException {
        Files.delete(late().resolve("lock"));
        Files.delete(late().resolve("history.lock"));
        Path history = late().resolve("history");
        byte[] bytes = Files.readAllBytes(history);
        switch (loss) {
            case "missing" -> Files.delete(history);
            case "empty" -> Files.write(history, new byte[0]);
            case "zeros" -> Files.write(history, new byte[bytes.length]);
            case "torn" -> Files.writeString(history, new String(bytes, StandardCharsets.UTF_8).substring(0, 50));
            case "flipped" -> {
                bytes[bytes.length - 1] ^= 1;
                Files.write(history, bytes);
            }
            case "garbage" -> Files.writeString(history, "garbage\n");
            case "directory" -> {
                Files.delete(history);
                Files.createDirectory(history);
            }
            case "files" -> Files.delete(late().resolve("000001.safetensors"));
            default -> throw new IllegalArgumentException(loss);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> paths = Files.walk(folder.resolve("models"))) {
            return paths.map(Path::toString).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "zeros", "torn", "flipped", "garbage", "directory", "files"})
    void everyCommandRefusesAModelThatLostItsHistory(String loss) throws IOException {
        damageHistory(loss);
        List<String> before = files();
        for (String[] command : new String[][] {
            {"train", data, "--model", "late", "--target", "late"},
            {"train", data, "--model", "late", "--resume"},
            {"train", data, "--model", "late", "--from", "late"},
            {"train", data, "--model", "new", "--from", "late@1"},
            {"predict", "late", data},
            {"evaluate", "late", data},
            {"versions", "late"},
            {"rollback", "late", "1"},
            {"tag", "late", "1", "best"},
            {"describe", "late@1"}
        }) {
            Outcome outcome = accrete(command);
            assertThat(outcome.status()).as(String.join(" ", command)).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err())
                    .as(String.join(" ", command))
                    .hasLineCount(1)
                    .contains("late")
                    .doesNotContain("internal error", "no model named");
        }
        for (String[] command : new String[][] {{"verify"}, {"verify", "late"}}) {
            Outcome outcome = accrete(command);
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.out()).contains("late: DAMAGED: ").doesNotContain("ok");
        }
        Outcome models = accrete("models");
        assertThat(models.status()).isEqualTo(2);
        assertThat(models.out()).contains("late: DAMAGED: ");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aDamagedModelDoesNotHideTheOthers() throws IOException {
        train("--model", "other");
        damageHistory("missing");
        assertThat(accrete("verify").out()).contains("late: DAMAGED: ", "other: ok");
        assertThat(accrete("models").out()).contains("late: DAMAGED: ", "other", "300");
        assertThat(accrete("predict", "other", data).status()).isZero();
    }

    @Test
    void modelsAreListed() {
        train("--model", "late", "--from", "late");
        train("--model", "other");
        Outcome outcome = accrete("models");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines().toList())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).matches("late +2 +2 +600 +\\d+ (s|min)"));
        assertThat(accrete("models", "--json").json().get("models"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(2);
        assertThat(ModelsCommand.age(Duration.ofHours(50))).isEqualTo("2 days");
        assertThat(ModelsCommand.age(Duration.ofMinutes(61))).isEqualTo("1 h");
    }

    @Test
    void anEmptyStoreHasNoModels() {
        assertThat(accrete("rm", "late", "--yes").status()).isZero();
        assertThat(accrete("models").out()).contains("no models in");
        assertThat(accrete("models", "--json").json()).isEqualTo(Map.of("models", List.of()));
    }

    @Test
    void rmNeedsAnAnswer() throws IOException {
        List<String> before = files();
        Outcome refused = accrete("rm", "late");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).hasLineCount(1).contains("1 version", "--yes");
        assertThat(answered("n").status()).isEqualTo(2);
        assertThat(answered("").status()).isEqualTo(2);
        assertThat(files()).isEqualTo(before);
        assertThat(answered("y\n").out()).contains("removed model 'late' with 1 version");
        assertThat(late()).doesNotExist();
        assertThat(accrete("rm", "late", "--yes").status()).isEqualTo(2);
    }

    private Outcome answered(String answer) {
        InputStream before = System.in;
        System.setProperty(RmCommand.ANSWERS, "true");
        System.setIn(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
        try {
            return accrete("rm", "late");
        } finally {
            System.setIn(before);
            System.clearProperty(RmCommand.ANSWERS);
        }
    }

    @Test
    void aModelBeingTrainedIsNeitherRemovedNorReplaced() throws IOException {
        ModelWriter writer = DirectoryStore.open(folder.resolve("models")).writer("late");
        try {
            List<String> before = files();
            for (Outcome outcome : List.of(accrete("rm", "late", "--yes"), train("--model", "late", "--replace"))) {
                assertThat(outcome.status()).isEqualTo(2);
                assertThat(outcome.err()).contains("is being written by");
            }
            assertThat(files()).isEqualTo(before);
        } finally {
            writer.close();
        }
    }

    @Test
    void aModelIsReplaced() throws IOException {
        train("--model", "late", "--from", "late");
        assertThat(train("--model", "late").err()).contains("--replace");
        assertThat(train("--model", "late", "--replace", "--resume").status()).isEqualTo(2);
        // All that can be checked is checked before the model is removed.
        assertThat(train("--model", "late", "--replace", "--learner", "unknown").status())
                .isEqualTo(2);
        assertThat(accrete("versions", "late", "--json").json().get("versions"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(2);

        assertThat(train("--model", "late", "--replace").status()).isZero();
        assertThat(accrete("describe", "late@latest", "--json").json())
                .containsEntry("version", 1L)
                .containsEntry("parent", "null")
                .containsEntry("rows_seen", 300L);
        damageHistory("missing");
        assertThat(train("--model", "late", "--replace").status()).isZero();
        assertThat(accrete("verify").out()).contains("late: ok");
        assertThat(train("--model", "new", "--replace").status()).isZero();
    }

    @Test
    @SuppressWarnings("unchecked")
    void versionsAreShownWithTheScoresOfTheirOwnRows() {
        train("--model", "often", "--chunk-rows", "50", "--checkpoint-every", "2");
        Outcome table = accrete("versions", "often");
        assertThat(table.out().lines().toList())
                .hasSize(5)
                .anySatisfy(
                        line -> assertThat(line).matches("log-loss of the rows that each version learned, .* [▁-█]{3}"))
                .anySatisfy(line -> assertThat(line).matches("version +age +rows +parent +log-loss +ROC AUC +aliases"))
                .anySatisfy(line -> assertThat(line).matches(" +2 +\\d+ s +200 +often@1 .*"));
        List<Map<String, Object>> versions = (List<Map<String, Object>>)
                accrete("versions", "often", "--json").json().get("versions");
        assertThat((Map<String, Object>) versions.get(1).get("facts"))
                .containsEntry("source", data)
                .containsEntry("rows_from", "101")
                .containsEntry("rows_to", "200")
                .containsKeys("seconds", "kernel");
        assertThat((Map<String, Object>) versions.get(1).get("stretch")).containsKeys("log_loss", "roc_auc");
        assertThat(versions.get(1)).containsEntry("verdict", "none");
    }

    @Test
    void onlyTheNewestOfManyVersionsAreShown() {
        train("--model", "many", "--chunk-rows", "5", "--checkpoint-every", "1");
        int versions = (int) accrete("versions", "many", "--all")
                .out()
                .lines()
                .filter(line -> line.contains(" s "))
                .count();
        assertThat(versions).isGreaterThan(52);
        accrete("rollback", "many", "2");
        Outcome shown = accrete("versions", "many");
        // A line of bars, the head, the newest, the live one, and what is not shown.
        assertThat(shown.out().lines().toList())
                .hasSize(54)
                .contains(versions - 51 + " older versions not shown: --all")
                .anyMatch(line -> line.matches(" +2 .* live"));
        assertThat(accrete("versions", "many", "--last", "3").out().lines()).hasSize(7);
        assertThat(accrete("versions", "many", "--all").out().lines()).hasSize(versions + 2);
        assertThat((List<?>) accrete("versions", "many", "--json").json().get("versions"))
                .hasSize(versions);
        assertThat((List<?>) accrete("versions", "many", "--json", "--last", "3")
                        .json()
                        .get("versions"))
                .hasSize(4);
        assertThat(accrete("versions", "many", "--last", "0").err()).contains("--last must be >= 1 but was 0");
        assertThat(accrete("versions", "many", "--last", "1", "--all").status()).isEqualTo(2);
    }

    @Test
    @SuppressWarnings("unchecked")
    void aRollbackSaysWhyAndTrainingGoesOnFromThere() {
        train("--model", "back", "--chunk-rows", "50", "--checkpoint-every", "1", "--rows", "200");
        Outcome rollback = accrete("rollback", "back", "2", "--why", "bad labels", "--json");
        assertThat(rollback.json()).containsEntry("live", 2L).containsEntry("from_here", false);
        assertThat(accrete("tag", "back", "3", "bad", "--why", "look at it", "--json")
                        .json())
                .containsEntry("why", "look at it");
        assertThat(accrete("versions", "back").out()).contains("live: bad labels", "bad: look at it");
        Outcome resumed = accrete("train", data, "--model", "back", "--resume", "--rows", "200", "--json");
        assertThat(resumed.json())
                .containsEntry("rows_before", 100L)
                .containsEntry("rows", 100L)
                .containsEntry("rows_rolled_back_before", 0L)
                .containsEntry("parent", "back@2")
                .containsEntry("live", 5L);
        accrete("rollback", "back", "1", "--from-here", "--why", "once more");
        List<Map<String, Object>> moves = (List<Map<String, Object>>)
                accrete("versions", "back", "--json").json().get("moves");
        assertThat(moves.get(moves.size() - 1))
                .containsEntry("version", 1L)
                .containsEntry("why", "once more")
                .containsEntry("from_here", true);
        assertThat(accrete("train", data, "--model", "back", "--resume", "--json")
                        .json())
                .containsEntry("rows_before", 200L)
                .containsEntry("rows", 100L)
                .containsEntry("rows_rolled_back_before", 150L)
                .containsEntry("parent", "back@1")
                .containsEntry("live", 6L);
    }

    @Test
    void withoutARollbackTrainingGoesOnFromTheNewestVersion() {
        train("--model", "newest", "--chunk-rows", "50", "--checkpoint-every", "1", "--rows", "100");
        accrete("rollback", "newest", "1");
        accrete("train", data, "--model", "newest", "--resume", "--rows", "150");
        assertThat(accrete("train", data, "--model", "newest", "--resume", "--json")
                        .json())
                .containsEntry("rows_before", 150L);
    }

    // ---- prune, copy, repair ----

    private void trainVersions(int versions) {
        for (int i = 2; i <= versions; i++) {
            assertThat(train("--model", "late", "--from", "late").status()).isZero();
        }
    }

    @Test
    void oldVersionsArePruned() {
        trainVersions(6);
        accrete("tag", "late", "2", "best");
        assertThat(accrete("prune", "late").err()).contains("--keep N");
        assertThat(accrete("prune", "late", "--keep", "-1").err()).contains("must be >= 0");
        assertThat(accrete("prune", "nobody", "--keep", "1").status()).isEqualTo(2);
        assertThat(accrete("prune", "late", "--keep-days", "1").out()).contains("nothing to prune", "6 versions");
        assertThat(accrete("prune", "late", "--keep", "0", "--keep-days", "1").out())
                .contains("nothing to prune");
        assertThat(accrete("prune", "late", "--keep", "2", "--dry-run").out())
                .contains("would prune 3 versions of late", ": 1, 3-4; 3 versions would stay");
        Outcome pruned = accrete("prune", "late", "--keep", "2", "--json");
        assertThat(pruned.status()).isZero();
        assertThat(pruned.json()).containsEntry("pruned", List.of(1L, 3L, 4L)).containsEntry("left", 3L);
        assertThat(accrete("verify").out()).contains("late: ok");
        Outcome gone = accrete("describe", "late@3");
        assertThat(gone.status()).isEqualTo(2);
        assertThat(gone.err()).contains("version 3 of model 'late' is not there any more: it was pruned");
        assertThat(accrete("prune", "late", "--keep-days", "0").out())
                .contains("pruned 1 version", ": 5; 2 versions left");
        assertThat(train("--model", "late", "--from", "late@best").status()).isZero();
        assertThat(accrete("describe", "late@latest", "--json").json()).containsEntry("version", 7L);
    }

    @Test
    void aModelIsCopiedToAnotherStore() throws IOException {
        trainVersions(4);
        accrete("tag", "late", "2", "best");
        accrete("rollback", "late", "3");
        accrete("prune", "late", "--keep", "3");
        String other = folder.resolve("other").toString();
        Outcome copied = accrete("copy", "late", other, "--json");
        assertThat(copied.status()).as(copied.out()).isZero();
        assertThat(copied.json()).containsEntry("copied", List.of(2L, 3L, 4L));
        DirectoryStore from = DirectoryStore.open(folder.resolve("models"));
        DirectoryStore to = DirectoryStore.open(folder.resolve("other"));
        assertThat(to.history("late").versions()).isEqualTo(from.history("late").versions());
        assertThat(to.history("late").aliases()).isEqualTo(from.history("late").aliases());
        assertThat(to.history("late").rollback()).isPresent();
        assertThat(to.verify("late")).isEmpty();
        assertThat(accrete("copy", "late", other).out()).contains("copied 0 versions");

        accrete("tag", "late", "3", "best");
        assertThat(train("--model", "late", "--from", "late@4").status()).isZero();
        assertThat(accrete("copy", "late", other).out()).contains("copied 1 version");
        assertThat(to.history("late").versions()).isEqualTo(from.history("late").versions());
        assertThat(to.history("late").aliases()).isEqualTo(from.history("late").aliases());
        assertThat(Outcome.of("rm", "late", "--yes", "--store", other).status()).isZero();

        assertThat(Outcome.of(
                                "train",
                                data,
                                "--target",
                                "late",
                                "--column",
                                "delay=ignore",
                                "--model",
                                "late",
                                "--store",
                                other)
                        .status())
                .isZero();
        accrete("rollback", "late", "2");
        assertThat(train("--model", "late", "--replace").status()).isZero();
        assertThat(accrete("copy", "late", other).err()).contains("another model 'late'");
        assertThat(accrete("copy", "late", folder.resolve("models").toString()).status())
                .isEqualTo(2);
        assertThat(accrete("copy", "nobody", other).status()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "zeros", "torn", "flipped", "garbage", "directory", "files"})
    void aDamagedModelIsRepaired(String loss) throws IOException {
        trainVersions(2);
        damageHistory(loss);
        Outcome found = accrete("verify", "late");
        assertThat(found.status()).isEqualTo(1);
        assertThat(accrete("verify").status()).isEqualTo(1);
        Outcome repaired = accrete("verify", "late", "--repair", "--json");
        assertThat(repaired.status()).as(repaired.out()).isZero();
        assertThat(accrete("verify", "--repair").out()).contains("late: ok");
        assertThat(accrete("describe", "late", "--json").json()).containsEntry("version", 2L);
        assertThat(train("--model", "late", "--resume").status()).isZero();
    }

    @Test
    void whatCannotBeReadIsNotDamaged() throws IOException {
        Path file = late().resolve("000001.safetensors");
        Files.setPosixFilePermissions(file, java.util.Set.of());
        org.junit.jupiter.api.Assumptions.assumeFalse(Files.isReadable(file), "the user may read everything");
        Outcome found = accrete("verify", "late");
        assertThat(found.status()).isEqualTo(2);
        assertThat(found.out()).contains("permission denied").doesNotContain("DAMAGED");
        assertThat(accrete("verify", "late", "--repair").status()).isEqualTo(2);
        assertThat(file).exists();
    }

    @Test
    void aLinkIsNotFollowedWhenAModelIsWritten() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        for (String name : List.of("lock", "history.lock", "history.end")) {
            Files.delete(late().resolve(name));
            Files.createSymbolicLink(late().resolve(name), victim);
            Outcome refused = train("--model", "late", "--from", "late");
            assertThat(victim).hasContent("precious");
            if (name.endsWith("lock")) {
                assertThat(refused.err()).contains("symbolic link");
            }
            Files.deleteIfExists(late().resolve(name));
            assertThat(train("--model", "late", "--from", "late").status()).isZero();
        }
    }

    @Test
    void aLinkIsNotFollowedWhenPredictionsAreWritten() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path output = folder.resolve("out.csv");
        Files.createSymbolicLink(output, victim);
        assertThat(accrete("predict", "late", data, "--output", output.toString())
                        .status())
                .isZero();
        assertThat(victim).hasContent("precious");
        assertThat(output).isRegularFile();
        assertThat(Files.isSymbolicLink(output)).isFalse();
        assertThat(folder.toFile().list()).noneMatch(name -> name.contains("unfinished"));
    }

    @Test
    void aResultThatCannotBeWrittenIsAFailure() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        for (String[] command : new String[][] {{"versions", "late"}, {"models"}, {"learners"}, {"--version"}}) {
            for (boolean json : new boolean[] {false, true}) {
                List<String> words = new ArrayList<>(List.of(command));
                if (json) {
                    words.add("--json");
                }
                if (!command[0].startsWith("-")) {
                    words.addAll(List.of("--store", folder.resolve("models").toString()));
                }
                ByteArrayOutputStream err = new ByteArrayOutputStream();
                int status =
                        Main.run(words.toArray(String[]::new), new PrintStream(full, true), new PrintStream(err, true));
                assertThat(status).as(words.toString()).isEqualTo(1);
                assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output could not be written");
            }
        }
    }

    @Test
    void nothingSteersTheTerminal() throws IOException {
        Path csv = folder.resolve("steering.csv");
        StringBuilder text = new StringBuilder("x,label\n");
        for (int i = 0; i < 40; i++) {
            text.append(i).append(i % 2 == 0 ? ",a\u001b[31mred\n" : ",\u202eblue\n");
        }
        Files.writeString(csv, text);
        assertThat(accrete("train", csv.toString(), "--target", "label", "--model", "steering")
                        .status())
                .isZero();
        accrete("rollback", "steering", "1");
        for (String[] command : new String[][] {
            {"describe", "steering"}, {"versions", "steering"}, {"inspect", csv.toString()}, {"describe", "\u001b[2J"}
        }) {
            Outcome outcome = accrete(command);
            assertThat(outcome.out() + outcome.err())
                    .as(String.join(" ", command))
                    .doesNotContain("\u001b", "\u202e");
        }
        assertThat(accrete("inspect", csv.toString()).out()).contains("a\\u001b[31mred");
    }
}
