package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests what regressors reach, beside River's of the same names, and what they take. */
@ExtendWith(RunSeed.class)
class RegressionTest {
    private static final LearnerProvider TREE = new HoeffdingTreeRegressorProvider();
    private static final LearnerProvider FOREST = new AdaptiveRandomForestRegressorProvider();
    private static final List<LearnerProvider> ALL = List.of(TREE, FOREST);
    private static final int ROWS = 4_000;
    private static final Path FIXTURES = Path.of("src/test/resources/org/accrete/learners/trees/river");

    enum Stream {
        /** Friedman's function of five of seven numbers. */
        FRIEDMAN,
        /** Linear functions that change at steps of one number, in units far from 1. */
        PIECES,
        /** A sum of steps, whose numbers change places in the middle. */
        STEPS;

        Chunk rows(long seed) {
            int width = this == FRIEDMAN ? 7 : 4;
            ChunkBuffer buffer = new ChunkBuffer(Schema.numeric(width, Target.numeric("y")), ROWS);
            SeededRandom random = new SeededRandom(seed);
            double[] x = new double[width];
            for (int row = 0; row < ROWS; row++) {
                for (int j = 0; j < width; j++) {
                    x[j] = random.nextDouble();
                }
                int first = this == STEPS && row >= ROWS / 2 ? 2 : 0;
                double y = switch (this) {
                    case FRIEDMAN ->
                        10 * StrictMath.sin(StrictMath.PI * x[0] * x[1])
                                + 20 * (x[2] - 0.5) * (x[2] - 0.5)
                                + 10 * x[3]
                                + 5 * x[4];
                    case PIECES -> x[0] < 0.3 ? 8 * x[1] - 4 * x[2] : x[0] < 0.6 ? 10 - 5 * x[3] : 20 * x[1];
                    case STEPS -> 4 * Math.floor(2 * x[first]) + 2 * Math.floor(4 * x[first + 1]);
                };
                y += random.nextGaussian();
                if (this == PIECES) {
                    x[1] = 1e4 * x[1] + 1e6;
                    x[2] = 1e-4 * x[2];
                }
                buffer.beginRow();
                buffer.put(0, x, 0, width);
                buffer.target(y);
                buffer.endRow();
            }
            return buffer.chunk();
        }
    }

    private static OnlineLearner learner(LearnerProvider provider, Schema schema, Map<String, String> settings) {
        return (OnlineLearner) provider.create(schema, Params.parse(provider.params(), settings));
    }

    /** {@return the mean absolute error of predictions from just before each row was learned} */
    static double error(OnlineLearner learner, Chunk rows) {
        double[] predictions = new double[rows.rows()];
        learner.partialFit(rows, predictions);
        double sum = 0;
        for (int row = 0; row < rows.rows(); row++) {
            sum += Math.abs(predictions[row] - rows.target(row));
        }
        return sum / rows.rows();
    }

    /** Writes the rows that {@code make_river.py} reads. */
    @Test
    void eachReachesWhatRiverReachesOnTheSameRows() throws IOException {
        String export = System.getProperty("accrete.export", "");
        if (!export.isEmpty()) {
            for (Stream stream : Stream.values()) {
                Files.writeString(Path.of(export, stream + ".csv"), csv(stream.rows(7)), StandardCharsets.UTF_8);
            }
        }
        for (String line : Files.readAllLines(FIXTURES.resolve("errors.txt"))) {
            String[] words = line.split(" ", -1);
            for (LearnerProvider provider : ALL) {
                if (provider.name().equals(words[1] + "-regressor")) {
                    Chunk rows = Stream.valueOf(words[0]).rows(7);
                    assertThat(error(learner(provider, rows.schema(), Map.of()), rows))
                            .as(line)
                            .isLessThan(Double.parseDouble(words[2]) * 1.02);
                }
            }
        }
    }

