package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.core.Accrete;
import org.accrete.core.RegressorTrainer;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.NumberPrediction;
import org.accrete.core.source.Examples;
import org.accrete.core.train.Versions;
import org.accrete.testkit.RandomChunks;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A pipeline with {@code target.transform} learns what one without it learns from targets that were transformed by
 * hand, byte for byte, and predicts what that one's predictions are when they are turned back by hand.
 */
@ExtendWith(RunSeed.class)
class TargetTransformTest {
    private static final PlugIns PLUG_INS = PlugIns.load();
    private static final int ROWS = 900;

    private static final Schema DENSE = Schema.numeric(4, Target.numeric("y"));
    private static final Schema SPARSE = new Schema(
            List.of(new Block("x", Block.Kind.NUMERIC, 3), new Block("c", Block.Kind.ONE_HOT, 64)),
            Target.numeric("y"));

    private static DoubleUnaryOperator forward(String transform) {
        return transform.equals("log") ? StrictMath::log : StrictMath::log1p;
    }

    private static DoubleUnaryOperator back(String transform) {
        return transform.equals("log") ? StrictMath::exp : StrictMath::expm1;
    }

    private static Pipeline pipeline(String learner, Schema schema, String... settings) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String setting : settings) {
            map.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        return Pipeline.create(
                PLUG_INS,
                schema,
                new PipelineSpec(learner, PLUG_INS.learners().find(learner).likedSteps(), map));
    }

    private static String[] with(String[] settings, String transform) {
        String[] more = Arrays.copyOf(settings, settings.length + 1);
        more[settings.length] = "target.transform=" + transform;
        return more;
    }

    /** Rows with weights whose target is above 0; every eleventh has none. */
    private static Chunk rows(Schema schema, long seed) {
        return mapped(
                RandomChunks.of(schema).withWeights().rows(ROWS, seed),
                (row, target) -> row % 11 == 3 ? Double.NaN : StrictMath.exp(target / 4));
    }

    private interface NewTarget {
        double of(int row, double target);
    }

    private static Chunk mapped(Chunk chunk, NewTarget target) {
        ChunkBuffer buffer = new ChunkBuffer(chunk.schema(), chunk.rows());
        buffer.append(chunk, 0, chunk.rows());
        for (int row = 0; row < chunk.rows(); row++) {
            buffer.target(row, target.of(row, chunk.target(row)));
        }
        return buffer.chunk();
    }

    private static Chunk mapped(Chunk chunk, DoubleUnaryOperator function) {
        return mapped(chunk, (row, target) -> function.applyAsDouble(target));
    }

    /** Learns in pieces of random lengths. */
    private static void learn(Pipeline pipeline, Chunk rows, SeededRandom random) {
        int from = 0;
        while (from < rows.rows()) {
            int to = Math.min(rows.rows(), from + 1 + random.nextInt(90));
            pipeline.partialFit(rows.slice(from, to));
            from = to;
        }
    }

    private static double[] predict(Model model, Chunk rows) {
        return ((Regressor) model).predict(rows);
    }

    private static double[] each(double[] values, DoubleUnaryOperator function) {
        return Arrays.stream(values).map(function).toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "sgd-regressor, log, ''",
        "sgd-regressor, log1p, loss=poisson",
        "sgd-regressor, log, loss=huber",
        "sgd-regressor, log1p, loss=quantile;quantile=0.9",
        "sgd-regressor, log, optimizer=sgd;average=1",
        "mlp-regressor, log, hidden=8",
        "mlp-regressor, log1p, hidden=8;loss=huber",
    })
    void tensorsAreThoseOfTargetsTransformedByHand(String learner, String transform, String settings) {
        String[] set = settings.isEmpty() ? new String[0] : settings.split(";");
        for (Schema schema : List.of(DENSE, SPARSE)) {
            SeededRandom random = RunSeed.random(learner + transform + settings);
            Chunk raw = rows(schema, random.nextInt(1 << 20));
            Chunk byHand = mapped(raw, forward(transform));
            Pipeline oracle = pipeline(learner, schema, set);
            learn(oracle, byHand, random);

            Pipeline pipeline = pipeline(learner, schema, with(set, transform));
            Chunk first = raw.slice(0, ROWS / 2);
            learn(pipeline, first, random);
            Pipeline resumed = Pipeline.restore(PLUG_INS, pipeline.state());
            learn(resumed, raw.slice(ROWS / 2, ROWS), random);

            assertThat(resumed.state().tensors()).isEqualTo(oracle.state().tensors());
            double[] expected = each(predict(oracle.snapshot(), raw), back(transform));
            assertThat(predict(resumed.view(), raw)).isEqualTo(expected);
            assertThat(predict(resumed.snapshot(), raw)).isEqualTo(expected);
            assertThat(predict(Pipeline.restore(PLUG_INS, resumed.state()).snapshot(), raw))
                    .isEqualTo(expected);
            assertThat(resumed.unlabelledRows())
                    .isEqualTo(oracle.unlabelledRows())
                    .isPositive();
        }
    }

    @Test
    void decisionValuesOfRowsAreInTheUnitOfTheTarget() {
        for (Schema schema : List.of(DENSE, SPARSE)) {
            Chunk raw = rows(schema, 5);
            double[] expected = new double[ROWS];
            ((OnlineLearner) pipeline("sgd-regressor", schema)).partialFit(mapped(raw, StrictMath::log), expected);
            double[] found = new double[ROWS];
            ((OnlineLearner) pipeline("sgd-regressor", schema, "target.transform=log")).partialFit(raw, found);
            int labelled = ROWS - 82;
            assertThat(Arrays.copyOf(found, labelled))
                    .isEqualTo(each(Arrays.copyOf(expected, labelled), StrictMath::exp));
            assertThat(found[labelled]).isZero();
        }
    }

    @Test
    void aRowByItselfIsLearnedAsInAChunk() {
        DenseChunk raw = (DenseChunk) rows(DENSE, 6);
        Pipeline whole = pipeline("sgd-regressor", DENSE, "target.transform=log1p");
        double[] decisions = new double[ROWS];
        ((OnlineLearner) whole).partialFit(raw, decisions);
        Pipeline byRow = pipeline("sgd-regressor", DENSE, "target.transform=log1p");
        int next = 0;
        for (int row = 0; row < ROWS; row++) {
            double[] x = Arrays.copyOfRange(raw.values(), raw.offset(row), raw.offset(row) + raw.width());
            double[] one = ((OnlineLearner) byRow).learnOne(x, raw.target(row), raw.weight(row));
            assertThat(one).containsExactly(Double.isNaN(raw.target(row)) ? Double.NaN : decisions[next++]);
        }
        assertThat(byRow.state()).isEqualTo(whole.state());
    }

    @Test
    void pipelinesOfOneTransformAreMerged() {
        Chunk a = rows(DENSE, 7);
        Chunk b = rows(DENSE, 8);
        List<Pipeline> shards = new ArrayList<>();
        for (Chunk shard : List.of(a, b)) {
            Pipeline logs = pipeline("sgd-regressor", DENSE);
            logs.partialFit(mapped(shard, StrictMath::log));
            Pipeline pipeline = pipeline("sgd-regressor", DENSE, "target.transform=log");
            pipeline.partialFit(shard);
            shards.add(logs);
            shards.add(pipeline);
        }
        Pipeline merged = Pipeline.restore(
                PLUG_INS,
                Versions.merge(
                        PLUG_INS, List.of(shards.get(1).state(), shards.get(3).state())));
        assertThatThrownBy(() -> shards.get(0).merge(shards.get(1)))
                .hasMessage("parameters must be the same in both pipelines but target.transform is none here but log"
                        + " there")
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        shards.get(0).merge(shards.get(2));

        assertThat(merged.state().tensors()).isEqualTo(shards.get(0).state().tensors());
        assertThat(predict(merged.snapshot(), a))
                .isEqualTo(each(predict(shards.get(0).snapshot(), a), StrictMath::exp));
    }

    @ParameterizedTest
    @CsvSource({"log, 0, '> 0'", "log, -0.5, '> 0'", "log1p, -1, '> -1'", "log1p, -7, '> -1'"})
    void aTargetWithoutALogarithmIsABadRow(String transform, double bad, String domain) {
        for (String learner : List.of("sgd-regressor", "mlp-regressor")) {
            Chunk raw = rows(DENSE, 9);
            Chunk spoilt = mapped(raw, (row, target) -> row == 500 ? bad : target);
            Pipeline pipeline = pipeline(learner, DENSE, "target.transform=" + transform);
            pipeline.partialFit(spoilt.slice(0, 300));
            State before = pipeline.state();

            assertThatThrownBy(() -> pipeline.partialFit(spoilt.slice(300, ROWS)))
                    .hasMessage(
                            "the target must be " + domain + " with target.transform=" + transform + " but was " + bad)
                    .isInstanceOfSatisfying(AccreteException.class, e -> {
                        assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
                        assertThat(e.chunkRow()).hasValue(200);
                    });
            assertThat(pipeline.state()).isEqualTo(before);

            // Of targets that no learner takes, the row is still that of the caller's chunk.
            Chunk infinite = mapped(raw, (row, target) -> row == 500 ? Double.POSITIVE_INFINITY : target);
            assertThatThrownBy(() -> pipeline.partialFit(infinite.slice(300, ROWS)))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.chunkRow()).hasValue(200));
            assertThat(pipeline.state()).isEqualTo(before);
        }
    }

    @Test
    void aSkewedTargetIsLearnedBetterAndScoredInItsOwnUnit() {
        SeededRandom random = RunSeed.random("skewed");
        int rows = 4_000;
        double[][] x = new double[rows][3];
        double[] y = new double[rows];
        for (int row = 0; row < rows; row++) {
            Arrays.setAll(x[row], i -> random.nextGaussian());
            y[row] = Math.exp(3 + x[row][0] - 0.7 * x[row][1] + 0.1 * random.nextGaussian());
        }
        double[] mae = new double[2];
        for (String transform : List.of("none", "log")) {
            try (RegressorTrainer trainer = Accrete.regressor("sgd-regressor")
                    .set("target.transform", transform)
                    .scored()
                    .build()) {
                double absolute = 0;
                for (int from = 0; from < rows; from += 500) {
                    double[][] some = Arrays.copyOfRange(x, from, from + 500);
                    double[] targets = Arrays.copyOfRange(y, from, from + 500);
                    if (from > 0) {
                        double[] said = trainer.predict(some);
                        for (int i = 0; i < 500; i++) {
                            absolute += Math.abs(said[i] - targets[i]);
                        }
                    }
                    trainer.partialFit(Examples.of(some).targets(targets));
                }
                double expected = absolute / (rows - 500);
                assertThat(trainer.scores().orElseThrow().metrics().get("mae"))
                        .isCloseTo(expected, within(1e-9 * expected));
                mae[transform.equals("log") ? 1 : 0] = expected;
                // The baseline knows targets in their own unit, whatever the learner learns.
                double mean = Arrays.stream(y).sum() / rows;
                assertThat(trainer.scores()
                                .orElseThrow()
                                .baselines()
                                .get("mean")
                                .get("mae"))
                        .isCloseTo(Arrays.stream(y).map(v -> Math.abs(v - mean)).sum() / rows, within(0.15 * mean));
                assertThat(trainer.live().predict(x[7]))
                        .isInstanceOfSatisfying(
                                NumberPrediction.class,
                                one -> assertThat(one.value()).isEqualTo(trainer.predictOne(x[7])));
            }
        }
        assertThat(mae[1]).isLessThan(0.4 * mae[0]);
    }
}
