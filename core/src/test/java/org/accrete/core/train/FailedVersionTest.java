package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.ListSource;
import org.accrete.core.Softmax;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a version that cannot be written does not end a run, and leaves no trace in what follows. */
@Timeout(60)
class FailedVersionTest {
    private static final PlugIns PLUG_INS = PlugIns.of(new Softmax.Provider(-1), new StandardScalerProvider());
    private static final int ROWS = 8_300;

    @TempDir
    private Path folder;

    private final List<String> told = new ArrayList<>();
    private final AtomicLong seconds = new AtomicLong();
    private ModelStore store;
    private Set<Long> failing = Set.of();
    private Kind kind = Kind.IO;
    private boolean canTryAgain = true;

    @BeforeEach
    void open() {
        store = DirectoryStore.open(folder.resolve("store"));
    }

    /** Fails the appends of states that have seen so many rows, as a full disk would. */
    private final class ShakyWriter implements ModelWriter {
        private final ModelWriter writer = store.writer("m");

        @Override
        public ModelVersion append(State state, ModelVersion.Note note) {
            if (failing.contains(state.whole("run.rows"))) {
                throw new AccreteException(kind, "no space left on device");
            }
            return writer.append(state, note);
        }

        @Override
        public boolean canTryAgain() {
            return canTryAgain;
        }

        @Override
        public void copy(ModelVersion version, boolean live, InputStream bytes) {
            writer.copy(version, live, bytes);
        }

        @Override
        public void close() {
            writer.close();
        }
    }

    private TrainingRun.Builder run(ModelWriter writer) {
        ListSource source = ListSource.labels(ROWS);
        Pipeline pipeline = Pipeline.create(
                PLUG_INS, source.schema(), new PipelineSpec("softmax", List.of("standard-scaler"), Map.of()));
        return TrainingRun.builder(pipeline, source)
                .chunkRows(500)
                .writer(writer)
                .clock(new com.google.common.base.Ticker() {
                    @Override
                    public long read() {
                        return TimeUnit.SECONDS.toNanos(seconds.get());
                    }
                })
                .listener(new RunListener() {
                    @Override
                    public void chunk(Progress progress) {
                        seconds.incrementAndGet();
                    }

                    @Override
                    public void version(ModelVersion version) {
                        told.add(version.reference());
                    }

                    @Override
                    public void versionFailed(AccreteException failure, String next) {
                        told.add(failure.getMessage() + ", " + next);
                    }
                });
    }

    private History train(CheckpointInterval interval) {
        try (ModelWriter writer = new ShakyWriter()) {
            run(writer).checkpointEvery(interval).build().run();
        }
        return store.history("m");
    }

    private State last() {
        return store.load(store.history("m").latest().orElseThrow());
    }

    private static List<String> rows(History history) {
        return history.versions().stream()
                .map(version -> version.note().facts().get("rows_from") + "-"
                        + version.note().facts().get("rows_to"))
                .toList();
    }

    @Test
    void aRunGoesOnAndTheNextVersionHoldsEverything() {
        train(new CheckpointInterval(2, 0));
        State undisturbed = last();
        store = DirectoryStore.open(folder.resolve("shaky"));
        told.clear();
        failing = Set.of(1_000L, 4_000L, 5_000L);
        History history = train(new CheckpointInterval(2, 0));
        String failure = "no space left on device, after 2 chunks";
        assertThat(told).containsExactly(failure, "m@1", "m@2", failure, failure, "m@3", "m@4", "m@5", "m@6");
        // What is said of a version begins where the last one ended that there is.
        assertThat(rows(history))
                .containsExactly("1-2000", "2001-3000", "3001-6000", "6001-7000", "7001-8000", "8001-8300");
        assertThat(history.versions().get(2).note().parent()).contains("m@2");
        assertThat(history.versions().get(2).note().facts()).containsEntry("seconds", "6.000");
        assertThat(history.live()).isEqualTo(history.latest());
        assertThat(last()).isEqualTo(undisturbed);
        assertThat(store.verify("m")).isEmpty();
    }

