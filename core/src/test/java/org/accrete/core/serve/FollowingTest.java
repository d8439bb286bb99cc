package org.accrete.core.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A live model that looks after its store by itself. */
@Timeout(60)
class FollowingTest {
    private static final PlugIns PLUG_INS = Toys.plugIns();
    private static final Schema SCHEMA = Schema.numeric(1, Target.numeric("y"));

    @TempDir
    Path folder;

    private final Faults faults = new Faults();
    private ModelStore store;
    private final Told told = new Told();
    private final List<LiveModel> opened = new ArrayList<>();

    @BeforeEach
    void open() {
        store = faults.around(DirectoryStore.open(folder));
    }

    @AfterEach
    void close() {
        opened.forEach(LiveModel::close);
    }

    /** Appends a version that predicts the row's number plus another. */
    private ModelVersion append(double plus) {
        Pipeline pipeline = Pipeline.create(PLUG_INS, SCHEMA, new PipelineSpec("sum", List.of(), Map.of()));
        pipeline.partialFit(Toys.chunk(SCHEMA, plus));
        return append(pipeline.state());
    }

    private ModelVersion append(State state) {
        try (ModelWriter writer = store.writer("m")) {
            return writer.append(state, new ModelVersion.Note(Optional.empty(), "sum", 1, Map.of()));
        }
    }

    private LiveModel follow(LiveModel.Builder builder) {
        LiveModel live = builder.listener(told).open("m");
        opened.add(live);
        return live;
    }

    private LiveModel follow() {
        return follow(LiveModel.builder(PLUG_INS, store));
    }

    private static double answer(LiveModel live) {
        return ((NumberPrediction) live.predict(new double[] {1})).value();
    }

    @Test
    void appendsAndRollbacksArriveByThemselves() throws InterruptedException {
        append(10);
        LiveModel live = follow();
        LiveModel first = LiveModel.builder(PLUG_INS, store).listener(told).open("m@1");
        opened.add(first);
        assertThat(told.next()).isEqualTo("swapped m@1");
        assertThat(told.next()).isEqualTo("swapped m@1");
        append(20);
        assertThat(told.next()).isEqualTo("swapped m@2");
        assertThat(answer(live)).isEqualTo(21);
        store.tag("m", "live", 1);
        assertThat(told.next()).isEqualTo("swapped m@1");
        assertThat(answer(live)).isEqualTo(11);
        store.tag("m", "best", 2);
        append(30);
        store.tag("m", "live", 2);
        assertThat(told.next())
                .as("a child of what was rolled back is not live")
                .isEqualTo("swapped m@2");
        assertThat(first.current().version()).isEqualTo("m@1");
    }

    @Test
    void aClosedModelNoLongerFollows() throws InterruptedException {
        append(10);
        LiveModel live = follow();
        assertThat(told.next()).isEqualTo("swapped m@1");
        live.close();
        TimeUnit.MILLISECONDS.sleep(StoreWatch.PERIOD_MILLIS);
        int looks = faults.looks.get();
        append(20);
        TimeUnit.MILLISECONDS.sleep(3 * StoreWatch.PERIOD_MILLIS);
        assertThat(faults.looks).as("looks of the thread").hasValue(looks);
        assertThat(answer(live)).isEqualTo(11);
        assertThat(live.refresh()).isTrue();
        assertThat(answer(live)).isEqualTo(21);
    }

    @Test
    void nothingIsReadWhileTheAliasStays() throws InterruptedException {
        append(10);
        follow();
        assertThat(told.next()).isEqualTo("swapped m@1");
        int loads = faults.loads.get();
        append(20);
        store.tag("m", "live", 1);
        assertThat(told.nextWithin(1_000)).isIn("swapped m@2", "nothing");
        int after = faults.loads.get();
        for (int i = 0; i < 5; i++) {
            store.tag("m", "other", 1 + i % 2);
            TimeUnit.MILLISECONDS.sleep(StoreWatch.PERIOD_MILLIS);
        }
        assertThat(after - loads).isLessThanOrEqualTo(2);
        assertThat(faults.loads.get() - after).isLessThanOrEqualTo(1);
    }

    @Test
    void aVersionThatIsPrunedJustBeforeItIsReadCostsOneMoreLookAtTheHistory() throws InterruptedException {
        append(10);
        append(20);
        store.tag("m", "live", 1);
        faults.beforeLoad = version -> {
            store.tag("m", "live", 2);
            if (version.number() == 1) {
                throw AccreteException.corruptFile("the file of " + version.reference() + " is missing");
            }
        };
        assertThat(answer(follow())).isEqualTo(21);
        assertThat(faults.loads).hasValue(2);
    }

