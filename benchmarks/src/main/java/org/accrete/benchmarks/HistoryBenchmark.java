package org.accrete.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.HistoryLines;
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

/** The time to read the lines of a history: what each command that opens a model does first. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HistoryBenchmark {
    private static final String MODEL = "flights";

    /** Versions of the model. */
    @Param({"1", "10000"})
    public int versions;

    private byte[] lines = new byte[0];

    /** Makes lines with the scores and facts that a training writes. */
    @Setup
    public void prepare() {
        TreeMap<Long, ModelVersion> made = new TreeMap<>();
        List<History.Move> moves = new ArrayList<>();
        for (long i = 1; i <= versions; i++) {
            Instant created = Instant.ofEpochMilli(1_790_000_000_000L + 300_017 * i);
            made.put(i, new ModelVersion(MODEL, i, created, note(i), 1_003_184, "4e81".repeat(16)));
            moves.add(new History.Move(History.LIVE, i, created, i, Optional.empty()));
        }
        History history =
                new History(MODEL, List.copyOf(made.values()), new TreeMap<>(Map.of(History.LIVE, 1L)), moves);
        lines = HistoryLines.repaired(
                new HistoryLines.Remains(List.of(), history),
                made,
                Set.of(),
                new TreeSet<>(),
                Instant.EPOCH,
                new ArrayList<>());
    }

    private static ModelVersion.Note note(long number) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String name : List.of("accuracy", "kappa", "kappa_t", "log_loss", "roc_auc")) {
            scores.put(name, 1 / (1.1 + number % 17 + name.length()));
        }
        return new ModelVersion.Note(
                number == 1 ? Optional.empty() : Optional.of(MODEL + "@" + (number - 1)),
                "sgd-classifier",
                20 * number,
                scores,
                scores,
                ModelVersion.Verdict.NONE,
                Map.of(
                        "kernel", "scalar",
                        "rows_from", Long.toString(20 * number - 19),
                        "rows_to", Long.toString(20 * number),
                        "seconds", "0.239",
                        "source", "examples/flights/flights-200k.csv.gz"));
    }

    /** {@return the history, all checksums checked, with the note of its last version} */
    @Benchmark
    public ModelVersion.Verdict open() {
        History history = HistoryLines.read(MODEL, lines).history();
        return history.latest().orElseThrow().note().verdict();
    }

    /** {@return what all versions say together, each decoded} */
    @Benchmark
    public long decodeAll() {
        long rows = 0;
        for (ModelVersion version : HistoryLines.read(MODEL, lines).history().versions()) {
            rows += version.note().rowsSeen();
        }
        return rows;
    }
}
