package org.accrete.learners.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;

/** What naive Bayes says where scikit-learn has no number to compare with. */
class NaiveBayesTest {
    private static final double[] NONE = {};
    private static final Target TARGET = Target.categorical("y", List.of("p", "q"));

    private static NaiveBayesLearner learner(Schema schema) {
        Params params =
                Params.parse(new NaiveBayesProvider().params(), Map.of("var-smoothing", "0", "calibrate", "false"));
        return new NaiveBayesLearner(schema, params);
    }

    private static double logOdds(NaiveBayesLearner learner, double... x) {
        double[] out = new double[1];
        learner.view().decide(new DenseChunk(learner.schema(), x, NONE, NONE, List.of()), out);
        return out[0];
    }

    private static double normal(double x, double mean, double variance) {
        return -0.5 * Math.log(2 * Math.PI * variance) - (x - mean) * (x - mean) / (2 * variance);
    }

    @Test
    void missingValuesAreLeftOut() {
        NaiveBayesLearner learner = learner(Schema.numeric(2, TARGET));
        double none = Double.NaN;
        double[] x = {1, none, 3, 10, none, 30, 5, none, 9, 20, none, 40};
        learner.partialFit(
                new DenseChunk(learner.schema(), x, new double[] {0, 0, 0, 1, 1, 1}, NONE, TARGET.classes()));
        // p: 1 and 3; 10 and 30. q: 5 and 9; 20 and 40.
        assertThat(logOdds(learner, none, none)).isCloseTo(0, within(1e-12));
        assertThat(logOdds(learner, 4, none)).isCloseTo(normal(4, 7, 4) - normal(4, 2, 1), within(1e-12));
        assertThat(logOdds(learner, none, 28)).isCloseTo(normal(28, 30, 100) - normal(28, 20, 100), within(1e-12));
    }

    /** A column contributes what the log-odds lose when its value is missing. */
    @Test
    void contributionIsWhatAValueAddsToTheLogOdds() {
        NaiveBayesLearner learner = learner(Schema.numeric(2, TARGET));
        double[] x = {1, 10, 3, 30, 5, 20, 9, 40, 6, 45};
        learner.partialFit(new DenseChunk(learner.schema(), x, new double[] {0, 0, 1, 1, 1}, NONE, TARGET.classes()));
        double none = Double.NaN;
        Contributions found = new Contributions();
        ((ExplainableModel) learner.snapshot())
                .explain(new DenseChunk(learner.schema(), new double[] {4, 28}, NONE, NONE, List.of()), 0, 0, found);
        assertThat(found.base()).isCloseTo(Math.log(1.5), within(1e-12));
        assertThat(found.size()).isEqualTo(2);
        assertThat(found.amount(0)).isCloseTo(logOdds(learner, 4, 28) - logOdds(learner, none, 28), within(1e-12));
        assertThat(found.amount(1)).isCloseTo(logOdds(learner, 4, 28) - logOdds(learner, 4, none), within(1e-12));
    }

    @Test
    void classWithoutAValueTakesTheMomentsOfAll() {
        NaiveBayesLearner learner = learner(Schema.numeric(1, TARGET));
        double[] x = {1, 3, Double.NaN};
        learner.partialFit(new DenseChunk(learner.schema(), x, new double[] {0, 0, 1}, NONE, TARGET.classes()));
        assertThat(logOdds(learner, 17)).isCloseTo(Math.log(1.0 / 3) - Math.log(2.0 / 3), within(1e-12));
    }

    @Test
    void categoriesThatNeverOccurredSayNothing() {
        Schema narrow = new Schema(List.of(new Block("b", Block.Kind.ONE_HOT, 3)), TARGET);
        Schema wide = new Schema(List.of(new Block("b", Block.Kind.ONE_HOT, 9)), TARGET);
        NaiveBayesLearner small = learner(narrow);
        NaiveBayesLearner large = learner(wide);
        double[] y = {0, 1, 1};
        small.partialFit(new DenseChunk(narrow, new double[] {1, 0, 0, 0, 1, 0, 0, 1, 0}, y, NONE, TARGET.classes()));
        double[] x = new double[27];
        x[0] = 1;
        x[9 + 1] = 1;
        x[18 + 1] = 1;
        large.partialFit(new DenseChunk(wide, x, y, NONE, TARGET.classes()));
        // (0 + 1) / (1 + 2) and (2 + 1) / (2 + 2) with alpha=1: two categories occurred.
        double expected = Math.log(2) + Math.log(0.75) - Math.log(1.0 / 3);
        assertThat(logOdds(small, 0, 1, 0)).isCloseTo(expected, within(1e-12));
        assertThat(logOdds(large, 0, 1, 0, 0, 0, 0, 0, 0, 0)).isCloseTo(expected, within(1e-12));
        assertThat(logOdds(large, 0, 0, 0, 0, 0, 0, 1, 0, 0)).isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void constantColumnsKeepProbabilitiesFinite() {
        NaiveBayesLearner learner = learner(Schema.numeric(1, TARGET));
        double[] x = {2, 2, 2, 2};
        learner.partialFit(new DenseChunk(learner.schema(), x, new double[] {0, 1, 1, 1}, NONE, TARGET.classes()));
        assertThat(logOdds(learner, 2)).isCloseTo(Math.log(3), within(1e-12));
        assertThat(logOdds(learner, 1e300)).isFinite();
    }

    @Test
    void classWithoutRowsIsImpossible() {
        NaiveBayesLearner learner = learner(Schema.numeric(1, TARGET));
        learner.partialFit(new DenseChunk(
                learner.schema(),
                new double[] {2, 3, 4},
                new double[] {0, 0, 1},
                new double[] {1, 1, 0},
                TARGET.classes()));
        double[] probabilities = new double[2];
        ((ProbabilisticClassifier) learner.view())
                .probabilities(
                        new DenseChunk(learner.schema(), new double[] {7}, NONE, NONE, List.of()), probabilities);
        assertThat(probabilities).containsExactly(1, 0);
        assertThat(learner.view().describe()).contains("class 'p' has 100.00 % of the weight");
    }
}
