package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Verdict;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.LeastSquares;
import org.accrete.core.ListSource;
import org.accrete.core.Softmax;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that gates judge versions at numbers of rows, and what follows from their verdicts. */
@Timeout(120)
class GatesTest {
    private static final PlugIns PLUG_INS =
            PlugIns.of(new Softmax.Provider(-1), new LeastSquares.Provider(), new StandardScalerProvider());
    private static final int ROWS = 8_300;
    private static final int WINDOW = 1_000;

    @TempDir
    private Path folder;

    private boolean ofNumbers;
    private boolean trusted;
    private List<Gate> gates = List.of(Gate.parse("log_loss <= live + 0.02"), Gate.parse("changed <= 30%"));
    private Optional<LiveModel> published = Optional.empty();
    private Optional<CheckpointInterval> interval = Optional.empty();

    /** Rows of which some have a wrong label. */
    private ListSource rows() {
        ListSource source = ofNumbers ? ListSource.numbers(ROWS) : ListSource.labels(ROWS);
        source.wrongFrom = 4_000;
        source.wrongTo = 5_000;
        source.stationary = true;
        return source;
    }

    private ListSource trustedRows() {
        ListSource source = ofNumbers ? ListSource.numbers(700) : ListSource.labels(700);
        source.stationary = true;
        return source;
    }

    private History train(ModelStore store, int chunkRows, long upTo) {
        try (ModelWriter writer = store.writer("m")) {
            History history = store.history("m");
            ListSource source = rows();
            Optional<ModelVersion> origin = history.rollback().isPresent() ? history.live() : history.latest();
            Optional<State> state = origin.map(store::load);
            Pipeline pipeline = state.map(some -> Pipeline.restore(PLUG_INS, some))
                    .orElseGet(() -> Pipeline.create(
                            PLUG_INS,
                            source.schema(),
                            new PipelineSpec(
                                    ofNumbers ? "least-squares" : "softmax", List.of("standard-scaler"), Map.of())));
            TrainingRun.Builder run = TrainingRun.builder(pipeline, source)
                    .chunkRows(chunkRows)
                    .rows(upTo - state.map(some -> some.whole("run.rows")).orElse(0L))
                    .writer(writer)
                    .gates(new GateRules(gates, WINDOW, trusted ? Optional.of(trustedRows()) : Optional.empty()));
            interval.ifPresent(run::checkpointEvery);
            published.ifPresent(run::publishTo);
            origin.ifPresent(version -> run.parent(version.reference()));
            state.ifPresent(run::resume);
            Versions.judgedBeside(history, origin, state)
                    .ifPresent(version -> run.judgedBeside(
                            Pipeline.restore(PLUG_INS, store.load(version)).snapshot(),
                            Versions.rowsTo(version).orElseThrow()));
            run.build().run();
        }
        return store.history("m");
    }

    private ModelStore store(String name) {
        return DirectoryStore.open(folder.resolve(name));
    }

    /** What gates said where windows end, and what the last version holds. */
    private record Outcome(Map<Long, String> verdicts, State last) {
        static Outcome of(ModelStore store, History history) {
            Map<Long, String> verdicts = new TreeMap<>();
            for (ModelVersion version : history.versions()) {
                long row = Versions.rowsTo(version).orElseThrow();
                if (row % WINDOW == 0 || row == ROWS) {
                    verdicts.put(
                            row,
                            version.note().verdict() + version.note().facts().getOrDefault("gate", ""));
                }
            }
            return new Outcome(verdicts, store.load(history.latest().orElseThrow()));
        }
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void anyChunkingAndAnyStopComeToTheSameVerdicts(boolean numbers, boolean source) {
        ofNumbers = numbers;
        trusted = source;
        if (numbers) {
            gates = List.of(Gate.parse("rmse <= live * 1.1"), Gate.parse("mae <= baseline"));
        }
        ModelStore straightStore = store("straight");
        Outcome straight = Outcome.of(straightStore, train(straightStore, 200, ROWS));
        assertThat(straight.verdicts).hasSize(9);
        assertThat(straight.verdicts.values()).anyMatch(said -> said.startsWith("PASSED"));
        assertThat(straight.verdicts.values()).anyMatch(said -> said.startsWith("REFUSED"));
        check(straight, store("chunks"), 170, ROWS);
        check(straight, store("stop"), 1_000, 3_000, ROWS);
        check(straight, store("stops"), 200, 370, 3_333, 4_500, 4_501, ROWS);
    }

