package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.LeastSquares;
import org.accrete.core.ListSource;
import org.accrete.core.MemoryWriter;
import org.accrete.core.Softmax;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.core.serve.LiveModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of runs with challengers, in which a learner on scaled columns is better than one on raw ones. */
@Timeout(60)
class ChallengersTest {
    private static final int ROWS = 6_300;
    private static final List<String> RAW = List.of();
    private static final List<String> SCALED = List.of("standard-scaler");

    private final MemoryWriter writer = new MemoryWriter();
    private final List<ChampionChange> told = new ArrayList<>();
    private PlugIns plugIns =
            PlugIns.of(new Softmax.Provider(-1), new LeastSquares.Provider(), new StandardScalerProvider());
    private String learner = "softmax";
    private int unlabelledEvery = 5;
    private double holdout;
    private boolean gates;
    private BadRows badRows = BadRows.stop();
    private Optional<LiveModel> live = Optional.empty();
    private int every = Integer.MAX_VALUE;

    private ListSource rows() {
        ListSource source = learner.equals("softmax") ? ListSource.labels(ROWS) : ListSource.numbers(ROWS);
        source.unlabelledEvery = unlabelledEvery;
        source.stationary = !learner.equals("softmax");
        return source;
    }

    private Pipeline pipeline(List<String> steps) {
        return Pipeline.create(plugIns, rows().schema(), new PipelineSpec(learner, steps, Map.of()));
    }

    private TrainingRun.Builder run(int chunkRows, List<String> champion, List<List<String>> challengers) {
        return TrainingRun.builder(pipeline(champion), rows())
                .challengers(challengers.stream().map(this::pipeline).toList())
                .chunkRows(chunkRows);
    }

    /** Trains up to some rows, from the start or from the last version. */
    private RunReport train(int chunkRows, long upTo, Optional<State> from) {
        TrainingRun.Builder run = run(chunkRows, RAW, List.of(SCALED));
        if (from.isPresent()) {
            run = TrainingRun.builder(Pipeline.restore(plugIns, from.get()), rows())
                    .challengers(Versions.challengers(plugIns, from.get()))
                    .chunkRows(chunkRows)
                    .resume(from.get());
        }
        run.rows(upTo - from.map(state -> state.whole("run.rows")).orElse(0L))
                .writer(writer)
                .badRows(badRows)
                .listener(new RunListener() {
                    @Override
                    public void championChanged(ChampionChange change) {
                        told.add(change);
                    }
                });
        if (holdout > 0) {
            run.holdout(holdout);
        }
        if (!gates) {
            run.checkpointEvery(new CheckpointInterval(every, 0));
        } else {
            run.gates(new GateRules(List.of(Gate.parse("log_loss <= live + 0.1")), 2_000, Optional.empty()));
        }
        live.ifPresent(run::publishTo);
        return run.build().run();
    }

    /** All but the scores of chunks, which are told as such. */
    private static Map<String, Object> facts(State state) {
        Map<String, Object> facts = new TreeMap<>(state.texts());
        Map<String, Tensor> tensors = new HashMap<>(state.tensors());
        tensors.keySet()
                .removeIf(name ->
                        name.startsWith("run.") && !name.startsWith("run.challenge.") && !name.startsWith("run.gate."));
        facts.putAll(tensors);
        facts.remove("run.position");
        return facts;
    }

