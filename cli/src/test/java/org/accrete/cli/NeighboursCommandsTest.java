package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.Tensor;
import org.accrete.core.Accrete;
import org.accrete.core.AnomalyTrainer;
import org.accrete.core.ClusterTrainer;
import org.accrete.core.serve.ClusterPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that are no classifiers or regressors, on the command line and by the front door. */
final class NeighboursCommandsTest {
    private static final int ROWS = 600;

    @TempDir
    private Path folder;

    private String table = "";
    private final double[][] x = new double[ROWS][2];

    /** Two clusters; every twentieth row is far from both. */
    @BeforeEach
    void writeTheTable() throws IOException {
        SeededRandom random = new SeededRandom(1);
        StringBuilder text = new StringBuilder("a,b,rare\n");
        for (int row = 0; row < ROWS; row++) {
            boolean rare = row % 20 == 19;
            double centre = row % 2 == 0 ? -3 : 3;
            x[row][0] = rare ? 20 * random.nextDouble() - 10 : centre + 0.3 * random.nextGaussian();
            x[row][1] = rare ? 20 * random.nextDouble() - 10 : centre + 0.3 * random.nextGaussian();
            text.append(x[row][0]).append(',').append(x[row][1]).append(',').append(rare ? 1 : 0);
            text.append('\n');
        }
        Path file = folder.resolve("table.csv");
        Files.writeString(file, text);
        table = file.toString();
    }

    private Outcome accrete(String line) {
        Outcome outcome = Outcome.of((line + " --store " + folder.resolve("models")).split(" "));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome;
    }

    @Test
    void anomaliesAreScoredWithoutATarget() {
        accrete("train " + table + " --model alone --learner half-space-trees --column rare=ignore");
        List<String> lines = accrete("predict alone " + table).out().lines().toList();
        assertThat(lines).hasSize(ROWS + 1).first().isEqualTo("prediction,version");
        double usual = Double.parseDouble(lines.get(1).split(",")[0]);
        double rare = Double.parseDouble(lines.get(20).split(",")[0]);
        assertThat(rare).isGreaterThan(usual);
        assertThat(accrete("describe alone@1").out()).contains("25 trees of height 8", "of the splits");
        assertThat(Outcome.of(
                                "evaluate",
                                "alone",
                                table,
                                "--store",
                                folder.resolve("models").toString())
                        .status())
                .isEqualTo(2);
    }

    @Test
    void anomalyScoresAreScoredOnALabelThatTheyDidNotLearn() {
        Outcome trained = accrete(
                "train " + table + " --model labelled --learner half-space-trees --target rare --chunk-rows 50 --json");
        assertThat((Double) trained.map("metrics").get("roc_auc")).isGreaterThan(0.7);
        Outcome scored = accrete("evaluate labelled " + table + " --json");
        assertThat((Double) scored.map("metrics").get("roc_auc")).isGreaterThan(0.9);
        assertThat(scored.out()).contains("\"log_loss\":null");
    }

    @Test
    void frontDoorScoresAnomalies() {
        try (AnomalyTrainer trainer =
                Accrete.anomalies("half-space-trees").set("window-size", 100).build()) {
            trainer.partialFit(x);
            double[] scores = trainer.score(new double[][] {x[0], {9, -9}});
            assertThat(scores[1]).isGreaterThan(scores[0]);
        }
    }

    @Test
    void clustersAreWrittenAndScoredByTheirDistances() {
        Outcome trained = accrete("train " + table + " --model clusters --learner k-means --column rare=ignore"
                + " --set clusters=2 --set seed-rows=50 --chunk-rows 50 --json");
        assertThat((Double) trained.map("metrics").get("inertia")).isPositive();
        List<String> lines = accrete("predict clusters " + table).out().lines().toList();
        assertThat(lines).hasSize(ROWS + 1).first().isEqualTo("cluster,distance,version");
        assertThat(lines.get(1)).matches("[01],[0-9.E-]+,clusters@1");
        assertThat(lines.get(1).charAt(0))
                .isEqualTo(lines.get(3).charAt(0))
                .isNotEqualTo(lines.get(2).charAt(0));
        Outcome scored = accrete("evaluate clusters " + table + " --json");
        assertThat((Double) scored.map("metrics").get("inertia")).isBetween(0.0, 1.0);
        assertThat(accrete("describe clusters@1").out()).contains("cluster 1 has ", "% of the weight: a ");
        String other = accrete("train " + table + " --model clusters --resume --column rare=ignore")
                .err();
        assertThat(other).contains("nothing new");
    }

