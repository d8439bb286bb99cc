package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.WeightFile;
import org.accrete.testkit.RandomChunks;
import org.junit.jupiter.api.Test;

/** Networks that begin with given weights: see {@code src/test/fixtures/make_weights.py} for the files. */
class WarmStartTest {
    private static final WarmStartProvider CLASSES = new MlpClassifierProvider();
    private static final WarmStartProvider NUMBERS = new MlpRegressorProvider();
    private static final Schema THREE = Schema.numeric(4, Target.categorical("y", List.of("a", "b", "c")));
    private static final Schema NUMBER = Schema.numeric(4, Target.numeric("y"));

    private static Params params(WarmStartProvider provider, Map<String, String> settings) {
        return Params.parse(provider.params(), settings);
    }

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(WarmStartTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double[][] rows(String name) throws IOException {
        return Files.readAllLines(file(name)).stream()
                .map(line -> List.of(line.split(",")).stream()
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }

    private static Chunk features(Schema schema, double[][] rows) {
        double[] values = new double[rows.length * 4];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, values, row * 4, 4);
        }
        return new DenseChunk(schema, values, new double[0], new double[0], List.of());
    }

    private static State trained() {
        Learner learner = CLASSES.create(THREE, params(CLASSES, Map.of("hidden", "6,5")));
        learner.partialFit(RandomChunks.of(THREE).rows(200, 1));
        return learner.state();
    }

