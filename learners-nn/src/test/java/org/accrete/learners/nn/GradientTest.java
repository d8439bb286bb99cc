package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.RandomChunks;
import org.accrete.testkit.RunSeed;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step of plain gradient descent with learning rate 1 is minus the gradient by finite differences of the loss. The
 * loss is computed here, row by row and in double, directly from the definitions.
 */
@ExtendWith(RunSeed.class)
class GradientTest {
    private static final int ROWS = 12;
    private static final double TOLERANCE = 1e-5;
    private static final NormalDistribution NORMAL = new NormalDistribution();

    /** A test case: settings, and whether there are hashed columns. */
    record GradientCase(Map<String, String> settings, boolean hashed) {
        boolean ofClasses() {
            return !settings.containsKey("loss");
        }

        Schema schema() {
            List<Block> blocks = new ArrayList<>();
            blocks.add(new Block("a", Block.Kind.NUMERIC, 3));
            if (hashed) {
                blocks.add(new Block("b", Block.Kind.ONE_HOT, 4));
                blocks.add(new Block("c", Block.Kind.NUMERIC, 1));
                blocks.add(new Block("d", Block.Kind.ONE_HOT, 3));
            }
            return new Schema(
                    blocks, ofClasses() ? Target.categorical("y", List.of("p", "q", "r")) : Target.numeric("y"));
        }
    }

