package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests what all trees do where memory is short. */
@ExtendWith(RunSeed.class)
class MemoryTest {
    private static final int CHUNKS = 30;
    private static final int ROWS = 100;
    private static final int VALUES = 90;
    private static final String LIMIT = "120K";
    private static final List<Block> BLOCKS =
            List.of(new Block("a", Block.Kind.NUMERIC, 3), new Block("b", Block.Kind.ONE_HOT, VALUES));
    private static final List<String> LABELS = List.of("a", "b", "c");

    /** Settings that make trees grow within few rows, and a limit that they reach. */
    private static final Map<LearnerProvider, Map<String, String>> ALL = Map.of(
            new HoeffdingTreeClassifierProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "tau", "0.5", "max-bytes", "30K"),
            new HoeffdingAdaptiveTreeClassifierProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "tau", "0.5", "max-bytes", "100K"),
            new AdaptiveRandomForestClassifierProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "n-estimators", "3", "max-bytes", "60K"),
            new HoeffdingTreeRegressorProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "tau", "0.5", "max-bytes", "30K"),
            new AdaptiveRandomForestRegressorProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "n-estimators", "3", "max-bytes", "60K"),
            new GradientBoostedTreesClassifierProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "n-estimators", "5", "max-bytes", LIMIT),
            new GradientBoostedTreesRegressorProvider(),
            Map.of("grace-period", "20", "delta", "0.5", "n-estimators", "5", "max-bytes", "100K"));

    private static Schema schema(LearnerProvider provider) {
        boolean isRegressor = provider.name().endsWith("regressor");
        return new Schema(BLOCKS, isRegressor ? Target.numeric("y") : Target.categorical("y", LABELS.subList(0, 2)));
    }

    /** {@return rows whose target hangs on all features; the third class comes in the middle, values all the time} */
    private static List<Chunk> rows(Schema schema, SeededRandom random) {
        boolean isRegressor = schema.target().kind() == Target.Kind.NUMERIC;
        List<Chunk> chunks = new ArrayList<>();
        for (int k = 0; k < CHUNKS; k++) {
            ChunkBuffer buffer = new ChunkBuffer(schema, ROWS);
            for (int row = 0; row < ROWS; row++) {
                double[] x = {random.nextGaussian(), random.nextGaussian(), random.nextInt(4)};
                int value = random.nextInt(VALUES * (k + 1) / CHUNKS);
                double y = x[0] * x[1] + (x[2] > 1 ? x[0] : 0) + (value % 7 - 3) / 3.0 + 0.3 * random.nextGaussian();
                buffer.beginRow();
                buffer.put(0, x, 0, 3);
                buffer.put(3 + value, 1);
                buffer.target(isRegressor ? y : y > 1 && k >= CHUNKS / 2 ? 2 : y > 0 ? 1 : 0);
                buffer.endRow();
            }
            if (!isRegressor) {
                buffer.classes(k < CHUNKS / 2 ? LABELS.subList(0, 2) : LABELS);
            }
            chunks.add(buffer.chunk());
        }
        return chunks;
    }

    private static Params params(LearnerProvider provider, String... more) {
        Map<String, String> settings = new HashMap<>(ALL.get(provider));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Params.parse(provider.params(), settings);
    }

    /**
     * {@return the state after all rows, of a run that is stopped and restored after each chunk from one to another}
     */
    private static State run(LearnerProvider provider, Params params, List<Chunk> rows, int from, int to) {
        Schema schema = schema(provider);
        Learner learner = provider.create(schema, params);
        for (int k = 0; k < CHUNKS; k++) {
            learner.partialFit(rows.get(k));
            if (k >= from && k < to) {
                learner = provider.restore(schema, params, learner.state());
            }
        }
        return learner.state();
    }

    @Test
    void aStopWhereMemoryIsShortChangesNothing() {
        for (LearnerProvider provider : ALL.keySet()) {
            List<Chunk> rows = rows(schema(provider), RunSeed.random(provider.name()));
            State straight = run(provider, params(provider), rows, 0, 0);
            assertThat(straight)
                    .as("memory is short for %s", provider.name())
                    .isNotEqualTo(run(provider, params(provider, "max-bytes", "1G"), rows, 0, 0));
            assertThat(run(provider, params(provider), rows, 0, CHUNKS))
                    .as("%s, stopped after each chunk", provider.name())
                    .isEqualTo(straight);
            for (int stop = 1; stop < CHUNKS; stop += 4) {
                assertThat(run(provider, params(provider), rows, stop, stop + 1))
                        .as("%s, stopped after chunk %d", provider.name(), stop)
                        .isEqualTo(straight);
            }
        }
    }

    /** The memory of boosted trees is a sum that is kept up to date row by row. */
    @Test
    void boostedTreesCountTheirMemoryAsItChanges() {
        LearnerProvider provider = new GradientBoostedTreesClassifierProvider();
        Schema schema = schema(provider);
        Params params = Params.parse(
                provider.params(),
                Map.of("grace-period", "20", "delta", "0.5", "n-estimators", "5", "max-bytes", LIMIT));
        Features features = new Features(schema);
        GradientBoosting boosting =
                new GradientBoosting(features, BoostingParams.of(params, features), LABELS.subList(0, 2));
        Rows row = new Rows(features, 1);
        double[] out = new double[LABELS.size()];
        long most = 0;
        int known = 2;
        for (Chunk chunk : rows(schema, RunSeed.random("bytes"))) {
            boosting.classes(chunk.classes());
            for (int i = 0; i < chunk.rows(); i++) {
                features.read(chunk, i, true, row, 0);
                boosting.learn(row, 0, chunk.target(i), 1, known, out, 0);
                known = Math.max(known, (int) chunk.target(i) + 1);
                assertThat(boosting.bytes()).isEqualTo(boosting.counted());
                most = Math.max(most, boosting.bytes());
            }
        }
        assertThat(most).as("the limit is reached").isGreaterThan(108 << 10);
    }
}
