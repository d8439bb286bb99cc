package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.Scores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scale of a column, or of a target that is a number, does not matter to learners with the steps they like. */
class ColumnScaleTest {
    private static final PlugIns PLUG_INS = PlugIns.load();
    private static final int ROWS = 6_000;
    private static final int CHUNK_ROWS = 100;
    private static final int WIDTH = 4;
    private static final List<String> CLASSES = List.of("no", "yes");

    /** Scores of a stream whose function turns slowly; one column is never below 0, and one is 0 or 1. */
    private static Map<String, Double> scores(String learner, List<String> steps, double[] factors, double unit) {
        boolean classes = learner.endsWith("classifier");
        Schema schema = Schema.numeric(WIDTH, classes ? Target.categorical("y", CLASSES) : Target.numeric("y"));
        Pipeline pipeline = Pipeline.create(PLUG_INS, schema, new PipelineSpec(learner, steps, Map.of()));
        Scores scores = Scores.forTarget(schema.target());
        Random random = new Random(5);
        for (int from = 0; from < ROWS; from += CHUNK_ROWS) {
            double[] values = new double[CHUNK_ROWS * WIDTH];
            double[] targets = new double[CHUNK_ROWS];
            for (int row = 0; row < CHUNK_ROWS; row++) {
                double[] x = {
                    random.nextGaussian(), random.nextGaussian(), -Math.log(random.nextDouble()), random.nextInt(2)
                };
                double angle = (from + row) / 2_000.0;
                double sum = 2 * (Math.cos(angle) * x[0] + Math.sin(angle) * x[1]) + x[2] - 2 * x[3];
                double noisy = sum + random.nextGaussian();
                targets[row] = classes ? (noisy > 0 ? 1 : 0) : unit * noisy;
                for (int j = 0; j < WIDTH; j++) {
                    values[row * WIDTH + j] = factors[j] * x[j];
                }
            }
            DenseChunk chunk = new DenseChunk(schema, values, targets, new double[0], classes ? CLASSES : List.of());
            scores.update(pipeline.view(), chunk);
            pipeline.partialFit(chunk);
        }
        return scores.report().metrics();
    }

    private static void assertSame(Map<String, Double> found, Map<String, Double> expected, String what) {
        List<String> compared = new ArrayList<>(List.of("accuracy", "log_loss", "r2"));
        compared.retainAll(expected.keySet());
        assertThat(compared).isNotEmpty();
        for (String figure : compared) {
            assertThat(found.get(figure)).as("%s, %s", figure, what).isCloseTo(expected.get(figure), within(0.005));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd-classifier", "sgd-regressor", "mlp-classifier", "mlp-regressor"})
    void aColumnMayBeInAnyUnit(String learner) {
        List<String> steps = PLUG_INS.learners().find(learner).likedSteps();
        Map<String, Double> expected = scores(learner, steps, new double[] {1, 1, 1, 1}, 1);
        assertThat(expected.getOrDefault("accuracy", expected.get("r2"))).isGreaterThan(0.6);
        for (int column = 0; column < WIDTH; column++) {
            for (double factor : new double[] {1e6, 1e-6}) {
                double[] factors = {1, 1, 1, 1};
                factors[column] = factor;
                assertSame(scores(learner, steps, factors, 1), expected, "column " + column + " times " + factor);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd-regressor", "mlp-regressor"})
    void aTargetMayBeInAnyUnitWithAndWithoutSteps(String learner) {
        for (List<String> steps : List.of(PLUG_INS.learners().find(learner).likedSteps(), List.<String>of())) {
            double[] ones = {1, 1, 1, 1};
            Map<String, Double> expected = scores(learner, steps, ones, 1);
            for (double unit : new double[] {1e6, 1e-6}) {
                assertSame(scores(learner, steps, ones, unit), expected, "target times " + unit + ", steps " + steps);
            }
        }
    }
}
