package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against a decomposition of all rows at once: the covariance always, leading components if nothing is dropped; and
 * merging.
 */
@ExtendWith(RunSeed.class)
class ExactnessTest {
    private static final int WIDTH = 12;

    private static double[][] rows(int count) {
        return Batch.rows(count, WIDTH, 0.8, RunSeed.random("rows"));
    }

    private static void equal(PcaModel model, Batch batch, double divisor, double tolerance) {
        int k = model.componentCount();
        double total = Arrays.stream(batch.variance).sum();
        double weight = Arrays.stream(batch.singularValues).map(s -> s * s).sum() / total;
        for (int j = 0; j < WIDTH; j++) {
            assertThat(model.mean()[j]).isCloseTo(batch.mean[j], within(tolerance * (1 + Math.abs(batch.mean[j]))));
            assertThat(model.variance()[j]).isCloseTo(batch.variance[j], within(tolerance * batch.variance[j]));
        }
        for (int i = 0; i < k; i++) {
            double value = batch.singularValues[i];
            assertThat(model.singularValues()[i]).isCloseTo(value, within(tolerance * value));
            assertThat(model.explainedVariance()[i])
                    .isCloseTo(value * value / divisor, within(tolerance * value * value / divisor));
            assertThat(model.explainedVarianceRatio()[i]).isCloseTo(value * value / weight / total, within(tolerance));
        }
        for (int i = 0; i < k; i++) {
            double below = i + 1 < WIDTH ? batch.singularValues[i + 1] : 0;
            if (batch.singularValues[i] > 1.02 * below) {
                assertThat(Batch.sine(
                                Batch.matrix(model.components(), k, WIDTH).getSubMatrix(0, i, 0, WIDTH - 1),
                                batch.components.getSubMatrix(0, i, 0, WIDTH - 1)))
                        .as("sine of the angle of the first %d", i + 1)
                        .isLessThan(100 * tolerance);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 2500})
    void covarianceIsThatOfAllRowsAtOnce(int length) {
        double[][] x = rows(2500);
        for (String size : List.of("200", "33")) {
            PcaLearner learner = Pca.covariance(WIDTH, "n-components=5", "batch-size=" + size);
            Pca.fit(learner, x, 0, x.length, length);
            PcaModel model = learner.snapshot();
            Batch batch = Batch.of(x);
            equal(model, batch, x.length - 1, 1e-10);
            double left = 0;
            for (int i = 5; i < WIDTH; i++) {
                left += batch.singularValues[i] * batch.singularValues[i] / (x.length - 1);
            }
            assertThat(model.noiseVariance()).isCloseTo(left / (WIDTH - 5), within(1e-10));
        }
    }

    @Test
    void allComponentsAreThoseOfAllRowsAtOnce() {
        double[][] x = rows(700);
        PcaLearner learner = Pca.incremental(WIDTH, "batch-size=50");
        Pca.fit(learner, x, 0, x.length, 13);
        equal(learner.snapshot(), Batch.of(x), x.length - 1, 1e-10);
    }

    /** Also before the first block is full. */
    @Test
    void fewRowsAreAllInTheModel() {
        double[][] x = rows(40);
        PcaLearner learner = Pca.incremental(WIDTH, "n-components=3");
        for (int row = 0; row < x.length; row++) {
            learner.partialFit(Pca.chunk(x, row, row + 1));
            assertThat(learner.snapshot().rowsSeen()).isEqualTo(row + 1);
        }
        equal(learner.snapshot(), Batch.of(x), x.length - 1, 1e-9);
    }

    @Test
    void weightCountsRepetitionsOfARow() {
        SeededRandom random = RunSeed.random("weights");
        double[][] x = rows(150);
        double[] weights = new double[x.length];
        List<double[]> repeated = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            weights[i] = random.nextInt(4);
            for (int times = 0; times < weights[i]; times++) {
                repeated.add(x[i]);
            }
        }
        Batch batch = Batch.of(repeated.toArray(double[][]::new));
        for (PcaLearner learner : List.of(Pca.covariance(WIDTH), Pca.incremental(WIDTH, "batch-size=40"))) {
            learner.partialFit(Pca.chunk(x, weights, 0, x.length));
            double sum = Arrays.stream(weights).sum();
            double squares = Arrays.stream(weights).map(w -> w * w).sum();
            equal(learner.snapshot(), batch, sum - squares / sum, 1e-9);
            assertThat(learner.rowsSeen()).isEqualTo(x.length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 64, 300})
    void weightHalvesWithEachHalfLife(int size) {
        double[][] x = rows(300);
        double[] weights = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            weights[i] = Math.pow(0.5, (x.length - 1 - i) / 60.0);
        }
        double sum = Arrays.stream(weights).sum();
        double squares = Arrays.stream(weights).map(w -> w * w).sum();
        String[] settings = {"half-life=60", "batch-size=" + size};
        for (PcaLearner learner : List.of(Pca.covariance(WIDTH, settings), Pca.incremental(WIDTH, settings))) {
            Pca.fit(learner, x, 0, x.length, 11);
            equal(learner.snapshot(), Batch.of(x, weights), sum - squares / sum, 1e-9);
        }
    }

