package org.accrete.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
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

/** A step of a network: the time of one {@code partialFit} of one batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class MlpBenchmark {
    /** Numbers in, units of each hidden layer, numbers out; 1 out predicts a number, more tell classes apart. */
    @Param({"20-64-1", "784-128-10"})
    public String layers;

    /** Rows per batch and chunk. */
    @Param({"1000", "128"})
    public int batch;

    /** The rule of the steps. */
    @Param("adam")
    public String optimizer;

    /** What hidden units make of their sums. */
    @Param("relu")
    public String activation;

    /** Threads that share the work. */
    @Param("1")
    public int threads;

    private Learner fitted;
    private Chunk[] chunks;
    private int next;

    /** Makes the network and a few batches. */
    @Setup
    public void prepare() {
        String[] sizes = layers.split("-");
        int width = Integer.parseInt(sizes[0]);
        int outputs = Integer.parseInt(sizes[sizes.length - 1]);
        Target target = outputs == 1 ? Target.numeric("y") : Fitting.classes(outputs);
        chunks = new Chunk[Math.max(2, Math.min(64, 4_000_000 / (batch * width)))];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = RandomChunks.one(width, width, target, batch, 7 + i);
        }
        LearnerProvider provider = PlugIns.load().learners().find(outputs == 1 ? "mlp-regressor" : "mlp-classifier");
        Map<String, String> settings = Map.of(
                "hidden",
                String.join(",", List.of(sizes).subList(1, sizes.length - 1)),
                "batch-size",
                Integer.toString(batch),
                "optimizer",
                optimizer,
                "activation",
                activation,
                "threads",
                Integer.toString(threads));
        fitted = provider.create(chunks[0].schema(), Params.parse(provider.params(), settings));
    }

    /** Learns one batch. */
    @Benchmark
    public void partialFit() {
        fitted.partialFit(chunks[next]);
        next = next + 1 == chunks.length ? 0 : next + 1;
    }
}
