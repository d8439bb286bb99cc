package org.accrete.learners.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the power of naive Bayes: how far it mends probabilities, and that it mends nothing else. */
@ExtendWith(RunSeed.class)
class CalibrationTest {
    /** Seed of the rows whose learned exponents are told by a range, which some samples leave. */
    private static final long SAMPLE = 1;

    private static final String LOSSES = "naive-bayes.exponent_loss";
    private static final int ROWS = 3_000;

    private static NaiveBayesLearner learner(Schema schema, boolean calibrates) {
        return new NaiveBayesLearner(schema, params(calibrates));
    }

    private static Params params(boolean calibrates) {
        return Params.parse(new NaiveBayesProvider().params(), Map.of("calibrate", Boolean.toString(calibrates)));
    }

    private static Schema schema(int copies, int classes) {
        return Schema.numeric(
                copies, Target.categorical("y", List.of("a", "b", "c").subList(0, classes)));
    }

    /** {@return rows of one number, normal given the class, that all columns repeat} */
    private static Chunk rows(Schema schema, SeededRandom random) {
        int classes = schema.target().classes().size();
        ChunkBuffer buffer = new ChunkBuffer(schema, ROWS);
        for (int row = 0; row < ROWS; row++) {
            int c = random.nextInt(classes);
            double x = 0.8 * c + random.nextGaussian();
            buffer.beginRow();
            for (int j = 0; j < schema.width(); j++) {
                buffer.put(j, x);
            }
            buffer.target(c);
            buffer.endRow();
        }
        buffer.classes(schema.target().classes());
        return buffer.chunk();
    }

    private static double logLoss(NaiveBayesLearner learner, Chunk rows) {
        int classes = rows.classes().size();
        double[] out = new double[rows.rows() * classes];
        ((ProbabilisticClassifier) learner.snapshot()).probabilities(rows, out);
        double sum = 0;
        for (int row = 0; row < rows.rows(); row++) {
            sum -= Math.log(out[row * classes + (int) rows.target(row)]);
        }
        return sum / rows.rows();
    }

