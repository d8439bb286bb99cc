package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.pipeline.WarmStart;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.WeightFile;
import org.accrete.io.NumpyArchive;
import org.accrete.testkit.RandomChunks;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Learners that begin with weights of scikit-learn: see {@code src/test/fixtures/make_weights.py} for the files. */
class GivenWeightsTest {
    private static final PlugIns PLUG_INS = PlugIns.load();
    private static final List<String> SCALED = List.of("standard-scaler");
    private static final Schema NUMBER = schema(Target.numeric("y"));

    private static Schema schema(Target target) {
        return new Schema(
                List.of("a", "b", "c").stream()
                        .map(name -> new Block(name, Block.Kind.NUMERIC, 1))
                        .toList(),
                target);
    }

    private static Schema classes(String... labels) {
        return schema(Target.categorical("y", List.of(labels)));
    }

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(GivenWeightsTest.class.getResource("weights/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double[][] rows(String name) {
        try {
            return Files.readAllLines(file(name)).stream()
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Chunk features(Schema schema, double[][] rows, double... targets) {
        double[] values = new double[rows.length * 3];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, values, row * 3, 3);
        }
        return new DenseChunk(
                schema, values, targets, new double[0], schema.target().classes());
    }

    private static Pipeline pipeline(Schema schema, List<String> steps, State weights, String... pairs) {
        Map<String, String> settings = new HashMap<>();
        for (String pair : pairs) {
            settings.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        String learner = schema.target().kind() == Target.Kind.NUMERIC ? "sgd-regressor" : "sgd-classifier";
        return WarmStart.fromWeights(PLUG_INS, schema, new PipelineSpec(learner, steps, settings), weights);
    }

    private static State archive(String name) {
        return NumpyArchive.read(file(name + ".npz"));
    }

    private static Offset<Double> relative(double expected) {
        return within(1e-12 * Math.max(1, Math.abs(expected)));
    }

    private static void assertProbabilities(Pipeline pipeline, String name, int... order) {
        double[][] rows = rows(name + ".csv");
        int count = order.length;
        double[] decisions = new double[rows.length * count];
        double[] found = new double[rows.length * count];
        ProbabilisticClassifier model = (ProbabilisticClassifier) pipeline.snapshot();
        model.decide(features(pipeline.schema(), rows), decisions);
        model.probabilities(decisions, rows.length, count, found);
        for (int i = 0; i < found.length; i++) {
            double expected = rows[i / count][3 + order[i % count]];
            assertThat(found[i]).isCloseTo(expected, relative(expected));
        }
    }

    // --- what scikit-learn says

    @ParameterizedTest
    @ValueSource(strings = {"adagrad-mixture", "adagrad", "ftrl", "sgd"})
    void twoClassesBehindAScaler(String optimizer) {
        State weights = archive("two");
        assertProbabilities(pipeline(classes("no", "yes"), SCALED, weights, "optimizer=" + optimizer), "two", 0, 1);
        assertProbabilities(pipeline(classes("yes", "no"), SCALED, weights, "optimizer=" + optimizer), "two", 1, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adagrad-mixture", "adagrad", "ftrl", "sgd"})
    void threeClasses(String optimizer) {
        String[] ovr = {"optimizer=" + optimizer, "multi-class=ovr"};
        assertProbabilities(pipeline(classes("1", "2", "10"), List.of(), archive("three"), ovr), "three", 0, 1, 2);
        assertProbabilities(pipeline(classes("10", "1", "2"), List.of(), archive("three"), ovr), "three", 2, 0, 1);
        String[] softmax = {"optimizer=" + optimizer, "multi-class=softmax"};
        assertProbabilities(
                pipeline(classes("high", "low", "mid"), List.of(), archive("multinomial"), softmax),
                "multinomial",
                0,
                1,
                2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adagrad-mixture", "adagrad", "ftrl", "sgd"})
    void numbers(String optimizer) {
        State flat = WeightFile.read(file("flat.safetensors"), Map.of());
        Map<String, Pipeline> pipelines = Map.of(
                "number", pipeline(NUMBER, SCALED, archive("number"), "optimizer=" + optimizer),
                "flat", pipeline(NUMBER, List.of(), flat, "optimizer=" + optimizer));
        pipelines.forEach((name, pipeline) -> {
            double[][] rows = rows(name + ".csv");
            double[] found = new double[rows.length];
            ((Regressor) pipeline.snapshot()).predict(features(NUMBER, rows), found);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).isCloseTo(rows[i][3], relative(rows[i][3]));
            }
        });
    }

    /** With the place in the schedule, t_, training goes on as if scikit-learn had done it. */
    @Test
    void trainingGoesOnAsInScikitLearn() {
        Schema schema = classes("0", "1");
        Pipeline pipeline =
                pipeline(schema, List.of(), archive("continued"), "compat=sklearn", "loss=log-loss", "alpha=0.01");
        double[][] rows = rows("continued.csv");
        pipeline.partialFit(features(
                schema, rows, Arrays.stream(rows).mapToDouble(row -> row[3]).toArray()));
        State after = archive("continued-after");
        double[] expected = after.tensor("coef_").doubles();
        double[] found = pipeline.state().tensor("coef").doubles();
        for (int j = 0; j < expected.length; j++) {
            assertThat(found[j]).isCloseTo(expected[j], relative(expected[j]));
        }
        double intercept = after.tensor("intercept_").doubles()[0];
        assertThat(pipeline.state().number("intercept")).isCloseTo(intercept, relative(intercept));
    }

    // --- units of the target

    private static double[] predictions(Learner learner, Chunk chunk) {
        double[] found = new double[chunk.rows()];
        ((Regressor) learner.snapshot()).predict(chunk, found);
        return found;
    }

    /** Whatever the unit of the target is, its moments do not move what the weights say. */
    @Test
    void firstRowsTellTheUnitOfTheTargetAndMoveNothing() {
        State weights = State.builder()
                .doubles("coef", new double[] {3000, -2000, 500}, 3)
                .doubles("intercept", new double[] {1e6})
                .build();
        Pipeline pipeline = pipeline(NUMBER, List.of(), weights);
        Chunk random = RandomChunks.of(NUMBER).rows(400, 5);
        double[][] x = new double[400][3];
        double[] y = new double[400];
        for (int row = 0; row < 400; row++) {
            System.arraycopy(((DenseChunk) random).values(), row * 3, x[row], 0, 3);
            y[row] = 1e6 + 3000 * x[row][0] - 2000 * x[row][1] + 2500 * x[row][2] + 1000 * random.target(row);
        }
        Chunk rows = features(NUMBER, x, y);
        double[] before = predictions(pipeline, rows);
        pipeline.partialFit(rows.slice(0, 99));
        assertThat(predictions(pipeline, rows)).containsExactly(before);
        pipeline.partialFit(rows.slice(99, 100));
        double[] after = predictions(pipeline, rows);
        for (int row = 0; row < 400; row++) {
            assertThat(after[row]).isCloseTo(before[row], relative(before[row]));
        }
        pipeline.partialFit(rows.slice(100, 400));
        double errorBefore = 0;
        double error = 0;
        double[] learned = predictions(pipeline, rows);
        for (int row = 0; row < 400; row++) {
            errorBefore += Math.abs(before[row] - y[row]);
            error += Math.abs(learned[row] - y[row]);
        }
        assertThat(error).isLessThan(0.7 * errorBefore);
    }

    // --- what does not fit

    private static void refused(Runnable call, String... parts) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT);
            assertThat(e.line()).contains(parts).doesNotContain("\n");
        });
    }

