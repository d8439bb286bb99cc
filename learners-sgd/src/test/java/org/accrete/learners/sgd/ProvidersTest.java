package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(RunSeed.class)
class ProvidersTest {
    private static final Schema NUMERIC = Schema.numeric(3, Target.numeric("y"));
    private static final Schema CATEGORICAL = Schema.numeric(3, Target.categorical("y", List.of("a", "b")));

    static List<LearnerProvider> providers() {
        return ServiceLoader.load(LearnerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().startsWith("sgd-"))
                .toList();
    }

    @Test
    void bothAreFoundByName() {
        assertThat(providers()).extracting(LearnerProvider::name).containsExactly("sgd-classifier", "sgd-regressor");
        assertThat(providers()).allMatch(provider -> provider.likedSteps().equals(List.of("standard-scaler")));
    }

    @ParameterizedTest
    @MethodSource("providers")
    void everyParameterRefusesJustOutsideItsDomain(LearnerProvider provider) {
        for (ParamSpec<?> spec : provider.params()) {
            for (String value : spec.domain().justOutside()) {
                assertThatThrownBy(() -> Params.parse(provider.params(), Map.of(spec.name(), value)))
                        .isInstanceOf(AccreteException.class)
                        .hasMessageStartingWith(spec.name() + " must be ");
            }
        }
    }

    @Test
    void defaultsAreTheMeasuredOnes() {
        assertThat(Params.of(new SgdClassifierProvider().params()).toMap())
                .containsEntry("loss", "log-loss")
                .containsEntry("optimizer", "adagrad-mixture")
                .containsEntry("penalty", "none")
                .containsEntry("alpha", "1.0E-4")
                .containsEntry("learning-rate", "constant")
                .containsEntry("eta0", "0.2")
                .containsEntry("intercept-rate", "2.25")
                .containsEntry("multi-class", "softmax")
                .containsEntry("compat", "none");
        assertThat(Params.of(new SgdRegressorProvider().params()).toMap())
                .containsEntry("loss", "squared-error")
                .containsEntry("optimizer", "adagrad-mixture")
                .containsEntry("epsilon", "0.1")
                .containsEntry("learning-rate", "constant")
                .containsEntry("eta0", "0.2");
    }

    @Test
    void defaultsFollowTheOptimizerWhichFollowsTheLearningRate() {
        List<ParamSpec<?>> classifier = new SgdClassifierProvider().params();
        List<ParamSpec<?>> regressor = new SgdRegressorProvider().params();
        for (Map<String, String> plain : List.of(Map.of("optimizer", "sgd"), Map.of("learning-rate", "constant"))) {
            assertThat(Params.parse(classifier, plain).toMap())
                    .containsEntry("optimizer", "sgd")
                    .containsEntry("multi-class", "ovr")
                    .containsEntry("penalty", "l2")
                    .containsEntry("learning-rate", "constant")
                    .containsEntry("eta0", "0.005")
                    .containsEntry("intercept-rate", "1.0")
                    .containsEntry("power-t", "0.25");
        }
        assertThat(Params.parse(regressor, Map.of("optimizer", "sgd")).toMap())
                .containsEntry("learning-rate", "invscaling")
                .containsEntry("eta0", "0.01");
        assertThat(Params.parse(regressor, Map.of("loss", "huber")).toMap()).containsEntry("epsilon", "1.35");
        for (List<ParamSpec<?>> specs : List.of(classifier, regressor)) {
            assertThat(Params.parse(specs, Map.of("alpha", "0.01")).toMap())
                    .containsEntry("optimizer", "adagrad-mixture")
                    .containsEntry("penalty", "l2");
        }
        assertThat(Params.parse(classifier, Map.of("optimizer", "ftrl")).toMap())
                .containsEntry("learning-rate", "constant")
                .containsEntry("intercept-rate", "1.0");
    }

