package org.accrete.learners.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answers are those of a search that sorts all rows of the window by distance. */
@ExtendWith(RunSeed.class)
class NearestNeighboursTest {
    private static final double[] NONE = {};
    private static final List<String> LABELS = List.of("p", "q", "r");

    private static NearestNeighboursLearner learner(int width, Target target, String... settings) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            given.put(settings[i], settings[i + 1]);
        }
        return new NearestNeighboursLearner(
                Schema.numeric(width, target), Params.parse(new NearestNeighboursProvider().params(), given));
    }

    private static DenseChunk chunk(NearestNeighboursLearner learner, double[] x, double[] y) {
        return new DenseChunk(
                learner.schema(), x, y, NONE, learner.schema().target().classes());
    }

    private static double[] numbers(int count, SeededRandom random) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> random.nextGaussian());
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({"100, 1, 1", "100, 3, 7", "40, 5, 17", "40, 60, 2"})
    void numbersAreMeansOfTheNearestRowsOfTheWindow(int window, int k, int width) {
        SeededRandom random = RunSeed.random("rows");
        NearestNeighboursLearner learner =
                learner(width, Target.numeric("y"), "window-size", "" + window, "neighbours", "" + k);
        double[] x = numbers(90 * width, random);
        double[] y = numbers(90, random);
        learner.partialFit(chunk(learner, x, y));
        double[] query = numbers(width, random);
        int[] nearest = IntStream.range(Math.max(0, 90 - window), 90)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> squaredDistance(x, row * width, query)))
                .limit(k)
                .mapToInt(row -> row)
                .toArray();
        double expected =
                Arrays.stream(nearest).mapToDouble(row -> y[row]).average().orElseThrow();
        double[] out = new double[1];
        ((Regressor) learner.view()).predict(chunk(learner, query, NONE), out);
        assertThat(out[0]).isCloseTo(expected, within(1e-12));
    }

    private static double squaredDistance(double[] x, int from, double[] query) {
        double sum = 0;
        for (int j = 0; j < query.length; j++) {
            sum += (x[from + j] - query[j]) * (x[from + j] - query[j]);
        }
        return sum;
    }

    @Test
    void oneMoreNeighbourIsDividedAmongAllClasses() {
        NearestNeighboursLearner learner = learner(1, Target.categorical("y", LABELS), "neighbours", "4");
        learner.partialFit(chunk(learner, new double[] {1, 2, 3, 4, 100}, new double[] {0, 0, 2, 0, 1}));
        ProbabilisticClassifier model = (ProbabilisticClassifier) learner.view();
        double[] out = new double[3];
        model.probabilities(chunk(learner, new double[] {2}, NONE), out);
        assertThat(out[0]).isCloseTo((3 + 1.0 / 3) / 5, within(1e-12));
        assertThat(out[1]).isCloseTo(1.0 / 15, within(1e-12));
        assertThat(out[2]).isCloseTo((1 + 1.0 / 3) / 5, within(1e-12));
    }

    @Test
    void nearRowsCountMoreIfAsked() {
        NearestNeighboursLearner learner = learner(1, Target.numeric("y"), "neighbours", "2", "weights", "distance");
        learner.partialFit(chunk(learner, new double[] {0, 4, 100}, new double[] {10, 20, 99}));
        double[] out = new double[2];
        ((Regressor) learner.view()).predict(chunk(learner, new double[] {1, 4}, NONE), out);
        assertThat(out[0]).isCloseTo((10 + 20 / 3.0) / (1 + 1 / 3.0), within(1e-12));
        assertThat(out[1]).as("at distance 0").isEqualTo(20);
    }

    @Test
    void theOldestRowsLeaveTheWindow() {
        NearestNeighboursLearner learner =
                learner(1, Target.categorical("y", LABELS), "window-size", "3", "neighbours", "1");
        for (int row = 0; row < 5; row++) {
            learner.partialFit(chunk(learner, new double[] {row}, new double[] {row < 2 ? 0 : row < 4 ? 1 : 2}));
        }
        Classifier model = (Classifier) learner.view();
        assertThat(model.predict(chunk(learner, new double[] {0, 3.9, 2}, NONE)))
                .containsExactly("q", "r", "q");
        assertThat(learner.state().tensor("k-nearest-neighbours.x").doubles()).containsExactly(2, 3, 4);
        assertThat(model.describe())
                .first()
                .asString()
                .contains("the last 3 rows are in the model, with their targets");
    }

    @Test
    void missingValuesAreLeftOutOfTheDistance() {
        NearestNeighboursLearner learner = learner(2, Target.numeric("y"), "neighbours", "1");
        learner.partialFit(chunk(learner, new double[] {1, 50, 9, Double.NaN, 4, 7}, new double[] {10, 20, 30}));
        double[] out = new double[2];
        ((Regressor) learner.view()).predict(chunk(learner, new double[] {Double.NaN, 49, 9, 50}, NONE), out);
        assertThat(out).containsExactly(10, 20);
    }
}