    private static State weights(double[] coef, long[] shape, double... intercept) {
        return State.builder()
                .doubles("coef_", coef, shape)
                .doubles("intercept_", intercept)
                .build();
    }

    @Test
    void otherShapesAreRefused() {
        refused(
                () -> pipeline(NUMBER, List.of(), weights(new double[4], new long[] {1, 4}, 0)),
                "'coef_' must be floating numbers of shape [1, 3] (1 function × 3 columns) but is F64[1, 4]");
        refused(
                () -> pipeline(classes("a", "b", "c"), List.of(), weights(new double[3], new long[] {1, 3}, 0)),
                "shape [3, 3] (3 classes × 3 columns)");
        refused(
                () -> pipeline(NUMBER, List.of(), weights(new double[3], new long[] {3}, 0, 1)),
                "'intercept_' must be",
                "[1]");
        refused(
                () -> pipeline(NUMBER, List.of(), weights(new double[] {1, Double.NaN, 1}, new long[] {3}, 0)),
                "finite",
                "NaN");
        refused(
                () -> pipeline(
                        NUMBER, List.of(), State.builder().number("bias", 1).build()),
                "expected coef_ and intercept_, or coef and intercept, but found bias");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no, maybe   | the weights are of the classes [no, yes] but the target has so far [no, maybe]",
                "no, yes, up | the weights are of the classes [no, yes] but the target has so far [no, yes, up]",
                "''          | no class of the target is known",
            })
    void otherClassesAreRefused(String labels, String message) {
        Schema schema = labels.isEmpty() ? classes() : classes(labels.split(", "));
        refused(() -> pipeline(schema, SCALED, archive("two")), message);
    }

    @Test
    void otherColumnsAreRefused() {
        Schema other = new Schema(
                List.of(
                        new Block("a", Block.Kind.NUMERIC, 1),
                        new Block("x", Block.Kind.NUMERIC, 1),
                        new Block("c", Block.Kind.NUMERIC, 1)),
                Target.categorical("y", List.of("no", "yes")));
        refused(
                () -> pipeline(other, SCALED, archive("two")),
                "column 2 of the weights is 'b' but that of the data is 'x'");
        Schema fewer = new Schema(NUMBER.blocks().subList(0, 2), NUMBER.target());
        refused(
                () -> pipeline(fewer, SCALED, archive("number")),
                "column 3 of the weights is 'c' but that of the data is none");
    }

    @Test
    void otherStepsAreRefused() {
        refused(
                () -> pipeline(NUMBER, List.of(), archive("number")),
                "behind a step 'standardscaler'",
                "but the steps are none");
        refused(
                () -> pipeline(NUMBER, SCALED, weights(new double[3], new long[] {3}, 0)),
                "standard-scaler: the weights are of columns as they are",
                "'standardscaler__mean_'",
                "set steps to none");
        refused(
                () -> pipeline(NUMBER, List.of("min-max-scaler"), archive("number")),
                "behind a step 'standardscaler'",
                "min-max-scaler");
    }

    /** All weights of a linear model are of its target. */
    @Test
    void anotherTargetKeepsNothing() {
        State trained = pipeline(NUMBER, SCALED, archive("number")).state();
        refused(
                () -> WarmStart.withNewHead(PLUG_INS, trained, schema(Target.numeric("z")), "sgd-regressor", Map.of()),
                "all weights of sgd-regressor are of its target");
    }
}
