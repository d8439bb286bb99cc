package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.State;
import org.accrete.core.LeastSquares;
import org.accrete.core.ListSource;
import org.accrete.core.MemoryWriter;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.junit.jupiter.api.Test;

/** Tests what a run says of each version. */
class LineageTest {
    private static final PlugIns PLUG_INS = PlugIns.of(new LeastSquares.Provider(), new StandardScalerProvider());

    private static Pipeline pipeline(ChunkSource source) {
        return Pipeline.create(
                PLUG_INS, source.schema(), new PipelineSpec("least-squares", List.of("standard-scaler"), Map.of()));
    }

    private static TrainingRun.Builder run(Optional<State> from, MemoryWriter writer) {
        ListSource source = ListSource.numbers(10_000);
        TrainingRun.Builder run = TrainingRun.builder(
                        from.map(state -> Pipeline.restore(PLUG_INS, state)).orElseGet(() -> pipeline(source)), source)
                .writer(writer)
                .checkpointEvery(new CheckpointInterval(3, 0))
                .fact("source", "secret")
                .lineage("source", "shown")
                .lineage("kernel", "scalar");
        from.ifPresent(run::resume);
        return run;
    }

    @Test
    void eachVersionSaysWhichRowsItLearnedAndHowTheyWereScored() {
        MemoryWriter writer = new MemoryWriter();
        run(Optional.empty(), writer).build().run();
        List<String> rows = new ArrayList<>();
        double squares = 0;
        for (Note note : writer.notes) {
            long from = Long.parseLong(note.facts().get("rows_from"));
            long to = Long.parseLong(note.facts().get("rows_to"));
            rows.add(from + "-" + to);
            assertThat(note.facts()).containsEntry("source", "shown").containsEntry("kernel", "scalar");
            assertThat(Double.parseDouble(note.facts().get("seconds"))).isNotNegative();
            // All stretches together are all rows but the first chunk, which no model predicted.
            squares += Math.pow(note.stretch().get("rmse"), 2) * (to - Math.max(1_000, from - 1));
            assertThat(squares / (to - 1_000)).isCloseTo(Math.pow(note.metrics().get("rmse"), 2), withPercentage(1e-6));
        }
        assertThat(rows).containsExactly("1-3000", "3001-6000", "6001-9000", "9001-10000");
        assertThat(writer.states.get(0).texts())
                .containsEntry("run.source", "secret")
                .doesNotContainKey("run.kernel");
    }

    @Test
    void aResumedRunSaysTheSame() {
        MemoryWriter straight = new MemoryWriter();
        run(Optional.empty(), straight).build().run();
        MemoryWriter resumed = new MemoryWriter();
        run(Optional.of(straight.states.get(1)), resumed).build().run();
        assertThat(resumed.notes).hasSize(2);
        for (int i = 0; i < 2; i++) {
            Note expected = straight.notes.get(2 + i);
            assertThat(resumed.notes.get(i).stretch()).isEqualTo(expected.stretch());
            assertThat(resumed.notes.get(i).facts())
                    .containsEntry("rows_from", expected.facts().get("rows_from"))
                    .containsEntry("rows_to", expected.facts().get("rows_to"));
        }
    }
}
