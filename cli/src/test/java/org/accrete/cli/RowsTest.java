package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of rows that are bad, have no target, or are scored by a model that knows nothing. */
final class RowsTest {
    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome train(Path data, String model, String... more) {
        List<String> all = new ArrayList<>(List.of("train", data.toString(), "--model", model, "--target", "y"));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private Path csv(String name, String header, int rows, IntFunction<String> row) {
        return Data.write(
                folder,
                name,
                header + "\n" + IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n", "", "\n")));
    }

    private static String noise(int row) {
        return Double.toString(Math.sin(row * 12.9898) * 2);
    }

    private static long sum(Map<String, Object> document, String... counts) {
        long sum = 0;
        for (String count : counts) {
            sum += (Long) document.get(count);
        }
        return sum;
    }

    @Test
    void rowsWithoutATargetAreNotBad() {
        Path data = csv("in.csv", "x,y", 12_000, row -> row % 7 + "," + (row % 50 == 0 ? "NA" : row % 13 / 10.0));
        for (String[] options : new String[][] {{}, {"--bad-rows", "skip"}, {"--bad-rows", "stop"}}) {
            Outcome outcome = train(data, "m" + String.join("", options).replace("--bad-rows", "-"), options);
            assertThat(outcome.status()).isZero();
            assertThat(outcome.out()).contains("11,760 rows learned, 240 without a target\n");
        }
        Map<String, Object> document = train(data, "json", "--json").json();
        assertThat(document)
                .containsEntry("rows", 11_760L)
                .containsEntry("rows_unlabelled", 240L)
                .containsEntry("rows_refused", 0L)
                .containsEntry("rows_read", 12_000L);
        assertThat(sum(document, "rows_scored", "rows_not_scored")).isEqualTo(11_760);
        Outcome evaluated = accrete("evaluate", "json", data.toString());
        assertThat(evaluated.out()).contains("all 11,760 rows", "240 rows without a target, not scored");
    }

    @Test
    void aFileOfUnlabelledRowsOnlyIsTold() {
        Path data = csv("in.csv", "x,y", 30, row -> row + "," + (row < 29 ? "" : "1.5"));
        Outcome outcome = train(data, "m");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("no scores: ", "1 row learned, 29 without a target");
    }

    @Test
    void aSmallFileIsNotScoredByAModelThatKnowsNothing() {
        Path data = csv("in.csv", "x,y", 400, row -> row % 10 + "," + (70.5 + row % 10));
        Outcome outcome = train(data, "m");
        assertThat(outcome.out())
                .contains("the first 40 rows are not scored: nothing was learned before", "all 360 scored rows");
        Map<String, Object> document = train(data, "json", "--json").json();
        assertThat(document).containsEntry("rows_scored", 360L).containsEntry("rows_not_scored", 40L);
        assertThat((Double) ((Map<?, ?>) document.get("metrics")).get("r2")).isGreaterThan(0);
    }

    @Test
    void laterEpochsAreNotScored() {
        Path data = csv("in.csv", "x,y", 3_000, row -> noise(row) + "," + (row % 2));
        Map<String, Object> once = train(data, "once", "--json").json();
        Map<String, Object> thrice =
                train(data, "thrice", "--epochs", "3", "--json").json();
        assertThat(thrice.get("metrics")).isEqualTo(once.get("metrics"));
        assertThat(thrice).containsEntry("rows", 9_000L).containsEntry("rows_scored", 2_900L);
        assertThat(train(data, "told", "--epochs", "3").out())
                .contains("the rows of later epochs are not scored: they were learned before");
    }

    @Test
    void aRowThatAStepRefusesIsNamedAndDroppedAlone() {
        Path data = csv("huge.csv", "x,y", 3_000, row -> (row == 1_500 ? "1e160" : noise(row)) + ",c" + row % 2);
        Outcome stopped = train(data, "stopped", "--set", "standard-scaler.clip=0");
        assertThat(stopped.status()).isEqualTo(2);
        assertThat(stopped.err())
                .contains("stopped@1 holds what was learned before this failure; --resume goes on")
                .contains("row 1501 of " + data)
                .contains("--bad-rows skip");
        Outcome resumed = train(data, "stopped", "--resume", "--bad-rows", "skip", "--json");
        assertThat(resumed.json()).containsEntry("rows", 1_499L).containsEntry("rows_refused", 1L);
        Outcome skipped = train(data, "skipped", "--bad-rows", "skip", "--set", "standard-scaler.clip=0", "--json");
        assertThat(skipped.json())
                .containsEntry("rows", 2_999L)
                .containsEntry("rows_refused", 1L)
                .containsEntry("rows_read", 3_000L);
        assertThat(skipped.err()).contains("dropped a bad row: row 1501 of ");
    }

    @Test
    void aRowThatTheLearnerRefusesIsNamedAndDroppedAlone() {
        Path data = csv("cls.csv", "x,y", 3_000, row -> noise(row) + "," + (row == 1_500 ? "oops" : "c" + row % 2));
        Outcome outcome = train(data, "m", "--bad-rows", "skip", "--set", "new-classes=reject", "--json");
        assertThat(outcome.json()).containsEntry("rows", 2_999L).containsEntry("rows_refused", 1L);
        assertThat(outcome.err()).contains("row 1501 of ", "'oops'");
    }

    @Test
    void theShareOfBadRowsHoldsInASmallFileToo() {
        Path data = csv("few.csv", "x,y", 20, row -> (row == 7 ? "oops" : row) + "," + row % 2);
        Outcome outcome = train(data, "m", "--bad-rows", "skip");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("1 of 20 rows are bad, more than 1 %", "--bad-rows skip=5%");
        assertThat(folder.resolve("models/m/000001.safetensors")).doesNotExist();
        assertThat(train(data, "m", "--bad-rows", "skip=5%").out()).contains("19 rows learned, 1 bad and dropped");
        for (String bad : List.of("skip=", "skip=x", "skip=101%", "skip=-1", "skip=NaN", "SKIP")) {
            Outcome refused = train(data, "n", "--bad-rows", bad);
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err()).contains("bad-rows must be one of stop | skip | skip=SHARE", "'" + bad + "'");
        }
    }

    @Test
    void whatWasLearnedBeforeABadRowIsKept() throws Exception {
        Path data = csv("in.csv", "x,y", 700, row -> (row == 432 ? "oops" : noise(row)) + "," + row % 2);
        Outcome stopped = train(data, "m");
        assertThat(stopped.status()).isEqualTo(2);
        assertThat(stopped.err()).contains("line 434", "m@1 holds what was learned before this failure");
        assertThat(accrete("describe", "m", "--json").json()).containsEntry("version", 1L);
        assertThat(train(data, "m", "--resume", "--bad-rows", "skip", "--json").json())
                .containsEntry("rows", 267L)
                .containsEntry("rows_refused", 1L);
        Path corrected = csv("ok.csv", "x,y", 700, row -> noise(row) + "," + row % 2);
        assertThat(Files.size(corrected)).isPositive();
        assertThat(train(corrected, "whole").status()).isZero();
    }

    @Test
    void aBadRowLeavesItsPredictionEmpty() throws Exception {
        Path data = csv("in.csv", "x,y", 100, row -> row % 9 + ",c" + row % 2);
        assertThat(train(data, "m").status()).isZero();
        Path fresh = Data.write(folder, "new.csv", "x\n1\noops\n3\n");
        Outcome stopped = accrete("predict", "m", fresh.toString());
        assertThat(stopped.status()).isEqualTo(2);
        assertThat(stopped.err()).contains("line 3", "--bad-rows skip leaves such rows without a prediction");

        Outcome skipped = accrete("predict", "m", fresh.toString(), "--bad-rows", "skip=50%");
        assertThat(skipped.status()).isZero();
        List<String> lines = skipped.out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(2)).isEqualTo(",,,m@1");
        assertThat(lines.get(3)).startsWith("c");
        assertThat(skipped.err()).contains("dropped a bad row: ", "line 3");

        Outcome document = accrete("predict", "m", fresh.toString(), "--bad-rows", "skip=50%", "--json");
        assertThat((List<?>) document.json().get("predictions")).hasSize(3);
        assertThat(document.json().get("predictions").toString()).contains("{prediction=null}");
        assertThat(document.json()).containsEntry("rows", 3L).containsEntry("rows_refused", 1L);

        Path out = folder.resolve("out.csv");
        assertThat(accrete("predict", "m", fresh.toString(), "--bad-rows", "skip", "--output", out.toString())
                        .err())
                .contains("1 of 3 rows are bad");
        assertThat(out).doesNotExist();
    }

