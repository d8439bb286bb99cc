package org.accrete.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.Provider;
import org.accrete.api.learn.Regressor;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.ClassPrediction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every suite measures every learner that it makes sense for, and refuses the others in one line. */
class SuitesTest {
    private static final List<String> ROW_WISE = List.of(
            "sgd-classifier",
            "sgd-regressor",
            "naive-bayes",
            "k-nearest-neighbours",
            "bagging",
            "leveraging-bagging",
            "hoeffding-tree-classifier",
            "hoeffding-adaptive-tree-classifier",
            "adaptive-random-forest-classifier",
            "gradient-boosted-trees-classifier",
            "hoeffding-tree-regressor",
            "adaptive-random-forest-regressor",
            "gradient-boosted-trees-regressor");
    private static final List<String> OF_NUMBERS_ONLY = List.of("half-space-trees", "k-means", "k-nearest-neighbours");

    static Stream<String> learners() {
        return PlugIns.load().learners().all().stream().map(Provider::name);
    }

    @ParameterizedTest
    @MethodSource("learners")
    void learnsDenseChunks(String learner) throws Exception {
        PartialFitBenchmark suite = suite(new PartialFitBenchmark(), learner, 1);
        suite.rows = 10;
        suite.prepare();
        suite.partialFit();
        assertThat(suite.fitted().rowsSeen()).isEqualTo(10);
    }

    /** Sparse rows have one-hot blocks only. */
    static Stream<String> takeSparseRows() {
        return learners().filter(learner -> !OF_NUMBERS_ONLY.contains(learner));
    }

    @ParameterizedTest
    @MethodSource("takeSparseRows")
    void learnsSparseChunks(String learner) throws Exception {
        PartialFitBenchmark suite = suite(new PartialFitBenchmark(), learner, 0.25);
        suite.rows = 10;
        suite.prepare();
        suite.partialFit();
        assertThat(suite.fitted().rowsSeen()).isEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("learners")
    void predicts(String learner) throws Exception {
        PredictBenchmark suite = suite(new PredictBenchmark(), learner, 1);
        suite.rows = 40;
        suite.prepare();
        assertThat(suite.predict()).isNotNull();
        assertThat(suite.fitted().rowsSeen()).isEqualTo(40L * suite.chunks().length);
    }

    @ParameterizedTest
    @MethodSource("learners")
    void copiesTheModelAfterARow(String learner) throws Exception {
        SnapshotBenchmark suite = suite(new SnapshotBenchmark(), learner, 1);
        suite.prepare();
        suite.rowAndSnapshot();
        assertThat(suite.fitted().rowsSeen()).isEqualTo(1_001);
    }

    @Test
    void learnsOneRowDenseOrSparse() throws Exception {
        for (String learner : ROW_WISE) {
            for (double density : OF_NUMBERS_ONLY.contains(learner) ? new double[] {1} : new double[] {1, 0.25}) {
                LearnOneBenchmark suite = suite(new LearnOneBenchmark(), learner, density);
                suite.prepare();
                assertThat(suite.learnOne()).isNotEmpty();
                assertThat(suite.fitted().rowsSeen()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"same", "equal"})
    void predictsRecordsAndRowsOfNumbersAlike(String keys) {
        LiveModelBenchmark suite = new LiveModelBenchmark();
        suite.columns = 4;
        suite.keys = keys;
        suite.prepare();
        ClassPrediction first = (ClassPrediction) suite.record();
        for (int i = 1; i < 16; i++) {
            suite.numbers();
        }
        assertThat(((ClassPrediction) suite.numbers()).probabilities()).isEqualTo(first.probabilities());
    }

    static Stream<String> othersThanRowWise() {
        return learners().filter(learner -> !ROW_WISE.contains(learner));
    }

    @ParameterizedTest
    @MethodSource("othersThanRowWise")
    void saysWhichSuiteMeasuresLearnersThatAreNotRowWise(String learner) {
        assertThatThrownBy(suite(new LearnOneBenchmark(), learner, 1)::prepare)
                .isInstanceOf(Refused.class)
                .hasMessage(learner + " has no learnOne, as it does not learn row by row;"
                        + " 'PartialFitBenchmark -p rows=1' measures chunks of one row")
                .satisfies(refused -> assertThat(refused.getStackTrace()).isEmpty());
    }

    @Test
    void putsStepsBeforeTheLearner() throws Exception {
        PredictBenchmark suite = suite(new PredictBenchmark(), "sgd-regressor", 1);
        suite.rows = 10;
        suite.steps = "standard-scaler;incremental-pca";
        suite.set = "eta0=0.5;incremental-pca.n-components=2;incremental-pca.batch-size=10";
        suite.prepare();
        assertThat(suite.fitted().view()).isInstanceOf(Regressor.class);
        assertThat(suite.fitted().state().list("params")).contains("eta0=0.5", "incremental-pca.n-components=2");
    }

    @Test
    void readsAnEscapedCommaInAParameter() throws Exception {
        PartialFitBenchmark suite = suite(new PartialFitBenchmark(), "mlp-classifier", 1);
        suite.rows = 10;
        suite.set = "hidden=8%2C4";
        suite.prepare();
        assertThat(suite.fitted().state().tensors()).containsKey("layers.2.weight");
    }

    @Test
    void tellsWhatIsWrongWithAParameter() {
        PartialFitBenchmark suite = suite(new PartialFitBenchmark(), "sgd-classifier", 1);
        suite.rows = 10;
        suite.set = "eta0";
        assertThatThrownBy(suite::prepare)
                .isInstanceOf(Refused.class)
                .hasMessage("set must be key=value pairs separated by ';' but was 'eta0'");
        suite.set = "eta0=-1";
        assertThatThrownBy(suite::prepare).isInstanceOf(Refused.class).hasMessageContaining("eta0 must be");
        suite.set = "eta0=%1";
        assertThatThrownBy(suite::prepare).isInstanceOf(Refused.class).hasMessageContaining("%25");
    }

    @Test
    void tellsThatALearnerIsUnknown() {
        PartialFitBenchmark suite = suite(new PartialFitBenchmark(), "sgd-clasifier", 1);
        assertThatThrownBy(suite::prepare)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("Did you mean 'sgd-classifier'?")
                .hasMessageContaining("with -p plugins=DIR");
    }

    /** {@return the suite with the values that JMH would set} */
    private static <S extends LearnerBenchmark> S suite(S suite, String learner, double density) {
        suite.plugins = "";
        suite.learner = learner;
        suite.steps = "";
        suite.set = "";
        suite.width = 20;
        suite.density = density;
        suite.classes = 2;
        suite.data = "";
        return suite;
    }
}
