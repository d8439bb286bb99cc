package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes come up one after the other, and models are what their loss makes of them. */
@ExtendWith(RunSeed.class)
class ClassesTest {
    private static final Schema SCHEMA = Schema.numeric(2, Target.categorical("y", List.of()));
    private static final List<String> LABELS = List.of("a", "b", "c", "d", "e");

    private static Chunk row(double first, double second, int label) {
        return new DenseChunk(SCHEMA, new double[] {first, second}, new double[] {label}, new double[0], LABELS);
    }

    @Test
    void twoClassesShareAFunctionAndTheThirdTurnsItIntoThree() {
        Learner learner = SgdLearners.learner(SCHEMA, "loss=hinge", "learning-rate=constant", "eta0=1", "alpha=0");
        assertThat(learner.state().tensor("coef").shape()).containsExactly(1, 2);
        learner.partialFit(row(1, 2, 0));
        assertThat(learner.state().tensor("coef").doubles()).containsExactly(-1, -2);
        assertThat(learner.state().list("classes")).containsExactly("a");
        learner.partialFit(row(3, 0, 1));
        assertThat(learner.state().tensor("coef").doubles()).containsExactly(2, -2);
        assertThat(learner.state().tensor("intercept").doubles()).containsExactly(0);
        assertThat(learner.state().list("classes")).containsExactly("a", "b");
        // a zero row of weight 0 learns nothing but brings the class
        learner.partialFit(new DenseChunk(SCHEMA, new double[2], new double[] {2}, new double[1], LABELS));
        assertThat(learner.state().tensor("coef").shape()).containsExactly(3, 2);
        assertThat(learner.state().tensor("coef").doubles()).containsExactly(-2, 2, 2, -2, 0, 0);
        assertThat(learner.state().tensor("intercept").doubles()).containsExactly(0, 0, 0);
        learner.partialFit(new DenseChunk(SCHEMA, new double[2], new double[] {4}, new double[1], LABELS));
        assertThat(learner.state().tensor("coef").doubles()).containsExactly(-2, 2, 2, -2, 0, 0, 0, 0, 0, 0);
        assertThat(learner.state().list("classes")).isEqualTo(LABELS);
    }

    @Test
    void newClassesAreRefusedWhereTheyAreNotWanted() {
        Schema known = SCHEMA.withClasses(List.of("a", "b"));
        Learner learner = SgdLearners.learner(known, "new-classes=reject");
        learner.partialFit(row(1, 1, 1));
        State before = learner.state();
        assertThatThrownBy(() -> learner.partialFit(row(1, 1, 2)))
                .hasMessage("class 'c' is not one of [a, b]; set new-classes=grow to learn new ones");
        assertThat(learner.state()).isEqualTo(before);
        Learner narrow = SgdLearners.learner(known, "max-classes=2");
        assertThatThrownBy(() -> narrow.partialFit(row(1, 1, 2)))
                .hasMessage("class 'c' would be number 3 but max-classes is 2");
    }

    @Test
    void otherClassesAreRefused() {
        Learner learner = SgdLearners.learner(SCHEMA.withClasses(List.of("b", "a")));
        assertThatThrownBy(() -> learner.partialFit(row(1, 1, 0)))
                .hasMessage("classes of the data must begin with those of the model, [b, a], but are " + LABELS);
    }

