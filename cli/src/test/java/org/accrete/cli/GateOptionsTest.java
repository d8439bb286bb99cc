package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the options about gates. */
final class GateOptionsTest {
    @TempDir
    private Path folder;

    private Path data = Path.of("");
    private Path trusted = Path.of("");

    @BeforeEach
    void write() {
        data = csv("data.csv", 6_000, 3_000, 4_000);
        trusted = csv("trusted.csv", 400, 0, 0);
    }

    /** Rows of which some have the wrong label. */
    private Path csv(String name, int rows, int wrongFrom, int wrongTo) {
        SeededRandom random = new SeededRandom(11);
        StringBuilder text = new StringBuilder("load,route,late\n");
        for (int row = 0; row < rows; row++) {
            double load = random.nextGaussian();
            int route = random.nextInt(3);
            boolean late = load + route - 1 + 0.5 * random.nextGaussian() > 0.5;
            boolean isWrong = row >= wrongFrom && row < wrongTo;
            text.append(load)
                    .append(",r")
                    .append(route)
                    .append(',')
                    .append(late != isWrong ? "yes" : "no")
                    .append('\n');
        }
        return Data.write(folder, name, text.toString());
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome train(String... more) {
        List<String> all = new ArrayList<>(List.of("train", data.toString(), "--model", "late", "--target", "late"));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> versions() {
        return (List<Map<String, Object>>)
                accrete("versions", "late", "--json").json().get("versions");
    }

    @Test
    void trustedRowsKeepBadVersionsFromGoingLive() {
        Outcome outcome = train(
                "--gate",
                "log_loss <= live + 0.05",
                "--gate",
                "changed <= 50% by route",
                "--gate-source",
                trusted.toString(),
                "--gate-window",
                "1000");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err())
                .contains("late@4 refused by its gate: log_loss", "400 rows of", "late@2 passed its gate: ");
        assertThat(outcome.out()).contains("late@6 ", "its gate: ", "6,000 rows learned");
        assertThat(versions().stream().map(version -> version.get("verdict")))
                .startsWith("none", "passed", "passed", "refused")
                .hasSize(6);
        assertThat(accrete("versions", "late").out()).contains("gate", "refused");
        assertThat(accrete("versions", "late", "--json").map("aliases")).isNotEqualTo(Map.of("live", 4L));
    }

    @Test
    void aResumedRunHasTheGatesOfBefore() {
        train(
                "--gate",
                "log_loss <= live + 0.05",
                "--gate-source",
                trusted.toString(),
                "--gate-window",
                "1000",
                "--rows",
                "3000");
        Outcome outcome = accrete("train", data.toString(), "--model", "late", "--resume", "--rows", "4000", "--json");
        assertThat(outcome.json()).containsEntry("verdict", "refused").containsEntry("live", 3L);
        assertThat((String) outcome.json().get("gate")).contains("is not <=", "(live + 0.05)");
        assertThat(accrete("train", data.toString(), "--model", "late", "--resume", "--gate", "none")
                        .status())
                .isZero();
        assertThat(versions().get(4)).containsEntry("verdict", "none");
    }

    @Test
    void aSliceIsCalledByItsValue() {
        Outcome outcome = train("--gate", "accuracy >= 1 by route", "--gate-window", "1000", "--json");
        assertThat((String) outcome.json().get("gate"))
                .containsPattern("accuracy [0-9.]+ is not >= 1.000000 in route=r[012] \\(3 of 3 slices\\)");
    }

    @Test
    void withoutTrustedRowsTheLastWindowJudges() {
        Outcome outcome = train("--gate", "accuracy >= baseline", "--gate-window", "1000", "--json");
        assertThat(outcome.status()).isZero();
        // A model that follows wrong labels passes where these judge.
        assertThat(versions().stream().map(version -> version.get("verdict")))
                .hasSize(6)
                .containsOnly("passed");
        assertThat((String) outcome.json().get("gate")).contains("1,000 rows up to row 6,000");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused("at character 13", "--gate", "log_loss <= lives");
        refused("a categorical target has not", "--gate", "rmse <= live");
        refused("add --gate", "--gate-window", "100");
        refused("needs a categorical, boolean or numeric column", "--gate", "accuracy >= live by routes");
        refused("gate-window must be", "--gate", "accuracy >= live", "--gate-window", "0");
        refused("add --gate-source", "--gate", "accuracy >= live", "--epochs", "2");
        refused("leave the other gate options out", "--gate", "none", "--gate", "accuracy >= live");
        refused(
                "missing.csv",
                "--gate",
                "accuracy >= live",
                "--gate-source",
                folder.resolve("missing.csv").toString());
    }

    private void refused(String message, String... options) {
        Outcome outcome = train(options);
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
    }
}
