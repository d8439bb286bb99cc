package org.accrete.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.Prediction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One prediction of a {@link LiveModel}: an {@code sgd-classifier} of two classes behind a {@code standard-scaler}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LiveModelBenchmark {
    /** Few, because a record is mostly made just before it is predicted, and many of 5,000 columns leave the cache. */
    private static final int RECORDS = 2;

    /** Number of columns, all numbers. */
    @Param({"4", "10", "100", "784", "5000"})
    public int columns;

    /** Whether the keys of all maps are the same strings, or equal ones of their own, as parsed records have. */
    @Param({"same", "equal"})
    public String keys;

    private final LiveModel live = LiveModel.unpublished();
    private double[][] rows;
    private List<Map<String, Object>> records;
    private int next;

    /** Trains a model on a few rows and publishes it. */
    @Setup
    public void prepare() {
        Schema schema = Schema.numeric(columns, Target.categorical("y", List.of("no", "yes")));
        Pipeline pipeline = Pipeline.create(
                PlugIns.load(), schema, new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
        SeededRandom random = new SeededRandom(1);
        rows = new double[RECORDS][columns];
        records = new ArrayList<>();
        double[] values = new double[RECORDS * columns];
        double[] targets = new double[RECORDS];
        for (int row = 0; row < RECORDS; row++) {
            Map<String, Object> record = new HashMap<>();
            for (int column = 0; column < columns; column++) {
                double value = random.nextGaussian();
                rows[row][column] = value;
                values[row * columns + column] = value;
                String name = schema.columnName(column);
                record.put(keys.equals("same") ? name : new String(name.toCharArray()), value);
            }
            records.add(record);
            targets[row] = row % 2;
        }
        Chunk chunk = new DenseChunk(
                schema, values, targets, new double[0], schema.target().classes());
        pipeline.partialFit(chunk);
        live.publish(pipeline.snapshot(), "benchmark@1", Optional.empty());
    }

    private int nextRow() {
        next = (next + 1) % RECORDS;
        return next;
    }

    /** {@return the prediction for a map from column to number} */
    @Benchmark
    public Prediction record() {
        return live.predict(records.get(nextRow()));
    }

    /** {@return the prediction for an array of numbers} */
    @Benchmark
    public Prediction numbers() {
        return live.predict(rows[nextRow()]);
    }
}