    @Test
    void theNextTryIsAnIntervalLater() {
        failing = Set.of(2_000L, 2_500L, 3_000L, 3_500L);
        History history = train(new CheckpointInterval(0, 4));
        assertThat(told).startsWith("no space left on device, in 4 s", "m@1");
        assertThat(rows(history)).startsWith("1-4000", "4001-6000");
    }

    @Test
    void theLastVersionMustBeWritten() {
        failing = Set.of((long) ROWS);
        assertThatThrownBy(() -> train(new CheckpointInterval(2, 0))).hasMessage("no space left on device");
        assertThat(told).last().isEqualTo("m@8");
        assertThat(store.verify("m")).isEmpty();
    }

    @Test
    void whatIsNoFailureOfTheDiskEndsTheRun() {
        failing = Set.of(2_000L);
        kind = Kind.BAD_STATE;
        assertThatThrownBy(() -> train(new CheckpointInterval(2, 0))).hasMessage("no space left on device");
        assertThat(told).containsExactly("m@1");
        store = DirectoryStore.open(folder.resolve("unknown"));
        kind = Kind.IO;
        canTryAgain = false;
        assertThatThrownBy(() -> train(new CheckpointInterval(2, 0))).hasMessage("no space left on device");
        assertThat(told).containsExactly("m@1", "m@1");
    }

    @Test
    void whatIsPublishedGoesOn() {
        failing = Set.of(2_000L);
        List<String> published = new ArrayList<>();
        LiveModel live = LiveModel.unpublished();
        try (ModelWriter writer = new ShakyWriter()) {
            run(writer)
                    .rows(3_500)
                    .checkpointEvery(new CheckpointInterval(2, 0))
                    .publishTo(live)
                    .listener(new RunListener() {
                        @Override
                        public void chunk(Progress progress) {
                            if (progress.rows() > 500) {
                                published.add(live.current().version());
                            }
                            seconds.incrementAndGet();
                        }
                    })
                    .build()
                    .run();
        }
        assertThat(published).containsExactly("+500", "m@1", "m@1+500", "m@1+1000", "m@1+1500", "m@2");
    }

    /** No later version is compared with one that there is not. */
    @Test
    void gatesForgetAVersionThatCouldNotBeWritten() {
        for (boolean trusted : new boolean[] {false, true}) {
            failing = Set.of();
            store = DirectoryStore.open(folder.resolve("gates-" + trusted));
            Map<String, Tensor> undisturbed = learned(gated(trusted));
            failing = Set.of(3_000L, 4_000L);
            store = DirectoryStore.open(folder.resolve("gates-shaky-" + trusted));
            told.clear();
            History history = gated(trusted);
            assertThat(told)
                    .as("trusted %b", trusted)
                    .filteredOn(line -> line.contains("no space"))
                    .hasSize(2)
                    .allMatch(line -> line.endsWith(", at the end of a window"));
            assertThat(rows(history)).startsWith("1-1000", "1001-2000", "2001-5000", "5001-6000");
            Set<Long> ends = history.versions().stream()
                    .map(version -> Versions.rowsTo(version).orElseThrow())
                    .collect(Collectors.toSet());
            for (ModelVersion version : history.versions()) {
                assertThat(Gates.reference(store.load(version)).orElseThrow())
                        .as("what %s is compared with", version.reference())
                        .isIn(ends);
            }
            assertThat(learned(history)).isEqualTo(undisturbed);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    private History gated(boolean trusted) {
        ListSource rows = ListSource.labels(700);
        try (ModelWriter writer = new ShakyWriter()) {
            run(writer)
                    .gates(new GateRules(
                            List.of(Gate.parse("log_loss <= live + 10")),
                            1_000,
                            trusted ? Optional.of(rows) : Optional.empty()))
                    .build()
                    .run();
        }
        return store.history("m");
    }

    private Map<String, Tensor> learned(History history) {
        Map<String, Tensor> tensors =
                new TreeMap<>(store.load(history.latest().orElseThrow()).tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run.gate."));
        return tensors;
    }
}