    @Test
    void halfLifeFollowsADrift() {
        double[][] before = rows(2000);
        double[][] after = Batch.rows(2000, WIDTH, 0.8, RunSeed.random("after"));
        for (double[] row : after) {
            for (int j = 0; j < WIDTH / 2; j++) {
                double swap = row[j];
                row[j] = row[WIDTH - 1 - j];
                row[WIDTH - 1 - j] = swap;
            }
        }
        Batch now = Batch.of(after);
        PcaLearner forgets = Pca.incremental(WIDTH, "n-components=2", "half-life=150");
        PcaLearner keeps = Pca.incremental(WIDTH, "n-components=2");
        for (PcaLearner learner : List.of(forgets, keeps)) {
            Pca.fit(learner, before, 0, 2000, 100);
            Pca.fit(learner, after, 0, 2000, 100);
        }
        double near = sine(forgets.snapshot(), now);
        assertThat(near).isLessThan(0.4);
        assertThat(sine(keeps.snapshot(), now)).isGreaterThan(1.5 * near);
    }

    private static double sine(PcaModel model, Batch batch) {
        int k = model.componentCount();
        return Batch.sine(
                Batch.matrix(model.components(), k, WIDTH), batch.components.getSubMatrix(0, k - 1, 0, WIDTH - 1));
    }

    @Test
    void aFractionOfTheVarianceKeepsAsManyComponentsAsItNeeds() {
        double[][] x = rows(500);
        Batch batch = Batch.of(x);
        double total = Arrays.stream(batch.singularValues).map(s -> s * s).sum();
        for (double fraction : new double[] {0.1, 0.6, 0.9, 0.999}) {
            int expected = 0;
            double explained = 0;
            while (explained <= fraction * total) {
                explained += batch.singularValues[expected] * batch.singularValues[expected];
                expected++;
            }
            for (PcaLearner learner : List.of(
                    Pca.covariance(WIDTH, "n-components=" + fraction),
                    Pca.incremental(WIDTH, "n-components=" + fraction))) {
                Pca.fit(learner, x, 0, x.length, 90);
                assertThat(learner.snapshot().componentCount())
                        .as("fraction %s", fraction)
                        .isEqualTo(expected);
                assertThat(learner.snapshot().outputSchema().width()).isEqualTo(expected);
            }
        }
    }