    private static double exponent(NaiveBayesLearner learner, int c) {
        return new Calibration(learner.schema().target().classes().size(), learner.state()).exponent(c);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void copiesOfAColumnCountAsOne(int classes) {
        Chunk one = rows(schema(1, classes), new SeededRandom(SAMPLE));
        Chunk copies = rows(schema(16, classes), new SeededRandom(SAMPLE));
        NaiveBayesLearner alone = learner(one.schema(), false);
        NaiveBayesLearner sure = learner(copies.schema(), false);
        NaiveBayesLearner calibrated = learner(copies.schema(), true);
        alone.partialFit(one);
        sure.partialFit(copies);
        calibrated.partialFit(copies);
        // A class between others lies on both sides of them, so that one number says little about it.
        for (int c : new int[] {0, classes - 1}) {
            assertThat(exponent(calibrated, c)).as("class %d", c).isBetween(1 / 33.0, 1 / 8.0);
        }
        assertThat(logLoss(calibrated, copies)).isLessThan(1.03 * logLoss(alone, one));
        assertThat(logLoss(sure, copies)).isGreaterThan(1.5 * logLoss(alone, one));
    }

    @Test
    void aColumnThatIsWhatItIsTakenForKeepsItsProbabilities() {
        Chunk rows = rows(schema(1, 2), new SeededRandom(SAMPLE));
        NaiveBayesLearner learner = learner(rows.schema(), true);
        learner.partialFit(rows);
        assertThat(exponent(learner, 0)).isBetween(0.6, 1.0);
        assertThat(exponent(learner, 1)).isBetween(0.6, 1.0);
    }

    /** The sums are those of log-losses of probabilities as they are defined, of each row before it is learned. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void lossesAreThoseOfEachExponent(int classes) {
        Chunk rows = rows(schema(5, classes), RunSeed.random("losses")).slice(0, 300);
        NaiveBayesLearner plain = learner(rows.schema(), false);
        NaiveBayesLearner calibrated = learner(rows.schema(), true);
        double[][] sums = new double[classes][21];
        boolean[] known = new boolean[classes];
        for (int row = 0; row < rows.rows(); row++) {
            Chunk one = rows.slice(row, row + 1);
            double[] log = logs(plain, one, classes);
            int c = (int) one.target(0);
            for (int k = 0; k < 21 && (known[c] || row == 0); k++) {
                double all = 0;
                for (double other : log) {
                    all += Math.exp(power(k) * (other - log[c]));
                }
                sums[winner(log)][k] += Math.min(Math.log(1e15), Math.log(all));
            }
            known[c] = true;
            plain.partialFit(one);
        }
        calibrated.partialFit(rows);
        double[] losses = calibrated.state().doubles(LOSSES, classes, 21);
        for (int c = 0; c < classes; c++) {
            double least = Arrays.stream(sums[c]).min().orElseThrow();
            double total = 0;
            double sum = 0;
            for (int k = 0; k < 21; k++) {
                assertThat(losses[21 * c + k]).as("class %d, exponent %d", c, k).isCloseTo(sums[c][k], within(1e-6));
                total += Math.exp(least - sums[c][k]);
                sum += Math.exp(least - sums[c][k]) * power(k);
            }
            assertThat(exponent(calibrated, c)).isCloseTo(sum / total, within(1e-6));
        }
    }

    private static double power(int k) {
        return Math.pow(2, k / 2.0 - 10);
    }

    /** {@return logarithms of probabilities, up to a common summand} */
    private static double[] logs(NaiveBayesLearner learner, Chunk one, int classes) {
        double[] logs = new double[classes];
        learner.view().decide(one, logs);
        if (classes == 2) {
            logs[1] = logs[0];
            logs[0] = 0;
        }
        return logs;
    }

    private static int winner(double[] values) {
        int winner = 0;
        for (int c = 1; c < values.length; c++) {
            winner = values[c] > values[winner] ? c : winner;
        }
        return winner;
    }

    /** Of a model that is not calibrated the log-odds times the exponent are those of one that is. */
    @Test
    void nothingButTheScaleOfLogOddsChanges() {
        Chunk rows = rows(schema(5, 2), RunSeed.random("scale"));
        NaiveBayesLearner plain = learner(rows.schema(), false);
        NaiveBayesLearner calibrated = learner(rows.schema(), true);
        plain.partialFit(rows);
        calibrated.partialFit(rows);
        double[] before = new double[ROWS];
        double[] after = new double[ROWS];
        plain.view().decide(rows, before);
        calibrated.view().decide(rows, after);
        for (int row = 0; row < ROWS; row++) {
            assertThat(after[row]).isEqualTo(exponent(calibrated, before[row] > 0 ? 1 : 0) * before[row]);
        }
    }

    @Test
    void theOrderOfTheClassesStays() {
        Chunk rows = rows(schema(5, 3), RunSeed.random("order"));
        NaiveBayesLearner plain = learner(rows.schema(), false);
        NaiveBayesLearner calibrated = learner(rows.schema(), true);
        for (int row = 0; row < 500; row++) {
            Chunk one = rows.slice(row, row + 1);
            double[] before = logs(plain, one, 3);
            double[] after = logs(calibrated, one, 3);
            assertThat(winner(after)).isEqualTo(winner(before));
            for (int c = 1; c < 3; c++) {
                assertThat(after[c] >= after[0]).isEqualTo(before[c] >= before[0]);
            }
            plain.partialFit(one);
            calibrated.partialFit(one);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void contributionsAddUpToTheDecision(int classes) {
        Chunk rows = rows(schema(5, classes), RunSeed.random("contributions"));
        NaiveBayesLearner learner = learner(rows.schema(), true);
        learner.partialFit(rows);
        int decisions = classes == 2 ? 1 : classes;
        double[] decided = new double[ROWS * decisions];
        learner.view().decide(rows, decided);
        Contributions found = new Contributions();
        for (int row = 0; row < 20; row++) {
            for (int d = 0; d < decisions; d++) {
                ((ExplainableModel) learner.view()).explain(rows, row, d, found);
                double sum = found.base();
                for (int i = 0; i < found.size(); i++) {
                    sum += found.amount(i);
                }
                assertThat(sum).isCloseTo(decided[row * decisions + d], within(1e-6));
            }
        }
    }

    @Test
    void lossesOfMergedLearnersAddUp() {
        SeededRandom random = RunSeed.random("merge");
        Schema schema = schema(5, 2);
        NaiveBayesLearner one = learner(schema, true);
        NaiveBayesLearner other = learner(schema, true);
        one.partialFit(rows(schema, random));
        other.partialFit(rows(schema, random));
        double[] first = one.state().doubles(LOSSES, 2, 21);
        double[] second = other.state().doubles(LOSSES, 2, 21);
        one.merge(other);
        double[] both = one.state().doubles(LOSSES, 2, 21);
        for (int k = 0; k < both.length; k++) {
            assertThat(both[k]).isEqualTo(first[k] + second[k]);
        }
    }
}
