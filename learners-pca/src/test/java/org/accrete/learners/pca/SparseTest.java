package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks of few entries are learned in sparse form, with the same result as dense blocks. */
@ExtendWith(RunSeed.class)
class SparseTest {
    private static final int ROWS = 600;

    private static Schema hashed(int width) {
        return new Schema(
                List.of(
                        new Block("day", Block.Kind.NUMERIC, 1),
                        new Block("a", Block.Kind.ONE_HOT, width / 2),
                        new Block("b", Block.Kind.ONE_HOT, width / 2)),
                Target.none());
    }

    /** A number far from 0 and two categorical columns, with some common categories. */
    private static Chunk rows(Schema schema, int count) {
        SeededRandom random = RunSeed.random("rows");
        ChunkBuffer buffer = new ChunkBuffer(schema, count);
        int half = (schema.width() - 1) / 2;
        for (int row = 0; row < count; row++) {
            buffer.beginRow();
            buffer.weight(random.nextInt(3));
            int common = random.nextInt(6);
            buffer.put(0, 20_000 + common + random.nextGaussian());
            buffer.put(1 + (random.nextInt(4) > 0 ? common : random.nextInt(half)), 1);
            buffer.put(1 + half + (random.nextInt(4) > 0 ? random.nextInt(9) : random.nextInt(half)), 1);
            buffer.endRow();
        }
        return buffer.chunk();
    }

    /** {@return a learner of the same columns, all of them numeric, so blocks are dense} */
    private static PcaLearner dense(StepProvider provider, Chunk rows, Params params) {
        int width = rows.width();
        double[][] x = new double[rows.rows()][width];
        double[] weights = new double[rows.rows()];
        for (int row = 0; row < x.length; row++) {
            RowBlock.copyRow(rows, row, x[row], 0);
            weights[row] = rows.weight(row);
        }
        PcaLearner learner = (PcaLearner) provider.create(Pca.schema(width), params);
        learner.partialFit(Pca.chunk(x, weights, 0, x.length));
        return learner;
    }

    @ParameterizedTest
    @CsvSource({"false, 400, 100", "false, 400, 600", "true, 400, 100", "true, 300, 250"})
    void componentsAreThoseOfDenseBlocks(boolean scatter, int width, int size) {
        StepProvider provider = scatter ? new CovariancePcaProvider() : new IncrementalPcaProvider();
        Chunk rows = rows(hashed(width), ROWS);
        Params params =
                Params.of(provider.params()).with(PcaParams.N_COMPONENTS, "5").with(PcaParams.BATCH_SIZE, (long) size);
        PcaLearner learner = (PcaLearner) provider.create(rows.schema(), params);
        learner.partialFit(rows);
        PcaModel sparse = learner.snapshot();
        PcaModel dense = dense(provider, rows, params).snapshot();
        for (int i = 0; i < 5; i++) {
            double value = dense.singularValues()[i];
            assertThat(sparse.singularValues()[i]).isCloseTo(value, within(1e-9 * value));
            assertThat(sparse.explainedVarianceRatio()[i]).isCloseTo(dense.explainedVarianceRatio()[i], within(1e-9));
        }
        assertThat(sparse.noiseVariance()).isCloseTo(dense.noiseVariance(), within(1e-9 * dense.noiseVariance()));
        for (int j = 0; j < rows.width(); j++) {
            assertThat(sparse.mean()[j]).isCloseTo(dense.mean()[j], within(1e-12 * (1 + dense.mean()[j])));
            assertThat(sparse.variance()[j]).isCloseTo(dense.variance()[j], within(1e-11));
        }
        assertThat(Batch.sine(
                        Batch.matrix(sparse.components(), 5, rows.width()),
                        Batch.matrix(dense.components(), 5, rows.width())))
                .isLessThan(1e-7);
    }

    /** A dense block of these would take 400 MB. */
    @Test
    void hashedColumnsCostWhatTheirEntriesDo() {
        Chunk rows = rows(hashed(1 << 18), 1000);
        StepProvider provider = new IncrementalPcaProvider();
        Params params =
                Params.of(provider.params()).with(PcaParams.N_COMPONENTS, "4").with(PcaParams.BATCH_SIZE, 200L);
        assertThat(provider.memoryBytes(rows.schema(), params)).isLessThan(200L << 20);
        PcaLearner learner = (PcaLearner) provider.create(rows.schema(), params);
        learner.partialFit(rows);
        double[] values = learner.snapshot().singularValues();
        assertThat(values[3]).isPositive().isLessThan(values[0]);
    }

    @Test
    void moreColumnsThanArraysHoldAreRefused() {
        Schema schema = hashed(1 << 18);
        for (StepProvider provider : List.of(new IncrementalPcaProvider(), new CovariancePcaProvider())) {
            assertThatThrownBy(() -> provider.create(schema, Params.of(provider.params())))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                    .hasMessageContaining("262145");
        }
    }
}