    @Test
    void whatAnOptimizerCannotDoIsRefusedWithAWayOut() {
        for (Schema schema : List.of(NUMERIC, CATEGORICAL)) {
            assertThatThrownBy(() -> SgdLearners.learner(schema, "optimizer=adagrad", "learning-rate=invscaling"))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                    .hasMessage("learning-rate must be constant with optimizer=adagrad but was invscaling;"
                            + " set optimizer=sgd");
            assertThatThrownBy(() -> SgdLearners.learner(schema, "optimizer=adagrad", "penalty=l1"))
                    .hasMessage("penalty must be l2 or none with optimizer=adagrad but was l1;"
                            + " set optimizer=ftrl or optimizer=sgd");
            assertThatThrownBy(() -> SgdLearners.learner(schema, "optimizer=adagrad-mixture", "penalty=l2"))
                    .hasMessage("penalty must be none with optimizer=adagrad-mixture but was l2;"
                            + " set optimizer=adagrad, optimizer=ftrl or optimizer=sgd");
            assertThatThrownBy(() -> SgdLearners.learner(schema, "optimizer=adagrad-mixture", "prior=source"))
                    .hasMessage("prior must be zero with optimizer=adagrad-mixture but was source;"
                            + " set optimizer=adagrad, optimizer=ftrl or optimizer=sgd");
            assertThatThrownBy(() -> SgdLearners.learner(schema, "optimizer=ftrl", "average=5"))
                    .hasMessage("average must be 0 with optimizer=ftrl but was 5; set optimizer=sgd");
            assertThatThrownBy(() -> SgdLearners.learner(schema, "optimizer=ftrl", "compat=sklearn"))
                    .hasMessage("compat must be none with optimizer=ftrl but was sklearn; set optimizer=sgd");
            SgdLearners.learner(schema, "optimizer=ftrl", "penalty=elasticnet");
        }
    }

    @Test
    void whatHangsOnChunksAsInScikitLearnIsNoOnlineLearner() {
        for (int classes : new int[] {0, 3}) {
            Table table = Table.random(40, 3, classes, false);
            for (String more : List.of("penalty=l1", "penalty=elasticnet average=5")) {
                String[] pairs = ("compat=sklearn alpha=0.1 " + more).split(" ");
                MergeableLearner learner = (MergeableLearner) SgdLearners.learner(table.schema(), pairs);
                MergeableLearner whole = (MergeableLearner) SgdLearners.learner(table.schema(), pairs);
                table.teach(learner, true, 0, 40, 4);
                whole.partialFit(table.all(true));
                assertThat(learner.state()).as(more).isNotEqualTo(whole.state());
                State state = learner.state();
                Learner restored = SgdLearners.restored(table.schema(), state, pairs);
                learner.merge(whole);
                assertThat(learner.rowsSeen()).isEqualTo(80);
                assertThat(List.of(learner, restored)).noneMatch(OnlineLearner.class::isInstance);
                assertThat(SgdLearners.learner(table.schema(), more.split(" "))).isInstanceOf(OnlineLearner.class);
            }
            Learner mean = SgdLearners.learner(table.schema(), "compat=sklearn", "average=5");
            Learner whole = SgdLearners.learner(table.schema(), "compat=sklearn", "average=5");
            table.teach(mean, true, 0, 40, 4);
            whole.partialFit(table.all(true));
            assertThat(mean).isInstanceOf(OnlineLearner.class);
            assertThat(mean.state()).isEqualTo(whole.state());
        }
    }

    @Test
    void optimalNeedsAnAlpha() {
        for (Schema schema : List.of(NUMERIC, CATEGORICAL)) {
            assertThatThrownBy(() -> SgdLearners.learner(schema, "learning-rate=optimal", "alpha=0"))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                    .hasMessageStartingWith("alpha must be > 0 with learning-rate=optimal");
        }
    }

    @Test
    void huberNeedsAnEpsilon() {
        assertThatThrownBy(() -> SgdLearners.learner(NUMERIC, "loss=huber", "epsilon=0"))
                .hasMessage("epsilon must be > 0 with loss=huber but was 0");
        SgdLearners.learner(NUMERIC, "loss=epsilon-insensitive", "epsilon=0");
    }

    @Test
    void classWeightsAreNoneBalancedOrPairs() {
        for (String wrong : List.of("", "a", "a:", "a:-1", "a:NaN", "a:1,", "a:1,a:2", ":1")) {
            assertThatThrownBy(() -> SgdLearners.learner(CATEGORICAL, "class-weight=" + wrong))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                    .hasMessage(
                            "class-weight must be none, balanced or label:weight,… with weights >= 0 and each label once"
                                    + " but was '" + wrong + "'");
        }
        SgdLearners.learner(CATEGORICAL, "class-weight=a:b:1, b:0");
    }