    @Test
    void frontDoorMakesClusters() {
        try (ClusterTrainer trainer =
                Accrete.clusters("k-means").set("clusters", 2).scored().build()) {
            trainer.partialFit(x);
            trainer.partialFit(x);
            assertThat(trainer.scores().orElseThrow().metrics().get("inertia")).isBetween(0.0, 1.0);
            int[] clusters = trainer.predict(new double[][] {{-3, -3}, {3, 3}, {-2, -3}});
            assertThat(clusters[0]).isEqualTo(clusters[2]).isNotEqualTo(clusters[1]);
            LiveModel live = trainer.live();
            assertThat(live.predict(new double[] {-3, -3})).isInstanceOfSatisfying(ClusterPrediction.class, one -> {
                assertThat(one.cluster()).isEqualTo(clusters[0]);
                assertThat(one.distance()).isBetween(0.0, 1.0);
            });
        }
    }

    @Test
    void nearestRowsAnswerWithClassesAndNumbers() {
        accrete("train " + table + " --model rows --learner k-nearest-neighbours --target rare");
        assertThat(accrete("describe rows@1").out()).contains("the last 600 rows are in the model, with their targets");
        Outcome scored = accrete("evaluate rows " + table + " --json");
        assertThat((Double) scored.map("metrics").get("accuracy")).isGreaterThan(0.95);
        accrete("train " + table + " --model numbers --learner k-nearest-neighbours --target b --progressive");
        Outcome numbers = accrete("evaluate numbers " + table + " --json");
        assertThat((Double) numbers.map("metrics").get("r2")).isGreaterThan(0.8);
    }

    /** The second half of the rows comes after the first half was learned and stored. */
    @ParameterizedTest
    @CsvSource({
        "naive-bayes,--target rare",
        "half-space-trees,--target rare",
        "k-means,--column rare=ignore",
        "k-nearest-neighbours,--target rare",
        "k-nearest-neighbours,--target a"
    })
    void resumedRunEndsWithTheSameTensors(String learner, String target) throws IOException {
        String train = " --learner " + learner + " " + target + " --chunk-rows 50";
        accrete("train " + table + " --model straight" + train);
        List<String> lines = Files.readAllLines(Path.of(table));
        Path growing = folder.resolve("growing.csv");
        Files.write(growing, lines.subList(0, 1 + ROWS / 2));
        accrete("train " + growing + " --model stopped" + train);
        Files.write(growing, lines.subList(1 + ROWS / 2, lines.size()), StandardOpenOption.APPEND);
        accrete("train " + growing + " --model stopped --resume" + train);
        assertThat(tensors("stopped")).isEqualTo(tensors("straight"));
    }

    private Map<String, Tensor> tensors(String model) {
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            return store.load(store.history(model).latest().orElseThrow()).tensors();
        }
    }

    @Test
    void frontDoorRefusesScoresOfWhatHasNoTarget() {
        try (AnomalyTrainer trainer =
                Accrete.anomalies("half-space-trees").scored().build()) {
            assertThatThrownBy(() -> trainer.partialFit(x)).hasMessageContaining("leave out scored()");
        }
    }

    @Test
    void naiveBayesTakesNumbersAndCategories() {
        accrete("train " + table + " --model bayes --learner naive-bayes --target rare --column b=categorical");
        assertThat(accrete("describe bayes@1").out())
                .contains(
                        "class '0' has 95.00 % of the weight",
                        "a, mean and standard deviation: 0 ", "categories occurred");
        assertThat(Map.copyOf(accrete("evaluate bayes " + table + " --json").map("metrics")))
                .containsKey("roc_auc");
    }
}
