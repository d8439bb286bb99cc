package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A regressor learns its target in standard deviations, and predicts it in its own units. */
class TargetMomentsTest {
    private static final WarmStartProvider PROVIDER = new MlpRegressorProvider();
    private static final Schema TWO = Schema.numeric(2, Target.numeric("y"));
    private static final int ROWS = 4_000;

    /** Rows whose target is a function of the columns, between about -3 and 3, in some unit. */
    private static DenseChunk rows(double unit, double offset) {
        SeededRandom random = new SeededRandom(3);
        double[] x = new double[2 * ROWS];
        double[] y = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            x[2 * row] = random.nextGaussian();
            x[2 * row + 1] = random.nextGaussian();
            y[row] = offset + unit * (x[2 * row] + Math.abs(x[2 * row + 1]));
        }
        return new DenseChunk(TWO, x, y, new double[0], List.of());
    }

    private static Learner learner(String... settings) {
        return PROVIDER.create(TWO, params(settings));
    }

    private static Params params(String... settings) {
        Map<String, String> given = new HashMap<>();
        Arrays.stream(settings).forEach(one -> given.put(one.split("=")[0], one.split("=")[1]));
        return Params.parse(PROVIDER.params(), given);
    }

    private static double[] predictions(Learner learner, Chunk chunk) {
        double[] out = new double[chunk.rows()];
        ((Regressor) learner.view()).predict(chunk, out);
        return out;
    }

    private static double meanAbsoluteError(Learner learner, Chunk chunk) {
        double[] found = predictions(learner, chunk);
        double sum = 0;
        for (int row = 0; row < found.length; row++) {
            sum += Math.abs(found[row] - chunk.target(row));
        }
        return sum / found.length;
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1e6, 0", "1e-6, 0", "4000, 3900", "1, -1e6"})
    void unitAndOffsetOfTheTargetDoNotMatter(double unit, double offset) {
        DenseChunk rows = rows(unit, offset);
        Learner learner = learner();
        learner.partialFit(rows);

        assertThat(meanAbsoluteError(learner, rows)).isLessThan(0.2 * unit);
    }

    @Test
    void targetsFarFromTheOthersAreClipped() {
        DenseChunk rows = rows(1, 0);
        double[] targets = new double[ROWS];
        Arrays.setAll(targets, row -> row == 500 ? 1e20 : rows.target(row));
        Learner learner = learner();
        learner.partialFit(new DenseChunk(TWO, rows.values(), targets, new double[0], List.of()));

        assertThat(meanAbsoluteError(learner, rows)).isLessThan(0.3);
    }

    @Test
    void snapshotKeepsItsUnits() {
        Learner learner = learner();
        DenseChunk rows = rows(1, 0);
        learner.partialFit(rows.slice(0, 1_000));
        Regressor snapshot = (Regressor) learner.snapshot();
        double[] before = predictions(learner, rows);
        learner.partialFit(rows(1_000, 50));
        double[] after = new double[ROWS];
        snapshot.predict(rows, after);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void headOfAVersionBringsItsUnits() {
        DenseChunk rows = rows(4_000, 3_900);
        Learner source = learner();
        source.partialFit(rows);
        Learner with = PROVIDER.createWithWeights(TWO, params(), source.state(), true);
        Learner without = PROVIDER.createWithWeights(TWO, params(), source.state(), false);

        assertThat(predictions(with, rows)).isEqualTo(predictions(source, rows));
        assertThat(predictions(without, rows)).containsOnly(0);
        without.partialFit(rows);
        assertThat(meanAbsoluteError(without, rows)).isLessThan(800);
    }

    @Test
    void headOfAnotherToolPredictsTheTargetItself() {
        State weights = State.builder()
                .tensor("layers.0.weight", Tensor.of(new float[] {1, 0, 0, 1}, 2, 2))
                .tensor("layers.1.weight", Tensor.of(new float[] {1, 1}, 1, 2))
                .tensor("layers.1.bias", Tensor.of(new float[] {5_000}, 1))
                .build();
        Params params = params("hidden=2", "activation=identity", "eta0=1e-6");
        DenseChunk rows = rows(1, 5_000);
        Learner learner = PROVIDER.createWithWeights(TWO, params, weights, true);
        IntFunction<Double> expected = row -> 5_000 + rows.values()[2 * row] + rows.values()[2 * row + 1];
        double[] first = predictions(learner, rows);
        learner.partialFit(rows.slice(0, 64));
        double[] later = predictions(PROVIDER.restore(TWO, params, learner.state()), rows);

        for (int row = 0; row < ROWS; row++) {
            assertThat(first[row]).isCloseTo(expected.apply(row), within(1e-2));
            assertThat(later[row]).isCloseTo(expected.apply(row), within(1e-1));
        }
    }

    @Test
    void refusedChunkLeavesTheMoments() {
        Learner learner = learner("activation=identity", "batch-size=8");
        learner.partialFit(rows(1, 0).slice(0, 100));
        State before = learner.state();
        double[] x = new double[2 * 20];
        Arrays.fill(x, 1e37);
        double[] y = new double[20];
        Arrays.setAll(y, row -> 100.0 * row);

        assertThatThrownBy(() -> learner.partialFit(new DenseChunk(TWO, x, y, new double[0], List.of())))
                .hasMessageContaining("too large");
        assertThat(learner.state()).isEqualTo(before);
    }
}
