package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With {@code prior=source} the penalty acts on the distance from what training began from, and nothing else is changed
 * by it.
 */
@ExtendWith(RunSeed.class)
class PriorTest {
    private static final String PRIOR = "prior=source";

    private static String[] with(String[] pairs, String... more) {
        List<String> all = new ArrayList<>(List.of(pairs));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static double[] coef(Learner learner) {
        return learner.state().tensor("coef").doubles();
    }

    private static Learner from(Table table, State state, String... pairs) {
        Schema schema = table.schema();
        return SgdLearners.provider(schema).beginFrom(schema, SgdLearners.params(schema, pairs), state);
    }

    private static double[] function(double[] weights, int c, int width) {
        return Arrays.copyOfRange(weights, c * width, (c + 1) * width);
    }

    // --- the formulas

    static Stream<RowWiseTest.Setting> plain() {
        return RowWiseTest.settings().filter(setting -> !setting.pairs().contains("penalty=none"));
    }

    /** The oracle has no difference and no offset: it decays w to w0. */
    @ParameterizedTest
    @MethodSource("plain")
    void plainDescentIsThatOfTheFormula(RowWiseTest.Setting setting) {
        Table table = setting.table();
        Schema schema = table.schema(setting.known());
        String[] pairs = with(setting.set(), PRIOR);
        int width = table.width();
        Map<String, String> set = SgdLearners.params(schema, pairs).toMap();
        int functions = LinearWeights.functions(setting.known());
        RowWiseTest.Oracle oracle = new RowWiseTest.Oracle(width, functions, set);
        for (int c = 0; c < functions; c++) {
            oracle.begin(
                    c,
                    function(WarmStarted.weights(functions * width), c, width),
                    WarmStarted.intercepts(functions)[c]);
        }
        for (int i = 0; i < table.rows(); i++) {
            double weight = setting.weighted() ? table.weights()[i] : 1;
            oracle.learn(table.x()[i], table.y()[i], weight, setting.classes() > 0);
        }
        double[] expected =
                oracle.coef().stream().flatMapToDouble(Arrays::stream).toArray();
        double[] intercepts = oracle.intercept().stream().mapToDouble(b -> b).toArray();
        agree(table, setting.known(), pairs, expected, intercepts, 1e-10);
    }

    static Stream<AdaptiveOptimizersTest.Setting> adaptiveOptimizers() {
        return AdaptiveOptimizersTest.settings()
                .filter(setting -> setting.pairs().stream().anyMatch(pair -> pair.startsWith("penalty=")));
    }

    @ParameterizedTest
    @MethodSource("adaptiveOptimizers")
    void otherOptimizersAreThoseOfTheirFormulas(AdaptiveOptimizersTest.Setting setting) {
        Table table = setting.table();
        Schema schema = table.schema(setting.known());
        String[] pairs = with(setting.set(), PRIOR);
        Map<String, String> set = SgdLearners.params(schema, pairs).toMap();
        AdaptiveOptimizersTest.Oracle oracle = new AdaptiveOptimizersTest.Oracle(1, setting.classes() > 0, set);
        oracle.begin(0, WarmStarted.weights(table.width()), WarmStarted.intercepts(1)[0]);
        for (int i = 0; i < table.rows(); i++) {
            oracle.learn(table.x()[i], table.y()[i], setting.weighted() ? table.weights()[i] : 1);
        }
        agree(table, setting.known(), pairs, oracle.coef(), oracle.intercepts(), 1e-8);
    }

    /** Whatever the chunks, dense or sparse, stopped and restored or not. */
    private static void agree(
            Table table, int known, String[] pairs, double[] expected, double[] intercepts, double precision) {
        Schema schema = table.schema(known);
        double largest =
                Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
        int rows = table.rows();
        for (boolean sparse : new boolean[] {false, true}) {
            Learner whole = WarmStarted.learner(schema, pairs);
            whole.partialFit(table.all(sparse));
            assertThat(coef(whole)).containsExactly(expected, within(precision * largest));
            assertThat(whole.state().tensor("intercept").doubles())
                    .containsExactly(intercepts, within(precision * largest));
            Learner cut = WarmStarted.learner(schema, pairs);
            for (int row = 0; row < rows; row += 50) {
                table.teach(cut, sparse, row, Math.min(rows, row + 50), row % 100 == 0 ? 1 : 30);
                State state = cut.state();
                cut = SgdLearners.restored(schema, state, pairs);
                assertThat(cut.state()).isEqualTo(state);
            }
            assertThat(cut.state()).isEqualTo(whole.state());
        }
    }

    /** The least of mean squared error / 2 + alpha / 2 · |w − w0|², which descent by the whole gradient finds. */
    @ParameterizedTest
    @ValueSource(doubles = {0.03, 0.3, 3})
    void trainingGoesToTheLeastOfLossAndDistance(double alpha) {
        Table table = Table.random(300, 6, 0, false);
        int width = table.width();
        double[] from = WarmStarted.weights(width);
        double[] w = from.clone();
        for (int step = 0; step < 5_000; step++) {
            double[] gradient = new double[width];
            Arrays.setAll(gradient, j -> alpha * (w[j] - from[j]));
            for (int i = 0; i < table.rows(); i++) {
                double off = -table.y()[i];
                for (int j = 0; j < width; j++) {
                    off += w[j] * table.x()[i][j];
                }
                for (int j = 0; j < width; j++) {
                    gradient[j] += off * table.x()[i][j] / table.rows();
                }
            }
            for (int j = 0; j < width; j++) {
                w[j] -= 0.1 * gradient[j];
            }
        }
        Learner learner = WarmStarted.learner(
                table.schema(),
                PRIOR,
                "alpha=" + alpha,
                "fit-intercept=false",
                "learning-rate=invscaling",
                "power-t=0.6",
                "eta0=0.1",
                "average=3000");
        for (int pass = 0; pass < 200; pass++) {
            table.teach(learner, pass % 2 == 0, 0, table.rows(), 100);
        }
        assertThat(coef(learner)).containsExactly(w, within(0.01));
    }

    // --- the ends

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer=sgd eta0=0.05",
                "optimizer=sgd eta0=0.05 average=150",
                "optimizer=sgd learning-rate=adaptive adaptive-window=20",
                "optimizer=sgd eta0=0.05 penalty=elasticnet",
                "optimizer=adagrad penalty=l2",
                "optimizer=ftrl penalty=l2"
            })
    void withoutStrengthItDoesNotMatter(String settings) {
        for (int classes : new int[] {0, 2, 5}) {
            Table table = Table.random(400, 7, classes, true);
            for (boolean sparse : new boolean[] {false, true}) {
                String[] pairs = with(settings.split(" "), "alpha=0");
                // The third class and those after it come up after the beginning.
                Learner base = SgdLearners.learner(table.schema(Math.min(classes, 2)), pairs);
                for (int row = 0; row < 200; row++) {
                    if (table.y()[row] < 2 || classes == 0) {
                        base.partialFit(table.chunk(sparse, row, row + 1));
                    }
                }
                Learner plain = from(table, base.state(), pairs);
                Learner regularized = from(table, base.state(), with(pairs, PRIOR));
                assertThat(coef(regularized)).isEqualTo(coef(base));
                table.teach(plain, sparse, 200, 400, 30);
                table.teach(regularized, sparse, 200, 400, 30);
                assertThat(coef(regularized)).containsExactly(coef(plain), within(1e-9));
                assertThat(regularized.state().tensor("intercept").doubles())
                        .containsExactly(plain.state().tensor("intercept").doubles(), within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer=sgd eta0=1e-7 alpha=1e6 penalty=l2",
                "optimizer=sgd eta0=1e-3 alpha=1e6 penalty=l1",
                "optimizer=adagrad eta0=1e-7 alpha=1e6 penalty=l2",
                "optimizer=ftrl alpha=1e9 penalty=l2",
                "optimizer=ftrl alpha=1e9 penalty=l1"
            })
    void strongPenaltiesStayAtThePrior(String settings) {
        Table table = Table.random(300, 5, 4, false);
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner = WarmStarted.learner(table.schema(), with(settings.split(" "), PRIOR));
            table.teach(learner, sparse, 0, 300, 50);
            assertThat(coef(learner)).containsExactly(WarmStarted.weights(20), within(1e-5));
        }
    }

    // --- what is the source

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "ftrl", "adagrad"})
    void thePriorIsTheVersionThatTrainingStartedFrom(String optimizer) {
        Table table = Table.random(300, 5, 3, false);
        String[] pairs = {"optimizer=" + optimizer, "penalty=l2", "alpha=0.1", PRIOR};
        Learner base = SgdLearners.learner(table.schema(), "optimizer=" + optimizer);
        table.teach(base, false, 0, 100, 10);
        Learner first = from(table, base.state(), pairs);
        assertThat(first.state().tensor("sgd.prior_coef").doubles()).isEqualTo(coef(base));
        table.teach(first, false, 100, 200, 10);
        State stored = first.state();
        Learner goesOn = SgdLearners.restored(table.schema(), stored, pairs);
        assertThat(goesOn.state()).isEqualTo(stored);
        assertThat(stored.tensor("sgd.prior_coef").doubles()).isEqualTo(coef(base));
        Learner second = from(table, stored, pairs);
        assertThat(second.state().tensor("sgd.prior_coef").doubles()).isEqualTo(coef(first));
        assertThat(coef(second)).isEqualTo(coef(first));
        Learner none = from(table, stored, "optimizer=" + optimizer, "penalty=l2", "alpha=0.1");
        assertThat(none.state().tensors()).doesNotContainKey("sgd.prior_coef");
        assertThat(coef(none)).containsExactly(coef(first), within(1e-12));
    }

    @Test
    void aMeanIsTheSourceAsAWhole() {
        Table table = Table.random(300, 5, 3, false);
        Learner base = SgdLearners.learner(table.schema(), "average=20", "eta0=0.1");
        table.teach(base, true, 0, 100, 10);
        Learner regularized = from(table, base.state(), "average=20", "eta0=0.1", PRIOR);
        assertThat(regularized.state().tensor("sgd.prior_coef").doubles()).isEqualTo(coef(base));
        assertThat(coef(regularized)).isEqualTo(coef(base));
        Learner back = from(table, regularized.state(), "average=20", "eta0=0.1");
        table.teach(base, true, 100, 200, 10);
        table.teach(back, true, 100, 200, 10);
        assertThat(coef(back)).containsExactly(coef(base), within(1e-12));
    }

    @Test
    void aNewModelHasAPriorOfZero() {
        Table table = Table.random(200, 5, 3, false);
        Learner regularized = SgdLearners.learner(table.schema(), PRIOR);
        Learner plain = SgdLearners.learner(table.schema());
        table.teach(regularized, false, 0, 200, 10);
        table.teach(plain, false, 0, 200, 10);
        assertThat(regularized.state().tensor("sgd.prior_coef").doubles()).containsOnly(0);
        assertThat(coef(regularized)).containsExactly(coef(plain), within(1e-12));
    }

    @Test
    void aPriorNeedsAPenalty() {
        Table table = Table.random(1, 5, 3, false);
        assertThatThrownBy(() -> SgdLearners.learner(table.schema(), "optimizer=adagrad", PRIOR))
                .isInstanceOf(AccreteException.class)
                .hasMessage("penalty must be l2, l1 or elasticnet with prior=source, which it acts on, but was none;"
                        + " set penalty=l2 and alpha");
    }

    @ParameterizedTest
    @ValueSource(strings = {"l1", "elasticnet"})
    void aPenaltyCanBeginWhereThereWasNone(String penalty) {
        Table table = Table.random(200, 5, 3, false);
        Learner base = SgdLearners.learner(table.schema(), "penalty=none");
        table.teach(base, false, 0, 100, 10);
        Learner strong = from(table, base.state(), "penalty=" + penalty, "l1-ratio=1", "alpha=1000");
        table.teach(strong, false, 100, 200, 10);
        assertThat(coef(strong)).containsOnly(0);
    }

    // --- all or nothing

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "ftrl", "adagrad"})
    void aRefusedChunkThatBroughtClassesChangesNothing(String optimizer) {
        Table table = Table.random(60, 5, 6, false);
        String[] pairs = {"optimizer=" + optimizer, "penalty=l2", PRIOR};
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner = WarmStarted.learner(table.schema(2), pairs);
            State before = learner.state();
            double good = table.x()[59][0];
            table.x()[59][0] = Double.NaN;
            Chunk bad = table.all(sparse);
            assertThatThrownBy(() -> learner.partialFit(bad)).isInstanceOf(AccreteException.class);
            assertThat(learner.state()).isEqualTo(before);
            table.x()[59][0] = good;
            learner.partialFit(table.all(sparse));
            Learner straight = WarmStarted.learner(table.schema(2), pairs);
            straight.partialFit(table.all(sparse));
            assertThat(learner.state()).isEqualTo(straight.state());
        }
    }

    // --- merging

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "ftrl", "adagrad"})
    void shardsOfOneSourceMeetAtTheirMeanAndKeepIt(String optimizer) {
        for (int classes : new int[] {2, 4}) {
            Table table = Table.random(300, 5, classes, false);
            String[] pairs = {"optimizer=" + optimizer, "penalty=l2", "alpha=0.1", PRIOR};
            MergeableLearner one = (MergeableLearner) WarmStarted.learner(table.schema(), pairs);
            Learner other = WarmStarted.learner(table.schema(), pairs);
            table.teach(one, false, 0, 100, 10);
            table.teach(other, false, 100, 300, 10);
            double[] mean = coef(one);
            double[] theirs = coef(other);
            Arrays.setAll(mean, i -> mean[i] / 3 + 2 * theirs[i] / 3);
            one.merge(other);
            assertThat(coef(one)).containsExactly(mean, within(1e-12));
            assertThat(one.state().tensor("sgd.prior_coef").doubles())
                    .containsExactly(WarmStarted.weights(mean.length), within(1e-15));
        }
    }

    /** Two sources become one in between, as the weights do; that of a learner that began with nothing is 0. */
    @Test
    void sourcesAreMergedAsTheWeightsAre() {
        Table table = Table.random(400, 5, 0, false);
        String[] pairs = {"optimizer=adagrad", "penalty=l2", "alpha=0.1", "eta0=0.2", PRIOR};
        MergeableLearner one = (MergeableLearner) WarmStarted.learner(table.schema(), pairs);
        Learner other = SgdLearners.learner(table.schema(), pairs);
        table.teach(one, false, 0, 100, 10);
        table.teach(other, true, 100, 400, 10);
        double[] mean = coef(one);
        double[] theirs = coef(other);
        Arrays.setAll(mean, i -> mean[i] / 4 + 3 * theirs[i] / 4);
        double[] source = WarmStarted.weights(5);
        Arrays.setAll(source, i -> source[i] / 4);
        one.merge(other);
        assertThat(coef(one)).containsExactly(mean, within(1e-12));
        assertThat(one.state().tensor("sgd.prior_coef").doubles()).containsExactly(source, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizer=sgd", "optimizer=sgd average=5", "optimizer=ftrl", "optimizer=adagrad eta0=0.2"})
    void rescaledLearnersAndTheirSourcesSayTheSame(String settings) {
        Table table = Table.random(200, 3, 0, false);
        String[] pairs = with(settings.split(" "), "penalty=l2", "alpha=0.1", PRIOR);
        RescalableLearner learner = (RescalableLearner) WarmStarted.learner(table.schema(), pairs);
        table.teach(learner, true, 0, 200, 10);
        double[] before = new double[200];
        ((Regressor) learner.view()).predict(table.all(false), before);
        double[] source = learner.state().tensor("sgd.prior_coef").doubles();
        double[] centre = {0.5, -2, 0};
        double[] scale = {3, 0.25, 1};
        learner.rescale(Scaling.of(centre, scale));
        for (double[] row : table.x()) {
            Arrays.setAll(row, j -> (row[j] - centre[j]) / scale[j]);
        }
        double[] after = new double[200];
        ((Regressor) learner.view()).predict(table.all(false), after);
        assertThat(after).containsExactly(before, within(1e-12));
        Arrays.setAll(source, j -> source[j] * scale[j]);
        assertThat(learner.state().tensor("sgd.prior_coef").doubles()).containsExactly(source, within(1e-12));
    }

    // --- what a model reads

    @Test
    void snapshotsSayWhatTheStoredWeightsSay() {
        Random random = new Random(RunSeed.random("models").nextLong());
        for (String average : List.of("average=0", "average=5")) {
            Table table = Table.random(200, 6, 0, false);
            Learner learner = WarmStarted.learner(table.schema(), PRIOR, average, "alpha=0.1", "eta0=0.05");
            table.teach(learner, true, 0, 200, 10);
            double[] coef = coef(learner);
            double intercept = learner.state().tensor("intercept").doubles()[0];
            double[] x = random.doubles(6).toArray();
            double expected = intercept;
            for (int j = 0; j < 6; j++) {
                expected += coef[j] * x[j];
            }
            double[] said = new double[1];
            Chunk row = new DenseChunk(table.schema(), x, new double[1], new double[0], List.of());
            ((Regressor) learner.snapshot()).predict(row, said);
            assertThat(said[0]).isCloseTo(expected, within(1e-12));
        }
    }
}