    @Test
    void aStoreThatCannotBeReachedChangesNothingAndIsToldOnce() throws InterruptedException {
        append(10);
        LiveModel live = follow();
        assertThat(told.next()).isEqualTo("swapped m@1");
        faults.isLost = true;
        assertThat(told.next()).isEqualTo("failed the store is not there");
        assertThat(told.nextWithin(800)).isEqualTo("nothing");
        assertThat(answer(live)).isEqualTo(11);
        faults.isLost = false;
        append(20);
        assertThat(told.next()).isEqualTo("swapped m@2");
        faults.isLost = true;
        assertThat(told.next()).as("lost once more").isEqualTo("failed the store is not there");
    }

    @Test
    void aDamagedVersionChangesNothingAndTheNextOneIsTaken() throws InterruptedException, IOException {
        append(10);
        LiveModel live = follow();
        assertThat(told.next()).isEqualTo("swapped m@1");
        faults.beforeLoad = version -> {
            throw new OutOfMemoryError("a drill");
        };
        append(20);
        assertThat(told.next()).isEqualTo("failed java.lang.OutOfMemoryError: a drill");
        assertThat(answer(live)).isEqualTo(11);
        faults.beforeLoad = version -> {};
        assertThat(told.next()).as("without a change").isEqualTo("swapped m@2");

        Path history = folder.resolve("m/history");
        byte[] bytes = Files.readAllBytes(history);
        Files.write(history, Arrays.copyOf("garbage".getBytes(), bytes.length + 5));
        assertThat(told.next()).startsWith("failed ");
        assertThat(answer(live)).isEqualTo(21);
        assertThatThrownBy(live::refresh).isInstanceOf(AccreteException.class);
        Files.write(history, bytes);
        append(30);
        assertThat(told.next()).isEqualTo("swapped m@3");
    }

    @Test
    void aModelThatIsRemovedGoesOnAnswering() throws InterruptedException {
        append(10);
        LiveModel live = follow();
        assertThat(told.next()).isEqualTo("swapped m@1");
        store.remove("m");
        assertThat(told.next()).startsWith("failed there is no model 'm'");
        assertThat(answer(live)).isEqualTo(11);
        append(20);
        assertThat(told.next()).isEqualTo("swapped m@1");
        assertThat(answer(live)).isEqualTo(21);
    }