    @Test
    void evaluateDropsBadRowsWhenAsked() {
        Path data = csv("in.csv", "x,y", 100, row -> row % 9 + ",c" + row % 2);
        assertThat(train(data, "m").status()).isZero();
        Path fresh = Data.write(folder, "new.csv", "x,y\n1,c0\noops,c1\n3,c1\n4,\n");
        assertThat(accrete("evaluate", "m", fresh.toString()).err()).contains("line 3", "--bad-rows skip drops");
        assertThat(accrete("evaluate", "m", fresh.toString(), "--bad-rows", "skip")
                        .err())
                .contains("1 of 4 rows are bad");
        Outcome skipped = accrete("evaluate", "m", fresh.toString(), "--bad-rows", "skip=50%", "--json");
        assertThat(skipped.json())
                .containsEntry("rows", 3L)
                .containsEntry("rows_scored", 2L)
                .containsEntry("rows_unlabelled", 1L)
                .containsEntry("rows_refused", 1L);
    }

    @Test
    void labelsOfClassWeightAreReadAsLabelsAre() {
        Path data = csv("in.csv", "x,y", 2_000, row -> noise(row) + "," + (row % 10 == 0 ? "1.0" : "0.0"));
        Object none = train(data, "none", "--json").json().get("metrics");
        Outcome one = train(data, "one", "--set", "class-weight=1:100", "--json");
        assertThat(one.json().get("metrics")).isNotEqualTo(none);
        assertThat(one.json()).containsEntry("warnings", List.of());
        assertThat(train(data, "same", "--set", "class-weight= 1.0:100", "--json")
                        .json()
                        .get("metrics"))
                .isEqualTo(one.json().get("metrics"));
        Outcome never = train(data, "never", "--set", "class-weight=9:100");
        assertThat(never.err()).contains("warning: sgd-classifier: class-weight names 9", "labels: 0, 1");
        assertThat(train(data, "never-json", "--set", "class-weight=9:100", "--json")
                        .json()
                        .get("warnings")
                        .toString())
                .contains("class-weight names 9");
    }