    /** Else a target would silently be another label's. */
    @Test
    void singleRowsOfOtherLabelsAreRefused() {
        PlugIns plugIns = PlugIns.of(new SgdClassifierProvider());
        PipelineSpec spec = new PipelineSpec("sgd-classifier", List.of(), Map.of());
        for (OnlineLearner learner : List.of(
                (OnlineLearner) SgdLearners.learner(SCHEMA), (OnlineLearner) Pipeline.create(plugIns, SCHEMA, spec))) {
            double[] x = {1, 2};
            learner.classes(List.of("a", "b", "z"));
            learner.learnOne(x, 0, 1);
            learner.learnOne(x, 1, 1);
            learner.partialFit(row(1, 2, 2));
            State before = learner.state();
            assertThatThrownBy(() -> learner.learnOne(x, 2, 1))
                    .hasMessageContaining("must begin with those of the model, [a, b, c], but are [a, b, z]");
            learner.classes(List.of("b", "a", "c"));
            assertThatThrownBy(() -> learner.learnOne(x, 0, 1)).hasMessageContaining("but are [b, a, c]");
            learner.classes(List.of("a", "b"));
            assertThatThrownBy(() -> learner.learnOne(x, 2, 1))
                    .hasMessageContaining("a class index must be >= 0 and < 2 but was 2.0");
            assertThat(learner.state()).isEqualTo(before);
            learner.classes(List.of("a", "b", "c"));
            learner.learnOne(x, 2, 1);
            learner.classes(LABELS);
            learner.learnOne(x, 3, 1);
            assertThat(learner.rowsSeen()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5})
    void untrainedModelSharesEvenly(int count) {
        Learner learner = SgdLearners.learner(SCHEMA.withClasses(LABELS.subList(0, count)));
        ProbabilisticClassifier model = (ProbabilisticClassifier) learner.snapshot();
        double[] out = new double[count];
        model.probabilities(row(3, 4, 0), out);
        double[] even = new double[count];
        Arrays.fill(even, 1.0 / count);
        assertThat(out).containsExactly(even);
        assertThat(model.decisions()).isEqualTo(count <= 2 ? 1 : count);
        double[] decisions = new double[model.decisions()];
        model.decide(row(3, 4, 0), decisions);
        assertThat(decisions).containsOnly(0);
        assertThat(model.winner(decisions, 0)).isEqualTo(count == 0 ? -1 : 0);
    }

    @Test
    void probabilitiesSumToOneFarOutToo() {
        Table table = Table.random(200, 4, 3, false);
        for (int known : new int[] {2, 3}) {
            for (double[] row : table.x()) {
                Arrays.setAll(row, j -> row[j] * 40);
            }
            for (int i = 0; i < table.rows() && known == 2; i++) {
                table.y()[i] = Math.min(table.y()[i], 1);
            }
            Learner learner = SgdLearners.learner(table.schema(known), "eta0=1");
            learner.partialFit(table.all(false));
            ProbabilisticClassifier model = (ProbabilisticClassifier) learner.view();
            int count = model.classes().size();
            double[] out = new double[table.rows() * count];
            model.probabilities(table.all(false), out);
            for (int i = 0; i < table.rows(); i++) {
                double[] shares = Arrays.copyOfRange(out, i * count, (i + 1) * count);
                assertThat(Arrays.stream(shares).allMatch(share -> share >= 0 && share <= 1))
                        .isTrue();
                assertThat(Arrays.stream(shares).sum()).isCloseTo(1, within(1e-15));
            }
        }
    }

    @Test
    void softmaxSharesByExponentialsAndKeepsWhatItSaidOfTwoClasses() {
        Learner learner = SgdLearners.learner(SCHEMA, "multi-class=softmax", "eta0=1", "alpha=0");
        learner.partialFit(row(1, 2, 0));
        learner.partialFit(row(3, 0, 1));
        double[] two = new double[2];
        ((ProbabilisticClassifier) learner.view()).probabilities(row(1, -1, 0), two);
        // a zero row of weight 0 learns nothing but brings the class
        learner.partialFit(new DenseChunk(SCHEMA, new double[2], new double[] {2}, new double[1], LABELS));
        ProbabilisticClassifier model = (ProbabilisticClassifier) learner.view();
        double[] three = new double[3];
        model.probabilities(row(1, -1, 0), three);
        assertThat(three[0] / (three[0] + three[1])).isCloseTo(two[0], within(1e-15));
        double[] decisions = new double[3];
        model.decide(row(1, -1, 0), decisions);
        double sum = Arrays.stream(decisions).map(Math::exp).sum();
        for (int c = 0; c < 3; c++) {
            assertThat(three[c]).isCloseTo(Math.exp(decisions[c]) / sum, within(1e-15));
        }
    }

    @Test
    void onlySomeLossesGiveProbabilities() {
        assertThat(SgdLearners.learner(SCHEMA, "loss=modified-huber").view())
                .isInstanceOf(ProbabilisticClassifier.class);
        assertThat(SgdLearners.learner(SCHEMA, "loss=log-loss").view()).isInstanceOf(ProbabilisticClassifier.class);
        for (String loss : List.of("hinge", "squared-hinge", "perceptron")) {
            assertThat(SgdLearners.learner(SCHEMA, "loss=" + loss).view())
                    .isInstanceOf(Classifier.class)
                    .isNotInstanceOf(ProbabilisticClassifier.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void snapshotsDoNotMoveAndViewsDo(int classes) {
        Table table = Table.random(90, 5, classes, false);
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner = SgdLearners.learner(table.schema(Math.min(classes, 2)), "eta0=0.3", "alpha=0.1");
            for (int i = 0; i < 40; i++) {
                table.y()[i] = classes > 2 ? i % 2 : table.y()[i];
            }
            learner.partialFit(table.chunk(sparse, 0, 40));
            var snapshot = learner.snapshot();
            Chunk probe = table.chunk(sparse, 40, 90);
            double[] then = outputs(snapshot, probe);
            assertThat(outputs(learner.view(), probe)).containsExactly(then);
            learner.partialFit(probe);
            assertThat(outputs(snapshot, probe)).containsExactly(then);
            assertThat(outputs(learner.view(), probe)).containsExactly(outputs(learner.snapshot(), probe));
            assertThat(outputs(learner.view(), probe)).isNotEqualTo(then);
        }
    }

    @Test
    void askingChangesNothing() {
        Table table = Table.random(90, 5, 3, false);
        Learner asked = SgdLearners.learner(table.schema());
        Learner left = SgdLearners.learner(table.schema());
        for (int from = 0; from < 90; from += 30) {
            asked.partialFit(table.chunk(true, from, from + 30));
            left.partialFit(table.chunk(true, from, from + 30));
            for (int i = 0; i < 3; i++) {
                outputs(asked.view(), table.all(i == 1));
                outputs(asked.snapshot(), table.all(i == 1));
                assertThat(asked.state()).isEqualTo(asked.state());
            }
        }
        assertThat(asked.state()).isEqualTo(left.state());
    }

    private static double[] outputs(Object model, Chunk chunk) {
        if (model instanceof Regressor regressor) {
            double[] out = new double[chunk.rows()];
            regressor.predict(chunk, out);
            return out;
        }
        ProbabilisticClassifier classifier = (ProbabilisticClassifier) model;
        int decisions = chunk.rows() * classifier.decisions();
        double[] out = new double[decisions];
        classifier.decide(chunk, out);
        double[] shares = new double[chunk.rows() * classifier.classes().size()];
        classifier.probabilities(chunk, shares);
        double[] both = Arrays.copyOf(out, decisions + shares.length);
        System.arraycopy(shares, 0, both, decisions, shares.length);
        return both;
    }
}