    static Stream<GradientCase> cases() {
        List<GradientCase> cases = new ArrayList<>();
        for (String activation : List.of("relu", "tanh", "sigmoid", "gelu", "identity")) {
            for (String loss : List.of("", "squared-error", "huber", "absolute-error")) {
                for (String embedding : List.of("", "0", "2")) {
                    Map<String, String> settings = new LinkedHashMap<>();
                    settings.put("activation", activation);
                    settings.put("hidden", "5,4");
                    if (!loss.isEmpty()) {
                        settings.put("loss", loss);
                    }
                    if (!embedding.isEmpty()) {
                        settings.put("embedding", embedding);
                    }
                    cases.add(new GradientCase(settings, !embedding.isEmpty()));
                    if (embedding.equals("2")) {
                        Map<String, String> dropping = new LinkedHashMap<>(settings);
                        dropping.put("dropout", "0.4");
                        cases.add(new GradientCase(dropping, true));
                    }
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepIsMinusTheGradientOfTheLoss(GradientCase example) {
        LearnerProvider provider = example.ofClasses() ? new MlpClassifierProvider() : new MlpRegressorProvider();
        Chunk drawn = RandomChunks.of(example.schema())
                .withWeights()
                .rows(ROWS, RunSeed.random("rows").nextLong());
        // Rows of weight 0 are no part of a batch.
        ChunkBuffer batch = new ChunkBuffer(example.schema(), ROWS);
        for (int row = 0; row < ROWS; row++) {
            if (drawn.weight(row) > 0) {
                batch.append(drawn, row, row + 1);
            }
        }
        Chunk rows = batch.chunk();
        Map<String, String> settings = new HashMap<>(example.settings());
        settings.putAll(Map.of("optimizer", "sgd", "momentum", "0", "eta0", "1", "batch-size", "" + rows.rows()));
        Params params = Params.parse(provider.params(), settings);
        SeededRandom random = RunSeed.random("weights");
        Map<String, double[]> weights = new LinkedHashMap<>();
        State.Builder begin = State.builder();
        State untrained = provider.create(example.schema(), params).state();
        untrained.tensors().forEach((name, tensor) -> {
            Tensor first = tensor;
            if (name.endsWith("weight") && !name.startsWith("mlp.")
                    || name.endsWith("bias") && !name.startsWith("mlp.")) {
                float[] numbers = new float[tensor.size()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) (0.5 * random.nextGaussian());
                }
                first = Tensor.of(numbers, tensor.shape());
                weights.put(name, first.doubles());
            }
            // The loss is told in units of the target.
            begin.tensor(name, name.equals("mlp.target_scaled") ? Tensor.of(new long[] {0}, 1) : first);
        });
        untrained.texts().forEach(begin::text);
        Learner learner = provider.restore(example.schema(), params, begin.build());
        learner.partialFit(rows);
        State after = learner.state();
        double loss = loss(example, weights, rows);
        assertThat(((MlpLearner) learner).lastLoss())
                .as("loss of the batch")
                .isCloseTo(loss, within(TOLERANCE * Math.max(1, loss)));
        weights.forEach((name, before) -> {
            double[] stepped = after.tensor(name).doubles();
            for (int i = 0; i < before.length; i++) {
                double step = stepped[i] - before[i];
                double[] derivatives = derivatives(example, weights, rows, before, i);
                double tolerance =
                        4 * TOLERANCE * Math.max(1, Math.max(Math.abs(derivatives[0]), Math.abs(derivatives[1])));
                assertThat(-step)
                        .as("step of %s[%d] of %s", name, i, example)
                        .isBetween(derivatives[0] - tolerance, derivatives[1] + tolerance);
            }
        });
    }

    /**
     * {@return the smaller and the larger of the left and the right derivative; they differ if a row is at the kink of
     * relu or of a loss}
     */
    private static double[] derivatives(
            GradientCase example, Map<String, double[]> weights, Chunk rows, double[] numbers, int i) {
        double kept = numbers[i];
        double h = 1e-6;
        double here = loss(example, weights, rows);
        numbers[i] = kept + h;
        double right = (loss(example, weights, rows) - here) / h;
        numbers[i] = kept - h;
        double left = (here - loss(example, weights, rows)) / h;
        numbers[i] = kept;
        return new double[] {Math.min(left, right), Math.max(left, right)};
    }

    /** The mean loss of the rows, each by its weight. */
    private static double loss(GradientCase example, Map<String, double[]> weights, Chunk rows) {
        double sum = 0;
        for (int row = 0; row < rows.rows(); row++) {
            double[] out = outputs(example, weights, cells(rows, row), row);
            sum += rows.weight(row) * loss(example, out, rows.target(row));
        }
        return sum / rows.rows();
    }

    private static double loss(GradientCase example, double[] out, double target) {
        if (example.ofClasses()) {
            double all = 0;
            for (double output : out) {
                all += Math.exp(output);
            }
            return Math.log(all) - out[(int) target];
        }
        double distance = Math.abs(out[0] - (float) target);
        return switch (example.settings().getOrDefault("loss", "")) {
            case "squared-error" -> distance * distance / 2;
            case "huber" -> distance <= 1 ? distance * distance / 2 : distance - 0.5;
            default -> distance;
        };
    }

    private static double[] outputs(GradientCase example, Map<String, double[]> weights, double[] cells, int row) {
        double[] x = cells;
        double[] added = new double[5];
        if (example.hashed()) {
            boolean embedded = weights.containsKey("embeddings.0.weight");
            int length = embedded ? 2 : 5;
            double[] b = new double[length];
            double[] d = new double[length];
            String prefix = embedded ? "embeddings." : "tables.";
            for (int j = 0; j < length; j++) {
                for (int c = 0; c < 4; c++) {
                    b[j] += cells[3 + c] * weights.get(prefix + "0.weight")[c * length + j];
                }
                for (int c = 0; c < 3; c++) {
                    d[j] += cells[8 + c] * weights.get(prefix + "1.weight")[c * length + j];
                }
            }
            x = embedded
                    ? new double[] {cells[0], cells[1], cells[2], cells[7], b[0], b[1], d[0], d[1]}
                    : new double[] {cells[0], cells[1], cells[2], cells[7]};
            for (int j = 0; !embedded && j < length; j++) {
                added[j] = b[j] + d[j];
            }
        }
        double dropout = Double.parseDouble(example.settings().getOrDefault("dropout", "0"));
        for (int l = 0; l < 3; l++) {
            double[] weight = weights.get("layers." + l + ".weight");
            double[] bias = weights.get("layers." + l + ".bias");
            double[] z = new double[bias.length];
            SeededRandom drops = new SeededRandom(1, ((long) (l + 1) << 50) + (long) row * z.length);
            for (int o = 0; o < z.length; o++) {
                z[o] = bias[o] + (l == 0 ? added[o] : 0);
                for (int i = 0; i < x.length; i++) {
                    z[o] += weight[o * x.length + i] * x[i];
                }
                if (l < 2) {
                    z[o] = activate(example.settings().getOrDefault("activation", ""), z[o]);
                    z[o] = dropout == 0 ? z[o] : drops.nextDouble() < dropout ? 0 : z[o] / (1 - dropout);
                }
            }
            x = z;
        }
        return x;
    }

    private static double activate(String activation, double z) {
        return switch (activation) {
            case "relu" -> Math.max(z, 0);
            case "tanh" -> Math.tanh(z);
            case "sigmoid" -> 1 / (1 + Math.exp(-z));
            case "gelu" -> z * NORMAL.cumulativeProbability(z);
            default -> z;
        };
    }

    /** All columns of a row, as the floats that the network sees. */
    private static double[] cells(Chunk rows, int row) {
        double[] cells = new double[rows.width()];
        if (rows instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                cells[sparse.indices()[k]] = (float) sparse.values()[k];
            }
        } else if (rows instanceof DenseChunk dense) {
            for (int j = 0; j < cells.length; j++) {
                cells[j] = (float) dense.values()[dense.offset(row) + j];
            }
        }
        return cells;
    }
}
