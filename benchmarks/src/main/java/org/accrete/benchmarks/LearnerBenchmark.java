package org.accrete.benchmarks;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A learner chosen by its name, plug-ins included, and the chunks it is measured on.
 *
 * <p>JMH takes a comma in {@code -p} as the end of a value. In the parameters that are text, {@code %XX} stands for a
 * byte of UTF-8, as in {@code -p set=hidden=64%2C32}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public abstract class LearnerBenchmark {
    /** Folder with the jars of plug-ins; empty for none. */
    @Param("")
    public String plugins;

    /** Name of the learner, or of a step in the place of one. */
    @Param("sgd-classifier")
    public String learner;

    /** Names of the steps before the learner, separated by {@code ;}. Without any, the learner is measured alone. */
    @Param("")
    public String steps;

    /** Parameters of the learner, and {@code step.key=value} of steps: pairs separated by {@code ;}. */
    @Param("")
    public String set;

    /** Number of columns. */
    @Param({"20", "100", "784"})
    public int width;

    /** Share of columns that have an entry in a row: 1 is dense, less is sparse. */
    @Param("1")
    public double density;

    /** Number of classes of a classifier's target. */
    @Param("2")
    public int classes;

    /** Folder of rows that a script in {@code peers} wrote; empty for random rows. */
    @Param("")
    public String data;

    private Chunk[] chunks;
    private Learner fitted;
    private int next;

    /** For suites, which add their own parameters. */
    LearnerBenchmark() {}

    /**
     * Makes the learner, untrained, and its chunks.
     *
     * @param rows rows per chunk
     * @throws IOException if the folder of rows cannot be read
     * @throws Refused if there is no such learner, or it cannot be made
     */
    final void prepare(int rows) throws IOException {
        try {
            PlugIns plugIns = PlugIns.load(PlugIns.folders(decoded(plugins)));
            LearnerProvider provider = plugIns.learner(learner, settings());
            Target target = target(provider.targets());
            int entries = density >= 1 ? width : (int) Math.max(1, Math.round(width * density));
            chunks = data.isEmpty()
                    ? RandomChunks.several(width, entries, target, rows)
                    : StoredChunks.read(Path.of(decoded(data)), width, target, rows);
            if (chunks.length == 0) {
                throw new Refused("'" + data + "' holds fewer than " + rows + " rows");
            }
            List<String> before = steps.isBlank() ? List.of() : List.of(steps.split(";"));
            fitted = before.isEmpty()
                    ? provider.create(chunks[0].schema(), Params.parse(provider.params(), settings()))
                    : Pipeline.create(plugIns, chunks[0].schema(), new PipelineSpec(learner, before, settings()));
        } catch (AccreteException e) {
            throw new Refused(String.valueOf(e.getMessage()).replace("--plugins", "-p plugins=DIR"));
        }
    }

    /** {@return the learner} */
    final Learner fitted() {
        return fitted;
    }

    /** {@return all chunks} */
    final Chunk[] chunks() {
        return chunks;
    }

    /** {@return the next chunk; the first follows the last} */
    final Chunk nextChunk() {
        next = next + 1 == chunks.length ? 0 : next + 1;
        return chunks[next];
    }

    private Target target(Set<Target.Kind> kinds) {
        if (kinds.contains(Target.Kind.NONE)) {
            return Target.none();
        }
        return kinds.contains(Target.Kind.CATEGORICAL) ? classes(classes) : Target.numeric("y");
    }

    /** {@return a target of so many classes} */
    static Target classes(int classes) {
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            labels.add("c" + c);
        }
        return Target.categorical("y", labels);
    }

    /** {@return the parameters of {@link #set}} */
    final Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : set.isBlank() ? new String[0] : set.split(";")) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new Refused("set must be key=value pairs separated by ';' but was '" + set + "'");
            }
            settings.put(
                    pair.substring(0, equals).strip(),
                    decoded(pair.substring(equals + 1).strip()));
        }
        return settings;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refused("'%' must be followed by two hexadecimal digits in '" + text + "'; write %25 for '%'");
        }
    }
}
