package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From the same weights and batches, the loss curve equals that of PyTorch or scikit-learn: see
 * {@code src/test/fixtures/make_fixtures.py}.
 */
class CurvesTest {
    private static final double TOLERANCE = 1e-4;

    /** One block of curves.txt. */
    record CurveCase(Map<String, String> values) {
        String text(String key) {
            return Objects.requireNonNull(values.get(key), key);
        }

        int whole(String key) {
            return Integer.parseInt(text(key));
        }

        Map<String, String> settings() {
            Map<String, String> settings = new LinkedHashMap<>();
            for (String pair : text("set").split(" ")) {
                int equals = pair.indexOf('=');
                settings.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
            return settings;
        }

        double[] losses() {
            return Arrays.stream(text("losses").split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        Schema schema() {
            List<Block> blocks = new ArrayList<>();
            for (int j = 0; j < whole("width"); j++) {
                blocks.add(new Block("x" + j, Block.Kind.NUMERIC, 1));
            }
            if (whole("category") > 0) {
                blocks.add(new Block("category", Block.Kind.ONE_HOT, whole("category")));
            }
            List<String> labels = new ArrayList<>();
            for (int c = 0; c < whole("classes"); c++) {
                labels.add("c" + c);
            }
            return new Schema(blocks, labels.isEmpty() ? Target.numeric("y") : Target.categorical("y", labels));
        }

        @Override
        public String toString() {
            return text("case");
        }
    }

    static Stream<CurveCase> cases() throws IOException {
        List<CurveCase> cases = new ArrayList<>();
        Map<String, String> block = new LinkedHashMap<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(CurvesTest.class.getResourceAsStream("curves.txt")), StandardCharsets.UTF_8))) {
            for (String line : reader.lines().toList()) {
                if (line.startsWith("case ") && !block.isEmpty()) {
                    cases.add(new CurveCase(block));
                    block = new LinkedHashMap<>();
                }
                if (!line.isEmpty() && !line.startsWith("#")) {
                    int space = line.indexOf(' ');
                    block.put(line.substring(0, space), line.substring(space + 1));
                }
            }
        }
        cases.add(new CurveCase(block));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossCurveEqualsThatOfThePeer(CurveCase curve) {
        Schema schema = curve.schema();
        LearnerProvider provider =
                curve.whole("classes") > 0 ? new MlpClassifierProvider() : new MlpRegressorProvider();
        Params params = Params.parse(provider.params(), curve.settings());
        State state = provider.create(schema, params).state();
        MlpLearner learner = (MlpLearner) provider.restore(schema, params, withInitialWeights(state));
        Chunk rows = rows(curve, schema);
        int size = Integer.parseInt(curve.settings().get("batch-size"));
        double[] losses = curve.losses();
        for (int b = 0; b < losses.length; b++) {
            learner.partialFit(rows.slice(b * size, (b + 1) * size));
            assertThat(learner.lastLoss())
                    .as("loss of batch %d", b)
                    .isCloseTo(losses[b], within(TOLERANCE * losses[b]));
        }
    }

    private static State withInitialWeights(State state) {
        State.Builder builder = State.builder();
        state.tensors().forEach((name, tensor) -> builder.tensor(name, initial(state, name, tensor)));
        state.texts().forEach(builder::text);
        return builder.build();
    }

    private static Tensor initial(State state, String name, Tensor tensor) {
        if (name.equals("embeddings.0.weight")) {
            SeededRandom random = new SeededRandom(9);
            return filled(tensor, random, 2, -1);
        }
        if (name.equals("mlp.target_scaled")) {
            return Tensor.of(new long[] {0}, 1);
        }
        if (!name.startsWith("layers.")) {
            return tensor;
        }
        String layer = name.substring(0, name.lastIndexOf('.'));
        long[] shape = state.tensor(layer + ".weight").shape();
        SeededRandom random = new SeededRandom(10 + Integer.parseInt(layer.substring("layers.".length())));
        double limit = Math.sqrt(6.0 / (shape[0] + shape[1]));
        Tensor weight = filled(state.tensor(layer + ".weight"), random, 2 * limit, -limit);
        return name.endsWith("weight") ? weight : filled(tensor, random, 0.2, -0.1);
    }

    private static Tensor filled(Tensor tensor, SeededRandom random, double factor, double plus) {
        float[] numbers = new float[tensor.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (factor * random.nextDouble() + plus);
        }
        return Tensor.of(numbers, tensor.shape());
    }

    private static Chunk rows(CurveCase curve, Schema schema) {
        int count = curve.whole("rows");
        int width = curve.whole("width");
        int categories = curve.whole("category");
        ChunkBuffer buffer = new ChunkBuffer(schema, count);
        SeededRandom numbers = new SeededRandom(1);
        SeededRandom category = new SeededRandom(2);
        SeededRandom noise = new SeededRandom(3);
        double[] x = new double[width];
        for (int row = 0; row < count; row++) {
            buffer.beginRow();
            for (int j = 0; j < width; j++) {
                x[j] = 2 * numbers.nextDouble() - 1;
                buffer.put(j, x[j]);
            }
            int which = 0;
            if (categories > 0) {
                which = (int) (category.nextDouble() * categories);
                buffer.put(width + which, 1);
            }
            double y =
                    x[0] + x[1] * x[2] - 2 * x[3] * (x[4] > 0 ? 1 : 0) + 0.1 * (2 * noise.nextDouble() - 1) + which % 3;
            int classes = curve.whole("classes");
            buffer.target(classes > 0 ? Math.floorMod((int) Math.floor(1.5 * y), classes) : y);
            buffer.endRow();
        }
        buffer.classes(schema.target().classes());
        return buffer.chunk();
    }
}
