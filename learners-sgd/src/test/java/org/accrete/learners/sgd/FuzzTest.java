package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a chunk holds, it is learned whole or refused with the learner as it was, to the bit. */
@ExtendWith(RunSeed.class)
class FuzzTest {
    private static final int CHUNKS = Integer.getInteger("accrete.fuzz", 20_000);
    private static final int WIDTH = 4;
    private static final double[] ODD = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1e300,
        -1e300,
        Double.MAX_VALUE,
        Double.MIN_VALUE,
        -4.9e-320,
        -0.0,
        1e17
    };

    @ParameterizedTest
    @CsvSource({
        "sgd-classifier, false, loss=log-loss;optimizer=sgd",
        "sgd-classifier, false, loss=log-loss",
        "sgd-classifier, true, loss=squared-hinge;class-weight=balanced;optimizer=adagrad;penalty=l2;alpha=1",
        "sgd-classifier, true, loss=squared-hinge;class-weight=balanced",
        "sgd-regressor, true, loss=squared-error",
        "sgd-regressor, false, loss=poisson",
        "sgd-classifier, true, loss=hinge;optimizer=adagrad;multi-class=ovr",
        "sgd-classifier, true, multi-class=softmax;optimizer=ftrl;penalty=elasticnet;alpha=0.1",
        "sgd-classifier, true, loss=hinge;alpha=0.1;max-classes=5;optimizer=sgd",
        "sgd-regressor, false, loss=squared-error;learning-rate=constant",
        "sgd-regressor, true, loss=huber;eta0=0.5;alpha=1;optimizer=sgd",
        "sgd-classifier, true, loss=modified-huber;penalty=elasticnet;average=3;class-weight=balanced;optimizer=sgd",
        "sgd-classifier, false, multi-class=softmax;penalty=l1;learning-rate=adaptive",
        "sgd-regressor, false, loss=poisson;average=1;clip-gradient=10;optimizer=sgd",
        "sgd-regressor, true, loss=epsilon-insensitive;learning-rate=pa2;eta0=1;penalty=none",
    })
    void everyChunkIsLearnedWholeOrNotAtAll(String name, boolean sparse, String settings) {
        SeededRandom random = RunSeed.random(name + settings);
        LearnerProvider provider =
                name.equals("sgd-classifier") ? new SgdClassifierProvider() : new SgdRegressorProvider();
        Target target =
                name.equals("sgd-classifier") ? Target.categorical("y", List.of("a", "b")) : Target.numeric("y");
        Schema schema = schema(sparse, WIDTH, target);
        Learner learner = provider.create(schema, Params.parse(provider.params(), pairs(settings)));
        State before = learner.state();
        int learned = 0;
        int refused = 0;
        for (int i = 0; i < CHUNKS; i++) {
            int width = random.nextInt(200) == 0 ? WIDTH + 1 : WIDTH;
            Chunk chunk = chunk(random, width == WIDTH ? schema : schema(sparse, width, target), sparse, width);
            long rows = learner.rowsSeen();
            boolean taken = true;
            try {
                learner.partialFit(chunk);
            } catch (AccreteException e) {
                taken = false;
            }
            State after = learner.state();
            if (taken) {
                learned++;
                assertThat(learner.rowsSeen()).isEqualTo(rows + chunk.rows());
                assertThat(isFinite(after)).as("chunk %d", i).isTrue();
                before = after;
            } else {
                refused++;
                if (!after.equals(before)) {
                    assertThat(after).as("chunk %d", i).isEqualTo(before);
                }
            }
        }
        assertThat(learned).isGreaterThan(CHUNKS / 20);
        assertThat(refused).isGreaterThan(CHUNKS / 20);
    }

    private static Chunk chunk(SeededRandom random, Schema schema, boolean sparse, int width) {
        int rows = random.nextInt(4);
        boolean classes = schema.target().kind() == Target.Kind.CATEGORICAL;
        double[] x = new double[rows * width];
        Arrays.setAll(x, i -> sparse && random.nextInt(3) == 0 ? 0 : random.nextGaussian());
        double[] y = new double[rows];
        Arrays.setAll(y, i -> classes ? random.nextInt(random.nextInt(50) == 0 ? 6 : 3) : random.nextGaussian());
        double[] weights = new double[random.nextInt(2) * rows];
        Arrays.setAll(weights, i -> random.nextInt(3));
        // About every second chunk has an odd number somewhere.
        if (rows > 0 && random.nextInt(2) == 0) {
            double odd = ODD[random.nextInt(ODD.length)];
            switch (random.nextInt(weights.length > 0 ? 4 : 3)) {
                case 0, 1 -> x[random.nextInt(x.length)] = odd;
                case 2 -> y[random.nextInt(rows)] = random.nextInt(4) == 0 ? -1 : odd;
                default -> weights[random.nextInt(rows)] = random.nextInt(4) == 0 ? -0.5 : odd;
            }
        }
        List<String> labels = classes ? List.of("a", "b", "c", "d", "e", "f") : List.of();
        return sparse ? sparse(schema, x, width, y, weights, labels) : new DenseChunk(schema, x, y, weights, labels);
    }

    private static Chunk sparse(
            Schema schema, double[] x, int width, double[] y, double[] weights, List<String> labels) {
        int[] starts = new int[y.length + 1];
        int[] indices = new int[x.length];
        double[] values = new double[x.length];
        int count = 0;
        for (int row = 0; row < y.length; row++) {
            for (int j = 0; j < width; j++) {
                if (x[row * width + j] != 0) {
                    indices[count] = j;
                    values[count++] = x[row * width + j];
                }
            }
            starts[row + 1] = count;
        }
        return new SparseChunk(schema, starts, indices, values, y, weights, labels);
    }

    private static Schema schema(boolean sparse, int width, Target target) {
        return sparse
                ? new Schema(List.of(new Block("x", Block.Kind.ONE_HOT, width)), target)
                : Schema.numeric(width, target);
    }

    /** The lowest loss of a window so far is infinite before the first window. */
    private static boolean isFinite(State state) {
        return state.tensors().entrySet().stream()
                .filter(entry -> !entry.getKey().equals("sgd.plateau"))
                .allMatch(entry -> Arrays.stream(entry.getValue().doubles()).allMatch(Double::isFinite));
    }

    private static Map<String, String> pairs(String settings) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : settings.split(";")) {
            pairs.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return pairs;
    }
}
