package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands with {@code --store jdbc:…}. */
final class JdbcStoreCommandsTest {
    @TempDir
    private Path folder;

    private static Outcome accrete(String store, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(store);
        return Outcome.of(all.toArray(String[]::new));
    }

    @Test
    void aModelInSqliteIsTrainedReadMovedAndRemoved() {
        String store = "jdbc:sqlite:" + folder.resolve("models.db") + "?busy_timeout=20000";
        String data = Data.csv(folder, "late.csv", 300).toString();
        String[] train = {"train", data, "--target", "late", "--column", "delay=ignore", "--model", "late"};
        assertThat(accrete(store, train).status()).isZero();
        Outcome again = accrete(store, train);
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("--resume");
        assertThat(accrete(store, "train", data, "--model", "late", "--from", "late")
                        .status())
                .isZero();

        Outcome versions = accrete(store, "versions", "late", "--json");
        assertThat(versions.out()).contains("\"version\":1", "\"version\":2");
        assertThat(accrete(store, "tag", "late", "1", "before").status()).isZero();
        assertThat(accrete(store, "rollback", "late", "1").status()).isZero();
        assertThat(accrete(store, "predict", "late", data).out())
                .contains("late@1")
                .doesNotContain("late@2");
        assertThat(accrete(store, "predict", "late@2", data).out()).contains("late@2");
        assertThat(accrete(store, "verify").status()).isZero();
        assertThat(accrete(store, "models").out()).contains("late");
        assertThat(accrete(store, "rm", "late", "--yes").status()).isZero();
        assertThat(accrete(store, "models").out()).doesNotContain("late");
    }

    @Test
    void whatCannotBeAStoreIsToldInOneLine() {
        for (String[] wrong : new String[][] {
            {"jdbc:mysql://host/models", "SQLite or PostgreSQL"},
            {"jdbc:sqlite::memory:", "must be a file"},
            {"jdbc:postgresql://me:secret@host/models", "must not have a password"},
            {"jdbc:sqlite:" + folder.resolve("x.db") + "?password-file=" + folder.resolve("none"), "cannot be read"}
        }) {
            Outcome outcome = accrete(wrong[0], "models");
            assertThat(outcome.status()).as(wrong[0]).isEqualTo(2);
            assertThat(outcome.err())
                    .contains(wrong[1])
                    .doesNotContain("secret")
                    .hasLineCount(1);
        }
        assertThat(Files.exists(folder.resolve("x.db"))).isFalse();
    }
}
