package org.accrete.core.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.Softmax;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.store.DirectoryStore;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.Rollback;
import org.accrete.core.train.RunListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OnlineServiceTest {
    private static final PlugIns PLUG_INS = PlugIns.of(new Softmax.Provider(-1), new StandardScalerProvider());

    /** What is learned. */
    public record Flight(double distance, double hour, String delayed) {}

    @TempDir
    private Path folder;

    private final List<OnlineService> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(OnlineService::close);
    }

    private static Flight flight(int number) {
        return new Flight(
                Math.floorMod(number * 7919, 1000) / 10.0,
                number % 24,
                number % 3 == 0 ? "yes" : number > 60 && number % 5 == 0 ? "maybe" : "no");
    }

    private static Map<String, Object> record(int number) {
        Flight flight = flight(number);
        return Map.of("distance", flight.distance(), "hour", flight.hour(), "delayed", flight.delayed());
    }

    private OnlineService.Builder builder(Path in) {
        return OnlineService.builder(PLUG_INS, DirectoryStore.open(in.resolve("store")), "flights")
                .learner("softmax")
                .steps("standard-scaler")
                .record(Flight.class, "delayed")
                .publishEvery(Duration.ZERO)
                .checkpointEvery(new CheckpointInterval(1_000_000, 0));
    }

    private OnlineService open(OnlineService.Builder builder) {
        OnlineService service = builder.open();
        opened.add(service);
        return service;
    }

    private OnlineService open() {
        return open(builder(folder).log(folder.resolve("log")));
    }

    private static ModelStore store(Path in) {
        return DirectoryStore.open(in.resolve("store"));
    }

    private static State state(Path in) {
        ModelStore store = store(in);
        return store.load(store.history("flights").latest().orElseThrow());
    }

    /** {@return the tensors of a model that learned some flights, by no service} */
    private static Map<String, Tensor> expected(Stream<Flight> flights) {
        ColumnPlan plan = RecordColumns.plan(Flight.class, "delayed");
        Pipeline pipeline = Pipeline.create(
                PLUG_INS, plan.schema(), new PipelineSpec("softmax", List.of("standard-scaler"), Map.of()));
        RecordEncoder encoder = new RecordEncoder(plan, true);
        flights.forEach(flight -> {
            ChunkBuffer row = new ChunkBuffer(plan.schema(), 1);
            encoder.encode(flight, row);
            pipeline.partialFit(row.chunk());
        });
        return pipeline.state().tensors();
    }

    private static Stream<Flight> flights(int from, int to) {
        return java.util.stream.IntStream.range(from, to).mapToObj(OnlineServiceTest::flight);
    }

    private static void assertLearned(State found, Stream<Flight> flights) {
        Map<String, Tensor> tensors = new TreeMap<>(found.tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run."));
        assertThat(tensors).isEqualTo(new TreeMap<>(expected(flights)));
    }

    private static void learn(OnlineService service, int from, int to) throws InterruptedException {
        for (int i = from; i < to; i++) {
            service.learn(i % 2 == 0 ? flight(i) : record(i));
        }
    }

    private static void awaitAnswers(OnlineService service) throws InterruptedException {
        while (true) {
            try {
                service.live().current();
                return;
            } catch (AccreteException e) {
                Thread.sleep(1);
            }
        }
    }

    /** Copies what a crash would leave. */
    private Path crash(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        for (String part : List.of("store", "log")) {
            try (Stream<Path> files = Files.walk(folder.resolve(part))) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(folder.relativize(file)));
                }
            }
        }
        return copy;
    }

    @Test
    void whatItLearnsIsWhatAPipelineLearns() throws InterruptedException {
        OnlineService service = open(builder(folder));
        learn(service, 0, 300);
        service.close();
        assertLearned(state(folder), flights(0, 300));
        assertThat(state(folder).whole("run.rows")).isEqualTo(300);

        OnlineService again = open(builder(folder));
        learn(again, 300, 400);
        again.close();
        assertLearned(state(folder), flights(0, 400));
        assertThat(store(folder).history("flights").versions()).hasSize(2);
    }

    @Test
    void itAnswersByWhatItHasLearned() throws InterruptedException {
        OnlineService service = open(builder(folder));
        assertThatThrownBy(() -> service.predict(flight(0))).hasMessage("no model was published yet");
        learn(service, 0, 200);
        Receipt receipt = service.offer(List.of(flight(200)), Optional.empty()).orElseThrow();
        assertThat(receipt.awaitLearned(Duration.ofSeconds(20))).isTrue();
        assertThat(receipt.lastRow()).isEqualTo(201);
        awaitAnswers(service);
        while (!service.predict(flight(0)).version().endsWith("+201")) {
            Thread.sleep(1);
        }
        ClassPrediction byRecord = (ClassPrediction) service.predict(flight(7));
        ClassPrediction byMap =
                (ClassPrediction) service.predict(Map.of("distance", flight(7).distance(), "hour", 7));
        assertThat(byRecord.probabilities()).isEqualTo(byMap.probabilities());
        assertThat(byRecord.classes()).containsExactly("yes", "no", "maybe");
        service.close();
        assertThat(service.status().scores().orElseThrow().rows()).isBetween(100L, 200L);
    }

    @Test
    void recordsAreAcceptedTogetherOrNotAtAll() throws InterruptedException {
        OnlineService service = open();
        learn(service, 0, 10);
        for (Object bad : List.of(
                Map.of("distance", "far", "hour", 1, "delayed", "new"),
                Map.of("distance", 1, "delayed", "new"),
                "a text",
                Map.of("distance", 1, "hour", Double.POSITIVE_INFINITY, "delayed", "no"))) {
            List<Object> records = List.of(record(10), Map.of("distance", 1, "hour", 2, "delayed", "newer"), bad);
            assertThatThrownBy(() -> service.offer(records, Optional.of("k"))).isInstanceOf(AccreteException.class);
        }
        assertThat(service.status().rowsAccepted()).isEqualTo(10);
        assertThat(service.status().keysRemembered()).isZero();
        learn(service, 10, 20);
        service.close();
        assertLearned(state(folder), flights(0, 20));
        assertThat(state(folder).text("plan")).doesNotContain("new");
    }

    @Test
    void afterACrashEachRowIsLearnedOnce() throws Exception {
        OnlineService service =
                open(builder(folder).log(folder.resolve("log")).checkpointEvery(new CheckpointInterval(9, 0)));
        int learned = 0;
        for (int part = 1; part <= 6; part++) {
            List<Object> records = new ArrayList<>();
            for (int i = 0; i < 13 * part; i++) {
                records.add(record(learned + i));
            }
            Receipt receipt =
                    service.offer(records, Optional.of("part-" + part)).orElseThrow();
            learned += records.size();
            receipt.awaitDurable();
            if (part % 2 == 0) {
                receipt.awaitLearned(Duration.ofSeconds(20));
            }
            Path copy = crash("crash-" + part);
            OnlineService after = open(builder(copy).log(copy.resolve("log")));
            Receipt repeated = after.offer(records, Optional.of("part-" + part)).orElseThrow();
            assertThat(repeated.isRepeated()).isTrue();
            assertThat(repeated.lastRow()).isEqualTo(learned);
            learn(after, learned, learned + 5);
            after.close();
            assertLearned(state(copy), flights(0, learned + 5));
            assertThat(state(copy).whole("run.rows")).isEqualTo(learned + 5);
        }
    }

    @Test
    void aLabelScoresWhatWasSaidAndIsLearned() throws Exception {
        OnlineService service = open();
        learn(service, 0, 100);
        service.offer(List.of(flight(100)), Optional.empty()).orElseThrow().awaitLearned(Duration.ofSeconds(20));
        awaitAnswers(service);
        while (!service.predict(flight(0)).version().endsWith("+101")) {
            Thread.sleep(1);
        }
        double loss = 0;
        for (int i = 101; i < 105; i++) {
            ClassPrediction said = (ClassPrediction) service.predict("id-" + i, flight(i));
            loss -= Math.log(said.probability(flight(i).delayed())) / 4;
        }
        // What is learned in between does not change what was said.
        learn(service, 105, 140);
        Path copy = crash("crash");
        OnlineService after = open(builder(copy).log(copy.resolve("log")));
        awaitAnswers(after);
        for (OnlineService one : List.of(service, after)) {
            assertThat(one.status().predictionsAwaiting()).isEqualTo(4);
            assertThatThrownBy(() -> one.label(Map.of("id-101", "no", "other", "yes"), Optional.empty()))
                    .hasMessageContaining("there is no prediction 'other' that awaits its label; the last 100000 are");
            assertThatThrownBy(() -> one.label(Map.of("id-101", ""), Optional.empty()))
                    .hasMessageContaining("must not be missing");
            Map<String, String> targets = new java.util.LinkedHashMap<>();
            flights(101, 105).forEach(flight -> targets.put("id-" + (101 + targets.size()), flight.delayed()));
            assertThat(one.label(targets, Optional.of("labels")).orElseThrow().rows())
                    .isEqualTo(4);
            assertThat(one.label(targets, Optional.of("labels")).orElseThrow().isRepeated())
                    .isTrue();
            assertThat(one.status().predictionsAwaiting()).isZero();
        }
        // Also by a process that did not make the predictions.
        for (OnlineService one : List.of(service, after)) {
            ScoreReport scores = one.status().served().orElseThrow();
            assertThat(scores.metrics().get("log_loss")).isCloseTo(loss, within(1e-12));
            assertThat(scores.rows()).isEqualTo(4);
        }
        Stream<Flight> all = Stream.concat(Stream.concat(flights(0, 101), flights(105, 140)), flights(101, 105));
        service.close();
        assertLearned(state(folder), all);
    }

    /** Whether the process ends well or not, and however short the parts of the log are. */
    @Test
    void scoresOfServedPredictionsOutliveTheProcess() throws Exception {
        OnlineService service = open(builder(folder).log(folder.resolve("log")).segmentBytes(4_000));
        learn(service, 0, 30);
        awaitAnswers(service);
        for (int i = 30; i < 200; i++) {
            service.predict("id-" + i, flight(i));
            if (i % 3 == 0) {
                // Its class may be new.
                learn(service, 500 + i, 501 + i);
            }
            if (i >= 40) {
                service.label(
                        Map.of("id-" + (i - 10), flight(i - 10).delayed()),
                        i % 2 == 0 ? Optional.of("key-" + i) : Optional.empty());
            }
            if (i == 45 || i == 150 || i == 199) {
                Path copy = crash("crash-" + i);
                OnlineService after = open(builder(copy).log(copy.resolve("log")));
                assertThat(after.status().served()).isEqualTo(service.status().served());
                assertThat(after.status().predictionsAwaiting()).isEqualTo(10);
            }
            if (i == 100) {
                Optional<ScoreReport> before = service.status().served();
                service.close();
                service = open(builder(folder).log(folder.resolve("log")).segmentBytes(4_000));
                assertThat(service.status().served()).isEqualTo(before);
                awaitAnswers(service);
            }
        }
        ScoreReport all = service.status().served().orElseThrow();
        assertThat(all.rows()).isEqualTo(160);
        try (Stream<Path> segments = Files.list(folder.resolve("log"))) {
            assertThat(segments.count()).isGreaterThan(1);
        }
    }

    @Test
    void aShadowIsScoredOnWhatIsServed() throws Exception {
        OnlineService first = open(builder(folder));
        learn(first, 0, 10);
        first.close();
        OnlineService service = open(builder(folder).shadow("1"));
        learn(service, 10, 300);
        service.offer(List.of(flight(300)), Optional.empty()).orElseThrow().awaitLearned(Duration.ofSeconds(20));
        ModelStore store = store(folder);
        LiveModel old = LiveModel.open(PLUG_INS, store, "flights@1");
        double loss = 0;
        for (int i = 301; i < 311; i++) {
            ClassPrediction said = (ClassPrediction) old.predict(flight(i));
            String label = i % 3 == 0 ? "yes" : "no";
            loss -= Math.log(said.probability(label)) / 10;
            service.predict("id-" + i, flight(i));
            service.label(Map.of("id-" + i, label), Optional.empty());
        }
        old.close();
        assertThat(service.status().shadow().orElseThrow().metrics().get("log_loss"))
                .isCloseTo(loss, within(1e-12));
        assertThat(service.status().served().orElseThrow().rows()).isEqualTo(10);
        assertThat(service.status().served().orElseThrow().metrics().get("log_loss"))
                .isNotCloseTo(loss, within(1e-6));
    }

    @Test
    void thoseThatAwaitLabelsAreBounded() throws Exception {
        OnlineService service = open(builder(folder).awaiting(3));
        learn(service, 0, 50);
        awaitAnswers(service);
        for (int i = 0; i < 5; i++) {
            service.predict("id-" + i, flight(i));
        }
        assertThat(service.status().predictionsAwaiting()).isEqualTo(3);
        assertThat(service.status().predictionsForgotten()).isEqualTo(2);
        assertThat(service.unknown(List.of("id-1", "id-2"))).containsExactly("id-1");
    }

    /** Also while the trainer's thread is still getting ready. */
    @Test
    void rowsAreNumberedAfterThoseOfTheVersionFromTheFirstOneOn() throws Exception {
        long before = 0;
        for (int i = 0; i < 20; i++) {
            OnlineService service = open(builder(folder).log(folder.resolve("log")));
            Receipt first = service.offer(List.of(flight(0), flight(1)), Optional.of("part-" + i))
                    .orElseThrow();
            assertThat(first.lastRow()).isEqualTo(before + 2);
            assertThat(service.status().rowsAccepted()).isEqualTo(before + 2);
            assertThat(first.awaitLearned(Duration.ofSeconds(20))).isTrue();
            assertThat(service.status().rowsLearned()).isEqualTo(before + 2);
            service.close();
            before += 2;
        }
    }

    @Test
    void aRollbackGoesOnFromTheVersionWithLaterRows() throws Exception {
        OnlineService service = open();
        learn(service, 0, 80);
        service.close();
        CountDownLatch taken = new CountDownLatch(1);
        OnlineService second = open(builder(folder).log(folder.resolve("log")).listener(new RunListener() {
            @Override
            public void rolledBack(Rollback rollback) {
                taken.countDown();
            }
        }));
        learn(second, 80, 150);
        second.offer(List.of(flight(150)), Optional.empty()).orElseThrow().awaitLearned(Duration.ofSeconds(20));
        second.rollback("1", "bad rows");
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        learn(second, 151, 160);
        second.offer(List.of(flight(160)), Optional.empty()).orElseThrow().awaitLearned(Duration.ofSeconds(20));
        Path copy = crash("crash");
        second.close();
        assertLearned(state(folder), Stream.concat(flights(0, 80), flights(151, 161)));

        OnlineService after = open(builder(copy).log(copy.resolve("log")));
        after.close();
        assertLearned(state(copy), Stream.concat(flights(0, 80), flights(151, 161)));
    }

    /** A learner refuses what the encoder takes; the service goes on. */
    @Test
    void rowsThatTheLearnerRefusesAreCounted() throws Exception {
        PlugIns refusing =
                PlugIns.of(new Softmax.Provider(-1, java.util.Set.of(3, 5), true), new StandardScalerProvider());
        OnlineService service = open(OnlineService.builder(refusing, store(folder), "flights")
                .learner("softmax")
                .steps()
                .record(Flight.class, "delayed"));
        for (int i = 0; i < 40; i++) {
            service.learn(new Flight(i % 8, i, "yes"));
        }
        service.close();
        assertThat(service.status().rowsRefused()).isEqualTo(10);
        assertThat(service.status().rowsLearned()).isEqualTo(40);
        assertThat(service.badRows())
                .hasSize(10)
                .first()
                .isEqualTo("row 4 of model 'flights': softmax: this row cannot be learned");
        assertThat(state(folder).whole("run.rows_dropped")).isEqualTo(10);
    }

    /** A version that no run made has no place in the rows of the service. */
    @Test
    void aVersionOfATrainerIsGoneOnFromAndBackTo() throws Exception {
        ModelStore store = store(folder);
        ColumnPlan plan = RecordColumns.plan(Flight.class, "delayed");
        State.Builder state = State.builder();
        Pipeline pipeline = Pipeline.create(
                PLUG_INS, plan.schema(), new PipelineSpec("softmax", List.of("standard-scaler"), Map.of()));
        RecordEncoder encoder = new RecordEncoder(plan, true);
        ChunkBuffer rows = new ChunkBuffer(plan.schema(), 50);
        flights(0, 50).forEach(flight -> encoder.encode(flight, rows));
        pipeline.partialFit(rows.chunk());
        try (ModelWriter writer = store.writer("flights")) {
            writer.append(
                    state.all(pipeline.state())
                            .text("plan", plan.withClasses(pipeline.classes()).toText())
                            .build(),
                    new ModelVersion.Note(Optional.empty(), "softmax", 50, Map.of()));
        }
        CountDownLatch taken = new CountDownLatch(1);
        OnlineService service = open(builder(folder).log(folder.resolve("log")).listener(new RunListener() {
            @Override
            public void rolledBack(Rollback rollback) {
                taken.countDown();
            }
        }));
        learn(service, 50, 69);
        // The rows are learned in turn, so that all before the last are learned too: a row that still waits when the
        // model goes back is learned after it.
        service.offer(List.of(flight(69)), Optional.empty()).orElseThrow().awaitLearned(Duration.ofSeconds(20));
        service.rollback("1", "");
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        learn(service, 70, 75);
        service.close();
        assertLearned(state(folder), Stream.concat(flights(0, 50), flights(70, 75)));

        OnlineService again = open();
        learn(again, 75, 80);
        again.close();
        assertLearned(state(folder), Stream.concat(flights(0, 50), flights(70, 80)));

        // Nobody trains now: going on from there begins with the rows to come.
        store.tag("flights", "live", 1, new History.Reason("again", true));
        OnlineService last = open();
        learn(last, 80, 85);
        last.close();
        assertLearned(state(folder), Stream.concat(flights(0, 50), flights(80, 85)));
    }

    @Test
    void theLogOfARemovedModelIsRefused() throws Exception {
        for (int i = 0; i < 2; i++) {
            OnlineService service = open();
            learn(service, 0, 10);
            service.close();
        }
        store(folder).remove("flights");
        assertThatThrownBy(this::open).hasMessageContaining("it is the log of a model that was removed; move it away");
        // The lock was given up.
        OnlineService without = open(builder(folder));
        learn(without, 0, 5);
    }

    @Test
    void aFullQueueIsTold() throws Exception {
        OnlineService service = open(builder(folder).queue(50));
        List<Object> many = new ArrayList<>();
        flights(0, 51).forEach(many::add);
        assertThatThrownBy(() -> service.offer(many, Optional.empty()))
                .hasMessage("at most 50 records are taken at once but there are 51");
        assertThat(service.offer(many.subList(0, 50), Optional.empty())).isPresent();
    }

    @Test
    void manyThreadsLearnAndPredict() throws Exception {
        OnlineService service = open(builder(folder).log(folder.resolve("log")).queue(100));
        learn(service, 0, 50);
        awaitAnswers(service);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            int thread = t;
            all.add(threads.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    service.learn(flight(thread * 1_000 + i));
                    service.predict(flight(i));
                    if (i % 10 == 0) {
                        service.predict("p" + thread + "-" + i, flight(i));
                        Map<String, String> label = Map.of("p" + thread + "-" + i, "no");
                        while (service.label(label, Optional.empty()).isEmpty()) {
                            Thread.sleep(1);
                        }
                    }
                }
                return 0;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        service.close();
        assertThat(state(folder).whole("run.rows")).isEqualTo(50 + 6 * 330);
        assertThatThrownBy(() -> service.learn(flight(0))).hasMessageContaining("is closed");
    }

    @Test
    void theLogIsCutBehindTheOldestVersion() throws Exception {
        List<Object> many = new ArrayList<>();
        flights(0, 1_000).forEach(many::add);
        OnlineService service = open(small());
        for (int i = 0; i < 30; i++) {
            while (service.offer(many, Optional.of("key-" + i)).isEmpty()) {
                Thread.sleep(1);
            }
        }
        long written = size();
        assertThat(written).isGreaterThan(500_000);
        service.close();
        // The one version knows all but what came with it.
        assertThat(size()).isLessThan(written / 4);

        OnlineService again = open(small());
        assertThat(again.offer(many, Optional.of("key-0")).orElseThrow().isRepeated())
                .isTrue();
        for (int i = 30; i < 60; i++) {
            while (again.offer(many, Optional.of("key-" + i)).isEmpty()) {
                Thread.sleep(1);
            }
        }
        again.close();
        // The older version may be gone back to.
        assertThat(size()).isGreaterThan(written / 2);
        ModelStore store = store(folder);
        store.prune("flights", List.of(1L));
        OnlineService third = open(small());
        learn(third, 0, 3);
        third.close();
        assertThat(size()).isLessThan(written / 4);
        assertThat(state(folder).whole("run.rows")).isEqualTo(60_003);
    }

    private OnlineService.Builder small() {
        return builder(folder).log(folder.resolve("log")).segmentBytes(1 << 16);
    }

    private long size() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("log"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
