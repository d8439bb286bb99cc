package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugIns;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows of a table in memory, each predicted and then learned by a new tree or forest. One operation is the whole table;
 * {@code rows} is rows per second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TreeBenchmark {
    private static final int CHUNK_ROWS = 1_000;

    /** A CSV file of numbers with a header; the last column is the class. */
    @Param("elec.csv")
    public String file;

    /** Name of the learner. */
    @Param({"hoeffding-tree-classifier", "adaptive-random-forest-classifier", "gradient-boosted-trees-classifier"})
    public String learner;

    /** Threads of a forest. */
    @Param("1")
    public String threads;

    private LearnerProvider provider;
    private Params params;
    private Chunk[] chunks;
    private double[] decisions;

    /** Rows per second. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Counters {
        /** Rows learned. */
        public long rows;
    }

    /**
     * Reads the table.
     *
     * @throws IOException if it cannot be read
     */
    @Setup(Level.Trial)
    public void read() throws IOException {
        chunks = read(Path.of(file));
        decisions = new double[CHUNK_ROWS * chunks[chunks.length - 1].classes().size()];
        provider = PlugIns.load().learners().find(learner);
        params = learner.contains("forest")
                ? Params.parse(provider.params(), Map.of("threads", threads))
                : Params.of(provider.params());
    }

    /** {@return the rows of a table of numbers whose last column is the class} */
    static Chunk[] read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        int width = lines.get(0).split(",").length - 1;
        List<String> classes = new ArrayList<>();
        Schema schema = Schema.numeric(width, Target.categorical("class", List.of()));
        List<Chunk> read = new ArrayList<>();
        for (int from = 1; from < lines.size(); from += CHUNK_ROWS) {
            int rows = Math.min(CHUNK_ROWS, lines.size() - from);
            double[] values = new double[rows * width];
            double[] targets = new double[rows];
            for (int row = 0; row < rows; row++) {
                String[] cells = lines.get(from + row).split(",");
                for (int j = 0; j < width; j++) {
                    values[row * width + j] = Double.parseDouble(cells[j]);
                }
                if (!classes.contains(cells[width])) {
                    classes.add(cells[width]);
                }
                targets[row] = classes.indexOf(cells[width]);
            }
            read.add(new DenseChunk(schema, values, targets, new double[0], List.copyOf(classes)));
        }
        return read.toArray(Chunk[]::new);
    }

    /** Predicts and learns the table. */
    @Benchmark
    public OnlineLearner predictThenLearn(Counters counters) {
        OnlineLearner fresh = (OnlineLearner) provider.create(chunks[0].schema(), params);
        for (Chunk chunk : chunks) {
            fresh.partialFit(chunk, decisions);
            counters.rows += chunk.rows();
        }
        return fresh;
    }
}
