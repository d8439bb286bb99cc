package org.accrete.core.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;

class LiveModelTest {
    private static final PlugIns PLUG_INS = Toys.plugIns();
    private static final ColumnPlan PLAN = new ColumnPlan(List.of(
            Column.parse("id=key"),
            Column.parse("origin=categorical(width=16)"),
            Column.parse("distance=numeric"),
            Column.parse("note=ignore"),
            Column.parse("heavy=weight"),
            Column.parse("delay=target(kind=numeric)")));

    private final Versions store = new Versions();

    /** Appends a version that learned some records. */
    private void append(String... distances) {
        Pipeline pipeline =
                Pipeline.create(PLUG_INS, PLAN.schema(), new PipelineSpec("sum", List.of("standard-scaler"), Map.of()));
        RowEncoder encoder = new RowEncoder(PLAN, List.of("id", "origin", "distance", "note", "heavy", "delay"), true);
        ChunkBuffer buffer = new ChunkBuffer(PLAN.schema(), distances.length);
        for (String distance : distances) {
            encoder.encode(List.of("1", "SEA", distance, "", "1", "5"), buffer);
        }
        pipeline.partialFit(buffer.chunk());
        store.append(State.builder()
                .all(pipeline.state())
                .text("plan", PLAN.toText())
                .build());
    }

    private static double number(Prediction prediction) {
        return ((NumberPrediction) prediction).value();
    }

