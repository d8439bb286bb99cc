package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of weight 0 are seen, but change nothing that is learned: no weight, and no schedule, window or mean. */
@ExtendWith(RunSeed.class)
class WeightlessRowsTest {
    private static final int ROWS = 200;
    private static final int WIDTH = 4;

    static Stream<List<String>> settings() {
        List<List<String>> all = new ArrayList<>();
        for (String optimizer : List.of("sgd", "adagrad", "adagrad-mixture", "ftrl")) {
            all.add(List.of("optimizer=" + optimizer));
        }
        for (String schedule : List.of("optimal", "invscaling", "constant", "adaptive")) {
            for (String more : List.of("average=0", "average=7", "penalty=l1")) {
                all.add(List.of("learning-rate=" + schedule, more, "adaptive-window=10", "adaptive-patience=1"));
            }
        }
        return all.stream();
    }

    private static Chunk rows(Schema schema, boolean withWeightless) {
        SeededRandom random = RunSeed.random("rows");
        ChunkBuffer rows = new ChunkBuffer(schema, ROWS);
        for (int row = 0; row < ROWS; row++) {
            double[] x = new double[WIDTH];
            Arrays.setAll(x, j -> random.nextGaussian());
            double weight = random.nextInt(3);
            double target = x[0] - x[1] + random.nextGaussian();
            if (weight > 0 || withWeightless) {
                rows.beginRow();
                for (int j = 0; j < WIDTH; j++) {
                    rows.put(j, x[j]);
                }
                rows.weight(weight);
                rows.target(schema.target().kind() == Target.Kind.NUMERIC ? target : target > 0 ? 1 : 0);
                rows.endRow();
            }
        }
        rows.classes(schema.target().classes());
        return rows.chunk();
    }

    private static Map<String, Tensor> learned(State state) {
        Map<String, Tensor> tensors = new TreeMap<>(state.tensors());
        tensors.remove("sgd.rows_seen");
        return tensors;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theyChangeNothing(List<String> settings) {
        for (Target target : List.of(Target.numeric("y"), Target.categorical("y", List.of("a", "b")))) {
            Schema schema = Schema.numeric(WIDTH, target);
            String[] pairs = fitting(settings, target);
            Learner without = SgdLearners.learner(schema, pairs);
            without.partialFit(rows(schema, false));
            Chunk all = rows(schema, true);
            for (int chunkRows : new int[] {1, 7, ROWS}) {
                Learner with = SgdLearners.learner(schema, pairs);
                for (int from = 0; from < ROWS; from += chunkRows) {
                    with.partialFit(all.slice(from, Math.min(ROWS, from + chunkRows)));
                }
                assertThat(learned(with.state())).isEqualTo(learned(without.state()));
                assertThat(with.rowsSeen()).isEqualTo(ROWS);
            }
        }
    }

    /** Leaves out what the learner of the target does not have. */
    private static String[] fitting(List<String> settings, Target target) {
        List<String> names = SgdLearners.provider(Schema.numeric(1, target)).params().stream()
                .map(spec -> spec.name())
                .toList();
        return settings.stream()
                .filter(pair -> names.contains(pair.substring(0, pair.indexOf('='))))
                .filter(pair -> target.kind() == Target.Kind.CATEGORICAL || !pair.equals("learning-rate=optimal"))
                .toArray(String[]::new);
    }

    @Test
    void theirDecisionValuesAreThoseOfTheModelThen() {
        Schema schema = Schema.numeric(WIDTH, Target.numeric("y"));
        Chunk all = rows(schema, true);
        OnlineLearner whole = (OnlineLearner) SgdLearners.learner(schema);
        OnlineLearner single = (OnlineLearner) SgdLearners.learner(schema);
        double[] decisions = new double[ROWS];
        whole.partialFit(all, decisions);
        double[] one = new double[1];
        for (int row = 0; row < ROWS; row++) {
            single.partialFit(all.slice(row, row + 1), one);
            assertThat(decisions[row]).isEqualTo(one[0]);
        }
    }

    /** {@return rows of a weight, most of whose cells are 0} */
    private static Chunk rows(Schema schema, int count, double weight, SeededRandom random) {
        ChunkBuffer rows = new ChunkBuffer(schema, count);
        int classes = schema.target().classes().size();
        for (int row = 0; row < count; row++) {
            rows.beginRow();
            int column = random.nextInt(3);
            double sum = 0;
            while (column < schema.width()) {
                double value = random.nextGaussian();
                sum += value;
                rows.put(column, value);
                column += 1 + random.nextInt(schema.width() / 3);
            }
            rows.weight(weight);
            rows.target(classes == 0 ? 1e3 + 7 * sum : Math.floorMod((int) Math.floor(sum), classes));
            rows.endRow();
        }
        rows.classes(schema.target().classes());
        return rows.chunk();
    }

    private static Stream<Schema> schemas(boolean isSparse, int width) {
        Block block = new Block("x", isSparse ? Block.Kind.SPARSE : Block.Kind.NUMERIC, width);
        return Stream.of(
                        Target.numeric("y"),
                        Target.categorical("y", List.of("a", "b")),
                        Target.categorical("y", List.of("a", "b", "c")))
                .map(target -> new Schema(List.of(block), target));
    }

    /** The decision values of a row of weight 0 are those of the same row if it is learned, to the bit. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theirDecisionValuesAreThoseOfRowsThatAreLearned(boolean isSparse) {
        SeededRandom random = RunSeed.random("decided");
        schemas(isSparse, 19).forEach(schema -> {
            OnlineLearner learner = (OnlineLearner) SgdLearners.learner(schema, "optimizer=adagrad-mixture");
            learner.partialFit(rows(schema, ROWS, 1, random));
            int decisions = schema.target().classes().size() == 3 ? 3 : 1;
            for (int times = 0; times < 20; times++) {
                long seed = random.nextLong();
                double[] decided = new double[decisions];
                learner.partialFit(rows(schema, 1, 0, new SeededRandom(seed)), decided);
                double[] learned = new double[decisions];
                learner.partialFit(rows(schema, 1, 1, new SeededRandom(seed)), learned);
                assertThat(decided).isEqualTo(learned);
            }
        });
    }

    /** Nothing as long as the weights is made or read for a row: neither memory nor time depend on the width. */
    @Test
    void decidingThemAllocatesNothing() {
        assumeTrue(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean);
        com.sun.management.ThreadMXBean thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        SeededRandom random = RunSeed.random("allocated");
        // Sparse rows, since vectors are objects until the compiler is done with them.
        schemas(true, 1 << 16).forEach(schema -> {
            OnlineLearner learner = (OnlineLearner) SgdLearners.learner(schema, "optimizer=adagrad-mixture");
            learner.partialFit(rows(schema, ROWS, 1, random));
            Chunk rows = rows(schema, 4 * ROWS, 0, random);
            double[] out = new double[3 * rows.rows()];
            // A call may allocate a little.
            long most = 8L * rows.rows();
            long least = Long.MAX_VALUE;
            for (int times = 0; times < 40 && least > most; times++) {
                long before = thread.getCurrentThreadAllocatedBytes();
                learner.partialFit(rows, out);
                least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("bytes for %d rows", rows.rows()).isLessThanOrEqualTo(most);
        });
    }

    @Test
    void likeScikitLearnTheyAreCounted() {
        Schema schema = Schema.numeric(WIDTH, Target.numeric("y"));
        Learner learner = SgdLearners.learner(schema, "compat=sklearn");
        learner.partialFit(rows(schema, true));
        assertThat(learner.state().number("sgd.t")).isEqualTo(ROWS + 1);
    }
}