    private static String csv(Chunk chunk) {
        StringBuilder text = new StringBuilder();
        DenseChunk dense = (DenseChunk) chunk;
        for (int j = 0; j < dense.width(); j++) {
            text.append('x').append(j).append(',');
        }
        text.append("y\n");
        for (int row = 0; row < chunk.rows(); row++) {
            for (int j = 0; j < dense.width(); j++) {
                text.append(dense.values()[dense.offset(row) + j]).append(',');
            }
            text.append(chunk.target(row)).append('\n');
        }
        return text.toString();
    }

    /** Units of targets and numbers that are powers of two change no split and no choice. */
    @Test
    void unitsDoNotMatter() {
        Chunk rows = Stream.FRIEDMAN.rows(3);
        DenseChunk dense = (DenseChunk) rows;
        double[] values = dense.values().clone();
        double[] targets = new double[ROWS];
        for (int i = 0; i < values.length; i++) {
            values[i] *= 0x1p40;
        }
        for (int row = 0; row < ROWS; row++) {
            targets[row] = rows.target(row) * 0x1p-30;
        }
        Chunk scaled = new DenseChunk(rows.schema(), values, targets, new double[0], List.of());
        for (LearnerProvider provider : ALL) {
            double error = error(learner(provider, rows.schema(), Map.of()), rows);
            assertThat(error(learner(provider, rows.schema(), Map.of()), scaled))
                    .as(provider.name())
                    .isEqualTo(error * 0x1p-30);
        }
    }

    @Test
    void memoryStaysBelowItsLimitAndTreesGoOnLearning() {
        for (LearnerProvider provider : ALL) {
            Map<String, String> settings = new HashMap<>(Map.of("grace-period", "50", "delta", "0.5", "tau", "0.3"));
            if (provider == FOREST) {
                settings.put("n-estimators", "3");
            }
            Schema schema = Stream.PIECES.rows(5).schema();
            OnlineLearner free = learner(provider, schema, settings);
            int limit = provider == TREE ? 30 << 10 : 400 << 10;
            settings.put("max-bytes", Integer.toString(limit));
            OnlineLearner bounded = learner(provider, schema, settings);
            for (int times = 0; times < 4; times++) {
                free.partialFit(Stream.PIECES.rows(5 + times));
                bounded.partialFit(Stream.PIECES.rows(5 + times));
            }
            assertThat(bytes(free.state())).as(provider.name()).isGreaterThan(limit);
            // Detectors of a forest, which do not grow, are not counted.
            int fixed = provider == TREE ? 2 << 10 : 64 << 10;
            assertThat(bytes(bounded.state())).as(provider.name()).isLessThan(limit + fixed);
            assertThat(error(bounded, Stream.PIECES.rows(99)))
                    .as(provider.name())
                    .isLessThan(2);
        }
    }

    private static long bytes(State state) {
        long bytes = 0;
        for (Tensor tensor : state.tensors().values()) {
            bytes += (long) tensor.size() * tensor.type().bytes();
        }
        return bytes;
    }

    @Test
    void aTreeIsDrawn() {
        Chunk rows = Stream.PIECES.rows(2);
        OnlineLearner tree = learner(TREE, rows.schema(), Map.of());
        tree.partialFit(rows);
        List<String> drawn = tree.snapshot().describe();
        assertThat(drawn.get(0)).matches("1 tree of \\d+ nodes, \\d+ of them leaves");
        assertThat(drawn.get(1)).matches("x0 <= 0\\.\\d+");
        assertThat(drawn)
                .anyMatch(line -> line.matches("(\\|   )+-?\\d+\\.\\d+: mean of \\d+ rows, by a linear function"));
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        Chunk rows = Stream.STEPS.rows(3);
        List<State> states = new ArrayList<>();
        for (String threads : List.of("1", "2", "5")) {
            OnlineLearner forest = learner(FOREST, rows.schema(), Map.of("threads", threads, "n-estimators", "5"));
            double[] predictions = new double[rows.rows()];
            forest.partialFit(rows, predictions);
            states.add(State.builder()
                    .all(forest.state())
                    .doubles("predictions", predictions)
                    .build());
        }
        assertThat(states).containsOnly(states.get(0));
    }