    @Test
    void constantColumnsAreAccepted() {
        double[][] x = new double[300][WIDTH];
        SeededRandom random = RunSeed.random("rows");
        for (double[] row : x) {
            Arrays.fill(row, 3);
            row[4] = random.nextGaussian();
            row[7] = 2 * row[4] + random.nextGaussian();
        }
        for (PcaLearner learner : List.of(Pca.covariance(WIDTH), Pca.incremental(WIDTH, "batch-size=20"))) {
            Pca.fit(learner, x, 0, 1, 1);
            assertThat(learner.snapshot().explainedVariance()).containsOnly(0);
            Pca.fit(learner, x, 1, 300, 50);
            double[] values = learner.snapshot().singularValues();
            Batch batch = Batch.of(x);
            assertThat(values[0]).isCloseTo(batch.singularValues[0], within(1e-9));
            assertThat(values[1]).isCloseTo(batch.singularValues[1], within(1e-9));
            for (int i = 2; i < WIDTH; i++) {
                assertThat(values[i]).isZero();
            }
        }
    }

    /** A block may rotate a component but not reverse it. */
    @Test
    void signsDoNotChangeFromBlockToBlock() {
        double[][] x = Batch.rows(3000, WIDTH, 0.7, RunSeed.random("rows"));
        for (PcaLearner learner : List.of(
                Pca.covariance(WIDTH, "n-components=4", "batch-size=100"),
                Pca.incremental(WIDTH, "n-components=4", "batch-size=100"))) {
            Pca.fit(learner, x, 0, 500, 100);
            double[] before = learner.snapshot().components();
            for (int row = 500; row < 3000; row += 50) {
                Pca.fit(learner, x, row, row + 50, 50);
                double[] now = learner.snapshot().components();
                for (int i = 0; i < 4; i++) {
                    double cosine = 0;
                    for (int j = i * WIDTH; j < (i + 1) * WIDTH; j++) {
                        cosine += before[j] * now[j];
                    }
                    assertThat(cosine)
                            .as("component %d after %d rows", i, row + 50)
                            .isGreaterThan(0.7);
                }
                before = now;
            }
        }
    }

    // ---- merging

    @Test
    void mergedCovarianceIsThatOfAllRowsWhateverTheTree() {
        SeededRandom random = RunSeed.random("tree");
        double[][] x = rows(1000);
        List<PcaLearner> parts = new ArrayList<>();
        int from = 0;
        while (from < x.length) {
            int to = Math.min(x.length, from + 1 + random.nextInt(200));
            PcaLearner part = Pca.covariance(WIDTH, "batch-size=30");
            Pca.fit(part, x, from, to, 17);
            parts.add(part);
            from = to;
        }
        while (parts.size() > 1) {
            PcaLearner other = parts.remove(random.nextInt(parts.size()));
            parts.get(random.nextInt(parts.size())).merge(other);
        }
        assertThat(parts.get(0).rowsSeen()).isEqualTo(x.length);
        equal(parts.get(0).snapshot(), Batch.of(x), x.length - 1, 1e-10);
        assertThat(parts.get(0).mergesExactly()).isTrue();
        assertThat(Pca.covariance(WIDTH, "half-life=60").mergesExactly()).isFalse();
    }

    @Test
    void mergedComponentsAreThoseOfAllRowsWhereNothingIsDropped() {
        double[][] x = rows(600);
        PcaLearner one = Pca.incremental(WIDTH, "batch-size=45");
        PcaLearner other = Pca.incremental(WIDTH, "batch-size=45");
        Pca.fit(one, x, 0, 220, 50);
        Pca.fit(other, x, 220, 600, 50);
        one.merge(other);
        equal(one.snapshot(), Batch.of(x), x.length - 1, 1e-10);
        assertThat(one.snapshot().rowsSeen()).isEqualTo(600);
    }

    /** Two halves of the digits: merged components reconstruct all rows almost as well as those of one learner. */
    @Test
    void mergedLeadingComponentsAreAsGoodAsThoseOfOneLearner() {
        double[][] x = SklearnPcaTest.digits();
        PcaLearner whole = Pca.incremental(64, "n-components=8");
        PcaLearner one = Pca.incremental(64, "n-components=8");
        PcaLearner other = Pca.incremental(64, "n-components=8");
        Pca.fit(whole, x, 0, x.length, 100);
        Pca.fit(one, x, 0, 900, 100);
        Pca.fit(other, x, 900, x.length, 100);
        one.merge(other);
        assertThat(one.mergesExactly()).isFalse();
        assertThat(residual(one.snapshot(), x)).isLessThan(1.02 * residual(whole.snapshot(), x));
    }

