package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
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
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.source.PushSource;
import org.accrete.core.source.Rows;
import org.accrete.core.source.Sources;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TrainingRunTest {
    private static final PlugIns PLUG_INS = plugIns(-1);
    private static final CheckpointInterval EACH_CHUNK = new CheckpointInterval(1, 0);

    private static PlugIns plugIns(long refusesAfter) {
        return PlugIns.of(
                new Softmax.Provider(refusesAfter), new LeastSquares.Provider(), new StandardScalerProvider());
    }

    private static Pipeline pipeline(PlugIns plugIns, Schema schema) {
        String learner = switch (schema.target().kind()) {
            case CATEGORICAL -> "softmax";
            case NUMERIC -> "least-squares";
            case NONE -> "standard-scaler";
        };
        List<String> steps = learner.equals("standard-scaler") ? List.of() : List.of("standard-scaler");
        return Pipeline.create(plugIns, schema, new PipelineSpec(learner, steps, Map.of()));
    }

    private static Pipeline pipeline(Schema schema) {
        return pipeline(PLUG_INS, schema);
    }

    private static ListSource labels() {
        return labels(12_345);
    }

    private static ListSource labels(int rows) {
        ListSource source = ListSource.labels(rows);
        source.newClassEvery = 4_000;
        source.refusedEvery = 97;
        source.refusedAtEnd = 2;
        return source;
    }

    private static TrainingRun.Builder run(ChunkSource source) {
        return TrainingRun.builder(pipeline(source.schema()), source);
    }

    /** What a version holds of the pipeline, without what the run adds. */
    private static Map<String, Tensor> learned(State state) {
        Map<String, Tensor> tensors = new TreeMap<>(state.tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run."));
        return tensors;
    }

    private static State trained(TrainingRun.Builder builder) {
        MemoryWriter writer = new MemoryWriter();
        builder.writer(writer).build().run();
        return writer.last();
    }

    @Test
    void eachChunkIsScoredByTheModelFromBeforeIt() {
        for (Supplier<ListSource> open :
                List.<Supplier<ListSource>>of(TrainingRunTest::labels, () -> ListSource.numbers(12_345))) {
            Pipeline pipeline = pipeline(open.get().schema());
            Scores scores = Scores.forTarget(open.get().schema().target());
            ChunkBuffer buffer = new ChunkBuffer(open.get().schema(), 700);
            ListSource source = open.get();
            // Row-wise parts learn the first chunk in parts.
            int[] ends = pipeline instanceof OnlineLearner ? new int[] {70, 140, 280, 560, 700} : new int[] {700};
            source.next(buffer);
            scores.pass(buffer.chunk(), 0, ends[0]);
            pipeline.partialFit(buffer.chunk().slice(0, ends[0]));
            for (int i = 1; i < ends.length; i++) {
                Chunk part = buffer.chunk().slice(ends[i - 1], ends[i]);
                scores.update(pipeline.snapshot(), part);
                pipeline.partialFit(part);
            }
            while (source.next(buffer)) {
                scores.update(pipeline.snapshot(), buffer.chunk());
                pipeline.partialFit(buffer.chunk());
            }
            RunReport report = run(open.get()).chunkRows(700).build().run();
            assertThat(report.scores()).contains(scores.report());
            assertThat(report.rows()).isEqualTo(12_345);
            assertThat(report.chunkRows()).isEqualTo(700);
            assertThat(report.stopped()).isFalse();
            assertThat(report.version()).isEmpty();
        }
    }

    @Test
    void chunkSizeCheckpointsAndReadingAheadDoNotChangeWhatIsLearned() {
        for (Supplier<ListSource> open :
                List.<Supplier<ListSource>>of(TrainingRunTest::labels, () -> ListSource.numbers(12_345))) {
            State whole = trained(run(open.get()).chunkRows(20_000));
            assertThat(learned(trained(run(open.get()).chunkRows(1)))).isEqualTo(learned(whole));
            assertThat(learned(trained(run(open.get()).chunkRows(7)))).isEqualTo(learned(whole));
            State thousands = trained(run(open.get()));
            assertThat(learned(thousands)).isEqualTo(learned(whole));
            assertThat(trained(run(open.get()).checkpointEvery(EACH_CHUNK))).isEqualTo(thousands);
            assertThat(trained(run(open.get()).prefetch(false))).isEqualTo(thousands);
        }
    }

    @Test
    void aResumedRunEndsWithTheSameBytesFromWhicheverVersion() {
        for (Supplier<ChunkSource> open : List.<Supplier<ChunkSource>>of(
                TrainingRunTest::labels,
                () -> ListSource.numbers(12_345),
                () -> Sources.repeat(epoch -> ListSource.labels(4_321), 3),
                () -> Sources.repeat(
                        epoch -> Rows.of(labels()).shuffle(3_000, epoch).take(4_321), 3),
                () -> Rows.of(Rows.mix(List.of(labels(), labels()), new double[] {3, 1}, 5))
                        .shuffle(700, 2)
                        .take(12_345))) {
            MemoryWriter straight = new MemoryWriter();
            run(open.get())
                    .writer(straight)
                    .checkpointEvery(EACH_CHUNK)
                    .fact("source", "list")
                    .build()
                    .run();
            assertThat(straight.states).hasSizeBetween(13, 15);
            for (State state : straight.states.subList(0, straight.states.size() - 1)) {
                MemoryWriter writer = new MemoryWriter();
                RunReport report = TrainingRun.builder(Pipeline.restore(PLUG_INS, state), open.get())
                        .resume(state)
                        .writer(writer)
                        .fact("source", "list")
                        .build()
                        .run();
                assertThat(writer.last()).isEqualTo(straight.last());
                assertThat(report.rows()).isEqualTo(straight.last().whole("run.rows") - state.whole("run.rows"));
            }
        }
    }

    @Test
    void resumingAtTheEndLearnsNothingAndAppendsNothing() {
        State last = trained(run(labels()));
        MemoryWriter writer = new MemoryWriter();
        RunReport report = TrainingRun.builder(Pipeline.restore(PLUG_INS, last), labels())
                .resume(last)
                .writer(writer)
                .build()
                .run();
        assertThat(report.rows()).isZero();
        assertThat(report.version()).isEmpty();
        assertThat(report.scores().orElseThrow().metrics()).containsKey("log_loss");
        assertThat(writer.states).isEmpty();
    }

    @Test
    void versionsHoldWhereTheyEndAndNameTheirParents() {
        MemoryWriter writer = new MemoryWriter();
        ListSource source = labels();
        source.plan = Optional.of(new ColumnPlan(List.of(
                new Column.Numeric("x0"),
                new Column.Numeric("x1"),
                new Column.Numeric("x2"),
                new Column.Label("y", Target.categorical("y", List.of("a", "b"))))));
        RunReport report = run(source)
                .writer(writer)
                .parent("old@7")
                .checkpointEvery(new CheckpointInterval(5, 0))
                .fact("source", "list.csv")
                .build()
                .run();
        assertThat(writer.notes.stream().map(ModelVersion.Note::parent))
                .containsExactly(Optional.of("old@7"), Optional.of("m@1"), Optional.of("m@2"));
        assertThat(writer.notes.stream().map(ModelVersion.Note::rowsSeen)).containsExactly(5_000L, 10_000L, 12_345L);
        assertThat(writer.notes.get(2).learner()).isEqualTo("softmax");
        // More than two classes: no area under the curve, and undefined figures are left out.
        assertThat(writer.notes.get(2).metrics()).containsOnlyKeys("log_loss", "accuracy", "kappa", "kappa_t");
        State first = writer.states.get(0);
        assertThat(first.text("run.position")).isEqualTo("list4998+2");
        assertThat(first.whole("run.rows")).isEqualTo(5_000);
        assertThat(first.whole("run.rows_refused")).isEqualTo(5_000 / 97);
        assertThat(first.text("run.source")).isEqualTo("list.csv");
        assertThat(ColumnPlan.parse(first.text("plan"))
                        .label()
                        .orElseThrow()
                        .target()
                        .classes())
                .containsExactly("a", "b", "c2");
        assertThat(report.version().orElseThrow().reference()).isEqualTo("m@3");
        assertThat(report.rowsRefused()).isEqualTo(12_345 / 97 + 2);
        assertThat(writer.last().whole("run.rows_refused"))
                .as("bad rows behind the position are met again by a resumed run")
                .isEqualTo(12_345 / 97);
        assertThat(source.closed).isZero();
        assertThat(writer.closed).isFalse();
    }

    @Test
    void factsAreStoredInTheOrderGiven() {
        MemoryWriter writer = new MemoryWriter();
        List<String> names = List.of("one", "two", "three", "four", "five", "six");
        TrainingRun.Builder run = run(labels()).writer(writer);
        names.forEach(name -> run.fact(name, "text"));
        run.build().run();
        assertThat(writer.last().texts().keySet().stream()
                        .filter(name -> names.contains(name.substring(name.indexOf('.') + 1))))
                .containsExactlyElementsOf(
                        names.stream().map(name -> "run." + name).toList());
    }

    @Test
    void aRefusedRowEndsTheRunAfterTheRowsBeforeItAndIsNamed() {
        ListSource source = labels();
        MemoryWriter writer = new MemoryWriter();
        Pipeline pipeline = pipeline(plugIns(3_456), source.schema());
        List<ScoreReport> reports = new ArrayList<>();
        TrainingRun run = TrainingRun.builder(pipeline, source)
                .writer(writer)
                .checkpointEvery(new CheckpointInterval(2, 0))
                .listener(keep(reports))
                .build();
        assertThatThrownBy(run::run).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
            assertThat(e.line()).isEqualTo("row 3457 of list: softmax: this row cannot be learned");
        });
        assertThat(writer.states).hasSize(2);
        assertThat(pipeline.rowsSeen()).isEqualTo(3_456);
        assertThat(reports).hasSize(3);
        assertThat(run(labels()).rows(3_000).build().run().scores()).contains(reports.get(2));
        State kept = writer.last();
        assertThat(kept.whole("run.rows")).isEqualTo(3_456);
        assertThat(learned(kept)).isEqualTo(learned(trained(run(labels()).rows(3_456))));
        assertThat(learned(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, kept), labels())
                        .resume(kept))))
                .as("it goes on with exactly the next row")
                .isEqualTo(learned(trained(run(labels()))));
        assertNoReaderIsLeft();
    }

    private static PlugIns refusing(boolean named, Integer... rows) {
        return PlugIns.of(new Softmax.Provider(-1, Set.of(rows), named));
    }

    private static Pipeline bare(PlugIns plugIns) {
        return Pipeline.create(plugIns, labels().schema(), new PipelineSpec("softmax", List.of(), Map.of()));
    }

    /** Leaves out the rows whose first column is one of some numbers. */
    private static State learnedWithout(ListSource source, Set<Integer> rows) {
        Pipeline pipeline = bare(PLUG_INS);
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 1);
        for (int row = 0; source.next(buffer); row++) {
            if (!rows.contains(row)) {
                pipeline.partialFit(buffer.chunk());
            }
        }
        return pipeline.state();
    }

    @Test
    void aRowThatTheLearnerRefusesIsDroppedAlone() {
        Integer[] bad = {0, 1, 999, 1_500, 1_501, 2_999, 12_344};
        Map<String, Tensor> expected = learned(learnedWithout(labels(), Set.of(bad)));
        for (boolean named : new boolean[] {true, false}) {
            for (int chunkRows : new int[] {1, 7, 1_000, 20_000}) {
                List<String> told = new ArrayList<>();
                MemoryWriter writer = new MemoryWriter();
                RunReport report = TrainingRun.builder(bare(refusing(named, bad)), labels())
                        .chunkRows(chunkRows)
                        .badRows(BadRows.skip(0.02, told::add))
                        .writer(writer)
                        .build()
                        .run();
                assertThat(learned(writer.last())).isEqualTo(expected);
                assertThat(report.rows()).isEqualTo(12_345 - bad.length);
                assertThat(report.rowsRefused()).isEqualTo(12_345 / 97 + 2 + bad.length);
                assertThat(told).hasSize(bad.length);
                assertThat(told.get(3)).startsWith("dropped a bad row: row 1501 of list: softmax: ");
                assertThat(report.scores().orElseThrow().rows()
                                + report.scores().orElseThrow().passed())
                        .isEqualTo(report.rows());
            }
        }
    }

    @Test
    void droppedRowsStayCountedWhenARunGoesOn() {
        Integer[] bad = {1_500, 2_200};
        MemoryWriter straight = new MemoryWriter();
        TrainingRun.builder(bare(refusing(true, bad)), labels())
                .badRows(BadRows.skip(0.02, line -> {}))
                .checkpointEvery(EACH_CHUNK)
                .writer(straight)
                .build()
                .run();
        for (State state : straight.states.subList(0, 4)) {
            MemoryWriter writer = new MemoryWriter();
            TrainingRun.builder(Pipeline.restore(refusing(true, bad), state), labels())
                    .badRows(BadRows.skip(0.02, line -> {}))
                    .resume(state)
                    .writer(writer)
                    .build()
                    .run();
            assertThat(writer.last()).isEqualTo(straight.last());
        }
        assertThat(straight.last().whole("run.rows")).isEqualTo(12_345);
        assertThat(straight.last().whole("run.rows_dropped")).isEqualTo(2);
        assertThat(straight.last().whole("run.rows_refused")).isEqualTo(12_345 / 97 + 2);
    }

    @Test
    void rowsThatAreNotSelectedCountAsRead() {
        int refused = 12_345 / 97 + 2;
        RunReport report = run(Rows.of(labels()).shard(0, 50))
                .badRows(BadRows.skip(0.02, line -> {}))
                .build()
                .run();
        assertThat(report.rows()).isEqualTo(247);
        assertThat(report.rowsRefused()).isEqualTo(refused);
        assertThat(report.rowsFiltered()).isEqualTo(12_345 - 247);
        assertThat(report.rowsRead()).isEqualTo(12_345 + refused);
    }

    @Test
    void tooManyBadRowsFailAtTheEndOfAFewRowsToo() {
        for (int rows : new int[] {20, 12_000}) {
            MemoryWriter writer = new MemoryWriter();
            Integer[] bad = new Integer[rows / 20];
            Arrays.setAll(bad, i -> 20 * i + 3);
            Pipeline pipeline = bare(refusing(true, bad));
            TrainingRun run = TrainingRun.builder(pipeline, ListSource.labels(rows))
                    .badRows(BadRows.skip(line -> {}))
                    .writer(writer)
                    .build();
            assertThatThrownBy(run::run)
                    .hasMessageContaining("rows are bad, more than 1 %")
                    .hasMessageContaining("--bad-rows skip=5%");
            assertThat(writer.states).isEmpty();
            assertThat(TrainingRun.builder(bare(refusing(true, bad)), ListSource.labels(rows))
                            .badRows(BadRows.skip(0.05, line -> {}))
                            .build()
                            .run()
                            .rowsRefused())
                    .isEqualTo(rows / 20);
        }
    }

    @Test
    void rowsWithoutATargetAreCountedApartAndTrainStepsOnly() {
        for (Supplier<ListSource> open :
                List.<Supplier<ListSource>>of(TrainingRunTest::labels, () -> ListSource.numbers(12_345))) {
            Supplier<ListSource> some = () -> {
                ListSource source = open.get();
                source.unlabelledEvery = 3;
                return source;
            };
            State whole = trained(run(some.get()).chunkRows(20_000));
            for (int chunkRows : new int[] {1, 7, 1_000}) {
                assertThat(learned(trained(run(some.get()).chunkRows(chunkRows))))
                        .isEqualTo(learned(whole));
            }
            RunReport report = run(some.get()).build().run();
            assertThat(report.rowsUnlabelled()).isEqualTo(4_115);
            assertThat(report.rows()).isEqualTo(12_345 - 4_115);
            ScoreReport scores = report.scores().orElseThrow();
            assertThat(scores.rows() + scores.passed()).isEqualTo(report.rows());
            assertThat(whole.whole("run.rows")).isEqualTo(12_345);
            assertThat(whole.whole("run.rows_unlabelled")).isEqualTo(4_115);
            assertThat(whole.whole("standard-scaler.rows_seen")).isEqualTo(12_345);
            State part = trained(run(some.get()).rows(5_000));
            assertThat(learned(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, part), some.get())
                            .resume(part))))
                    .isEqualTo(learned(whole));
        }
        ListSource none = ListSource.labels(50);
        none.unlabelledEvery = 1;
        RunReport report = run(none).progressive(true).build().run();
        assertThat(report.rows()).isZero();
        assertThat(report.rowsUnlabelled()).isEqualTo(50);
    }

    @Test
    void rowsHeldOutAreTheSameInEachPassAndNeverLearned() {
        Supplier<ChunkSource> twice = () -> Sources.repeat(epoch -> labels(), 2);
        State whole = trained(run(twice.get()).holdout(0.2).chunkRows(20_000));
        long held = whole.whole("run.rows_held_out");
        assertThat(held).isBetween(2 * 2_300L, 2 * 2_650L).isEven();
        for (int chunkRows : new int[] {1, 7, 1_000}) {
            State state = trained(run(twice.get()).holdout(0.2).chunkRows(chunkRows));
            assertThat(learned(state)).isEqualTo(learned(whole));
            assertThat(state.whole("run.rows_held_out")).isEqualTo(held);
        }
        Schema unknown = Schema.numeric(1, Target.categorical("y", List.of()));
        Holdout first = new Holdout(0.5, 0, unknown, 1);
        Model knowsNothing = Pipeline.create(PLUG_INS, unknown, new PipelineSpec("softmax", List.of(), Map.of()))
                .view();
        for (int row = 0; row < 20; row++) {
            first.keep(new DenseChunk(unknown, new double[1], new double[1], new double[0], List.of("a")));
            first.chunkEnds(knowsNothing, true, 1);
        }
        assertThat(first.report().rows()).isZero();
        assertThat(first.report().passed()).isBetween(1L, 19L);
        assertThat(whole.whole("standard-scaler.rows_seen")).isEqualTo(2 * 12_345 - held);
        RunReport report = run(labels()).holdout(0.2).build().run();
        assertThat(report.rowsHeldOut()).isEqualTo(held / 2);
        assertThat(report.rows() + report.rowsHeldOut()).isEqualTo(12_345);
        assertThat(report.holdout().orElseThrow().rows()).isEqualTo(held / 2);
        assertThat(run(labels()).build().run().holdout()).isEmpty();
    }

    @Test
    void aResumedRunHoldsOutTheSameRows() {
        MemoryWriter straight = new MemoryWriter();
        Supplier<ChunkSource> twice = () -> Sources.repeat(epoch -> ListSource.labels(4_321), 2);
        run(twice.get())
                .holdout(0.3)
                .writer(straight)
                .checkpointEvery(EACH_CHUNK)
                .build()
                .run();
        for (State state : straight.states.subList(0, straight.states.size() - 1)) {
            assertThat(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, state), twice.get())
                            .holdout(0.3)
                            .resume(state)))
                    .isEqualTo(straight.last());
        }
    }

    @Test
    void aBadRowAmongRowsHeldOutStopsAtItsPlace() {
        Integer[] bad = new Integer[50];
        Arrays.setAll(bad, i -> 1_200 + i);
        MemoryWriter writer = new MemoryWriter();
        TrainingRun run = TrainingRun.builder(bare(refusing(true, bad)), labels())
                .holdout(0.5)
                .writer(writer)
                .build();
        assertThatThrownBy(run::run).hasMessageContaining("cannot be learned");
        State kept = writer.last();
        assertThat(kept.whole("run.rows")).isBetween(1_200L, 1_220L);
        assertThat(learned(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, kept), labels())
                        .holdout(0.5)
                        .resume(kept))))
                .isEqualTo(learned(
                        trained(TrainingRun.builder(bare(PLUG_INS), labels()).holdout(0.5))));
        RunReport report = TrainingRun.builder(bare(refusing(true, bad)), labels())
                .holdout(0.5)
                .badRows(BadRows.skip(0.05, line -> {}))
                .build()
                .run();
        assertThat(report.rowsRead()).isEqualTo(12_345 + 12_345 / 97 + 2);
    }

    @Test
    void passesThatGetNoBetterEndTheRunAndTheBestIsKept() {
        // Labels are noise, so that learning them by heart makes the rows held out worse.
        Supplier<ListSource> noise = () -> {
            ListSource source = ListSource.labels(60);
            source.newClassEvery = 2;
            source.mostClasses = 2;
            return source;
        };
        MemoryWriter writer = new MemoryWriter();
        RunReport report = run(Sources.repeat(epoch -> noise.get(), 200))
                .holdout(0.3)
                .earlyStopping(3)
                .checkpointEvery(EACH_CHUNK)
                .writer(writer)
                .build()
                .run();
        assertThat(report.stoppedEarly()).isTrue();
        assertThat(report.stopped()).isFalse();
        assertThat(report.passes()).isLessThan(200);
        long best = writer.last().whole("run.holdout_pass") - 1;
        assertThat(best).as("the last version is the best pass").isEqualTo(report.passes() - 3);
        assertThat(learned(writer.last()))
                .isEqualTo(learned(trained(
                        run(Sources.repeat(epoch -> noise.get(), (int) best)).holdout(0.3))));

        assertThatThrownBy(() -> run(labels()).earlyStopping(3).build()).hasMessageContaining("held out");
        assertThatThrownBy(() -> run(labels()).earlyStopping(0)).hasMessageContaining(">= 1 but was 0");
        for (double share : new double[] {0, 1, -1, Double.NaN}) {
            assertThatThrownBy(() -> run(labels()).holdout(share)).hasMessageContaining("> 0 and < 1");
        }
        assertThatThrownBy(
                        () -> run(new ListSource(5, Target.none())).holdout(0.1).build())
                .hasMessageContaining("a target");
    }

    @Test
    void onlyTheFirstPassIsScored() {
        Supplier<ChunkSource> thrice = () -> Sources.repeat(epoch -> ListSource.labels(4_321), 3);
        RunReport once = run(ListSource.labels(4_321)).progressive(true).build().run();
        RunReport three = run(thrice.get()).progressive(true).build().run();
        assertThat(three.rows()).isEqualTo(3 * 4_321);
        assertThat(three.scores()).isEqualTo(once.scores());
        assertThat(three.progressive()).isEqualTo(once.progressive());
    }

    @Test
    void progressSaysHowFarTheRunIs() {
        double[][] x = new double[4_000][1];
        String[] labels = new String[4_000];
        for (int row = 0; row < x.length; row++) {
            x[row][0] = row;
            labels[row] = row % 2 == 0 ? "even" : "odd";
        }
        Supplier<ChunkSource> rows = () -> Sources.of(x, labels);
        assertThat(shares(run(rows.get()))).containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(shares(run(rows.get()).prefetch(false))).containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(shares(run(Sources.repeat(epoch -> rows.get(), 2)).chunkRows(2_000)))
                .containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(shares(run(rows.get()).rows(2_000))).containsExactly(0.5, 1.0);
        assertThat(shares(run(rows.get()).rows(1_000_000)))
                .as("the rows end before the limit")
                .containsExactly(0.25, 0.5, 0.75, 1.0);
        assertThat(shares(run(Rows.of(rows.get()).skip(1_000).shuffle(1_000, 7))))
                .hasSize(3)
                .endsWith(1.0)
                .isSorted();
        assertThat(shares(run(labels()))).as("a source that does not know").containsOnly(-1.0);
    }

    /** {@return the share after each chunk, -1 where it is not known} */
    private static List<Double> shares(TrainingRun.Builder run) {
        List<Double> shares = new ArrayList<>();
        run.listener(new RunListener() {
                    @Override
                    public void chunk(Progress progress) {
                        shares.add(progress.share().orElse(-1));
                    }
                })
                .build()
                .run();
        return shares;
    }

    private static RunListener keep(List<ScoreReport> reports) {
        return new RunListener() {
            @Override
            public void chunk(Progress progress) {
                reports.add(progress.scores().get());
            }
        };
    }

    @Test
    void aRefusedRowIsCountedFromTheBeginningOfTheResumedStream() {
        State state = trained(run(labels()).rows(3_000));
        TrainingRun run = TrainingRun.builder(Pipeline.restore(plugIns(3_456), state), labels())
                .resume(state)
                .build();
        assertThatThrownBy(run::run)
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.where()).contains("row 3457 of list"));
    }

    @Test
    void aBadRowOfTheSourceKeepsItsPlaceAndWhatWasBeforeIt() {
        for (boolean ahead : new boolean[] {true, false}) {
            ListSource source = labels();
            source.failsAt = 5_432;
            MemoryWriter writer = new MemoryWriter();
            TrainingRun run = run(source)
                    .writer(writer)
                    .checkpointEvery(new CheckpointInterval(2, 0))
                    .prefetch(ahead)
                    .build();
            assertThatThrownBy(run::run)
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.line()).isEqualTo("list line: not a number"));
            assertThat(writer.states).hasSize(3);
            State kept = writer.last();
            assertThat(kept.whole("run.rows")).isEqualTo(5_432);
            assertThat(learned(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, kept), labels())
                            .resume(kept))))
                    .isEqualTo(learned(trained(run(labels()))));
        }
        assertNoReaderIsLeft();
    }

    @Test
    void aSourceThatFailsMidwayLosesNothing() {
        State whole = trained(run(labels()));
        AccreteException broken = new AccreteException(AccreteException.Kind.IO, "connection lost");
        for (RuntimeException failure : List.of(broken, new IllegalStateException("connection lost"))) {
            for (boolean ahead : new boolean[] {true, false}) {
                ListSource source = labels();
                source.failsAt = 5_432;
                source.failure = failure;
                MemoryWriter writer = new MemoryWriter();
                LiveModel live = LiveModel.unpublished();
                TrainingRun run = run(source)
                        .writer(writer)
                        .publishTo(live)
                        .prefetch(ahead)
                        .build();
                assertThatThrownBy(run::run).hasMessage("connection lost").hasNoSuppressedExceptions();
                assertThat(writer.states).hasSize(1);
                assertThat(writer.last().whole("run.rows")).isEqualTo(5_000);
                assertThat(live.current().version()).isEqualTo("m@1");

                State kept = writer.last();
                assertThat(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, kept), labels())
                                .resume(kept)))
                        .isEqualTo(whole);
            }
        }
        assertNoReaderIsLeft();
    }

    @Test
    void aSourceThatFailsIsToldEvenWhenNoVersionCanBeWritten() {
        ListSource source = labels();
        source.failsAt = 5_432;
        source.failure = new IllegalStateException("connection lost");
        MemoryWriter writer = new MemoryWriter();
        writer.failsAfter = 0;
        TrainingRun run = run(source).writer(writer).build();
        assertThatThrownBy(run::run)
                .hasMessage("connection lost")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo("no space left"));
    }

    private static void assertNoReaderIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("accrete-prefetch"));
    }

    @Test
    void aVersionThatCannotBeWrittenEndsTheRun() {
        MemoryWriter writer = new MemoryWriter();
        writer.failsAfter = 2;
        TrainingRun run =
                run(labels()).writer(writer).checkpointEvery(EACH_CHUNK).build();
        assertThatThrownBy(run::run).hasMessage("no space left");
        assertThat(writer.states).hasSize(2);
        assertThatThrownBy(run::run).hasMessageContaining("runs once");
        assertNoReaderIsLeft();
    }

    @Test
    void stopEndsAfterTheCurrentChunkAndAppends() {
        MemoryWriter writer = new MemoryWriter();
        TrainingRun[] run = new TrainingRun[1];
        run[0] = run(labels())
                .writer(writer)
                .listener(new RunListener() {
                    @Override
                    public void chunk(Progress progress) {
                        if (progress.rows() == 3_000) {
                            run[0].stop();
                        }
                    }
                })
                .build();
        RunReport report = run[0].run();
        assertThat(report.stopped()).isTrue();
        assertThat(report.rows()).isEqualTo(3_000);
        assertThat(report.version().orElseThrow().number()).isOne();
        assertThat(writer.last()).isEqualTo(trained(run(labels()).rows(3_000)));
        assertNoReaderIsLeft();
    }

    @Test
    void stopDoesNotWaitForASourceThatHasNothingToGive() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        ListSource rows = ListSource.labels(2_000);
        ChunkSource source = new StuckAfter(rows, stuck);
        MemoryWriter writer = new MemoryWriter();
        TrainingRun run = run(source).writer(writer).build();
        Thread hook = new Thread(() -> {
            try {
                stuck.await();
                run.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        hook.start();
        RunReport report = run.run();
        hook.join();
        assertThat(report.stopped()).isTrue();
        assertThat(report.version())
                .hasValueSatisfying(version -> assertThat(version.note().rowsSeen())
                        .isEqualTo(report.rows())
                        .isPositive());
    }

    /** Blocks, as a pipe does, once its rows are out. */
    private record StuckAfter(ListSource rows, CountDownLatch stuck) implements ChunkSource {
        @Override
        public String name() {
            return "pipe";
        }

        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public void seek(Position position) {
            rows.seek(position);
        }

        @Override
        public boolean next(ChunkBuffer buffer) {
            if (rows.next(buffer)) {
                return true;
            }
            try {
                // Only once the rows before are learned, since the reader is ahead of the trainer.
                Thread.sleep(200);
                stuck.countDown();
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new AccreteException(AccreteException.Kind.IO, "interrupted", e);
            }
            return false;
        }

        @Override
        public void close() {}
    }

    @Test
    void aRunThatWasStoppedBeforeItBeganLearnsNothing() {
        MemoryWriter writer = new MemoryWriter();
        TrainingRun run = run(labels()).writer(writer).build();
        run.stop();
        assertThat(run.run().rows()).isZero();
        assertThat(writer.states).isEmpty();
    }

    @Test
    void rowsAreLimitedExactlyAndGoOnThere() {
        State part = trained(run(labels()).rows(2_345));
        assertThat(part.whole("run.rows")).isEqualTo(2_345);
        State rest = trained(
                TrainingRun.builder(Pipeline.restore(PLUG_INS, part), labels()).resume(part));
        assertThat(learned(rest)).isEqualTo(learned(trained(run(labels()))));
        assertThat(rest.whole("run.rows_refused")).isEqualTo(12_345 / 97);
        assertThat(run(labels()).rows(0).build().run().rows()).isZero();
    }

    private static Ticker clock(AtomicLong now) {
        return new Ticker() {
            @Override
            public long read() {
                return now.get();
            }
        };
    }

    @Test
    void checkpointsByTimeComeAtTheNextChunksEnd() {
        AtomicLong now = new AtomicLong();
        MemoryWriter writer = new MemoryWriter();
        run(labels())
                .writer(writer)
                .clock(clock(now))
                .checkpointEvery(CheckpointInterval.parse("10s"))
                .listener(new RunListener() {
                    @Override
                    public void chunk(Progress progress) {
                        now.addAndGet(4_000_000_000L);
                    }
                })
                .build()
                .run();
        assertThat(writer.states.stream().map(state -> state.whole("run.rows")))
                .containsExactly(3_000L, 6_000L, 9_000L, 12_000L, 12_345L);
    }

    @Test
    void snapshotsArePublishedOnceASecondAndWithEveryVersion() {
        AtomicLong now = new AtomicLong();
        LiveModel live = LiveModel.unpublished();
        List<String> seen = new ArrayList<>();
        run(labels())
                .writer(new MemoryWriter())
                .parent("old@7")
                .clock(clock(now))
                .rows(7_000)
                .checkpointEvery(new CheckpointInterval(4, 0))
                .publishTo(live)
                .listener(new RunListener() {
                    @Override
                    public void chunk(Progress progress) {
                        if (progress.rows() > 1_000) {
                            seen.add(live.current().version());
                        }
                        now.addAndGet(600_000_000L);
                    }

                    @Override
                    public void version(ModelVersion version) {
                        seen.add(live.current().version());
                    }
                })
                .build()
                .run();
        assertThat(seen)
                .containsExactly("old@7+1000", "old@7+1000", "old@7+3000", "m@1", "m@1", "m@1", "m@1+2000", "m@2");
    }

    @Test
    void aRollbackReachesWhatARunPublishes(@TempDir Path folder) {
        AtomicLong now = new AtomicLong();
        List<String> seen = new ArrayList<>();
        try (ModelStore store = DirectoryStore.open(folder);
                ModelWriter writer = store.writer("m")) {
            LiveModel live = LiveModel.following(PLUG_INS, store, "m");
            run(labels())
                    .writer(writer)
                    .clock(clock(now))
                    .rows(9_000)
                    .checkpointEvery(new CheckpointInterval(2, 0))
                    .publishTo(live)
                    .listener(new RunListener() {
                        @Override
                        public void chunk(Progress progress) {
                            if (progress.rows() > 1_000) {
                                seen.add(live.current().version());
                            }
                            if (progress.rows() == 5_000) {
                                store.tag("m", "live", 1);
                            } else if (progress.rows() == 7_000) {
                                store.tag("m", "live", 3);
                            }
                            now.addAndGet(1_000_000_000L);
                        }
                    })
                    .build()
                    .run();
            // Rolled back after 5,000 rows to version 1; set to the newest version again after 7,000.
            assertThat(seen).containsExactly("+1000", "m@1", "m@1+1000", "m@2", "m@1", "m@1", "m@3+1000", "m@4");
            assertThat(live.current().version()).isEqualTo("m@5");
            store.tag("m", "live", 2);
            assertThat(live.refresh()).isTrue();
            assertThat(live.current().version()).isEqualTo("m@2");
        }
    }

    @Test
    void aModelWithoutATargetIsTrainedWithoutScores() {
        ListSource source = new ListSource(2_000, Target.none());
        MemoryWriter writer = new MemoryWriter();
        List<ScoreReport> reports = new ArrayList<>();
        RunReport report =
                run(source).writer(writer).listener(keep(reports)).build().run();
        assertThat(report.rows()).isEqualTo(2_000);
        assertThat(report.scores()).isEmpty();
        assertThat(reports).containsOnly(ScoreReport.none());
        State resumed = trained(
                TrainingRun.builder(Pipeline.restore(PLUG_INS, writer.last()), new ListSource(3_000, Target.none()))
                        .resume(writer.last()));
        assertThat(resumed).isEqualTo(trained(run(new ListSource(3_000, Target.none()))));
    }

    @Test
    void anEmptySourceMakesNoVersion() {
        MemoryWriter writer = new MemoryWriter();
        RunReport report = run(ListSource.labels(0)).writer(writer).build().run();
        assertThat(report.rows()).isZero();
        assertThat(report.version()).isEmpty();
        assertThat(writer.states).isEmpty();
    }

    /** Labels of which three first come up within one small chunk, and others late. */
    private static ListSource manyLabels() {
        ListSource source = ListSource.labels(20_345);
        source.newClassEvery = 3;
        source.mostClasses = 5;
        return source;
    }

    private static Map<String, Tensor> progressive(State state) {
        Map<String, Tensor> tensors = new TreeMap<>();
        state.tensors().forEach((name, tensor) -> {
            if (name.startsWith("run.progressive.")) {
                tensors.put(name.replace("progressive.", ""), tensor);
            }
        });
        return tensors;
    }

    @Test
    void progressiveScoresAreThoseOfTheModelFromBeforeEachRow() {
        for (Supplier<ListSource> open :
                List.<Supplier<ListSource>>of(TrainingRunTest::labels, TrainingRunTest::manyLabels)) {
            Schema schema = open.get().schema();
            PipelineSpec bare = new PipelineSpec("softmax", List.of(), Map.of());
            // A chunk of one row is scored by the model from before that row.
            State rows = trained(TrainingRun.builder(Pipeline.create(PLUG_INS, schema, bare), open.get())
                    .chunkRows(1));
            Map<String, Tensor> expected = new TreeMap<>(rows.tensors());
            for (int chunkRows : new int[] {7, 1_000}) {
                State state = trained(TrainingRun.builder(Pipeline.create(PLUG_INS, schema, bare), open.get())
                        .chunkRows(chunkRows)
                        .progressive(true));
                assertThat(progressive(state)).isNotEmpty();
                expected.keySet().retainAll(progressive(state).keySet());
                assertThat(progressive(state)).isEqualTo(expected);
            }
        }
    }

    @Test
    void progressiveScoresDependNeitherOnChunksNorOnStops() {
        for (Supplier<ListSource> open :
                List.<Supplier<ListSource>>of(() -> labels(20_345), TrainingRunTest::manyLabels)) {
            Map<String, Tensor> whole =
                    progressive(trained(run(open.get()).chunkRows(30_000).progressive(true)));
            assertThat(whole).containsKey("run.scored").containsKey("run.recent");
            for (int chunkRows : new int[] {1, 7}) {
                assertThat(progressive(
                                trained(run(open.get()).chunkRows(chunkRows).progressive(true))))
                        .isEqualTo(whole);
            }
            State part = trained(run(open.get()).rows(2_346).progressive(true));
            // It continues them without being asked to.
            for (boolean asked : new boolean[] {false, true}) {
                assertThat(progressive(trained(TrainingRun.builder(Pipeline.restore(PLUG_INS, part), open.get())
                                .resume(part)
                                .progressive(asked))))
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void progressiveScoresChangeNothingElse() {
        State without = trained(run(labels()));
        State with = trained(run(labels()).progressive(true));
        assertThat(with.texts()).isEqualTo(without.texts());
        Map<String, Tensor> rest = new TreeMap<>(with.tensors());
        rest.keySet().removeIf(name -> name.startsWith("run.progressive."));
        assertThat(rest).isEqualTo(without.tensors());
        RunReport report = run(labels()).progressive(true).build().run();
        assertThat(report.progressive()).isPresent();
        assertThat(report.scores()).isEqualTo(run(labels()).build().run().scores());
        assertThat(report.progressive()).isNotEqualTo(report.scores());
        assertThat(run(labels()).build().run().progressive()).isEmpty();
    }

    @Test
    void rowsBeforeARefusedOneAreInTheProgressiveScores() {
        MemoryWriter writer = new MemoryWriter();
        TrainingRun run = TrainingRun.builder(pipeline(plugIns(2_500), labels().schema()), labels())
                .progressive(true)
                .checkpointEvery(EACH_CHUNK)
                .writer(writer)
                .build();
        assertThatThrownBy(run::run).hasMessageContaining("cannot be learned");
        assertThat(writer.last().whole("run.progressive.scored")).isEqualTo(2_499);
        assertThat(progressive(writer.last()))
                .isEqualTo(progressive(trained(run(labels()).rows(2_500).progressive(true))));
    }

    @Test
    void progressiveScoresOfWhatIsNotRowWiseAreRefused() {
        assertThatThrownBy(() -> run(ListSource.numbers(5)).progressive(true).build())
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                .hasMessageContaining("row-wise")
                .hasMessageContaining("'least-squares'");
        State without = trained(run(labels()).rows(2_000));
        assertThatThrownBy(() -> run(labels()).resume(without).progressive(true).build())
                .hasMessageContaining("no progressive scores of a categorical target");
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeTheRunBegins() {
        State labels = trained(run(labels()));
        assertThatThrownBy(() -> TrainingRun.builder(pipeline(labels().schema()), ListSource.numbers(5))
                        .build())
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        assertThatThrownBy(() -> run(labels())
                        .resume(pipeline(labels().schema()).state())
                        .build())
                .hasMessageContaining("no scores of a categorical target");
        assertThatThrownBy(() -> run(ListSource.numbers(5)).resume(labels).build())
                .hasMessageContaining("no scores of a numeric target");
        assertThatThrownBy(() -> run(labels()).chunkRows(0)).hasMessage("chunk-rows must be >= 1 but was 0");
        assertThatThrownBy(() -> run(labels()).rows(-1)).hasMessage("rows must be >= 0 but was -1");
        for (String name : List.of("position", "Source", "")) {
            assertThatThrownBy(() -> run(labels()).fact(name, "x")).hasMessageContaining("'" + name + "'");
        }
        assertThatThrownBy(() -> run(labels()).fact("source", "x").fact("source", "y"))
                .hasMessageContaining("'source'");
    }

    @Test
    void checkpointIntervalsAreChunksOrSeconds() {
        assertThat(CheckpointInterval.parse("5")).isEqualTo(new CheckpointInterval(5, 0));
        assertThat(CheckpointInterval.parse("300s")).isEqualTo(new CheckpointInterval(0, 300));
        assertThat(Stream.of("5", "300s").map(CheckpointInterval::parse).map(CheckpointInterval::toString))
                .containsExactly("5", "300s");
        assertThat(new CheckpointInterval(3, 9)).hasToString("3 or 9s");
        for (String bad : List.of("", "s", "0", "-1", "0s", "5m", "1.5", "99999999999999999999")) {
            assertThatThrownBy(() -> CheckpointInterval.parse(bad))
                    .hasMessageStartingWith("checkpoint-every must be")
                    .hasMessageContaining(bad);
        }
        assertThatThrownBy(() -> new CheckpointInterval(0, 0)).hasMessageContaining("> 0");
    }

    private static PushSource pushed() {
        return new PushSource(ColumnPlan.parse("a=numeric\nb=numeric\ny=target(kind=categorical)"), 100, Duration.ZERO);
    }

    /** Each version opens the latch of its number. */
    private static RunListener opening(CountDownLatch... versions) {
        return new RunListener() {
            @Override
            public void version(ModelVersion version) {
                versions[(int) version.number() - 1].countDown();
            }
        };
    }

    private static void awaitOpen(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
    }

    private static Thread start(TrainingRun run, List<RunReport> reports) {
        Thread thread = new Thread(() -> reports.add(run.run()));
        thread.start();
        return thread;
    }

    @Test
    void rowsThatWereLearnedAreStoredThoughNoFurtherRowComes() throws InterruptedException {
        for (boolean ahead : new boolean[] {true, false}) {
            PushSource source = pushed();
            MemoryWriter writer = new MemoryWriter();
            CountDownLatch[] versions = {new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1)};
            List<RunReport> reports = new ArrayList<>();
            TrainingRun run = run(source)
                    .writer(writer)
                    .checkpointEvery(new CheckpointInterval(0, 1))
                    .prefetch(ahead)
                    .listener(opening(versions))
                    .build();
            Thread thread = start(run, reports);
            source.put(new double[] {1, 2}, "no");
            source.put(new double[] {2, 1}, "yes");
            awaitOpen(versions[0]);
            source.put(new double[] {3, 1}, "yes");
            awaitOpen(versions[1]);
            // Nothing new was learned, so no version comes.
            assertThat(versions[2].await(1_200, TimeUnit.MILLISECONDS)).isFalse();
            run.stop();
            thread.join();
            assertThat(reports).hasSize(1).first().satisfies(report -> {
                assertThat(report.rows()).isEqualTo(3);
                assertThat(report.stopped()).isTrue();
            });
            assertThat(writer.states).hasSize(2);
            assertThat(writer.last().whole("run.rows")).isEqualTo(3);
        }
    }

    @Test
    void aModelLearnsFromThreadsWhileItAnswers() throws InterruptedException {
        PushSource source = pushed();
        LiveModel live = LiveModel.unpublished();
        List<RunReport> reports = new ArrayList<>();
        CountDownLatch learned = new CountDownLatch(1);
        Thread training = start(
                run(source)
                        .publishTo(live)
                        .listener(new RunListener() {
                            @Override
                            public void chunk(Progress progress) {
                                learned.countDown();
                            }
                        })
                        .build(),
                reports);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            double sign = t % 2 == 0 ? 1 : -1;
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < 500; i++) {
                        source.put(new double[] {sign, i % 7}, sign > 0 ? "yes" : "no");
                    }
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        awaitOpen(learned);
        for (Thread thread : threads) {
            thread.join();
        }
        source.end();
        training.join();
        assertThat(reports)
                .hasSize(1)
                .first()
                .satisfies(report -> assertThat(report.rows()).isEqualTo(2_000));
        assertThat(live.predict(new double[] {1, 3}))
                .isInstanceOfSatisfying(
                        ClassPrediction.class,
                        answer -> assertThat(answer.label()).isEqualTo("yes"));
    }

    /** A snapshot is published a second after the last one, though no further row comes. */
    @Test
    void rowsThatWereLearnedArePublishedThoughNoFurtherRowComes() throws InterruptedException {
        PushSource source = pushed();
        LiveModel live = LiveModel.unpublished();
        List<RunReport> reports = new ArrayList<>();
        TrainingRun run = run(source).publishTo(live).build();
        Thread training = start(run, reports);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
        for (int row = 1; row <= 3; row++) {
            source.put(new double[] {row, 2}, "no");
            while (source.rowsTaken() < row && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        String version = "";
        while (!version.equals("+3") && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(5);
            try {
                version = live.current().version();
            } catch (AccreteException e) {
                // Not yet.
            }
        }
        assertThat(version).isEqualTo("+3");
        run.stop();
        training.join();
    }
}
