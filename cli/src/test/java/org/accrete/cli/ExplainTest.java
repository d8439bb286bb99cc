package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.core.explain.Explanation;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.ExplainedPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Predictions with what their columns contributed, and what matters to a model. */
final class ExplainTest {
    private static final int ROWS = 600;
    private static final String QUICK = "--set grace-period=20 --set delta=0.5 --set tau=0.5";

    @TempDir
    private Path folder;

    private String table = "";

    /** {@code late} follows from the distance, the origin and one word; {@code noise} does not matter. */
    @BeforeEach
    void writeTheTable() throws IOException {
        SeededRandom random = new SeededRandom(1);
        StringBuilder text = new StringBuilder("id,distance,noise,origin,late,minutes,kind\n");
        for (int row = 0; row < ROWS; row++) {
            double distance = 100 + 900 * random.nextDouble();
            String origin = List.of("SEA", "JFK", "PDX").get(random.nextInt(3));
            double minutes = (distance - 500) / 10 + (origin.equals("JFK") ? 40 : -10) + random.nextGaussian();
            text.append(String.format(
                    Locale.ROOT,
                    "%d,%.1f,%.3f,%s,%s,%.2f,%s%n",
                    row,
                    distance,
                    random.nextGaussian(),
                    origin,
                    minutes > 0 ? "yes" : "no",
                    minutes,
                    minutes > 30 ? "bad" : minutes > -20 ? "fair" : "good"));
        }
        Path file = folder.resolve("table.csv");
        Files.writeString(file, text);
        table = file.toString();
    }

    private Outcome accrete(String line) {
        return Outcome.of((line + " --store " + folder.resolve("models")).split(" "));
    }

    private Outcome good(String line) {
        Outcome outcome = accrete(line);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome;
    }

