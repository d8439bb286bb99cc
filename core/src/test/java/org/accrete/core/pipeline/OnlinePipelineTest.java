package org.accrete.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.State;
import org.accrete.core.LeastSquares;
import org.accrete.core.ListSource;
import org.accrete.core.Softmax;
import org.accrete.core.Toys;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.junit.jupiter.api.Test;

class OnlinePipelineTest {
    private static final PlugIns PLUG_INS =
            PlugIns.of(new Softmax.Provider(-1), new LeastSquares.Provider(), new StandardScalerProvider());

    private static Pipeline pipeline(Schema schema, String learner, String... steps) {
        return Pipeline.create(PLUG_INS, schema, new PipelineSpec(learner, List.of(steps), Map.of()));
    }

    private static DenseChunk rows(int count) {
        ListSource source = ListSource.labels(count);
        source.newClassEvery = 70;
        source.mostClasses = 4;
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), count);
        source.next(buffer);
        return (DenseChunk) buffer.chunk();
    }

    private static double[] x(DenseChunk rows, int row) {
        return Arrays.copyOfRange(rows.values(), rows.offset(row), rows.offset(row) + rows.width());
    }

    @Test
    void aPipelineIsOnlineExactlyWhenAllOfItsPartsAreRowWise() {
        Schema labels = ListSource.labels(1).schema();
        assertThat(pipeline(labels, "softmax")).isInstanceOf(OnlineLearner.class);
        assertThat(pipeline(labels, "softmax", "standard-scaler")).isInstanceOf(OnlineLearner.class);
        assertThat(Pipeline.restore(
                        PLUG_INS, pipeline(labels, "softmax", "standard-scaler").state()))
                .isInstanceOf(OnlineLearner.class);
        assertThat(pipeline(ListSource.numbers(1).schema(), "least-squares", "standard-scaler"))
                .isNotInstanceOf(OnlineLearner.class);
        Schema numbers = Schema.numeric(2, Target.numeric("delay"));
        assertThat(Pipeline.create(Toys.plugIns(), numbers, new PipelineSpec("sum", List.of("wait"), Map.of())))
                .isNotInstanceOf(OnlineLearner.class);
    }

    @Test
    void singleRowsGiveTheBitsOfChunks() {
        DenseChunk rows = rows(300);
        Pipeline whole = pipeline(rows.schema(), "softmax", "standard-scaler");
        double[] decisions = new double[300 * 4];
        ((OnlineLearner) whole).partialFit(rows, decisions);
        Pipeline pipeline = pipeline(rows.schema(), "softmax", "standard-scaler");
        OnlineLearner online = (OnlineLearner) pipeline;
        online.classes(rows.classes());
        int said = 0;
        int known = 2;
        for (int row = 0; row < 300; row++) {
            double[] one = online.learnOne(x(rows, row), rows.target(row), 1);
            assertThat(one).hasSize(known <= 2 ? 1 : known);
            assertThat(one).isEqualTo(Arrays.copyOfRange(decisions, said, said + one.length));
            said += one.length;
            known = Math.max(known, (int) rows.target(row) + 1);
        }
        assertThat(known).isEqualTo(4);
        assertThat(pipeline.state()).isEqualTo(whole.state());
        Pipeline plain = pipeline(rows.schema(), "softmax", "standard-scaler");
        plain.partialFit(rows);
        assertThat(plain.state()).isEqualTo(whole.state());
    }

    @Test
    void aRefusedRowIsUndoneInTheStepsToo() {
        DenseChunk rows = rows(100);
        Pipeline pipeline = pipeline(rows.schema(), "softmax", "standard-scaler");
        pipeline.partialFit(rows);
        OnlineLearner online = (OnlineLearner) pipeline;
        State before = pipeline.state();
        assertThatThrownBy(() -> online.learnOne(x(rows, 0), 9, 1))
                .isInstanceOf(AccreteException.class)
                .hasMessageStartingWith("softmax: ");
        assertThatThrownBy(() -> online.learnOne(new double[2], 0, 1))
                .hasMessage("a row must have 3 features, one per column, but has 2");
        assertThat(pipeline.state()).isEqualTo(before);
        assertThat(pipeline.rowsSeen()).isEqualTo(100);
    }

    private static DenseChunk withoutTargets(DenseChunk rows, int every) {
        double[] targets = new double[rows.rows()];
        Arrays.setAll(targets, row -> row % every == 0 ? Double.NaN : rows.target(row));
        return new DenseChunk(
                rows.schema(),
                Arrays.copyOf(rows.values(), rows.rows() * rows.width()),
                targets,
                new double[0],
                rows.classes());
    }

    @Test
    void aRowWithoutATargetTrainsTheStepsOnly() {
        DenseChunk rows = withoutTargets(rows(300), 3);
        Pipeline whole = pipeline(rows.schema(), "softmax", "standard-scaler");
        double[] decisions = new double[300 * 4];
        ((OnlineLearner) whole).partialFit(rows, decisions);
        assertThat(whole.rowsSeen()).isEqualTo(300);
        assertThat(whole.unlabelledRows()).isEqualTo(100);
        assertThat(whole.rowsLearned()).isEqualTo(200);
        assertThat(whole.state().whole("softmax.rows_seen")).isEqualTo(200);
        assertThat(whole.state().whole("standard-scaler.rows_seen")).isEqualTo(300);
        assertThat(Pipeline.restore(PLUG_INS, whole.state()).unlabelledRows()).isEqualTo(100);

        Pipeline pipeline = pipeline(rows.schema(), "softmax", "standard-scaler");
        OnlineLearner online = (OnlineLearner) pipeline;
        online.classes(rows.classes());
        int said = 0;
        for (int row = 0; row < 300; row++) {
            double[] one = online.learnOne(x(rows, row), rows.target(row), 1);
            if (row % 3 == 0) {
                assertThat(one).containsOnly(Double.NaN);
            } else {
                assertThat(one).isEqualTo(Arrays.copyOfRange(decisions, said, said + one.length));
                said += one.length;
            }
        }
        assertThat(pipeline.state()).isEqualTo(whole.state());
    }

    @Test
    void aRefusedRowIsNamedByItsPlaceAmongRowsWithoutATarget() {
        DenseChunk rows = withoutTargets(rows(60), 2);
        for (int refused : new int[] {1, 31, 59}) {
            PlugIns plugIns =
                    PlugIns.of(new Softmax.Provider(-1, Set.of((int) rows.values()[rows.offset(refused)]), true));
            Pipeline pipeline =
                    Pipeline.create(plugIns, rows.schema(), new PipelineSpec("softmax", List.of(), Map.of()));
            assertThatThrownBy(() -> pipeline.partialFit(rows))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.chunkRow()).hasValue(refused));
            assertThat(pipeline.unlabelledRows()).isZero();
        }
    }
}