    @Test
    void manyRowsArePredictedAsOneAtATime() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");
        RowEncoder encoder = new RowEncoder(PLAN, List.of("id", "origin", "distance"), false);
        Predictions predictions = new Predictions(live.current());
        assertThat(predictions.kind()).isEqualTo(Predictions.Kind.NUMBER);
        for (int rows : new int[] {3, 0, 7}) {
            ChunkBuffer buffer = new ChunkBuffer(PLAN.schema(), 8);
            for (int row = 0; row < rows; row++) {
                encoder.encode(List.of("1", row % 2 == 0 ? "SEA" : "PDX", Integer.toString(100 * row)), buffer);
            }
            predictions.predict(buffer.chunk());
            assertThat(predictions.rows()).isEqualTo(rows);
            for (int row = 0; row < rows; row++) {
                Prediction one =
                        live.predict(Map.of("id", 1, "origin", row % 2 == 0 ? "SEA" : "PDX", "distance", 100 * row));
                assertThat(predictions.number(row)).isEqualTo(number(one));
                assertThat(predictions.get(row)).isEqualTo(one);
            }
        }
    }

    @Test
    void aVersionIsWarmedUpBeforeItAnswersAndDoesNotAnswerWhenThatFails() {
        append("100", "300");
        List<String> warm = new ArrayList<>();
        AtomicBoolean fails = new AtomicBoolean();
        List<Optional<String>> answering = new ArrayList<>();
        LiveModel[] opened = new LiveModel[1];
        LiveModel live = LiveModel.builder(PLUG_INS, store)
                .warmUp(model -> {
                    warm.add(model.version());
                    answering.add(Optional.ofNullable(opened[0])
                            .map(one -> one.current().version()));
                    if (fails.get()) {
                        throw AccreteException.badState("too cold");
                    }
                })
                .open("flights");
        opened[0] = live;
        live.close();
        append("500");
        live.refresh();
        fails.set(true);
        append("700");
        assertThatThrownBy(live::refresh).hasMessage("too cold");
        assertThat(warm).containsExactly("flights@1", "flights@2", "flights@3");
        assertThat(answering).containsExactly(Optional.empty(), Optional.of("flights@1"), Optional.of("flights@2"));
        assertThat(live.current().version()).isEqualTo("flights@2");
    }

    @Test
    void anyVersionCanBeOpenedAlone() {
        append("100", "300");
        append("900");
        ServedModel first = ServedModel.open(
                PLUG_INS, store, store.history("flights").versions().get(0));
        LiveModel expected = LiveModel.open(PLUG_INS, store, "flights@1");
        Map<String, Object> record = Map.of("id", 1, "origin", "SEA", "distance", 500);
        assertThat(first.version()).isEqualTo("flights@1");
        assertThat(first.plan()).hasValue(PLAN);
        assertThat(first.predict(record)).isEqualTo(expected.predict(record));
    }

    @Test
    void aRecordIsEncodedByTheStoredPlanAndTheVersionIsTold() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");
        Prediction prediction = live.predict(Map.of("origin", "SEA", "distance", "400", "anything", "else"));

        // Learned 0 + 1 for SEA, then 1 + 1; now (400 - 200) / 100 + 1 more.
        assertThat(number(prediction)).isCloseTo(3 + 3, within(1e-12));
        assertThat(prediction.version()).isEqualTo("flights@1");
        assertThat(live.current().version()).isEqualTo("flights@1");
        assertThat(live.current().model()).isInstanceOf(Regressor.class);
    }

    @Test
    void aMissingValueIsNotAMissingColumn() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");

        assertThat(number(live.predict(Map.of("origin", "", "distance", "NA")))).isEqualTo(3);
        assertThatThrownBy(() -> live.predict(Map.of("origin", "SEA")))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessageContaining("'distance'");
        assertThatThrownBy(() -> live.predict(Map.of("origin", "SEA", "distance", "far")))
                .hasMessageContaining("'far'");
    }

    @Test
    void refreshFollowsTheReferenceAndNothingElse() {
        append("100");
        append("100", "200");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights@live");
        LiveModel first = LiveModel.open(PLUG_INS, store, "flights@1");
        assertThat(live.current().version()).isEqualTo("flights@2");
        assertThat(live.refresh()).isFalse();
        append("100", "200", "300");
        assertThat(live.current().version()).as("before refresh").isEqualTo("flights@2");

        assertThat(live.refresh()).isTrue();
        assertThat(live.current().version()).isEqualTo("flights@3");
        assertThat(first.refresh()).isFalse();
        store.live = 1;
        assertThat(live.refresh()).isTrue();
        assertThat(live.current().version()).isEqualTo("flights@1");
    }

    @Test
    void whenARefreshFailsTheModelBeforeGoesOn() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");
        store.append(State.builder().build());

        assertThatThrownBy(live::refresh)
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT_FILE));
        assertThat(live.predict(Map.of("origin", "SEA", "distance", "1")).version())
                .isEqualTo("flights@1");
    }

    @Test
    void aModelOrVersionThatIsNotThereIsABadArgument() {
        assertThatThrownBy(() -> LiveModel.open(PLUG_INS, store, "flights"))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                .hasMessageContaining("no model 'flights' in memory");
        append("1");
        assertThatThrownBy(() -> LiveModel.open(PLUG_INS, store, "flights@9")).hasMessageContaining("'9'");
    }

    @Test
    void whatIsReadFromAStoreTakesNothingPublished() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");

        assertThatThrownBy(() -> live.publish(live.current().model(), "mine", Optional.empty()))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                .hasMessageContaining("'flights' is read from a store");
        assertThat(live.predict(Map.of("origin", "SEA", "distance", "400")).version())
                .isEqualTo("flights@1");
    }

    @Test
    void nothingAnswersBeforeSomethingIsPublished() {
        LiveModel live = LiveModel.unpublished();

        assertThatThrownBy(() -> live.predict(Map.of()))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE));
        assertThatThrownBy(live::current).hasMessageContaining("published");
        assertThat(live.refresh()).isFalse();
    }

    @Test
    void withoutAPlanRecordsNameTheColumnsOfANumericSchema() {
        Schema schema = new Schema(
                List.of(new Block("a", Block.Kind.NUMERIC, 1), new Block("b", Block.Kind.NUMERIC, 1)),
                Target.numeric("y"));
        LiveModel live = LiveModel.unpublished();
        live.publish(new Sum(schema), "v", Optional.empty());

        assertThat(number(live.predict(Map.of("a", "1", "b", 2.5, "c", "x")))).isEqualTo(3.5);
        assertThat(number(live.predict(Map.of("a", "", "b", 2)))).isNaN();
        assertThatThrownBy(() -> live.predict(Map.of("a", 1))).hasMessageContaining("'b'");
        assertThatThrownBy(() -> live.predict(Map.of("a", "Infinity", "b", 2)))
                .hasMessageContaining("'a' must be a finite number or missing but was 'Infinity'");
        assertThatThrownBy(() -> live.predict(Map.of("a", "one", "b", 2))).hasMessageContaining("'one'");
    }

    @Test
    void aRowOfNumbersIsPredictedAsTheSameRecordIs() {
        Schema schema = new Schema(
                List.of(new Block("a", Block.Kind.NUMERIC, 1), new Block("b", Block.Kind.NUMERIC, 1)),
                Target.numeric("y"));
        Pipeline pipeline =
                Pipeline.create(PLUG_INS, schema, new PipelineSpec("sum", List.of("standard-scaler"), Map.of()));
        pipeline.partialFit(
                new DenseChunk(schema, new double[] {1, 2, 3, 5}, new double[] {1, 2}, new double[0], List.of()));
        LiveModel live = LiveModel.unpublished();
        live.publish(pipeline.snapshot(), "v", Optional.empty());

        assertThat(number(live.predict(new double[] {1, 2.5})))
                .isEqualTo(number(live.predict(Map.of("a", 1, "b", 2.5))));
        assertThat(number(live.predict(new double[] {Double.NaN, 2})))
                .isEqualTo(number(live.predict(Map.of("a", "NA", "b", 2))));
        assertThatThrownBy(() -> live.predict(new double[] {1, 2, 3}))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                .hasMessageContaining("2 features but there are 3");
        assertThatThrownBy(() -> live.predict(new double[] {1, Double.NEGATIVE_INFINITY}))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                .hasMessageContaining("'b'");
        // A refused row leaves nothing behind.
        assertThat(number(live.predict(new double[] {1, 2.5})))
                .isEqualTo(number(live.predict(Map.of("a", 1, "b", 2.5))));
    }

    @Test
    void aRowOfNumbersDoesNotFitOtherColumns() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");
        assertThatThrownBy(() -> live.predict(new double[17]))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                .hasMessageContaining("give a record");
    }

    @Test
    void aModelThatIsTrainedAnewIsReadAgainThoughItsNumberIsTheSame() {
        append("100", "300");
        LiveModel live = LiveModel.open(PLUG_INS, store, "flights");
        double before = number(live.predict(Map.of("origin", "SEA", "distance", "400")));
        store.clear();
        append("100", "300", "500");
        assertThat(live.refresh()).isTrue();
        assertThat(live.current().version()).isEqualTo("flights@1");
        assertThat(number(live.predict(Map.of("origin", "SEA", "distance", "400"))))
                .isNotEqualTo(before);
        assertThat(live.refresh()).isFalse();
    }

    @Test
    void whatFollowsAStoreTakesSnapshotsOfTheLiveVersionOnly() {
        LiveModel live = LiveModel.following(PLUG_INS, store, "flights");
        assertThatThrownBy(live::current).hasMessageContaining("published");
        assertThat(live.refresh()).isFalse();
        Model model = new Constant(PLAN.schema(), 7);
        live.publish(model, "+500", Optional.of(PLAN));
        assertThat(live.current().version()).isEqualTo("+500");
        append("100", "300");
        append("100", "300", "500");
        live.publish(model, "flights@2+10", Optional.of(PLAN));
        assertThat(live.current().version()).isEqualTo("flights@2+10");
        assertThat(live.refresh()).isFalse();
        store.live = 1;
        live.publish(model, "flights@2+20", Optional.of(PLAN));
        assertThat(live.current().version()).isEqualTo("flights@1");
        store.live = 2;
        live.publish(model, "flights@2+30", Optional.of(PLAN));
        assertThat(live.current().version()).isEqualTo("flights@2+30");
        store.live = 1;
        assertThat(live.refresh()).isTrue();
        assertThat(live.current().version()).isEqualTo("flights@1");
        assertThat(LiveModel.following(PLUG_INS, store, "flights").current().version())
                .isEqualTo("flights@1");
    }

    @Test
    void withoutAPlanOtherColumnsAreRefused() {
        Schema schema = new Schema(List.of(new Block("hot", Block.Kind.ONE_HOT, 4)), Target.numeric("y"));
        LiveModel live = LiveModel.unpublished();
        live.publish(new Sum(schema), "v", Optional.empty());

        assertThatThrownBy(() -> live.predict(Map.of("hot", "a")))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                .hasMessageContaining("no column plan");
    }

    @Test
    void aClassifierAnswersWithALabelAndItsProbabilities() {
        Schema schema = Schema.numeric(1, Target.categorical("late", List.of("no", "yes")));
        Pipeline pipeline = Pipeline.create(PLUG_INS, schema, new PipelineSpec("shares", List.of(), Map.of()));
        pipeline.partialFit(
                new DenseChunk(schema, new double[4], new double[] {1, 1, 0, 1}, new double[0], List.of("no", "yes")));
        LiveModel live = LiveModel.unpublished();
        live.publish(pipeline.snapshot(), "here", Optional.empty());

        assertThat(live.predict(Map.of("x0", "1"))).isInstanceOfSatisfying(ClassPrediction.class, prediction -> {
            assertThat(prediction.label()).isEqualTo("yes");
            assertThat(prediction.probability("no")).isEqualTo(0.25);
            assertThat(prediction.probabilities()).containsExactly(Map.entry("no", 0.25), Map.entry("yes", 0.75));
            assertThat(prediction.version()).isEqualTo("here");
        });
    }

    @Test
    void aClassifierWithoutClassesAndAModelThatPredictsNothingRefuse() {
        Schema schema = Schema.numeric(1, Target.none());
        LiveModel live = LiveModel.unpublished();
        live.publish(new NoClasses(schema), "v1", Optional.empty());
        assertThatThrownBy(() -> live.predict(Map.of("x0", "1"))).hasMessageContaining("knows no class yet");
        Model mute = () -> schema;
        live.publish(mute, "v2", Optional.empty());
        assertThatThrownBy(() -> live.predict(Map.of("x0", "1"))).hasMessageContaining("neither a class nor a number");
    }

    @Test
    void everyAnswerIsOfTheVersionThatItNames() throws Exception {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        LiveModel live = LiveModel.unpublished();
        live.publish(new Constant(schema, 0), "0.0", Optional.empty());
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        try {
            List<Future<Double>> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(readers.submit(() -> {
                    double last = 0;
                    while (!done.get()) {
                        Prediction prediction = live.predict(Map.of("x0", "1"));
                        double now = number(prediction);
                        assertThat(prediction.version()).isEqualTo(Double.toString(now));
                        assertThat(now).isGreaterThanOrEqualTo(last);
                        last = now;
                    }
                    return last;
                }));
            }
            for (int i = 1; i <= 20_000; i++) {
                live.publish(new Constant(schema, i), Double.toString(i), Optional.empty());
            }
            done.set(true);
            for (Future<Double> answer : answers) {
                assertThat(answer.get()).isBetween(0.0, 20_000.0);
            }
        } finally {
            readers.shutdownNow();
        }
    }

    private record Constant(Schema schema, double value) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            out[0] = value;
        }
    }

    private record Sum(Schema schema) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            for (int column = 0; column < chunk.width(); column++) {
                out[0] += Toys.cell(chunk, 0, column);
            }
        }
    }

    private record NoClasses(Schema schema) implements Classifier {
        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public void decide(Chunk chunk, double[] out) {}
    }

    /** One model's versions, in memory; {@code live} is the last unless it was moved. */
    private static final class Versions implements ModelStore {
        private final List<State> states = new ArrayList<>();
        private long live;
        private int generation;

        void clear() {
            states.clear();
            generation++;
        }

        void append(State state) {
            states.add(state);
            live = states.size();
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public List<String> models() {
            return states.isEmpty() ? List.of() : List.of("flights");
        }

        @Override
        public History history(String model) {
            List<ModelVersion> versions = new ArrayList<>();
            for (int i = 1; i <= states.size(); i++) {
                ModelVersion.Note note = new ModelVersion.Note(Optional.empty(), "sum", i, Map.of());
                versions.add(new ModelVersion(model, i, Instant.EPOCH, note, 0, "sha256 of " + generation));
            }
            SortedMap<String, Long> aliases = new TreeMap<>(states.isEmpty() ? Map.of() : Map.of(History.LIVE, live));
            return new History(model, versions, aliases, List.of());
        }

        @Override
        public State load(ModelVersion version) {
            return states.get((int) version.number() - 1);
        }

        @Override
        public ModelWriter writer(String model) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long revision(String model) {
            return 0; // Nothing moves by itself: these tests refresh.
        }

        @Override
        public void tag(String model, String alias, long number, History.Reason reason) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove(String model) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream open(ModelVersion version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ModelVersion> prune(String model, Collection<Long> numbers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> repair(String model) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> verify(String model) {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