    private void check(Outcome straight, ModelStore store, int chunkRows, long... stops) {
        for (long stop : stops) {
            train(store, chunkRows, stop);
        }
        Outcome outcome = Outcome.of(store, store.history("m"));
        assertThat(outcome.verdicts).isEqualTo(straight.verdicts);
        outcome.last.tensors().forEach((name, tensor) -> {
            // The other run.* tensors are of chunks, and are told as such.
            if (!name.startsWith("run.") || name.startsWith("run.gate.")) {
                assertThat(tensor).as(name).isEqualTo(straight.last.tensor(name));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFiguresAreThoseOfTheVersionsThemselves(boolean numbers) {
        ofNumbers = numbers;
        trusted = true;
        gates = List.of(Gate.parse(numbers ? "rmse <= live + 0.05" : "log_loss <= live + 0.02"));
        ModelStore store = store("figures");
        History history = train(store, 200, ROWS);
        Map<Long, Double> losses = new HashMap<>();
        Optional<Double> live = Optional.empty();
        List<Verdict> verdicts = new ArrayList<>();
        for (ModelVersion version : history.versions()) {
            double loss = lossOfTrusted(store.load(version));
            losses.put(version.number(), loss);
            double margin = numbers ? 0.05 : 0.02;
            Verdict expected =
                    live.isEmpty() ? Verdict.NONE : loss <= live.get() + margin ? Verdict.PASSED : Verdict.REFUSED;
            assertThat(version.note().verdict()).as(version.reference()).isEqualTo(expected);
            if (live.isPresent()) {
                String said = version.note().facts().get("gate");
                assertThat(Double.parseDouble(said.split(" ", -1)[1])).isCloseTo(loss, within(1e-6));
                assertThat(said).contains("700 rows of list");
            }
            verdicts.add(expected);
            if (expected != Verdict.REFUSED && Versions.rowsTo(version).orElseThrow() % WINDOW == 0) {
                live = Optional.of(loss);
            }
        }
        assertThat(verdicts).contains(Verdict.PASSED, Verdict.REFUSED);
        long wrong = 5;
        assertThat(verdicts.get((int) wrong - 1)).isEqualTo(Verdict.REFUSED);
        assertThat(history.moves().stream().map(History.Move::number)).doesNotContain(wrong);
    }

    private double lossOfTrusted(State state) {
        ListSource source = trustedRows();
        ChunkBuffer rows = new ChunkBuffer(source.schema(), 700);
        source.next(rows);
        double sum = 0;
        if (ofNumbers) {
            double[] predicted = new double[700];
            ((Regressor) Pipeline.restore(PLUG_INS, state).snapshot()).predict(rows.chunk(), predicted);
            for (int row = 0; row < 700; row++) {
                sum += Math.pow(predicted[row] - rows.chunk().target(row), 2);
            }
            return Math.sqrt(sum / 700);
        }
        ProbabilisticClassifier model =
                (ProbabilisticClassifier) Pipeline.restore(PLUG_INS, state).snapshot();
        double[] probabilities = new double[1_400];
        model.probabilities(rows.chunk(), probabilities);
        for (int row = 0; row < 700; row++) {
            sum -= Math.log(probabilities[2 * row + (int) rows.chunk().target(row)]);
        }
        return sum / 700;
    }

    @Test
    void aRefusedVersionIsNotPublishedAndTrainingGoesOnFromIt() {
        trusted = true;
        published = Optional.of(LiveModel.unpublished());
        ModelStore store = store("published");
        History history = train(store, 200, 5_000);
        assertThat(history.latest().orElseThrow().note().verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(history.aliases()).containsEntry(History.LIVE, 4L);
        assertThat(published.get().current().version()).isEqualTo("m@4");
        history = train(store, 200, 6_000);
        assertThat(history.latest().orElseThrow().note().parent()).contains("m@5");
        assertThat(history.latest().orElseThrow().note().facts()).containsEntry("rows_from", "5001");
    }

    @Test
    void withAnIntervalAVersionIsAppendedAtTheEndOfItsWindow() {
        trusted = true;
        interval = Optional.of(new CheckpointInterval(9, 0));
        ModelStore store = store("interval");
        History history = train(store, 200, 5_500);
        assertThat(history.versions().stream()
                        .map(version -> Versions.rowsTo(version).orElseThrow()))
                .containsExactly(2_000L, 4_000L, 5_500L);
    }

    @Test
    void aGateByAColumnJudgesEachSlice() {
        trusted = true;
        gates = List.of(Gate.parse("log_loss <= 0.7 by `numeric`"));
        ModelStore store = store("slices");
        assertThatThrownBy(() -> train(store, 200, 1_000))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("a gate by 'numeric' needs a categorical, boolean or numeric column");
    }

    @Test
    void noTrustedRowIsLearned() {
        trusted = true;
        ModelStore gated = store("gated");
        State with = gated.load(train(gated, 200, ROWS).latest().orElseThrow());
        trusted = false;
        ModelStore other = store("other");
        State without = other.load(train(other, 200, ROWS).latest().orElseThrow());
        with.tensors().forEach((name, tensor) -> {
            if (!name.startsWith("run.gate.")) {
                assertThat(tensor).as(name).isEqualTo(without.tensor(name));
            }
        });
    }

    @Test
    void versionsAreComparedWithTheOneThatSomebodyMadeLive() {
        trusted = true;
        gates = List.of(Gate.parse("log_loss <= live - 0.5"));
        ModelStore store = store("moved");
        History history = train(store, 200, 3_000);
        assertThat(history.aliases()).containsEntry(History.LIVE, 1L);
        store.tag("m", History.LIVE, 3);
        history = train(store, 200, 4_000);
        double loss = lossOfTrusted(store.load(history.versions().get(2)));
        String said = history.latest().orElseThrow().note().facts().get("gate");
        assertThat(Double.parseDouble(said.split(" ", -1)[5])).isCloseTo(loss - 0.5, within(1e-6));
    }
}
