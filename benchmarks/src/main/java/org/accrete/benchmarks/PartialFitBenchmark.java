package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.core.PlugIns;
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

/** The hot path: the time of one {@code partialFit} of {@code rows} rows, for any learner by its name. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class PartialFitBenchmark {
    /** Name of the learner. */
    @Param("sgd-classifier")
    public String learner;

    /** Parameters of the learner, {@code key=value} pairs separated by {@code ;}. */
    @Param("")
    public String set;

    /** Number of columns. */
    @Param({"20", "100", "784"})
    public int width;

    /** Rows per chunk. */
    @Param("1000")
    public int rows;

    /** Share of columns that have an entry in a row; 1 is dense, less is sparse. */
    @Param("1")
    public double density;

    /** Number of classes, where the learner has any. */
    @Param("2")
    public int classes;

    /** Folder of rows that {@code peers/compare.py} wrote; random ones of the given density if empty. */
    @Param("")
    public String data;

    private Learner fitted;
    private Chunk[] chunks;
    private int next;

    /**
     * Makes the learner and enough chunks that no branch can be learned by heart.
     *
     * @throws IOException if the folder cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        LearnerProvider provider = PlugIns.load().learners().find(learner);
        Target target = target(provider);
        chunks = data.isEmpty() ? random(target) : StoredChunks.read(Path.of(data), width, target, rows);
        Schema schema = chunks[0].schema();
        fitted = provider.create(schema, Params.parse(provider.params(), settings(set)));
    }

    /** Learns one chunk. */
    @Benchmark
    public void partialFit() {
        fitted.partialFit(chunks[next]);
        next = next + 1 == chunks.length ? 0 : next + 1;
    }

    private Chunk[] random(Target target) {
        Chunk[] made = new Chunk[Math.max(2, Math.min(64, 4_000_000 / Math.max(1, rows * nonZeros())))];
        for (int i = 0; i < made.length; i++) {
            made[i] = RandomChunks.make(width, density, target, rows, 7 + i);
        }
        return made;
    }

    private int nonZeros() {
        return Math.max(1, (int) Math.round(width * density));
    }

    private Target target(LearnerProvider provider) {
        if (provider.targets().contains(Target.Kind.CATEGORICAL)) {
            List<String> labels = new ArrayList<>();
            for (int c = 0; c < classes; c++) {
                labels.add("c" + c);
            }
            return Target.categorical("y", labels);
        }
        return provider.targets().contains(Target.Kind.NUMERIC) ? Target.numeric("y") : Target.none();
    }

    private static Map<String, String> settings(String pairs) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : pairs.isBlank() ? new String[0] : pairs.split(";")) {
            int equals = pair.indexOf('=');
            settings.put(
                    pair.substring(0, equals).strip(),
                    pair.substring(equals + 1).strip());
        }
        return settings;
    }
}
