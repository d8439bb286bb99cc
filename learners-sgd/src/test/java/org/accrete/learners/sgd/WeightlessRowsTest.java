package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
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

    @Test
    void likeScikitLearnTheyAreCounted() {
        Schema schema = Schema.numeric(WIDTH, Target.numeric("y"));
        Learner learner = SgdLearners.learner(schema, "compat=sklearn");
        learner.partialFit(rows(schema, true));
        assertThat(learner.state().number("sgd.t")).isEqualTo(ROWS + 1);
    }
}