    @Test
    void pytorchsWeightsSayWhatPytorchSaid() throws IOException {
        State weights = WeightFile.read(file("torch.safetensors"), Map.of("net.0", "0", "net.2", "1"));
        Learner learner = CLASSES.createWithWeights(THREE, params(CLASSES, Map.of("hidden", "8")), weights, true);
        double[][] rows = rows("torch.csv");
        double[] found = new double[rows.length * 3];
        ((Classifier) learner.view()).decide(features(THREE, rows), found);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(rows[i / 3][4 + i % 3], within(1e-4));
        }
    }

    @Test
    void kerasWeightsSayWhatKerasSaid() throws IOException {
        State weights = WeightFile.read(file("keras.safetensors"), Map.of("hidden", "0", "head", "1"));
        Params params = params(NUMBERS, Map.of("hidden", "6", "activation", "tanh"));
        Learner learner = NUMBERS.createWithWeights(NUMBER, params, weights, true);
        double[][] rows = rows("keras.csv");
        double[] found = new double[rows.length];
        ((Regressor) learner.view()).predict(features(NUMBER, rows), found);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(rows[i][4], within(1e-5));
        }
    }

    @Test
    void headOfAnotherTargetIsNotRead() {
        State source = trained();
        Schema two = Schema.numeric(4, Target.categorical("z", List.of("p", "q")));
        State begun = CLASSES.createWithWeights(two, params(CLASSES, Map.of("hidden", "6,5")), source, false)
                .state();
        for (String name : List.of("layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias")) {
            assertThat(begun.tensor(name)).as(name).isEqualTo(source.tensor(name));
        }
        assertThat(begun.tensor("layers.2.weight")).isEqualTo(Tensor.of(new float[10], 2, 5));
        assertThat(begun.whole("mlp.steps")).isZero();
        assertThat(begun.tensor("mlp.first_moment.layers.0.weight")).isEqualTo(Tensor.of(new float[24], 6, 4));
        State number = NUMBERS.createWithWeights(NUMBER, params(NUMBERS, Map.of("hidden", "6,5")), source, false)
                .state();
        assertThat(number.tensor("layers.1.weight")).isEqualTo(source.tensor("layers.1.weight"));
    }

    @Test
    void frozenLayersStayToTheBit() {
        State source = trained();
        Params params = params(CLASSES, Map.of("hidden", "6,5", "freeze", "1"));
        Learner learner = CLASSES.createWithWeights(THREE, params, source, true);
        learner.partialFit(RandomChunks.of(THREE).rows(100, 2));
        State after = learner.state();
        assertThat(after.tensor("layers.1.weight")).isEqualTo(source.tensor("layers.1.weight"));
        assertThat(after.tensor("layers.1.bias")).isEqualTo(source.tensor("layers.1.bias"));
        assertThat(after.tensor("layers.0.weight")).isNotEqualTo(source.tensor("layers.0.weight"));
        assertThat(after.tensor("layers.2.weight")).isNotEqualTo(source.tensor("layers.2.weight"));
    }

    @Test
    void eachLayerStepsByItsOwnRate() {
        State source = trained();
        Map<String, String> plain =
                Map.of("hidden", "6,5", "optimizer", "sgd", "momentum", "0", "eta0", "0.1", "batch-size", "100");
        Map<String, String> rated = new HashMap<>(plain);
        rated.put("layer-rates", "0.5,2,1");
        Learner one = CLASSES.createWithWeights(THREE, params(CLASSES, plain), source, true);
        Learner other = CLASSES.createWithWeights(THREE, params(CLASSES, rated), source, true);
        Chunk rows = RandomChunks.of(THREE).rows(100, 2);
        one.partialFit(rows);
        other.partialFit(rows);
        double[] rates = {0.5, 2, 1};
        for (int l = 0; l < 3; l++) {
            String name = "layers." + l + ".weight";
            double[] before = source.tensor(name).doubles();
            double[] step = one.state().tensor(name).doubles();
            double[] found = other.state().tensor(name).doubles();
            for (int i = 0; i < before.length; i++) {
                assertThat(found[i] - before[i]).isCloseTo(rates[l] * (step[i] - before[i]), within(1e-6));
            }
        }
    }

    private static void refused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line()).contains(parts).doesNotContain("\n"));
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        State source = trained();
        refused(
                () -> CLASSES.createWithWeights(THREE, params(CLASSES, Map.of("hidden", "7,5")), source, true),
                "'layers.0.weight' must be F32 or F64 of shape [7, 4] (layer 0, outputs × inputs) but is F32[6, 4]",
                "set hidden");
        Schema wider = Schema.numeric(5, Target.categorical("y", List.of("a", "b", "c")));
        refused(
                () -> CLASSES.createWithWeights(wider, params(CLASSES, Map.of("hidden", "6,5")), source, true),
                "shape [6, 5]",
                "F32[6, 4]");
        State others = WeightFile.read(file("torch.safetensors"), Map.of());
        refused(
                () -> CLASSES.createWithWeights(THREE, params(CLASSES, Map.of("hidden", "8")), others, true),
                "expected tensors named layers.0.weight",
                "net.0.bias");
        State bad = State.builder()
                .tensor("layers.0.weight", Tensor.of(new double[] {1, Double.NaN, 1, 1}, 1, 4))
                .build();
        refused(
                () -> CLASSES.createWithWeights(THREE, params(CLASSES, Map.of("hidden", "1")), bad, true),
                "finite",
                "NaN");
        State whole = State.builder()
                .tensor("layers.0.weight", Tensor.of(new long[4], 1, 4))
                .build();
        refused(() -> CLASSES.createWithWeights(THREE, params(CLASSES, Map.of("hidden", "1")), whole, true), "I64");
    }

    @Test
    void namesThatTheFileDoesNotHaveAreRefused() {
        Path file = file("torch.safetensors");
        refused(() -> WeightFile.read(file, Map.of("net.1", "0")), "no tensor 'net.1.weight'", "net.2.weight");
        refused(() -> WeightFile.read(file, Map.of("net", "0")), "'net' must have a weight", "0.bias");
        refused(() -> WeightFile.read(file, Map.of("net.0", "0", "net.2", "0")), "two tensors would be layers.0.");
        refused(() -> WeightFile.read(Path.of("no-such-file"), Map.of()), "no file 'no-such-file'");
        refused(() -> WeightFile.read(file("torch.csv"), Map.of()), "torch.csv", "header");
    }
}
