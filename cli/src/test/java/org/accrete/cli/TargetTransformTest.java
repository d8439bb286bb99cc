package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code --set target.transform=log} from training to prediction. */
@ExtendWith(RunSeed.class)
final class TargetTransformTest {
    private static final int ROWS = 3_000;
    private static final String LOG = "target.transform=log";

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

    /**
     * Rows of a target that is about exp(x + z), or what a function makes of it; some rows are spoilt, or not there.
     */
    private Path csv(String name, int to, DoubleUnaryOperator target, IntPredicate spoilt, boolean drops)
            throws IOException {
        SeededRandom random = RunSeed.random("rows");
        List<String> lines = new ArrayList<>(List.of("x,z,c,y"));
        for (int row = 0; row < to; row++) {
            double x = random.nextGaussian();
            double z = random.nextGaussian();
            double y = target.applyAsDouble(Math.exp(x + z + 0.1 * random.nextGaussian()));
            boolean bad = spoilt.test(row);
            if (!bad || !drops) {
                lines.add(x + "," + z + ",c" + row % 3 + "," + (bad ? "0" : y));
            }
        }
        return Files.write(folder.resolve(name), lines);
    }

    private double[] predictions(String model, Path data) {
        Outcome outcome = accrete("predict", model, data.toString());
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome.out()
                .lines()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line.split(",")[0]))
                .toArray();
    }

    @Test
    void theLearnerLearnsLogarithmsAndPredictionsAreInTheUnitOfTheTarget() throws IOException {
        Path data = csv("in.csv", ROWS, y -> y, row -> false, false);
        Path logs = csv("logs.csv", ROWS, StrictMath::log, row -> false, false);
        Outcome trained = train(data, "m", "--set", LOG, "--json");
        assertThat(trained.map("settings")).containsEntry("target.transform", "log");
        train(logs, "logs");

        double[] expected =
                Arrays.stream(predictions("logs", logs)).map(StrictMath::exp).toArray();
        assertThat(predictions("m", data)).isEqualTo(expected);

        Map<String, Object> described = accrete("describe", "m@1", "--json").json();
        assertThat(described.get("params").toString()).contains("target.transform=log");
        assertThat(described.get("description").toString())
                .contains("learned: log of the target, exp of it is the prediction");
        assertThat(accrete("describe", "logs", "--json").json().get("params").toString())
                .doesNotContain("transform");

        double[] targets = Files.readAllLines(data).stream()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line.split(",")[3]))
                .toArray();
        double absolute = 0;
        for (int i = 0; i < ROWS; i++) {
            absolute += Math.abs(expected[i] - targets[i]);
        }
        double mae = (Double) accrete("evaluate", "m", data.toString(), "--json")
                .map("metrics")
                .get("mae");
        assertThat(mae).isCloseTo(absolute / ROWS, within(1e-9 * mae));
    }

    @Test
    void aResumedTrainingPredictsTheSame() throws IOException {
        Path data = csv("in.csv", ROWS, y -> y, row -> false, false);
        train(data, "straight", "--set", LOG, "--progressive");
        train(data, "m", "--set", LOG, "--progressive", "--rows", "1234");
        Outcome resumed = train(data, "m", "--resume", "--set", "target.transform=LOG");
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(predictions("m", data)).isEqualTo(predictions("straight", data));
        assertThat(resumed.out()).contains("progressive");
    }

    @Test
    void aTargetWithoutALogarithmIsABadRow() throws IOException {
        IntPredicate spoilt = row -> row % 700 == 650;
        Path data = csv("in.csv", ROWS, y -> y, spoilt, false);
        Outcome refused = train(data, "stop", "--set", LOG);
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("row 651", "the target must be > 0 with target.transform=log but was 0.0");
        Path kept = folder.resolve("bad.jsonl");
        Outcome skipped = train(data, "skip", "--set", LOG, "--bad-rows", "quarantine=" + kept, "--json");
        assertThat(skipped.json()).containsEntry("rows_refused", 4L).containsEntry("rows", ROWS - 4L);
        assertThat(Files.readAllLines(kept)).hasSize(4).allMatch(line -> line.contains("must be > 0"));
        train(csv("without.csv", ROWS, y -> y, spoilt, true), "without", "--set", LOG);
        assertThat(predictions("skip", data)).isEqualTo(predictions("without", data));
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        Path data = csv("in.csv", 200, y -> y, row -> false, false);
        train(data, "m");
        train(data, "logs", "--set", LOG);
        assertThat(train(data, "n", "--set", "target.transform=sqrt").err())
                .contains("target: transform must be one of none | log | log1p but was 'sqrt'");
        assertThat(train(data, "n", "--set", "target.scale=2").err()).contains("no parameter named 'scale'");
        assertThat(train(data, "n", "--set", "traget.transform=log").err()).contains("did you mean 'target'?");
        assertThat(accrete("train", data.toString(), "--model", "n", "--target", "c", "--set", LOG)
                        .err())
                .contains("sgd-classifier does not predict numbers, which settings of the target are for; leave out"
                        + " target.transform");
        assertThat(train(data, "m", "--resume", "--set", LOG).status()).isEqualTo(2);
        for (String change : List.of("none", "log1p")) {
            assertThat(train(data, "n", "--from", "logs", "--set", "target.transform=" + change)
                            .err())
                    .contains("target.transform was log and cannot become " + change + " when training goes on");
        }
        assertThat(train(data, "n", "--from", "m", "--set", LOG).err())
                .contains("target.transform was none and cannot become log when training goes on");
        assertThat(train(data, "further", "--from", "logs", "--json").map("settings"))
                .containsEntry("target.transform", "log");
    }

    @Test
    void aNewHeadHasATransformOfItsOwn() throws IOException {
        Path data = csv("in.csv", 300, y -> y, row -> false, false);
        train(data, "logs", "--learner", "mlp-regressor", "--set", LOG);
        String[] head = {"--from", "logs", "--new-head", "--json"};
        assertThat(train(data, "raw", head).map("settings")).containsEntry("target.transform", "none");
        assertThat(train(data, "again", "--from", "logs", "--new-head", "--set", LOG, "--json")
                        .map("settings"))
                .containsEntry("target.transform", "log");
        Path classes = Files.write(
                folder.resolve("classes.csv"),
                Files.readAllLines(data).stream()
                        .map(line -> line.replaceFirst(",[0-9.E-]+$", line.length() % 2 == 0 ? ",even" : ",odd"))
                        .toList());
        Outcome classified = train(classes, "classes", "--from", "logs", "--new-head", "--learner", "mlp-classifier");
        assertThat(classified.status()).as(classified.err()).isZero();
    }

    @Test
    void describeListsItBesideTheParametersOfLearnersOfNumbersOnly() {
        assertThat(accrete("describe", "sgd-regressor").out()).contains("target.transform", "none | log | log1p");
        assertThat(accrete("describe", "sgd-classifier").out()).doesNotContain("target.transform");
        assertThat(accrete("describe", "standard-scaler").out()).doesNotContain("target.transform");
    }
}
