package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests boosted trees against sums computed here, and what they take. */
@ExtendWith(RunSeed.class)
class GradientBoostedTreesTest {
    private static final LearnerProvider PROVIDER = new GradientBoostedTreesClassifierProvider();
    private static final LearnerProvider REGRESSOR = new GradientBoostedTreesRegressorProvider();
    private static final Schema THREE = Schema.numeric(3, Target.categorical("y", List.of("a", "b")));

    /** One tree that keeps all it is told, so that its sums can be computed here. */
    private static final Map<String, String> PLAIN = Map.of(
            "init",
            "zero",
            "n-estimators",
            "1",
            "learning-rate",
            "1",
            "subsample",
            "1",
            "short-memory",
            "1e12",
            "long-memory",
            "1e12",
            "l2-regularization",
            "2",
            "max-depth",
            "1");

    private static OnlineLearner learner(Schema schema, Map<String, String> settings) {
        return (OnlineLearner) PROVIDER.create(schema, Params.parse(PROVIDER.params(), settings));
    }

    private static Map<String, String> with(Map<String, String> settings, String... more) {
        Map<String, String> all = new HashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    /** {@return rows of three numbers; the label is by the first two, or by the first alone} */
    private static Chunk rows(int count, long seed, boolean isProduct) {
        ChunkBuffer buffer = new ChunkBuffer(THREE, count);
        SeededRandom random = new SeededRandom(seed);
        for (int row = 0; row < count; row++) {
            double[] x = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            boolean positive = isProduct ? x[0] * x[1] > 0 : x[0] > 0.3;
            buffer.beginRow();
            buffer.put(0, x, 0, 3);
            buffer.target(positive != (random.nextInt(10) == 0) ? 1 : 0);
            buffer.endRow();
        }
        return buffer.chunk();
    }

    @Test
    void theValueOfALeafIsTheNewtonStepOfItsRows() {
        Chunk rows = rows(60, 5, false);
        OnlineLearner learner = learner(THREE, with(PLAIN, "grace-period", "1000"));
        double g = 0;
        double h = 0;
        // Of one tree the gradients are those at the score 0.
        for (int row = 0; row < 60; row++) {
            learner.partialFit(rows.slice(row, row + 1));
            g += 0.5 - rows.target(row);
            h += 0.25;
            assertThat(learner.state().doubles("tree.value", 1)[0]).isCloseTo(-g / (h + 2), within(1e-9));
        }
    }

    /** The line search makes it count less where it promised more than it kept. */
    @Test
    void aTreeThatKeepsNothingOfWhatItPromisesCountsLess() {
        SeededRandom random = RunSeed.random("noise");
        ChunkBuffer buffer = new ChunkBuffer(THREE, 3_000);
        for (int row = 0; row < 3_000; row++) {
            buffer.beginRow();
            buffer.put(0, random.nextGaussian());
            buffer.target(random.nextInt(2));
            buffer.endRow();
        }
        Map<String, String> settings =
                Map.of("init", "zero", "n-estimators", "10", "short-memory", "10", "long-memory", "10");
        OnlineLearner learner = learner(THREE, settings);
        learner.partialFit(buffer.chunk());
        double[] out = new double[3_000];
        ((ProbabilisticClassifier) learner.view()).decide(buffer.chunk(), out);
        assertThat(Arrays.stream(out).map(Math::abs).max().orElseThrow()).isLessThan(0.5);
        assertThat(learner.view().describe().get(10)).matches("tree 10: \\d+ nodes, 0\\.[0-6].* of its values count");
    }

    @Test
    void theFirstSplitIsThatOfTheHighestGain() {
        Chunk rows = rows(32 + 100, 8, false);
        OnlineLearner learner = learner(THREE, with(PLAIN, "grace-period", "100", "delta", "0.5"));
        learner.partialFit(rows);
        State state = learner.state();
        assertThat(state.longs("tree.feature", 3)).containsExactly(0, -1, -1);
        // Every second of the first rows gives a cut, and the sums are those of the rows after them.
        double best = 0;
        double threshold = Double.NaN;
        for (int cut = 0; cut < 31; cut += 2) {
            double limit = cell(rows, cut);
            double[] sums = new double[4];
            for (int row = 31; row < 131; row++) {
                int side = cell(rows, row) <= limit ? 0 : 2;
                sums[side] += 0.5 - rows.target(row);
                sums[side + 1] += 0.25;
            }
            double gain = sums[0] * sums[0] / (sums[1] + 2) + sums[2] * sums[2] / (sums[3] + 2);
            if (gain > best) {
                best = gain;
                threshold = limit;
            }
        }
        assertThat(state.doubles("tree.threshold", 3)[0]).isEqualTo(threshold);
    }

    private static double cell(Chunk rows, int row) {
        return ((DenseChunk) rows).values()[3 * row];
    }

    @Test
    void leavesOfNoiseAreRarelySplit() {
        SeededRandom random = RunSeed.random("splits");
        int splits = 0;
        for (int times = 0; times < 50; times++) {
            ChunkBuffer buffer = new ChunkBuffer(THREE, 500);
            for (int row = 0; row < 500; row++) {
                buffer.beginRow();
                buffer.put(0, new double[] {random.nextGaussian(), random.nextGaussian(), 1}, 0, 3);
                buffer.target(random.nextInt(2));
                buffer.endRow();
            }
            OnlineLearner learner = learner(THREE, with(PLAIN, "delta", "1e-4"));
            learner.partialFit(buffer.chunk());
            splits += learner.state().tensor("tree.feature").size() > 1 ? 1 : 0;
        }
        // One in 10,000 for each of 32 tries in six attempts, less since they look at the same rows.
        assertThat(splits).isLessThan(6);
    }

    @Test
    void treesAddWhatALinearModelCannotSay() {
        for (String init : List.of("linear", "zero")) {
            OnlineLearner learner = learner(THREE, Map.of("init", init));
            learner.partialFit(rows(6_000, 1, true));
            Chunk test = rows(2_000, 2, true);
            double[] out = new double[2_000];
            ((ProbabilisticClassifier) learner.view()).decide(test, out);
            int right = 0;
            for (int row = 0; row < 2_000; row++) {
                right += out[row] > 0 == test.target(row) > 0 ? 1 : 0;
            }
            // A tenth of the labels is noise, and a linear model gets half of the rows right.
            assertThat(right / 2_000.0).as(init).isGreaterThan(0.82);
        }
    }

    @Test
    void aThirdClassKeepsTheOddsOfTheFirstTwo() {
        Schema schema = Schema.numeric(3, Target.categorical("y", List.of()));
        OnlineLearner learner = learner(schema, Map.of("init", "zero", "grace-period", "20", "delta", "0.1"));
        Chunk rows = rows(2_000, 3, true);
        learner.partialFit(rows);
        double[] before = new double[2_000];
        ((ProbabilisticClassifier) learner.view()).decide(rows, before);
        learner.classes(List.of("a", "b", "c"));
        learner.learnOne(new double[] {0, 0, 0}, 2, 0);
        double[] after = new double[6_000];
        ProbabilisticClassifier model = (ProbabilisticClassifier) learner.view();
        assertThat(model.classes()).containsExactly("a", "b", "c");
        model.decide(rows, after);
        for (int row = 0; row < 2_000; row++) {
            assertThat(after[3 * row + 1] - after[3 * row]).isCloseTo(before[row], within(1e-9));
        }
    }

    @Test
    void memoryStaysBelowItsLimitAndTreesGoOnLearning() {
        OnlineLearner learner = learner(THREE, Map.of("max-bytes", "100K", "grace-period", "20", "delta", "0.5"));
        for (int times = 0; times < 5; times++) {
            learner.partialFit(rows(4_000, times, true));
        }
        long bytes = learner.state().tensors().values().stream()
                .mapToLong(tensor -> (long) tensor.size() * tensor.type().bytes())
                .sum();
        assertThat(bytes).isLessThan(110 << 10);
        double[] out = new double[4_000];
        Chunk test = rows(4_000, 77, true);
        learner.partialFit(test, out);
        int right = 0;
        for (int row = 0; row < 4_000; row++) {
            right += out[row] > 0 == test.target(row) > 0 ? 1 : 0;
        }
        assertThat(right / 4_000.0).isGreaterThan(0.7);
    }

    /** Many rows go down the trees another way than a few, and those that lack a number. */
    @Test
    void anyNumberOfRowsIsPredictedWithTheSameBits() {
        SeededRandom random = RunSeed.random("packed");
        Schema schema = Schema.numeric(3, Target.categorical("y", List.of("a", "b", "c")));
        OnlineLearner learner = learner(schema, Map.of("n-estimators", "7", "grace-period", "20"));
        ChunkBuffer buffer = new ChunkBuffer(schema, 1_000);
        for (int times = 0; times < 3; times++) {
            buffer.clear();
            for (int row = 0; row < 1_000; row++) {
                double[] x = {random.nextInt(4), random.nextGaussian(), random.nextInt(9) == 0 ? Double.NaN : row % 5};
                buffer.beginRow();
                buffer.put(0, x, 0, 3);
                buffer.target(x[0] > 1 ? x[1] > 0 ? 2 : 1 : 0);
                buffer.endRow();
            }
            learner.partialFit(buffer.chunk());
        }
        Chunk rows = buffer.chunk();
        double[] all = new double[3_000];
        ((ProbabilisticClassifier) learner.snapshot()).decide(rows, all);
        double[] one = new double[3];
        for (int row = 0; row < 1_000; row++) {
            ((ProbabilisticClassifier) learner.snapshot()).decide(rows.slice(row, row + 1), one);
            assertThat(one).containsExactly(all[3 * row], all[3 * row + 1], all[3 * row + 2]);
        }
        assertThat(learner.view().describe().get(0)).doesNotContain("7 boosted trees of 7 nodes");
    }

    @Test
    void badSettingsAreRefusedInOneLine() {
        assertThatThrownBy(() -> learner(THREE, Map.of("short-memory", "2000000")))
                .isInstanceOf(AccreteException.class)
                .hasMessage("long-memory must be >= short-memory, 2000000.0, but was 1000000.0");
    }

    /** Rows of any finite numbers, missing ones, many classes and weights are learned without a failure. */
    @Test
    void anyRowsAreLearned() {
        SeededRandom random = RunSeed.random("rows");
        int rows = Integer.getInteger("accrete.fuzz", 2_000);
        Schema schema = new Schema(
                List.of(
                        new Block("a", Block.Kind.NUMERIC, 2),
                        new Block("b", Block.Kind.ONE_HOT, 2_000),
                        new Block("c", Block.Kind.NUMERIC, 1)),
                Target.categorical("y", List.of()));
        Map<String, String> settings =
                Map.of("grace-period", "5", "delta", "0.5", "max-bytes", "200K", "n-estimators", "5");
        OnlineLearner learner = learner(schema, settings);
        TreesTest.AnyRows any = new TreesTest.AnyRows(schema, random);
        for (int done = 0; done < rows; done += TreesTest.AnyRows.COUNT) {
            Chunk chunk = any.next(done);
            double[] decisions =
                    new double[chunk.rows() * Math.max(1, chunk.classes().size())];
            learner.partialFit(chunk, decisions);
            for (double decision : decisions) {
                assertThat(decision).isFinite();
            }
        }
        State state = learner.state();
        Params params = Params.parse(PROVIDER.params(), settings);
        assertThat(PROVIDER.restore(schema, params, state).state()).isEqualTo(state);
    }

    @Test
    void aDamagedStateIsRefusedAsCorrupt() {
        SeededRandom random = RunSeed.random("damage");
        Map<String, String> settings = Map.of("n-estimators", "3", "grace-period", "20", "delta", "0.5");
        Damage.requireRefusedOrRead(PROVIDER, Params.parse(PROVIDER.params(), settings), rows(600, 4, true), random);
        Damage.requireRefusedOrRead(
                REGRESSOR,
                Params.parse(REGRESSOR.params(), settings),
                RegressionTest.Stream.PIECES.rows(4).slice(0, 600),
                random);
    }

    @Test
    void numbersArePredictedBetterThanByTheLinearModelAlone() {
        for (RegressionTest.Stream stream : RegressionTest.Stream.values()) {
            Chunk rows = stream.rows(7);
            OnlineLearner boosted = (OnlineLearner) REGRESSOR.create(rows.schema(), Params.of(REGRESSOR.params()));
            OnlineLearner linear = (OnlineLearner)
                    REGRESSOR.create(rows.schema(), Params.parse(REGRESSOR.params(), Map.of("delta", "1e-300")));
            assertThat(RegressionTest.error(boosted, rows))
                    .as(stream.name())
                    .isLessThan(0.9 * RegressionTest.error(linear, rows));
        }
    }

    /** Rows of any finite numbers and targets, missing ones and weights are learned without a failure. */
    @Test
    void anyNumbersAreLearned() {
        SeededRandom random = RunSeed.random("numbers");
        int rows = Integer.getInteger("accrete.fuzz", 4_000);
        Schema schema = new Schema(
                List.of(new Block("a", Block.Kind.NUMERIC, 2), new Block("b", Block.Kind.ONE_HOT, 2_000)),
                Target.numeric("y"));
        for (String init : List.of("linear", "zero")) {
            Params params = Params.parse(
                    REGRESSOR.params(),
                    Map.of(
                            "init",
                            init,
                            "grace-period",
                            "5",
                            "delta",
                            "0.5",
                            "max-bytes",
                            "200K",
                            "n-estimators",
                            "5"));
            OnlineLearner learner = (OnlineLearner) REGRESSOR.create(schema, params);
            ChunkBuffer buffer = new ChunkBuffer(schema, 500);
            for (int done = 0; done < rows; done += 500) {
                buffer.clear();
                for (int row = 0; row < 500; row++) {
                    buffer.beginRow();
                    buffer.put(0, TreesTest.number(random));
                    buffer.put(1, random.nextInt(9) == 0 ? Double.NaN : TreesTest.number(random));
                    buffer.put(2 + random.nextInt(1 + random.nextInt(2_000)), 1);
                    buffer.target(Math.max(-1e100, Math.min(1e100, TreesTest.number(random))));
                    buffer.weight(
                            random.nextInt(3) == 0
                                    ? Math.min(Math.abs(TreesTest.number(random)), 1e75)
                                    : random.nextInt(3));
                    buffer.endRow();
                }
                double[] predictions = new double[500];
                learner.partialFit(buffer.chunk(), predictions);
                for (double prediction : predictions) {
                    assertThat(prediction).as(init).isFinite();
                }
            }
            State state = learner.state();
            assertThat(REGRESSOR.restore(schema, params, state).state()).isEqualTo(state);
        }
    }
}
