package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.accrete.api.AccreteException;
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
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that a run goes on from the version that somebody moves {@code live} to. */
@Timeout(60)
class RollbackTest {
    private static final PlugIns PLUG_INS = PlugIns.of(new Softmax.Provider(-1), new StandardScalerProvider());
    private static final int ROWS = 9_000;

    @TempDir
    private Path folder;

    private final AtomicLong millis = new AtomicLong();
    private final List<Rollback> taken = new ArrayList<>();
    private boolean isChallenged;

    private static ListSource source() {
        ListSource source = ListSource.labels(ROWS);
        source.newClassEvery = 2_000;
        return source;
    }

    /** A run that appends a version every 1,000 rows; a second passes with each look at the clock. */
    private TrainingRun.Builder run(
            ModelStore store, ModelWriter writer, int chunkRows, Optional<State> from, RowsAgain again) {
        ListSource source = source();
        History history = store.history("m");
        Pipeline pipeline = from.map(state -> Pipeline.restore(PLUG_INS, state))
                .orElseGet(() -> Pipeline.create(
                        PLUG_INS, source.schema(), new PipelineSpec("softmax", List.of("standard-scaler"), Map.of())));
        TrainingRun.Builder run = TrainingRun.builder(pipeline, source)
                .chunkRows(chunkRows)
                .writer(writer)
                .checkpointEvery(new CheckpointInterval(1_000 / chunkRows, 0))
                .clock(new com.google.common.base.Ticker() {
                    @Override
                    public long read() {
                        return TimeUnit.SECONDS.toNanos(millis.incrementAndGet());
                    }
                })
                .takeRollbacks(PLUG_INS, store, history, again);
        if (isChallenged) {
            // Without its step, so that it learns otherwise.
            run.challengers(from.map(state -> Versions.challengers(PLUG_INS, state))
                    .orElseGet(() -> List.of(Pipeline.create(
                            PLUG_INS, source.schema(), new PipelineSpec("softmax", List.of(), Map.of())))));
        }
        from.ifPresent(state -> {
            run.resume(state);
            history.rollback().ifPresent(move -> run.parent("m@" + move.number()));
        });
        return run;
    }

    /** Moves live back to version 3 once version 6 was appended. */
    private RunListener back(ModelStore store, boolean fromHere) {
        return new RunListener() {
            @Override
            public void version(ModelVersion version) {
                if (version.number() == 6 && taken.isEmpty()) {
                    store.tag("m", History.LIVE, 3, new History.Reason("bad labels", fromHere));
                }
            }

            @Override
            public void rolledBack(Rollback rollback) {
                taken.add(rollback);
            }
        };
    }

    private static Optional<org.accrete.api.data.ChunkSource> again(ModelVersion version, State state) {
        return Optional.of(source());
    }

