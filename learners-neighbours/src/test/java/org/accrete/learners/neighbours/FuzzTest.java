package org.accrete.learners.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows of hostile numbers, {@code -Daccrete.fuzz=N} of them: missing, infinite, huge, denormal, equal, on every scale.
 * A chunk is learned or refused as a whole, and what the model then says of any row is finite.
 */
@ExtendWith(RunSeed.class)
class FuzzTest {
    private static final int ROWS = Integer.getInteger("accrete.fuzz", 4_000);
    private static final int WIDTH = 6;
    private static final double[] HOSTILE = {
        0, -0.0, 1, -1, Double.MIN_VALUE, -Double.MIN_VALUE, 1e-300, 1e-160, 1e-20, 1e20, -1e75, 1e75, 1e74
    };
    private static final double[] REFUSED = {
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, -1e76, 1e200
    };

    /** A learner and what it is made with. */
    record Fuzzed(LearnerProvider provider, Map<String, String> settings, Target target) {
        @Override
        public String toString() {
            return provider.name() + settings + target.kind();
        }

        Schema schema() {
            return new Schema(
                    List.of(new Block("a", Block.Kind.NUMERIC, 4), new Block("text", Block.Kind.SPARSE, 2)), target);
        }
    }

    static Stream<Fuzzed> learners() {
        Target classes = Target.categorical("y", List.of("p", "q"));
        return Stream.of(
                new Fuzzed(new NaiveBayesProvider(), Map.of(), classes),
                new Fuzzed(new NaiveBayesProvider(), Map.of("calibrate", "false"), classes),
                new Fuzzed(new HalfSpaceTreesProvider(), Map.of("window-size", "50"), Target.none()),
                new Fuzzed(new KMeansProvider(), Map.of("half-life", "20", "seed-rows", "40"), Target.none()),
                new Fuzzed(new NearestNeighboursProvider(), Map.of("window-size", "70"), classes),
                new Fuzzed(
                        new NearestNeighboursProvider(),
                        Map.of("weights", "distance", "window-size", "70"),
                        Target.numeric("y")));
    }

    @ParameterizedTest
    @MethodSource("learners")
    void hostileRowsAreLearnedOrRefused(Fuzzed one) {
        SeededRandom random = RunSeed.random("fuzz " + one);
        Schema schema = one.schema();
        Params params = Params.parse(one.provider.params(), one.settings);
        Learner learner = one.provider.create(schema, params);
        int refused = 0;
        int done = 0;
        for (int calls = 0; done < ROWS; calls++) {
            int rows = 1 + random.nextInt(20);
            boolean bad = random.nextInt(8) == 0;
            Chunk chunk = chunk(schema, rows, bad, random);
            boolean looks = ROWS < 100_000 || calls % 500 == 0;
            State before = bad && looks ? learner.state() : State.builder().build();
            try {
                learner.partialFit(chunk);
                assertThat(bad)
                        .as("a chunk with a number that must be refused was learned")
                        .isFalse();
            } catch (AccreteException e) {
                assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.BAD_DATA);
                assertThat(e.chunkRow()).as(e.line()).isPresent();
                assertThat(bad).as(e.line()).isTrue();
                if (looks) {
                    assertThat(learner.state()).as("the state after a refusal").isEqualTo(before);
                }
                refused++;
            }
            done += rows;
            if (looks) {
                requireFinite(learner.view(), chunk(schema, 5, false, random));
            }
        }
        assertThat(refused).as("refused chunks").isPositive();
        State state = learner.state();
        for (Map.Entry<String, Tensor> tensor : state.tensors().entrySet()) {
            if (tensor.getValue().type() == Tensor.Type.F64) {
                assertThat(Arrays.stream(tensor.getValue().doubles()).noneMatch(Double::isInfinite))
                        .as("tensor %s is finite", tensor.getKey())
                        .isTrue();
            }
        }
        Learner restored = one.provider.restore(schema, params, state);
        Chunk more = chunk(schema, 300, false, random);
        learner.partialFit(more);
        restored.partialFit(more);
        assertThat(restored.state()).as("a restored learner that went on").isEqualTo(learner.state());
    }

    private static void requireFinite(Model model, Chunk rows) {
        double[] out = new double[rows.rows() * 2];
        if (model instanceof ProbabilisticClassifier classifier) {
            classifier.probabilities(rows, out);
        } else if (model instanceof Regressor regressor) {
            regressor.predict(rows, out);
        } else if (model instanceof Clusterer clusterer) {
            out = new double[rows.rows() * clusterer.clusters()];
            clusterer.distances(rows, out);
        } else if (model instanceof AnomalyScorer scorer) {
            scorer.score(rows, out);
        } else {
            throw new AssertionError(model.getClass());
        }
        assertThat(Arrays.stream(out).allMatch(Double::isFinite))
                .as("what the model says: %s", Arrays.toString(out))
                .isTrue();
    }

    private static Chunk chunk(Schema schema, int rows, boolean bad, SeededRandom random) {
        double[] x = new double[rows * WIDTH];
        for (int i = 0; i < x.length; i++) {
            boolean amount = i % WIDTH >= 4;
            double value = switch (random.nextInt(6)) {
                case 0 -> HOSTILE[random.nextInt(HOSTILE.length)];
                case 1 -> amount ? 0 : Double.NaN;
                case 2 -> random.nextGaussian() * StrictMath.pow(10, random.nextInt(60) - 30);
                default -> random.nextGaussian();
            };
            x[i] = amount ? Math.abs(value) : value;
        }
        if (bad) {
            x[random.nextInt(x.length)] = REFUSED[random.nextInt(REFUSED.length)];
        }
        double[] targets = new double[0];
        double[] weights = new double[rows];
        if (schema.target().kind() != Target.Kind.NONE) {
            targets = new double[rows];
            Arrays.setAll(
                    targets,
                    i -> schema.target().kind() == Target.Kind.NUMERIC ? random.nextGaussian() : random.nextInt(2));
        }
        Arrays.setAll(weights, i -> random.nextInt(10) == 0 ? 0 : random.nextDouble() * 2);
        return new DenseChunk(schema, x, targets, weights, schema.target().classes());
    }
}