    private void train(String target, String learner, String more) {
        StringBuilder line = new StringBuilder(
                "train " + table + " --model m --target " + target + " --learner " + learner + " --column id=key");
        for (String other : List.of("late", "minutes", "kind")) {
            line.append(other.equals(target) ? "" : " --column " + other + "=ignore");
        }
        good(line + (more.isEmpty() ? "" : " " + more));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> predictions(int most) {
        return (List<Map<String, Object>>)
                good("predict m " + table + " --json --explain " + most).json().get("predictions");
    }

    /** Base value and contributions add up, whatever the steps and the learner. */
    @ParameterizedTest
    @CsvSource({
        "late, sgd-classifier, ''",
        "kind, sgd-classifier, ''",
        "minutes, sgd-regressor, ''",
        "late, sgd-classifier, '--steps target-encoder,polynomial-features,standard-scaler'",
        "late, sgd-classifier, '--steps quantile-scaler,min-max-scaler'",
        "late, sgd-classifier, '--steps target-encoder,standard-scaler,covariance-pca"
                + " --set covariance-pca.n-components=2'",
        "late, hoeffding-tree-classifier, --set grace-period=20 --set delta=0.5 --set tau=0.5",
        "kind, hoeffding-tree-classifier, --set grace-period=20 --set tau=0.5 --steps polynomial-features",
        "kind, adaptive-random-forest-classifier, --set n-estimators=3 --set delta=0.5 --set tau=0.5",
        "late, naive-bayes, ''",
        "kind, naive-bayes, ''",
    })
    @SuppressWarnings("unchecked")
    void contributionsAddUp(String target, String learner, String more) {
        train(target, learner, more);
        List<Map<String, Object>> predictions = predictions(2);
        assertThat(predictions).hasSize(ROWS);
        for (Map<String, Object> prediction : predictions.subList(0, 50)) {
            Map<String, Object> explanation = (Map<String, Object>) prediction.get("explanation");
            double sum = number(explanation, "base") + number(explanation, "rest");
            double last = Double.POSITIVE_INFINITY;
            List<Map<String, Object>> largest = (List<Map<String, Object>>) explanation.get("contributions");
            assertThat(largest).hasSizeLessThanOrEqualTo(2);
            for (Map<String, Object> one : largest) {
                sum += number(one, "amount");
                assertThat(Math.abs(number(one, "amount"))).isLessThanOrEqualTo(last);
                last = Math.abs(number(one, "amount"));
                assertThat(one.get("column")).isIn("distance", "noise", "origin");
            }
            assertThat(sum).isCloseTo(number(explanation, "value"), offset(1e-8));
            Object speaksFor = target.equals("kind") ? prediction.get("prediction") : "yes";
            assertThat(explanation.get("for")).isEqualTo(target.equals("minutes") ? "minutes" : speaksFor);
        }
    }

    private static double number(Map<String, Object> facts, String name) {
        return ((Number) facts.get(name)).doubleValue();
    }

    @Test
    void tableNamesColumnsByTheTextsOfTheRow() throws IOException {
        train("late", "sgd-classifier", "");
        List<String> rows = Files.readAllLines(Path.of(table));
        List<String> lines =
                good("predict m " + table + " --explain 1").out().lines().toList();
        assertThat(lines.get(0)).isEqualTo("id,prediction,probability_no,probability_yes,explanation,version");
        for (int row = 1; row < 20; row++) {
            String[] cells = rows.get(row).split(",");
            assertThat(lines.get(row))
                    .startsWith(cells[0] + ",")
                    .containsPattern(
                            ",(distance=" + cells[1] + "|origin=" + cells[3] + "):[+-].*; rest:.*; base:.*,m@1$");
        }
        assertThat(good("predict m " + table).out().lines().findFirst().orElseThrow())
                .isEqualTo("id,prediction,probability_no,probability_yes,version");
    }

    @Test
    void serviceExplainsRecordsAsTheCommandDoes() {
        train("late", "hoeffding-tree-classifier", QUICK);
        Map<String, Object> record = Map.of("id", 5, "distance", 800.5, "noise", 0.1, "origin", "JFK");
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"));
                LiveModel live = LiveModel.open(PlugIns.load(), store, "m")) {
            ExplainedPrediction explained = live.explain(record);
            assertThat(((ClassPrediction) explained.prediction()).label()).isEqualTo("yes");
            Explanation explanation = explained.explanation();
            assertThat(explanation.target()).isEqualTo("yes");
            assertThat(explanation.contributions())
                    .extracting(Explanation.Contribution::name)
                    .contains("distance=800.5", "origin=JFK");
            assertThat(explanation.base() + explanation.rest(0)).isCloseTo(explanation.value(), offset(1e-9));
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void treesTellWhichColumnsMatter() {
        for (String learner : List.of("hoeffding-tree-classifier", "adaptive-random-forest-classifier")) {
            train("late", learner, QUICK);
            List<Map<String, Object>> shares =
                    (List<Map<String, Object>>) good("describe m --json").json().get("importances");
            assertThat(shares.stream().mapToDouble(one -> number(one, "share")).sum())
                    .isCloseTo(1, offset(1e-9));
            assertThat(shares.get(0).get("name")).isIn("distance", "origin");
            assertThat(good("describe m").out()).contains("most important columns");
            good("rm m --yes");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "late, k-nearest-neighbours, '', k-nearest-neighbours",
        "minutes, sgd-regressor, --set loss=poisson --where minutes>0, sgd-regressor",
        "minutes, sgd-regressor, --set target.transform=log --where minutes>0, target.transform",
    })
    void modelThatCannotExplainIsRefusedInOneLine(String target, String learner, String more, String word) {
        train(target, learner, more);
        Outcome outcome = accrete("predict m " + table + " --explain 3");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines().toList()).hasSize(1).first().asString().contains("cannot be explained", word);
    }

    @Test
    void atLeastOneColumnIsTold() {
        train("late", "sgd-classifier", "");
        Outcome outcome = accrete("predict m " + table + " --explain 0");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--explain must be >= 1 but was 0");
    }
}
