package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Principal components: the time of one {@code partialFit} of {@code rows} rows, each a block of its own, and of a
 * snapshot.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class IncrementalPcaBenchmark {
    /** Name of the learner. */
    @Param({"incremental-pca", "covariance-pca"})
    public String learner;

    /** Number of columns. */
    @Param("100")
    public int width;

    /** Rows per chunk and block. */
    @Param("1000")
    public int rows;

    /** Number of components. */
    @Param("20")
    public int components;

    /** Folder of rows that {@code peers/compare_pca.py} wrote; random ones if empty. */
    @Param("")
    public String data;

    private Learner fitted;
    private Learner looked;
    private Chunk[] chunks;
    private int next;

    /**
     * Makes the learner and some chunks.
     *
     * @throws IOException if the folder cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        LearnerProvider provider = PlugIns.load().learners().find(learner);
        chunks = data.isEmpty() ? random() : StoredChunks.read(Path.of(data), width, Target.none(), rows);
        Params params = Params.parse(
                provider.params(),
                Map.of("n-components", Integer.toString(components), "batch-size", Integer.toString(rows)));
        fitted = provider.create(chunks[0].schema(), params);
        looked = provider.create(chunks[0].schema(), params);
        looked.partialFit(chunks[0]);
    }

    /** Learns one chunk. */
    @Benchmark
    public void partialFit() {
        fitted.partialFit(chunks[next]);
        next = next + 1 == chunks.length ? 0 : next + 1;
    }

    /**
     * Learns one row, and copies the model.
     *
     * @return the model
     */
    @Benchmark
    public Model rowAndSnapshot() {
        looked.partialFit(chunks[0].slice(0, 1));
        return looked.snapshot();
    }

    /** Column j, turned by two reflections, varies by 1 / (j + 1). */
    private Chunk[] random() {
        SplittableRandom random = new SplittableRandom(7);
        Chunk[] made = new Chunk[4];
        double[] x = new double[width];
        for (int i = 0; i < made.length; i++) {
            ChunkBuffer buffer = new ChunkBuffer(Schema.numeric(width, Target.none()), rows);
            for (int row = 0; row < rows; row++) {
                for (int j = 0; j < width; j++) {
                    x[j] = (random.nextDouble() - 0.5) / Math.sqrt(j + 1);
                }
                reflect(x, 1);
                reflect(x, 2);
                buffer.beginRow();
                for (int j = 0; j < width; j++) {
                    buffer.put(j, x[j]);
                }
                buffer.endRow();
            }
            made[i] = buffer.chunk();
        }
        return made;
    }

    private static void reflect(double[] x, int phase) {
        double product = 0;
        double square = 0;
        for (int j = 0; j < x.length; j++) {
            product += Math.sin(j + phase) * x[j];
            square += Math.sin(j + phase) * Math.sin(j + phase);
        }
        for (int j = 0; j < x.length; j++) {
            x[j] -= 2 * product / square * Math.sin(j + phase);
        }
    }
}