    @Test
    void rowsHeldOutAreScoredApart() {
        Path data = csv("in.csv", "x,y", 3_000, row -> noise(row) + "," + (Math.sin(row * 12.9898) > 0.1 ? "a" : "b"));
        Outcome told = train(data, "told", "--holdout", "20%");
        assertThat(told.out()).contains("scores of rows held out, each by the model", " held out\n");
        Map<String, Object> document =
                train(data, "m", "--holdout", "0.2", "--json").json();
        assertThat(sum(document, "rows", "rows_held_out")).isEqualTo(3_000);
        assertThat(document.get("holdout").toString()).contains("log_loss");
        assertThat(train(data, "plain", "--json").json()).containsEntry("holdout", "null");
        assertThat(train(data, "m", "--resume", "--holdout", "0.3").err()).contains("it holds out 0.2 of the rows");
        assertThat(train(data, "m", "--resume").out()).startsWith("nothing new");
        for (String bad : List.of("0", "1", "x", "200%")) {
            assertThat(train(data, "bad", "--holdout", bad).err()).contains("holdout must be a share", "'" + bad + "'");
        }
    }

    @Test
    void epochsStopEarlyAndTheBestIsLive() {
        Path data = csv(
                "in.csv",
                "x,y",
                200,
                row -> noise(row) + "," + (noise(row * 7 + 3).hashCode() % 2 == 0));
        Outcome outcome = train(
                data, "m", "--holdout", "30%", "--epochs", "500", "--early-stopping", "2", "--set", "optimizer=sgd");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("stopped early: ", "which is kept");
        assertThat(outcome.out()).doesNotContain("@live is still");
        for (String[] few : new String[][] {{"--holdout", "10%"}, {"--epochs", "3"}, {}}) {
            List<String> all = new ArrayList<>(List.of(few));
            all.addAll(List.of("--early-stopping", "2"));
            assertThat(train(data, "few", all.toArray(String[]::new)).err()).contains("--holdout 10% and --epochs N");
        }
    }

    @Test
    void threadsChangeNoPrediction() {
        Path data = csv("in.csv", "x,y", 20_000, row -> noise(row) + "," + row % 3);
        assertThat(train(data, "m", "--threads", "1").status()).isZero();
        Outcome one = accrete("predict", "m", data.toString(), "--threads", "1");
        Outcome three = accrete("predict", "m", data.toString(), "--threads", "3");
        assertThat(one.out()).hasLineCount(20_001);
        assertThat(three.out()).isEqualTo(one.out());
        assertThat(accrete("evaluate", "m", data.toString(), "--threads", "3").out())
                .isEqualTo(accrete("evaluate", "m", data.toString()).out());
    }

    @Test
    void threadsAreSaidOnceAndWithinTheirRange() {
        Path data = csv("in.csv", "x,y", 20, row -> row + "," + row % 2);
        assertThat(train(data, "m", "--threads", "many").err()).contains("threads must be", "but was many");
        assertThat(train(Path.of("csv:" + data + "?threads=2"), "m", "--threads", "2")
                        .err())
                .contains("--threads and threads=2");
        assertThat(accrete("train", "synthetic:sea?rows=2000", "--model", "s", "--threads", "2")
                        .status())
                .isZero();
    }
}
