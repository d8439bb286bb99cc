package org.accrete.learners.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.param.Params;
import org.accrete.learners.neighbours.Fixtures.Case;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clusters are as tight as scikit-learn's: see {@code src/test/fixtures/make_k_means.py}. */
@ExtendWith(RunSeed.class)
class KMeansTest {
    private static final double[] NONE = {};

    static Stream<Case> tables() {
        return Fixtures.read("k-means.txt").stream();
    }

    /** Medians of seeds; each row is learned once, by both. */
    @ParameterizedTest
    @MethodSource("tables")
    void inertiaIsThatOfScikitLearn(Case one) {
        double[][] x = table(one.text("case"));
        Chunk rows = chunk(x);
        double[] theirs = one.numbers("inertia");
        double[] ours = new double[5];
        Arrays.setAll(ours, seed -> {
            KMeansLearner learner = learner(x[0].length, "clusters", one.text("clusters"), "seed", "" + seed);
            learner.partialFit(rows);
            return inertia(learner.view(), rows);
        });
        System.out.printf("KMeansTest: %s inertia %.4f, scikit-learn %.4f%n", one, median(ours), median(theirs));
        assertThat(median(ours)).isLessThan(1.02 * median(theirs));
    }

    private static double[][] table(String name) {
        return switch (name) {
            case "blobs" -> Fixtures.table("blobs.csv.gz");
            case "digits" -> Fixtures.withoutLast(Fixtures.table(Path.of("../examples/digits/digits.csv.gz")));
            default -> Fixtures.withoutLast(Fixtures.table("cancer-anomalies.csv.gz"));
        };
    }

    private static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double inertia(Clusterer model, Chunk rows) {
        int count = model.clusters();
        double[] distances = new double[rows.rows() * count];
        model.distances(rows, distances);
        double sum = 0;
        for (int row = 0; row < rows.rows(); row++) {
            double distance = distances[row * count + Clusterer.nearest(distances, row, count)];
            sum += distance * distance;
        }
        return sum / rows.rows();
    }

    private static KMeansLearner learner(int width, String... settings) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            given.put(settings[i], settings[i + 1]);
        }
        return new KMeansLearner(
                Schema.numeric(width, Target.none()), Params.parse(new KMeansProvider().params(), given));
    }

    private static Chunk chunk(double[]... x) {
        double[] values = Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
        return new DenseChunk(Schema.numeric(x[0].length, Target.none()), values, NONE, NONE, List.of());
    }

    /** Two clusters, each drawn around its place. */
    private static double[][] pairs(int rows, double left, double right, SeededRandom random) {
        double[][] x = new double[rows][];
        for (int i = 0; i < rows; i++) {
            x[i] = new double[] {(i % 2 == 0 ? left : right) + 0.1 * random.nextGaussian()};
        }
        return x;
    }

    private static double[] centres(KMeansLearner learner) {
        double[] centres = learner.state().tensor("cluster_centers").doubles();
        Arrays.sort(centres);
        return centres;
    }

    @Test
    void rowsThatWaitHaveClustersToo() {
        KMeansLearner learner = learner(1, "clusters", "2");
        assertThat(learner.view().clusters()).isZero();
        assertThat(learner.view().predict(chunk(new double[] {1}))).containsExactly(-1);
        learner.partialFit(chunk(pairs(40, -5, 5, RunSeed.random("rows"))));
        assertThat(learner.rowsWaiting()).isEqualTo(40);
        int[] clusters = learner.view().predict(chunk(new double[] {-4}, new double[] {4}, new double[] {-6}));
        assertThat(clusters[0]).isEqualTo(clusters[2]).isNotEqualTo(clusters[1]);
        assertThat(learner.view().describe()).first().asString().contains("40 rows are in the model");
    }

    @Test
    void centresAreMeansOfTheirRows() {
        KMeansLearner learner = learner(1, "clusters", "2", "seed-rows", "10");
        double[][] x = pairs(1_000, -5, 5, RunSeed.random("rows"));
        learner.partialFit(chunk(x));
        double left = 0;
        for (int i = 0; i < x.length; i += 2) {
            left += x[i][0] / 500;
        }
        assertThat(centres(learner)[0]).isCloseTo(left, within(1e-12));
    }

    @Test
    void centresFollowWhatDriftsIfRowsAreForgotten() {
        KMeansLearner keeps = learner(1, "clusters", "2", "seed-rows", "10");
        KMeansLearner forgets = learner(1, "clusters", "2", "seed-rows", "10", "half-life", "50");
        SeededRandom random = RunSeed.random("rows");
        for (int step = 0; step < 40; step++) {
            Chunk chunk = chunk(pairs(50, -5 + 0.1 * step, 5 + 0.1 * step, random));
            keeps.partialFit(chunk);
            forgets.partialFit(chunk);
        }
        assertThat(centres(forgets)[1]).isGreaterThan(8.5);
        assertThat(centres(keeps)[1]).isLessThan(7.5);
    }

    @Test
    void laterRowsBecomeCentresWhereFirstRowsWereEqual() {
        KMeansLearner learner = learner(1, "clusters", "3", "seed-rows", "5");
        learner.partialFit(chunk(new double[5][1]));
        assertThat(learner.view().clusters()).isEqualTo(1);
        learner.partialFit(chunk(new double[] {7}, new double[] {7}, new double[] {-2}, new double[] {6}));
        assertThat(centres(learner)).containsExactly(-2, 0, 20.0 / 3);
    }

    @Test
    void mergedShardsAreNearlyAsTightAsOneLearner() {
        double[][] x = table("blobs");
        KMeansLearner whole = learner(5, "clusters", "12");
        KMeansLearner even = learner(5, "clusters", "12");
        KMeansLearner odd = learner(5, "clusters", "12");
        for (int i = 0; i < x.length; i++) {
            whole.partialFit(chunk(x[i]));
            (i % 2 == 0 ? even : odd).partialFit(chunk(x[i]));
        }
        even.merge(odd);
        assertThat(even.rowsSeen()).isEqualTo(x.length);
        assertThat(inertia(even.view(), chunk(x))).isLessThan(1.1 * inertia(whole.view(), chunk(x)));
    }
}
