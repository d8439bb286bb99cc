package org.accrete.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
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

/** One row per call: {@code learnOne} on a caller's array, beside {@code partialFit} of a chunk of that row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LearnOneBenchmark {
    /** Numbers of all rows together: enough rows that no branch can be learned by heart, few enough for a cache. */
    private static final int NUMBERS = 100_000;

    /** Name of the learner. */
    @Param("sgd-classifier")
    public String learner;

    /** Names of the steps before it, separated by {@code ;}. */
    @Param("")
    public String steps;

    /** Parameters, {@code key=value} pairs separated by {@code ;}. */
    @Param("")
    public String set;

    /** Number of columns. */
    @Param({"20", "100", "784"})
    public int width;

    /** Share of columns that have an entry in a row; 1 is dense, less is sparse. */
    @Param("1")
    public double density;

    /** Number of classes. */
    @Param("2")
    public int classes;

    private OnlineLearner fitted;
    private Chunk[] chunks;
    private double[][] values;
    private int[][] indices;
    private double[] targets;
    private int next;

    /** Makes the learner, and each row both as a chunk and as arrays. */
    @Setup
    public void prepare() {
        int count = (int) Math.max(64, Math.min(4_096, NUMBERS / (width * density)));
        Chunk rows = RandomChunks.one(
                width, (int) Math.max(1, Math.round(width * density)), Fitting.classes(classes), count, 7);
        chunks = new Chunk[count];
        values = new double[count][];
        indices = new int[count][];
        targets = new double[count];
        for (int row = 0; row < count; row++) {
            chunks[row] = rows.slice(row, row + 1);
            targets[row] = rows.target(row);
            if (rows instanceof SparseChunk sparse) {
                values[row] = Arrays.copyOfRange(sparse.values(), sparse.start(row), sparse.end(row));
                indices[row] = Arrays.copyOfRange(sparse.indices(), sparse.start(row), sparse.end(row));
            } else if (rows instanceof DenseChunk dense) {
                values[row] = Arrays.copyOfRange(dense.values(), dense.offset(row), dense.offset(row) + width);
            }
        }
        PipelineSpec spec = new PipelineSpec(learner, words(steps), settings(set));
        fitted = (OnlineLearner) Pipeline.create(PlugIns.load(), rows.schema(), spec);
    }

    /** Learns one row from the caller's arrays. */
    @Benchmark
    public double[] learnOne() {
        int row = advance();
        return density < 1
                ? fitted.learnOne(indices[row], values[row], indices[row].length, targets[row], 1)
                : fitted.learnOne(values[row], targets[row], 1);
    }

    /** Learns a chunk of one row. */
    @Benchmark
    public void partialFit() {
        fitted.partialFit(chunks[advance()]);
    }

    private int advance() {
        next = next + 1 == chunks.length ? 0 : next + 1;
        return next;
    }

    private static List<String> words(String list) {
        return list.isBlank() ? List.of() : List.of(list.split(";"));
    }

    private static Map<String, String> settings(String pairs) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : words(pairs)) {
            int equals = pair.indexOf('=');
            settings.put(
                    pair.substring(0, equals).strip(),
                    pair.substring(equals + 1).strip());
        }
        return settings;
    }
}