    @Test
    void softmaxNeedsTheLogLoss() {
        assertThatThrownBy(() -> SgdLearners.learner(CATEGORICAL, "loss=hinge", "multi-class=softmax"))
                .hasMessage("loss must be log-loss with multi-class=softmax but was hinge");
    }

    @Test
    void passiveAggressiveNeedsItsLoss() {
        assertThatThrownBy(() -> SgdLearners.learner(CATEGORICAL, "learning-rate=pa1"))
                .hasMessage("loss must be hinge with learning-rate=pa1 but was log-loss");
        assertThatThrownBy(() -> SgdLearners.learner(NUMERIC, "learning-rate=pa2"))
                .hasMessage("loss must be epsilon-insensitive with learning-rate=pa2 but was squared-error");
    }

    @Test
    void schedulesMayBeChangedToAdaptiveAndBack() {
        Table table = Table.random(20, 3, 2, false);
        Learner learner = SgdLearners.learner(table.schema());
        learner.partialFit(table.all(true));
        Learner adaptive = SgdLearners.restored(table.schema(), learner.state(), "learning-rate=adaptive");
        assertThat(adaptive.state().tensors()).containsKey("sgd.plateau");
        Learner back = SgdLearners.restored(table.schema(), adaptive.state());
        assertThat(back.state()).isEqualTo(learner.state());
    }

    @Test
    void targetsOfTheOtherKindAreRefused() {
        assertThatThrownBy(() ->
                        new SgdRegressorProvider().create(CATEGORICAL, Params.of(new SgdRegressorProvider().params())))
                .hasMessage("sgd-regressor needs a numeric target but 'y' is categorical");
        assertThatThrownBy(() -> new SgdClassifierProvider()
                        .create(Schema.numeric(3, Target.none()), Params.of(new SgdClassifierProvider().params())))
                .hasMessage("sgd-classifier needs a categorical target but there is none");
    }

    @Test
    void moreWeightsThanAnArrayHoldsAreRefused() {
        List<String> labels =
                IntStream.range(0, 3000).mapToObj(i -> "label " + i).toList();
        Schema huge =
                new Schema(List.of(new Block("words", Block.Kind.ONE_HOT, 1 << 20)), Target.categorical("y", labels));
        assertThatThrownBy(() -> SgdLearners.learner(huge, "max-classes=5000"))
                .hasMessageStartingWith("a model of 3000 classes × 1048576 columns must have < 2^31 weights");
        LearnerProvider provider = new SgdClassifierProvider();
        assertThat(provider.memoryBytes(huge, Params.of(provider.params())))
                .isGreaterThan(3000L * (1 << 20) * Double.BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void tunableParametersMayChangeBetweenStateAndRestore(int classes) {
        Table table = Table.random(20, 3, classes, false);
        Learner learner = SgdLearners.learner(table.schema());
        learner.partialFit(table.all(true));
        Learner slower = SgdLearners.restored(table.schema(), learner.state(), "eta0=0.001", "alpha=0.01");
        assertThat(slower.state()).isEqualTo(learner.state());
        learner.partialFit(table.all(true));
        slower.partialFit(table.all(true));
        assertThat(slower.state()).isNotEqualTo(learner.state());
        assertThat(slower.rowsSeen()).isEqualTo(40);
    }

    @Test
    void damagedStatesAreRefused() {
        State state = SgdLearners.learner(NUMERIC).state();
        for (String name : state.tensors().keySet()) {
            State.Builder without = State.builder();
            state.tensors().forEach((other, tensor) -> {
                if (!other.equals(name)) {
                    without.tensor(other, tensor);
                }
            });
            State missing = without.build();
            assertThatThrownBy(() -> SgdLearners.restored(NUMERIC, missing))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT_FILE))
                    .hasMessageContaining(name);
        }
        State wrong = State.builder()
                .doubles("coef", new double[] {0, Double.NaN, 0}, 1, 3)
                .doubles("intercept", new double[1])
                .number("sgd.t", 1)
                .whole("sgd.rows_seen", 0)
                .tensor("sgd.plateau", state.tensor("sgd.plateau"))
                .build();
        assertThatThrownBy(() -> SgdLearners.restored(NUMERIC, wrong)).hasMessageContaining("must have finite weights");
        assertThatThrownBy(() -> SgdLearners.restored(Schema.numeric(4, Target.numeric("y")), state))
                .hasMessage("tensor 'coef' must have shape [1, 4] but has [1, 3]");
    }
}
