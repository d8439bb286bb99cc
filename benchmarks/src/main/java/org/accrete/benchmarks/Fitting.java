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
import org.accrete.core.plugin.PlugIns;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A learner, chosen by its name, and the chunks it learns in turns; what is measured is one {@code partialFit}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public abstract class Fitting {
    private Learner fitted;
    private Chunk[] chunks;
    private int next;

    /** For benchmarks, each of which has parameters of its own. */
    Fitting() {}

    /**
     * Makes the learner and enough chunks that no branch can be learned by heart.
     *
     * @param name name of the learner
     * @param set its parameters, {@code key=value} pairs separated by {@code ;}
     * @param width number of columns
     * @param entries entries of a row; fewer than columns make the rows sparse
     * @param rows rows per chunk
     * @param classes number of classes, where the learner has any
     * @param data folder of rows that {@code peers/compare.py} wrote; random ones if empty
     * @throws IOException if the folder cannot be read
     */
    final void prepare(String name, String set, int width, int entries, int rows, int classes, String data)
            throws IOException {
        LearnerProvider provider = PlugIns.load().learners().find(name);
        Target target = target(provider, classes);
        chunks = data.isEmpty()
                ? RandomChunks.several(width, entries, target, rows)
                : StoredChunks.read(Path.of(data), width, target, rows);
        Schema schema = chunks[0].schema();
        fitted = provider.create(schema, Params.parse(provider.params(), settings(set)));
    }

    /** Learns one chunk. */
    @Benchmark
    public void partialFit() {
        fitted.partialFit(chunks[next]);
        next = next + 1 == chunks.length ? 0 : next + 1;
    }

    private static Target target(LearnerProvider provider, int classes) {
        if (provider.targets().contains(Target.Kind.CATEGORICAL)) {
            return classes(classes);
        }
        return provider.targets().contains(Target.Kind.NUMERIC) ? Target.numeric("y") : Target.none();
    }

    /** {@return a target of so many classes} */
    static Target classes(int classes) {
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            labels.add("c" + c);
        }
        return Target.categorical("y", labels);
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