    private void assertSame(Map<String, Object> straight) {
        Map<String, Object> last = facts(writer.last());
        assertThat(last.keySet()).isEqualTo(straight.keySet());
        assertThat(last.keySet().stream().filter(name -> !last.get(name).equals(straight.get(name))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false,0,false", "false,0.3,false", "false,0,true", "true,0,false"})
    void anyChunkingAnyCheckpointAndAnyStopComeToTheSameChangesAndBytes(boolean numbers, double share, boolean judged) {
        learner = numbers ? "least-squares" : "softmax";
        holdout = share;
        gates = judged;
        RunReport report = train(1_000, ROWS, Optional.empty());
        Map<String, Object> straight = facts(writer.last());
        if (!numbers) {
            assertThat(told).hasSize(1);
            assertThat(report.challengers().orElseThrow().changes()).isEqualTo(told);
        }
        for (int chunkRows : new int[] {70, 333, 5_000}) {
            every = chunkRows == 333 ? 2 : Integer.MAX_VALUE;
            train(chunkRows, ROWS, Optional.empty());
            assertSame(straight);
        }
        Optional<State> last = Optional.empty();
        if (judged) {
            assertThat(writer.notes).anyMatch(note -> note.verdict() == ModelVersion.Verdict.PASSED);
            // What the gates of a resumed run compare with is for its caller to find.
            return;
        }
        for (int stop : new int[] {1, 640, 1_000, 1_320, 1_475, 2_200, 4_444, ROWS}) {
            train(250, stop, last);
            last = Optional.of(writer.last());
        }
        assertSame(straight);
    }

    @Test
    void theBetterOneBecomesTheChampionAndIsWhatAVersionIs() {
        unlabelledEvery = Integer.MAX_VALUE;
        live = Optional.of(LiveModel.unpublished());
        every = 1;
        RunReport report = train(1_000, ROWS, Optional.empty());
        ChampionChange change = told.get(0);
        assertThat(change.row() % 200).isZero();
        assertThat(change.row()).isBetween(1_400L, 2_000L);
        assertThat(change.from()).isEqualTo("softmax?steps=none");
        assertThat(change.to()).isEqualTo("softmax?steps=standard-scaler");
        assertThat(change.toText()).contains("log-loss was", "lower over 400 rows");

        Pipeline alone = pipeline(SCALED);
        Pipeline loser = pipeline(RAW);
        ListSource source = rows();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 1_000);
        while (source.next(buffer)) {
            alone.partialFit(buffer.chunk());
            loser.partialFit(buffer.chunk());
        }
        State last = writer.last();
        assertThat(last.tensors()).containsAllEntriesOf(alone.state().tensors());
        assertThat(last.text("steps")).isEqualTo(alone.state().text("steps"));
        assertThat(last.part("challenger.1.")).isEqualTo(loser.state());
        assertThat(writer.notes.get(1).facts()).containsEntry("champion", change.to());
        assertThat(writer.notes.get(1).facts().get("champion_changes")).isEqualTo(change.toText());
        assertThat(writer.notes.get(2).facts()).doesNotContainKey("champion_changes");
        assertThat(live.get().current().version()).isEqualTo("m@" + writer.states.size());

        List<ChallengerReport.Learner> learners =
                report.challengers().orElseThrow().learners();
        assertThat(learners.get(0).name()).isEqualTo(change.to());
        assertThat(learners.get(0).rows()).isEqualTo(ROWS - 1_000);
        assertThat(learners.get(0).metrics().get("log_loss"))
                .isLessThan(learners.get(1).metrics().get("log_loss"));
    }

    @Test
    void inChunksOfOneBlockTheChampionsFiguresAreThoseOfTheRun() {
        unlabelledEvery = Integer.MAX_VALUE;
        RunReport report = run(1_000, SCALED, List.of(RAW)).build().run();
        assertThat(report.challengers().orElseThrow().changes()).isEmpty();
        // The run also scores rows of the first chunk, which are not compared.
        RunReport alone = run(1_000, SCALED, List.of()).build().run();
        assertThat(report.scores()).isEqualTo(alone.scores());
        assertThat(alone.challengers()).isEmpty();
    }

    /** Learns all rows but some, in no chunks that a run has. */
    private Pipeline without(List<String> steps, Set<Integer> refused) {
        Pipeline pipeline = pipeline(steps);
        ListSource source = rows();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 1);
        for (int row = 0; source.next(buffer); row++) {
            if (!refused.contains(row)) {
                pipeline.partialFit(buffer.chunk());
            }
        }
        return pipeline;
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void aRowThatOneRefusesIsLearnedByNone(boolean named, boolean ofChampion) {
        Set<Integer> refused = Set.of(1_003, 1_250, 2_998, 3_000, 5_555);
        // Only the one on raw columns sees such numbers.
        plugIns = PlugIns.of(new Softmax.Provider(-1, refused, named), new StandardScalerProvider());
        badRows = BadRows.skip(0.5, line -> {});
        List<String> champion = ofChampion ? RAW : SCALED;
        List<String> challenger = ofChampion ? SCALED : RAW;
        RunReport report = run(400, champion, List.of(challenger))
                .writer(writer)
                .badRows(badRows)
                .build()
                .run();
        assertThat(report.rowsRefused()).isEqualTo(5);
        Map<String, State> learned = new TreeMap<>();
        for (State one : List.of(writer.last(), writer.last().part("challenger.1."))) {
            learned.put(String.join(",", one.list("steps")), one);
        }
        assertThat(learned.get("").tensors())
                .containsAllEntriesOf(without(RAW, refused).state().tensors());
        assertThat(learned.get("standard-scaler").tensors())
                .containsAllEntriesOf(without(SCALED, refused).state().tensors());
    }

    @Test
    void aRunThatEndsWithARefusalLeavesAllAtTheRowBefore() {
        plugIns = PlugIns.of(new Softmax.Provider(-1, Set.of(2_345), false), new StandardScalerProvider());
        assertThatThrownBy(() ->
                        run(1_000, SCALED, List.of(RAW)).writer(writer).build().run())
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("overflow");
        assertThat(writer.last().whole("run.rows")).isEqualTo(2_345);
        assertThat(writer.last().whole("pipeline.rows_seen")).isEqualTo(2_345);
        assertThat(writer.last().part("challenger.1.").whole("pipeline.rows_seen"))
                .isEqualTo(2_345);
    }

    @Test
    void aRunGoesOnWithTheChallengersOfTheVersion() {
        train(1_000, 1_300, Optional.empty());
        State state = writer.last();
        assertThatThrownBy(() -> TrainingRun.builder(Pipeline.restore(plugIns, state), rows())
                        .resume(state)
                        .build())
                .hasMessage("the stored run has 1 challenger but this one 0; go on with those of the version");
        State none = State.builder()
                .all(pipeline(RAW).state())
                .text("run.position", "start")
                .build();
        assertThatThrownBy(() -> run(100, RAW, List.of(SCALED)).resume(none).build())
                .hasMessageContaining("the stored run has 0 challengers but this one 1");
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        assertThatThrownBy(() -> run(100, RAW, List.of(RAW)).build())
                .hasMessageContaining("softmax is there twice; leave one out");
        assertThatThrownBy(
                        () -> run(100, RAW, List.of(SCALED)).progressive(true).build())
                .hasMessage("progressive scores are of one learner, and challengers change it; leave one of both out");
        Pipeline scaler =
                Pipeline.create(plugIns, rows().schema(), new PipelineSpec("standard-scaler", List.of(), Map.of()));
        assertThatThrownBy(() -> TrainingRun.requireComparable(pipeline(RAW), List.of(scaler)))
                .hasMessageContaining("standard-scaler does not predict 'y'; leave it out");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rowsOfLaterPassesAreLearnedButNotCompared(boolean small) {
        unlabelledEvery = Integer.MAX_VALUE;
        List<Pipeline> challengers = List.of(pipeline(SCALED));
        try (ChunkSource twice = org.accrete.core.source.Sources.repeat(pass -> rows(), 2)) {
            RunReport report = TrainingRun.builder(pipeline(RAW), twice)
                    .challengers(challengers)
                    .chunkRows(small ? 130 : 1_000)
                    .build()
                    .run();
            assertThat(report.rows()).isEqualTo(2 * ROWS);
            assertThat(report.challengers().orElseThrow().learners().get(0).rows())
                    .isEqualTo(ROWS - 1_000);
        }
    }
}
