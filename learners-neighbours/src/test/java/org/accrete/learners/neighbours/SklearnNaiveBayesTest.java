package org.accrete.learners.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.learners.neighbours.Fixtures.Case;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers are those of scikit-learn: see {@code src/test/fixtures/make_naive_bayes.py}. */
class SklearnNaiveBayesTest {
    private static final double TOLERANCE = 1e-10;

    static Stream<Case> cases() {
        return Fixtures.read("naive-bayes.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logProbabilitiesAreThoseOfScikitLearn(Case one) {
        ProbabilisticClassifier model =
                (ProbabilisticClassifier) learner(one, one.wholes("chunks")).snapshot();
        Chunk queries = rows(one, "queries", new double[0], new double[0]);
        double[] expected = one.numbers("log_proba");
        double[] probabilities = new double[expected.length];
        model.probabilities(queries, probabilities);
        int classes = model.classes().size();
        double[] decisions = new double[queries.rows() * model.decisions()];
        model.decide(queries, decisions);
        for (int i = 0; i < expected.length; i++) {
            close("probability " + i, probabilities[i], StrictMath.exp(expected[i]));
            if (classes > 2) {
                close("log probability " + i, decisions[i], expected[i]);
            } else if (i % 2 == 1) {
                close("log odds " + i, decisions[i / 2], expected[i] - expected[i - 1]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statisticsAreThoseOfScikitLearn(Case one) {
        State state = learner(one, new int[] {7}).state();
        for (String name : List.of("class_count", "theta", "var", "feature_count")) {
            if (one.has(name)) {
                double[] expected = one.numbers(name);
                double[] actual = state.tensor(name).doubles();
                assertThat(actual).as(name).hasSameSizeAs(expected);
                for (int i = 0; i < expected.length; i++) {
                    close(name + " " + i, actual[i], expected[i]);
                }
            }
        }
    }

    private static void close(String what, double actual, double expected) {
        assertThat(actual).as(what).isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
    }

    private static Learner learner(Case one, int[] chunks) {
        NaiveBayesProvider provider = new NaiveBayesProvider();
        String name = one.text("kind").equals("gaussian") ? "var-smoothing" : "alpha";
        Map<String, String> settings = Map.of(name, one.text("smoothing"), "calibrate", "false");
        Learner learner = provider.create(schema(one), Params.parse(provider.params(), settings));
        Chunk all = rows(one, "x", one.numbers("y"), one.has("weights") ? one.numbers("weights") : new double[0]);
        int from = 0;
        for (int i = 0; from < all.rows(); i++) {
            int to = Math.min(all.rows(), from + chunks[i % chunks.length]);
            learner.partialFit(all.slice(from, to));
            from = to;
        }
        return learner;
    }

    private static Schema schema(Case one) {
        Block.Kind kind = switch (one.text("kind")) {
            case "gaussian" -> Block.Kind.NUMERIC;
            case "multinomial" -> Block.Kind.SPARSE;
            default -> Block.Kind.ONE_HOT;
        };
        List<Block> blocks = new ArrayList<>();
        for (int width : one.wholes("widths")) {
            blocks.add(new Block("b" + blocks.size(), kind, width));
        }
        int classes = one.numbers("class_count").length;
        List<String> labels = IntStream.range(0, classes).mapToObj(c -> "c" + c).toList();
        return new Schema(blocks, Target.categorical("y", labels));
    }

    private static Chunk rows(Case one, String key, double[] targets, double[] weights) {
        boolean categorical = one.text("kind").equals("categorical");
        Schema schema = schema(one);
        double[] x = one.numbers(key);
        int columns = categorical ? schema.blocks().size() : schema.width();
        ChunkBuffer buffer = new ChunkBuffer(schema, x.length / columns);
        for (int row = 0; row < x.length / columns; row++) {
            buffer.beginRow();
            int column = 0;
            for (int j = 0; j < columns; j++) {
                double value = x[row * columns + j];
                if (categorical) {
                    buffer.put(column + (int) value, 1);
                    column += schema.blocks().get(j).width();
                } else if (value != 0) {
                    buffer.put(j, value);
                }
            }
            if (targets.length > 0) {
                buffer.target(targets[row]);
            }
            if (weights.length > 0) {
                buffer.weight(weights[row]);
            }
            buffer.endRow();
        }
        buffer.classes(schema.target().classes());
        return buffer.chunk();
    }
}