    private static double residual(PcaModel model, double[][] x) {
        double[] errors = new double[x.length];
        model.reconstructionError(Pca.chunk(x, 0, x.length), errors);
        return Arrays.stream(errors).sum();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mergingIsCommutativeAndLeavesTheOtherAlone(boolean scatter) {
        double[][] x = rows(500);
        PcaLearner[] learners = new PcaLearner[4];
        for (int i = 0; i < 4; i++) {
            learners[i] = learner(scatter, "n-components=3", "batch-size=32");
            Pca.fit(learners[i], x, i % 2 == 0 ? 0 : 210, i % 2 == 0 ? 210 : 500, 40);
        }
        State before = learners[1].state();
        learners[0].merge(learners[1]);
        assertThat(learners[1].state()).isEqualTo(before);
        learners[3].merge(learners[2]);
        // To the bit: directions of equal variance would rotate at a difference in the last bit.
        assertThat(learners[3].state()).isEqualTo(learners[0].state());
        // The merged learner continues, and so does its stored state.
        PcaLearner restored = Pca.restored(
                scatter ? new CovariancePcaProvider() : new IncrementalPcaProvider(),
                WIDTH,
                learners[0].state(),
                "n-components=3",
                "batch-size=32");
        Pca.fit(restored, x, 0, 100, 9);
        Pca.fit(learners[0], x, 0, 100, 50);
        assertThat(restored.state()).isEqualTo(learners[0].state());
        assertThat(restored.rowsSeen()).isEqualTo(600);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mergingAnUntrainedLearnerChangesNothingInEitherDirection(boolean scatter) {
        double[][] x = rows(120);
        PcaLearner one = learner(scatter, "n-components=3", "batch-size=32");
        PcaLearner other = learner(scatter, "n-components=3", "batch-size=32");
        Pca.fit(one, x, 0, 120, 40);
        double[] before = one.snapshot().components();
        one.merge(other);
        assertThat(one.snapshot().components()).isEqualTo(before);
        other.merge(one);
        assertThat(other.snapshot().components()).isEqualTo(before);
        assertThat(other.rowsSeen()).isEqualTo(120);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mergingWithACopyChangesNoComponent(boolean scatter) {
        double[][] x = rows(120);
        PcaLearner one = learner(scatter, "n-components=3", "batch-size=32");
        PcaLearner copy = learner(scatter, "n-components=3", "batch-size=32");
        Pca.fit(one, x, 0, 120, 40);
        Pca.fit(copy, x, 0, 120, 40);
        double[] before = one.snapshot().components();
        one.merge(copy);
        double[] now = one.snapshot().components();
        for (int i = 0; i < before.length; i++) {
            assertThat(now[i]).isCloseTo(before[i], within(1e-9));
        }
        one.merge(one);
        assertThat(one.rowsSeen()).isEqualTo(480);
    }

    @Test
    void otherLearnersAreRefusedAndNothingChanges() {
        PcaLearner one = Pca.incremental(WIDTH, "n-components=3");
        Pca.fit(one, rows(50), 0, 50, 50);
        State before = one.state();
        for (PcaLearner other : List.of(
                Pca.incremental(WIDTH, "n-components=4"),
                Pca.covariance(WIDTH, "n-components=3"),
                Pca.incremental(WIDTH + 1, "n-components=3"))) {
            assertThatThrownBy(() -> one.merge(other))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
            assertThat(one.state()).isEqualTo(before);
        }
    }

    private static PcaLearner learner(boolean scatter, String... settings) {
        return scatter ? Pca.covariance(WIDTH, settings) : Pca.incremental(WIDTH, settings);
    }
}
