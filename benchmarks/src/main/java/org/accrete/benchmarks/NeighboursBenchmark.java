package org.accrete.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugIns;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Naive Bayes, half-space trees, k-means and nearest neighbours at their defaults: nanoseconds for each row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class NeighboursBenchmark {
    private static final int ROWS = 1_000;

    /** Name of the learner. */
    @Param({"naive-bayes", "half-space-trees", "k-means", "k-nearest-neighbours"})
    public String learner;

    /** Number of columns. */
    @Param({"6", "50"})
    public int width;

    private Learner fitted;
    private Model model;
    private Chunk[] chunks;
    private double[] out;
    private int next;

    /** Makes the suite; called by JMH. */
    public NeighboursBenchmark() {}

    /** Trains the learner. */
    @Setup
    public void train() {
        LearnerProvider provider = PlugIns.load().learners().find(learner);
        Target target = provider.targets().contains(Target.Kind.NONE) ? Target.none() : LearnerBenchmark.classes(2);
        chunks = RandomChunks.several(width, width, target, ROWS);
        fitted = provider.create(chunks[0].schema(), Params.parse(provider.params(), Map.of()));
        for (Chunk chunk : chunks) {
            fitted.partialFit(chunk);
        }
        model = fitted.snapshot();
        out = new double[ROWS * (model instanceof Clusterer clusterer ? clusterer.clusters() : 1)];
    }

    private Chunk nextChunk() {
        next = next + 1 == chunks.length ? 0 : next + 1;
        return chunks[next];
    }

    /** Learns a chunk. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void learn() {
        fitted.partialFit(nextChunk());
    }

    /** Predicts a chunk: decision values, distances or scores. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public double[] predict() {
        Chunk chunk = nextChunk();
        if (model instanceof Classifier classifier) {
            classifier.decide(chunk, out);
        } else if (model instanceof Clusterer clusterer) {
            clusterer.distances(chunk, out);
        } else if (model instanceof AnomalyScorer scorer) {
            scorer.score(chunk, out);
        } else {
            throw new IllegalStateException(learner + " has a model of another kind");
        }
        return out;
    }
}