    @Test
    void aListenerThatThrowsDoesNoHarm() throws InterruptedException {
        append(10);
        LiveModel live = LiveModel.builder(PLUG_INS, store)
                .listener(new LiveListener() {
                    @Override
                    public void swapped(ServedModel model) {
                        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> told.add(e.getMessage()));
                        throw new IllegalStateException("a listener's own");
                    }
                })
                .listener(told)
                .open("m");
        opened.add(live);
        append(20);
        assertThat(told.next()).isEqualTo("a listener's own");
        assertThat(told.next()).isEqualTo("swapped m@1");
        assertThat(told.next()).isEqualTo("a listener's own");
        assertThat(told.next()).isEqualTo("swapped m@2");
        assertThat(answer(live)).isEqualTo(21);
    }

    @Test
    void aVersionThatPredictsTheRowsWronglyIsRefused() throws InterruptedException {
        append(10);
        SaneRows rows = SaneRows.of(List.of(Map.of("x0", 1), Map.of("x0", "2")));
        LiveModel live = follow(LiveModel.builder(PLUG_INS, store).mustPredict(rows));
        assertThat(told.next()).isEqualTo("swapped m@1");
        State sane = store.load(store.history("m").versions().get(0));
        State.Builder insane = State.builder().number("sum", Double.NaN);
        sane.tensors().forEach((name, tensor) -> {
            if (!name.equals("sum")) {
                insane.tensor(name, tensor);
            }
        });
        sane.texts().forEach(insane::text);
        append(insane.build());
        assertThat(told.next()).isEqualTo("refused m@2: row 0: a prediction must be finite but was NaN");
        assertThat(told.nextWithin(300)).as("told once").isEqualTo("nothing");
        assertThat(answer(live)).isEqualTo(11);
        assertThatThrownBy(live::refresh).hasMessageContaining("m@2 must not answer: row 0");
        assertThatThrownBy(() ->
                        LiveModel.builder(PLUG_INS, store).mustPredict(rows).open("m"))
                .hasMessageContaining("m@2 must not answer");
        store.tag("m", "live", 1);
        append(30);
        store.tag("m", "live", 3);
        assertThat(told.next()).isEqualTo("swapped m@3");
    }

    @Test
    void aSnapshotThatPredictsTheRowsWronglyIsRefused() throws InterruptedException {
        LiveModel live = LiveModel.builder(PLUG_INS, store)
                .mustPredict(SaneRows.of(Toys.chunk(SCHEMA, 1, 2)))
                .listener(told)
                .following("m");
        opened.add(live);
        live.publish(new Constants(SCHEMA, new double[] {7}), "+1", Optional.empty());
        live.publish(new Constants(SCHEMA, new double[] {Double.POSITIVE_INFINITY}), "+2", Optional.empty());
        assertThat(told.next()).isEqualTo("swapped +1");
        assertThat(told.next()).isEqualTo("refused +2: row 0: a prediction must be finite but was Infinity");
        assertThat(answer(live)).isEqualTo(7);
    }

    @Test
    void aRollbackReachesWhoTakesSnapshotsWithoutAnyBeingPublished() throws InterruptedException {
        append(10);
        append(20);
        LiveModel live = LiveModel.builder(PLUG_INS, store).listener(told).following("m");
        opened.add(live);
        assertThat(told.next()).isEqualTo("swapped m@2");
        live.publish(new Constants(SCHEMA, new double[] {7}), "m@2+500", Optional.empty());
        assertThat(told.next()).isEqualTo("swapped m@2+500");
        append(30);
        assertThat(told.nextWithin(400)).as("the run publishes what it appends").isEqualTo("nothing");
        store.tag("m", "live", 1);
        assertThat(told.next()).isEqualTo("swapped m@1");
        assertThat(answer(live)).isEqualTo(11);
    }

    @Test
    void aStoreThatFailsDoesNotStopWhoPublishes() throws InterruptedException {
        append(10);
        LiveModel live = LiveModel.builder(PLUG_INS, store).listener(told).following("m");
        opened.add(live);
        assertThat(told.next()).isEqualTo("swapped m@1");
        faults.isLost = true;
        live.publish(new Constants(SCHEMA, new double[] {7}), "m@1+500", Optional.empty());
        assertThat(told.next()).isEqualTo("failed the store is not there");
        assertThat(answer(live)).isEqualTo(11);
        faults.isLost = false;
        live.publish(new Constants(SCHEMA, new double[] {7}), "m@1+600", Optional.empty());
        assertThat(told.next()).isEqualTo("swapped m@1+600");
    }

    @Test
    void saneRowsFindEveryKindOfNonsense() {
        Schema schema = Schema.numeric(2, Target.categorical("y", List.of("a", "b", "c")));
        Chunk rows = new DenseChunk(schema, new double[4], new double[2], new double[0], List.of("a", "b", "c"));
        assertThat(problem(SaneRows.of(rows), new Odds(schema, List.of("a", "b", "c"), .2, .3, .5)))
                .isEmpty();
        assertThat(problem(SaneRows.of(rows), new Odds(schema, List.of("a", "b", "c"), .2, .3, .6)))
                .hasValueSatisfying(why -> assertThat(why).contains("row 0", "sum to 1 but do to 1.1"));
        assertThat(problem(SaneRows.of(rows), new Odds(schema, List.of("a", "b", "c"), -.1, .6, .5)))
                .hasValueSatisfying(why -> assertThat(why).contains("from 0 to 1 but was -0.1"));
        assertThat(problem(SaneRows.of(rows), new Odds(schema, List.of("a", "b", "c"), .2, Double.NaN, .5)))
                .hasValueSatisfying(why -> assertThat(why).contains("must be finite but was NaN"));
        assertThat(problem(SaneRows.of(rows), new Odds(schema, List.of("a", "b", "x"), .2, .3, .5)))
                .hasValueSatisfying(why -> assertThat(why).contains("unknown class 'x'"));
        assertThat(problem(
                        SaneRows.of(rows).withClasses(Set.of()), new Odds(schema, List.of("a", "b", "x"), .2, .3, .5)))
                .isEmpty();
        assertThat(problem(SaneRows.of(rows), new Odds(schema, List.of())))
                .hasValueSatisfying(why -> assertThat(why).contains("knows no class"));
        assertThat(problem(SaneRows.of(rows), new Constants(SCHEMA, new double[] {1})))
                .hasValueSatisfying(why -> assertThat(why).contains("other columns (1)"));
        assertThat(problem(SaneRows.of(List.of(Map.of("x0", "far"))), new Constants(SCHEMA, new double[] {1})))
                .hasValueSatisfying(why -> assertThat(why).contains("'far'"));
        assertThatThrownBy(() -> SaneRows.of(List.of())).hasMessageContaining("1 or more");
    }

    private static Optional<String> problem(SaneRows rows, org.accrete.api.learn.Model model) {
        return rows.problem(new ServedModel(model, "v", Optional.empty()));
    }

    /** Each answer is made of a whole array that was filled just before: any part of another version would show. */
    @Test
    void everyAnswerBelongsWhollyToTheVersionThatItNames() throws Exception {
        int width = 257;
        int publications = Integer.getInteger("accrete.publications", 3_000);
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        LiveModel live = LiveModel.unpublished();
        live.publish(new Constants(schema, filled(width, 0)), "0", Optional.empty());
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Long>> reads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean byRecord = i % 2 == 0;
                reads.add(readers.submit(() -> {
                    long count = 0;
                    long last = 0;
                    while (!done.get()) {
                        Prediction prediction =
                                byRecord ? live.predict(Map.of("x0", "1")) : live.predict(new double[] {1});
                        long version = Long.parseLong(prediction.version());
                        // The sum is exact.
                        assertThat(((NumberPrediction) prediction).value()).isEqualTo((double) width * version);
                        assertThat(version).isGreaterThanOrEqualTo(last);
                        last = version;
                        count++;
                    }
                    return count;
                }));
            }
            for (int i = 1; i <= publications; i++) {
                live.publish(new Constants(schema, filled(width, i)), Integer.toString(i), Optional.empty());
            }
            done.set(true);
            for (Future<Long> read : reads) {
                assertThat(read.get()).isPositive();
            }
        } finally {
            done.set(true);
            readers.shutdownNow();
        }
    }

    private static double[] filled(int width, double value) {
        double[] filled = new double[width];
        Arrays.fill(filled, value);
        return filled;
    }

    /** Predicts the sum of its numbers. */
    private record Constants(Schema schema, double[] values) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            Arrays.fill(out, 0, chunk.rows(), sum);
        }
    }

    /** Says the same probabilities of every row. */
    private record Odds(Schema schema, List<String> classes, double... odds) implements ProbabilisticClassifier {
        @Override
        public void decide(Chunk chunk, double[] out) {
            probabilities(out, chunk.rows(), odds.length, out);
        }

        @Override
        public void probabilities(double[] decisions, int rows, int count, double[] out) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(odds, 0, out, row * count, count);
            }
        }
    }

    /** What a listener was told. */
    private static final class Told implements LiveListener {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        void add(String line) {
            lines.add(line);
        }

        @Override
        public void swapped(ServedModel model) {
            add("swapped " + model.version());
        }

        @Override
        public void refused(String version, String why) {
            add("refused " + version + ": " + why);
        }

        @Override
        public void failed(Throwable problem) {
            add("failed " + (problem instanceof AccreteException ? problem.getMessage() : problem.toString()));
        }

        String next() throws InterruptedException {
            return nextWithin(20_000);
        }

        String nextWithin(long millis) throws InterruptedException {
            return Optional.ofNullable(lines.poll(millis, TimeUnit.MILLISECONDS))
                    .orElse("nothing");
        }
    }

    /** What happens in front of a store: calls are counted, and fail on demand. */
    private static final class Faults {
        private interface Before {
            void load(ModelVersion version);
        }

        private final AtomicInteger looks = new AtomicInteger();
        private final AtomicInteger loads = new AtomicInteger();
        private volatile boolean isLost;
        private volatile Before beforeLoad = version -> {};

        ModelStore around(ModelStore store) {
            return (ModelStore) Proxy.newProxyInstance(
                    Faults.class.getClassLoader(), new Class<?>[] {ModelStore.class}, (proxy, method, args) -> {
                        String name = method.getName();
                        if (isLost
                                && List.of("models", "history", "load", "revision")
                                        .contains(name)) {
                            throw new AccreteException(AccreteException.Kind.IO, "the store is not there");
                        }
                        if (name.equals("revision")) {
                            looks.incrementAndGet();
                        }
                        if (name.equals("load")) {
                            loads.incrementAndGet();
                            beforeLoad.load((ModelVersion) args[0]);
                        }
                        try {
                            return method.invoke(store, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
