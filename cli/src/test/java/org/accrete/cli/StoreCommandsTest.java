package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
}