    /** {@link EnsembleLearner}: parts that learned some trees each are one forest that learned all. */
    @Test
    void treesLearnApart() {
        Chunk rows = Stream.STEPS.rows(4);
        Map<String, String> settings = Map.of("threads", "2", "n-estimators", "5");
        OnlineLearner whole = learner(FOREST, rows.schema(), settings);
        OnlineLearner joined = learner(FOREST, rows.schema(), settings);
        assertThat(((EnsembleLearner) joined).members()).isEqualTo(5);
        int half = rows.rows() / 2;
        whole.partialFit(rows.slice(0, half));
        whole.partialFit(rows.slice(half, rows.rows()));
        int[] ends = {0, 2, 3, 5};
        for (int part = 0; part < 3; part++) {
            OnlineLearner some = part == 0 ? joined : learner(FOREST, rows.schema(), settings);
            ((EnsembleLearner) some).learnOnly(ends[part], ends[part + 1]);
            some.partialFit(rows.slice(0, half));
            some.partialFit(rows.slice(half, rows.rows()));
            assertThat(some.state()).isNotEqualTo(whole.state());
            if (part > 0) {
                ((EnsembleLearner) joined).takeMembers(some, ends[part], ends[part + 1]);
            }
        }
        assertThat(joined.state()).isEqualTo(whole.state());
    }

    @Test
    void aForestReplacesTreesWhenTheStreamChangesAndListsThem() {
        Chunk rows = Stream.STEPS.rows(3);
        OnlineLearner tree = learner(TREE, rows.schema(), Map.of("leaf-prediction", "mean"));
        OnlineLearner forest = learner(FOREST, rows.schema(), Map.of("leaf-prediction", "mean", "n-estimators", "4"));
        for (OnlineLearner learner : List.of(tree, forest)) {
            learner.partialFit(rows.slice(0, ROWS / 2));
        }
        Chunk after = rows.slice(ROWS / 2, ROWS);
        assertThat(error(forest, after)).isLessThan(error(tree, after));
        List<String> lines = forest.snapshot().describe();
        assertThat(lines).hasSize(5);
        assertThat(lines).anyMatch(line -> line.matches("tree \\d: \\d+ nodes, replaced [1-9]\\d* times, .*"));
    }

    @Test
    void targetsThatCannotBeLearnedAreRefusedInOneLine() {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        for (LearnerProvider provider : ALL) {
            OnlineLearner learner = learner(provider, schema, Map.of());
            assertThatThrownBy(() -> learner.learnOne(new double[] {1}, -2e100, 1))
                    .isInstanceOf(AccreteException.class)
                    .hasMessage("the target must be from -1.0E100 to 1.0E100 but was -2.0E100");
            assertThatThrownBy(() -> learner.learnOne(new double[] {1}, Double.NaN, 1))
                    .isInstanceOf(AccreteException.class)
                    .hasMessage("the target is missing");
            assertThat(learner.rowsSeen()).isZero();
            assertThatThrownBy(() -> learner(provider, Schema.numeric(1, Target.categorical("c", List.of())), Map.of()))
                    .isInstanceOf(AccreteException.class)
                    .hasMessage(provider.name() + " needs a numeric target but 'c' is categorical");
        }
    }

