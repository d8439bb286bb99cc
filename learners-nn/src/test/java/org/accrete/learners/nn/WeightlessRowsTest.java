package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows of weight 0 are seen, but no batch holds them: they move no step, and no random number. */
@ExtendWith(RunSeed.class)
class WeightlessRowsTest {
    private static final int ROWS = 100;
    private static final Schema SCHEMA = Schema.numeric(2, Target.categorical("y", List.of("a", "b")));

    private static Learner learner() {
        MlpClassifierProvider provider = new MlpClassifierProvider();
        return provider.create(
                SCHEMA,
                Params.parse(
                        provider.params(),
                        Map.of("hidden", "5", "batch-size", "8", "dropout", "0.3", "alpha", "0.01")));
    }

    private static Chunk rows(boolean withWeightless) {
        SeededRandom random = RunSeed.random("rows");
        ChunkBuffer rows = new ChunkBuffer(SCHEMA, ROWS);
        for (int row = 0; row < ROWS; row++) {
            double x = random.nextGaussian();
            double weight = random.nextInt(3);
            if (weight > 0 || withWeightless) {
                rows.beginRow();
                rows.put(0, x);
                rows.put(1, 1 - x);
                rows.weight(weight);
                rows.target(x > 0 ? 1 : 0);
                rows.endRow();
            }
        }
        rows.classes(SCHEMA.target().classes());
        return rows.chunk();
    }

    private static Map<String, Tensor> learned(Learner learner) {
        Map<String, Tensor> tensors = new TreeMap<>(learner.state().tensors());
        tensors.remove("mlp.rows_seen");
        tensors.remove("mlp.weightless_rows");
        return tensors;
    }

    @Test
    void theyChangeNothing() {
        Learner without = learner();
        without.partialFit(rows(false));
        Chunk all = rows(true);
        for (int chunkRows : new int[] {1, 7, ROWS}) {
            Learner with = learner();
            for (int from = 0; from < ROWS; from += chunkRows) {
                with.partialFit(all.slice(from, Math.min(ROWS, from + chunkRows)));
            }
            assertThat(learned(with)).isEqualTo(learned(without));
            assertThat(with.rowsSeen()).isEqualTo(ROWS);
            assertThat(with.rowsWaiting()).isEqualTo(without.rowsWaiting());
            assertThat(with.state().whole("mlp.weightless_rows")).isEqualTo(ROWS - without.rowsSeen());
        }
    }
}