    private static Map<String, Tensor> learned(State state) {
        Map<String, Tensor> tensors = new TreeMap<>(state.tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run."));
        return tensors;
    }

    private State straight() {
        ModelStore store = DirectoryStore.open(folder.resolve("straight"));
        try (ModelWriter writer = store.writer("m")) {
            run(store, writer, 500, Optional.empty(), RowsAgain.NEVER).build().run();
        }
        return store.load(store.history("m").latest().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({
        "500,true,false",
        "500,false,false",
        "1000,true,false",
        "250,true,false",
        "500,true,true",
        "250,false,true"
    })
    void aRunGoesBackInTheSourceAndLearnsTheSameAgain(int chunkRows, boolean ahead, boolean challenged) {
        isChallenged = challenged;
        ModelStore store = DirectoryStore.open(folder);
        RunReport report;
        try (ModelWriter writer = store.writer("m")) {
            report = run(store, writer, chunkRows, Optional.empty(), RollbackTest::again)
                    .prefetch(ahead)
                    .listener(back(store, false))
                    .build()
                    .run();
        }
        History history = store.history("m");
        State last = store.load(history.latest().orElseThrow());
        if (chunkRows == 500) {
            assertThat(last).isEqualTo(straight());
        }
        assertThat(learned(last)).isEqualTo(learned(straight()));
        assertThat(taken).hasSize(1);
        assertThat(taken.get(0).fromHere()).isFalse();
        assertThat(report.rows()).isEqualTo(ROWS);
        assertThat(report.rowsRolledBack()).isEqualTo(3_000);
        assertThat(report.rowsRead()).isEqualTo(ROWS + 3_000);
        assertThat(history.versions().get(6).note().parent()).contains("m@3");
        assertThat(history.versions().get(6).note().facts())
                .containsEntry("rows_from", "3001")
                .containsEntry("rows_to", "4000");
        assertThat(history.aliases()).containsEntry(History.LIVE, 12L);
    }

    @Test
    void theRowsStillEndWhereTheyWouldHaveEnded() {
        ModelStore store = DirectoryStore.open(folder);
        try (ModelWriter writer = store.writer("m")) {
            run(store, writer, 500, Optional.empty(), RollbackTest::again)
                    .rows(7_000)
                    .listener(back(store, false))
                    .build()
                    .run();
        }
        State last = store.load(store.history("m").latest().orElseThrow());
        assertThat(last.whole("run.rows")).isEqualTo(7_000);
    }

    @ParameterizedTest
    @CsvSource({"500,false", "1000,false", "250,false", "500,true", "250,true"})
    void fromHereIsTheSameInARunAndInOneThatIsResumed(int chunkRows, boolean challenged) {
        isChallenged = challenged;
        ModelStore store = DirectoryStore.open(folder);
        RunReport report;
        try (ModelWriter writer = store.writer("m")) {
            report = run(store, writer, chunkRows, Optional.empty(), RollbackTest::again)
                    .listener(back(store, true))
                    .build()
                    .run();
        }
        State inRun = store.load(store.history("m").latest().orElseThrow());
        assertThat(inRun.whole("run.rows")).isEqualTo(ROWS);
        assertThat(inRun.whole("run.rows_rolled_back")).isEqualTo(3_000);
        assertThat(inRun.whole("pipeline.rows_seen")).isEqualTo(ROWS - 3_000);
        assertThat(report.rowsRolledBack()).isEqualTo(3_000);
        assertThat(report.rows()).isEqualTo(ROWS - 3_000);
        assertThat(report.rowsRead()).isEqualTo(ROWS);

        ModelStore other = DirectoryStore.open(folder.resolve("other"));
        try (ModelWriter writer = other.writer("m")) {
            run(other, writer, chunkRows, Optional.empty(), RowsAgain.NEVER)
                    .rows(6_000)
                    .build()
                    .run();
        }
        other.tag("m", History.LIVE, 3, new History.Reason("", true));
        History history = other.history("m");
        State composed = Versions.fromHere(
                other.load(history.live().orElseThrow()),
                other.load(history.latest().orElseThrow()));
        try (ModelWriter writer = other.writer("m")) {
            run(other, writer, chunkRows, Optional.of(composed), RowsAgain.NEVER)
                    .build()
                    .run();
        }
        History after = other.history("m");
        assertThat(other.load(after.latest().orElseThrow())).isEqualTo(inRun);
        assertThat(after.versions().get(6).note().parent()).contains("m@3");
        assertThat(after.aliases()).containsEntry(History.LIVE, 9L);
    }

    @Test
    void aSourceThatCannotBeReadAgainIsGoneOnWithFromHere() {
        ModelStore store = DirectoryStore.open(folder);
        try (ModelWriter writer = store.writer("m")) {
            run(store, writer, 500, Optional.empty(), RowsAgain.NEVER)
                    .listener(back(store, false))
                    .build()
                    .run();
        }
        assertThat(taken).hasSize(1);
        assertThat(taken.get(0).asked()).isFalse();
        assertThat(taken.get(0).fromHere()).isTrue();
        State last = store.load(store.history("m").latest().orElseThrow());
        assertThat(last.whole("run.rows_rolled_back")).isEqualTo(3_000);
    }

    @Test
    void aRollbackFromBeforeTheRunIsNotTakenAgain() {
        ModelStore store = DirectoryStore.open(folder);
        try (ModelWriter writer = store.writer("m")) {
            run(store, writer, 500, Optional.empty(), RowsAgain.NEVER)
                    .rows(4_000)
                    .build()
                    .run();
        }
        store.tag("m", History.LIVE, 2);
        State state = store.load(store.history("m").live().orElseThrow());
        try (ModelWriter writer = store.writer("m")) {
            run(store, writer, 500, Optional.of(state), RollbackTest::again)
                    .listener(back(store, false))
                    .rows(1_000)
                    .build()
                    .run();
        }
        assertThat(taken).isEmpty();
        assertThat(store.history("m").aliases()).containsEntry(History.LIVE, 5L);
    }

    @Test
    void aRollbackWhileTheLastVersionIsWrittenIsTakenToo() {
        ModelStore store = DirectoryStore.open(folder);
        try (ModelWriter writer = store.writer("m")) {
            run(store, writer, 500, Optional.empty(), RollbackTest::again)
                    .rows(6_000)
                    .listener(back(store, false))
                    .build()
                    .run();
        }
        assertThat(taken).hasSize(1);
        History history = store.history("m");
        assertThat(history.latest().orElseThrow().number()).isEqualTo(9);
        assertThat(history.aliases()).containsEntry(History.LIVE, 9L);
        assertThat(store.load(history.latest().orElseThrow()).whole("run.rows")).isEqualTo(6_000);
    }

    @Test
    void aStoreThatCannotBeReadForAWhileEndsNoRun() throws Exception {
        ModelStore store = DirectoryStore.open(folder.resolve("store"));
        AtomicLong asked = new AtomicLong();
        ModelStore broken = (ModelStore) Proxy.newProxyInstance(
                ModelStore.class.getClassLoader(), new Class<?>[] {ModelStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("revision") && asked.getAndIncrement() % 3 > 0) {
                        throw new AccreteException(AccreteException.Kind.IO, "no connection");
                    }
                    return method.invoke(store, arguments);
                });
        try (ModelWriter writer = store.writer("m")) {
            run(broken, writer, 500, Optional.empty(), RollbackTest::again)
                    .listener(back(store, false))
                    .build()
                    .run();
        }
        assertThat(asked.get()).isGreaterThan(3);
        assertThat(taken).hasSize(1);
        assertThat(learned(store.load(store.history("m").latest().orElseThrow())))
                .isEqualTo(learned(straight()));
    }
}