    /** Rows of any finite numbers, missing ones, targets and weights are learned without a failure. */
    @Test
    void anyRowsAreLearned() {
        SeededRandom random = RunSeed.random("rows");
        int rows = Integer.getInteger("accrete.fuzz", 4_000);
        Schema schema = new Schema(
                List.of(
                        new Block("a", Block.Kind.NUMERIC, 2),
                        new Block("b", Block.Kind.ONE_HOT, 2_000),
                        new Block("c", Block.Kind.NUMERIC, 1)),
                Target.numeric("y"));
        Map<String, String> settings = Map.of("grace-period", "5", "delta", "0.5", "tau", "0.5", "max-bytes", "200K");
        for (LearnerProvider provider : ALL) {
            for (String model : List.of("adaptive", "linear")) {
                Map<String, String> all = new HashMap<>(settings);
                all.put("leaf-prediction", model);
                Params params = Params.parse(provider.params(), all);
                OnlineLearner learner = (OnlineLearner) provider.create(schema, params);
                ChunkBuffer buffer = new ChunkBuffer(schema, 500);
                for (int done = 0; done < rows; done += 500) {
                    buffer.clear();
                    for (int row = 0; row < 500; row++) {
                        buffer.beginRow();
                        buffer.put(0, TreesTest.number(random));
                        buffer.put(1, random.nextInt(9) == 0 ? Double.NaN : TreesTest.number(random));
                        if (random.nextInt(5) > 0) {
                            buffer.put(2 + random.nextInt(1 + random.nextInt(2_000)), 1);
                        }
                        buffer.put(2_002, TreesTest.number(random));
                        buffer.target(Math.max(-1e100, Math.min(1e100, TreesTest.number(random))));
                        buffer.weight(
                                random.nextInt(3) == 0
                                        ? Math.min(Math.abs(TreesTest.number(random)), 1e75)
                                        : random.nextInt(3));
                        buffer.endRow();
                    }
                    double[] predictions = new double[500];
                    learner.partialFit(buffer.chunk(), predictions);
                    for (double prediction : predictions) {
                        assertThat(prediction).isBetween(-1.01e100, 1.01e100);
                    }
                }
                State state = learner.state();
                assertThat(provider.restore(schema, params, state).state()).isEqualTo(state);
            }
        }
    }

    private static State.Builder without(String name, State state) {
        State.Builder others = State.builder();
        state.tensors().forEach((other, tensor) -> {
            if (!other.equals(name)) {
                others.tensor(other, tensor);
            }
        });
        return others;
    }

    /** Whatever number of a stored model is not what it was, it is refused as damaged or read, never anything else. */
    @Test
    void aDamagedStateIsRefusedAsCorrupt() {
        SeededRandom random = RunSeed.random("damage");
        Chunk rows = Stream.PIECES.rows(4).slice(0, 1_000);
        for (LearnerProvider provider : ALL) {
            Map<String, String> settings = new HashMap<>(Map.of("grace-period", "50", "delta", "0.5", "tau", "0.5"));
            if (provider == FOREST) {
                settings.put("n-estimators", "2");
            }
            Params params = Params.parse(provider.params(), settings);
            OnlineLearner learner = (OnlineLearner) provider.create(rows.schema(), params);
            learner.partialFit(rows);
            State state = learner.state();
            List<String> names = new ArrayList<>(state.tensors().keySet());
            for (String name : names) {
                Tensor tensor = state.tensor(name);
                State.Builder shorter = without(name, state);
                int size = Math.max(0, tensor.size() - 1);
                if (tensor.type() == Tensor.Type.I64) {
                    shorter.longs(name, Arrays.copyOf(tensor.longs(), size));
                } else {
                    shorter.doubles(name, Arrays.copyOf(tensor.doubles(), size));
                }
                if (tensor.size() > 0) {
                    assertThatThrownBy(() -> provider.restore(rows.schema(), params, shorter.build()))
                            .as(name)
                            .isInstanceOf(AccreteException.class)
                            .matches(e -> ((AccreteException) e).kind() == AccreteException.Kind.CORRUPT_FILE);
                }
            }
            for (int times = 0; times < 300; times++) {
                String name = names.get(random.nextInt(names.size()));
                Tensor tensor = state.tensor(name);
                if (tensor.size() == 0) {
                    continue;
                }
                int at = random.nextInt(tensor.size());
                State.Builder damaged = without(name, state);
                if (tensor.type() == Tensor.Type.I64) {
                    long[] values = tensor.longs().clone();
                    values[at] = random.nextInt(2) == 0 ? random.nextLong() : random.nextInt(40) - 20;
                    damaged.longs(name, values);
                } else {
                    double[] values = tensor.doubles().clone();
                    values[at] = random.nextInt(2) == 0 ? Double.NaN : TreesTest.number(random);
                    damaged.doubles(name, values);
                }
                try {
                    provider.restore(rows.schema(), params, damaged.build()).snapshot();
                } catch (AccreteException e) {
                    assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.CORRUPT_FILE);
                }
            }
        }
    }
}
