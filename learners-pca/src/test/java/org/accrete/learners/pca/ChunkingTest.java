package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.testkit.RandomChunks;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** State and transformed rows do not depend, to the bit, on chunk borders or on the form of the chunks. */
@ExtendWith(RunSeed.class)
class ChunkingTest {
    private static final int ROWS = 500;

    /** A provider, a schema and parameters. */
    record PcaSetting(StepProvider provider, Schema schema, Params params) {
        Step learner() {
            return provider.create(schema, params);
        }

        @Override
        public String toString() {
            return provider.name() + " of " + schema.width() + " columns " + params;
        }
    }

    static Stream<PcaSetting> settings() {
        Schema dense = Schema.numeric(9, Target.numeric("y"));
        Schema sparse = new Schema(
                List.of(new Block("a", Block.Kind.NUMERIC, 1), new Block("b", Block.Kind.ONE_HOT, 300)),
                Target.numeric("y"));
        return Stream.of(new IncrementalPcaProvider(), new CovariancePcaProvider())
                .flatMap(provider -> Stream.of("7", "100", "1", "600")
                        .map(size -> new PcaSetting(
                                provider,
                                dense,
                                Params.of(provider.params())
                                        .with(PcaParams.BATCH_SIZE, Long.valueOf(size))
                                        .with(PcaParams.N_COMPONENTS, size.equals("1") ? "3" : "all")
                                        .with(PcaParams.HALF_LIFE, size.equals("7") ? 40.0 : 0.0)))
                        .toList()
                        .stream())
                .flatMap(setting -> setting.params().get(PcaParams.BATCH_SIZE) == 100
                        ? Stream.of(
                                setting,
                                new PcaSetting(
                                        setting.provider(),
                                        sparse,
                                        setting.params().with(PcaParams.N_COMPONENTS, "4")))
                        : Stream.of(setting));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void stateIsTheSameToTheBit(PcaSetting setting) {
        Chunk rows = RandomChunks.of(setting.schema())
                .withWeights()
                .rows(ROWS, RunSeed.random("rows").nextLong());
        Step whole = setting.learner();
        whole.partialFit(rows);
        for (Chunk form : List.of(dense(rows), sparse(rows))) {
            for (int length : new int[] {1, 7, 64, 499}) {
                Step learner = setting.learner();
                for (int row = 0; row < ROWS; row += length) {
                    learner.partialFit(form.slice(row, Math.min(ROWS, row + length)));
                }
                assertThat(learner.state()).as("chunks of %d", length).isEqualTo(whole.state());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void transformedRowsAreTheSameToTheBit(PcaSetting setting) {
        Chunk rows = RandomChunks.of(setting.schema())
                .rows(ROWS, RunSeed.random("rows").nextLong());
        List<Double> whole = transformed(setting.learner(), rows, ROWS, new SeededRandom(1));
        for (int longest : new int[] {1, 30, 300}) {
            assertThat(transformed(setting.learner(), rows, longest, RunSeed.random("cuts")))
                    .as("chunks of up to %d", longest)
                    .isEqualTo(whole);
        }
    }

    private static List<Double> transformed(Step step, Chunk rows, int longest, SeededRandom random) {
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), ROWS);
        List<Double> cells = new ArrayList<>();
        int from = 0;
        while (from < ROWS) {
            int to = Math.min(ROWS, from + (longest == ROWS ? ROWS : 1 + random.nextInt(longest)));
            step.partialFitTransform(rows.slice(from, to), out);
            DenseChunk scores = (DenseChunk) out.chunk();
            for (int i = 0; i < scores.rows() * scores.width(); i++) {
                cells.add(scores.values()[i]);
            }
            from = to;
        }
        return cells;
    }

    private static Chunk dense(Chunk rows) {
        int width = rows.width();
        double[] values = new double[rows.rows() * width];
        for (int row = 0; row < rows.rows(); row++) {
            RowBlock.copyRow(rows, row, values, row * width);
        }
        return new DenseChunk(rows.schema(), values, targets(rows), weights(rows), List.of());
    }

    private static Chunk sparse(Chunk rows) {
        int width = rows.width();
        int[] starts = new int[rows.rows() + 1];
        List<Integer> indices = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        double[] cells = new double[width];
        for (int row = 0; row < rows.rows(); row++) {
            RowBlock.copyRow(rows, row, cells, 0);
            for (int j = 0; j < width; j++) {
                if (cells[j] != 0) {
                    indices.add(j);
                    values.add(cells[j]);
                }
            }
            starts[row + 1] = indices.size();
        }
        return new SparseChunk(
                rows.schema(),
                starts,
                indices.stream().mapToInt(i -> i).toArray(),
                values.stream().mapToDouble(v -> v).toArray(),
                targets(rows),
                weights(rows),
                List.of());
    }

    private static double[] targets(Chunk rows) {
        double[] targets = new double[rows.rows()];
        for (int row = 0; row < targets.length; row++) {
            targets[row] = rows.target(row);
        }
        return targets;
    }

    private static double[] weights(Chunk rows) {
        double[] weights = new double[rows.rows()];
        for (int row = 0; row < weights.length; row++) {
            weights[row] = rows.weight(row);
        }
        return weights;
    }
}
