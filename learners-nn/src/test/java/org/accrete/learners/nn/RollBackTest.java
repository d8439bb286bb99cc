package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A chunk that overflows only in one of its later batches changes nothing either. */
@ExtendWith(RunSeed.class)
class RollBackTest {
    private static final Schema COLUMNS = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 2),
                    new Block("b", Block.Kind.ONE_HOT, 30),
                    new Block("c", Block.Kind.ONE_HOT, 6)),
            Target.categorical("y", List.of()));

    static Stream<Map<String, String>> settings() {
        List<Map<String, String>> all = new ArrayList<>();
        for (String optimizer : List.of("adam", "adamw", "sgd", "rmsprop")) {
            for (String embedding : List.of("0", "3")) {
                for (String freeze : List.of("none", "0", "1")) {
                    all.add(Map.of("optimizer", optimizer, "embedding", embedding, "freeze", freeze));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void overflowInALaterBatchRollsTheWholeChunkBack(Map<String, String> settings) {
        SeededRandom random = RunSeed.random("rows");
        Map<String, String> own = new HashMap<>(settings);
        own.putAll(Map.of("hidden", "5,4", "activation", "identity", "batch-size", "8", "alpha", "0.01"));
        LearnerProvider provider = new MlpClassifierProvider();
        Params params = Params.parse(provider.params(), own);
        Learner learner = provider.create(COLUMNS, params);
        Learner reference = provider.create(COLUMNS, params);
        int classes = 2;
        for (int times = 0; times < 12; times++) {
            // More than the 16 outputs of one padded block.
            classes += 2;
            int rows = 1 + random.nextInt(40);
            Chunk good = rows(random, rows, classes, -1);
            int length = 8 + random.nextInt(40);
            // In a row that is certainly part of a full batch.
            int late = Math.max(0, length - 8 - random.nextInt(8));
            Chunk bad = rows(random, length, classes + 9, late);
            State before = learner.state();
            assertThatThrownBy(() -> learner.partialFit(bad)).isInstanceOfSatisfying(AccreteException.class, e -> {
                assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
                assertThat(e).hasMessageContaining("too large");
            });
            assertThat(learner.state()).isEqualTo(before);
            learner.partialFit(good);
            reference.partialFit(good);
            assertThat(learner.state()).isEqualTo(reference.state());
        }
    }

    private static Chunk rows(SeededRandom random, int count, int classes, int bad) {
        ChunkBuffer buffer = new ChunkBuffer(COLUMNS, count);
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            labels.add("c" + c);
        }
        for (int row = 0; row < count; row++) {
            buffer.beginRow();
            buffer.put(0, row == bad ? 1e37 : random.nextGaussian());
            buffer.put(1, row == bad ? -3e37 : random.nextGaussian());
            buffer.put(2 + random.nextInt(30), 1);
            buffer.put(32 + random.nextInt(6), 1);
            // A class that no earlier row has: the gradient is almost 0 where the network is sure of the right class.
            buffer.target(row == bad ? classes - 1 : random.nextInt(classes - 1));
            buffer.endRow();
        }
        buffer.classes(labels);
        return buffer.chunk();
    }
}
