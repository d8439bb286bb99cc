package org.accrete.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.source.Examples;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final int WIDTH = 3;

    @TempDir
    private Path directory;

    /** Rows of two or three classes, which depend on the features. */
    private static final class Data {
        final double[][] x;
        final String[] labels;
        final double[] y;

        Data(int rows, int seed) {
            SplittableRandom random = new SplittableRandom(seed);
            x = new double[rows][WIDTH];
            labels = new String[rows];
            y = new double[rows];
            for (int row = 0; row < rows; row++) {
                Arrays.setAll(x[row], i -> (float) (random.nextDouble() * 2 - 1));
                labels[row] = x[row][0] > 0.2 ? "up" : "down";
                y[row] = 2 * x[row][0] - x[row][1] + 3;
            }
        }

        double[] flat() {
            return Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
        }

        float[][] floats() {
            float[][] narrow = new float[x.length][WIDTH];
            for (int row = 0; row < x.length; row++) {
                for (int i = 0; i < WIDTH; i++) {
                    narrow[row][i] = (float) x[row][i];
                }
            }
            return narrow;
        }
    }

    private static PlugIns plugIns(long refusesAfter) {
        return PlugIns.of(
                new Softmax.Provider(refusesAfter), new LeastSquares.Provider(), new StandardScalerProvider());
    }

    private static TrainerBuilder<ClassifierTrainer> classifier() {
        return Accrete.classifier("softmax").plugIns(plugIns(Long.MAX_VALUE)).steps("standard-scaler");
    }

    private static TrainerBuilder<RegressorTrainer> regressor() {
        return Accrete.regressor("least-squares")
                .plugIns(plugIns(Long.MAX_VALUE))
                .steps("standard-scaler");
    }

    /** What the layers below make of the same rows. */
    private static Pipeline pipeline(Data data, List<String> classes) {
        Schema schema = Schema.numeric(WIDTH, Target.categorical("y", classes));
        Pipeline pipeline = Pipeline.create(
                plugIns(Long.MAX_VALUE), schema, new PipelineSpec("softmax", List.of("standard-scaler"), Map.of()));
        double[] targets = Arrays.stream(data.labels)
                .mapToDouble(label -> classes.indexOf(label))
                .toArray();
        pipeline.partialFit(new DenseChunk(schema, data.flat(), targets, new double[0], classes));
        return pipeline;
    }

    private static void assertSameTensors(State actual, State expected) {
        assertThat(actual.tensors().keySet()).containsAll(expected.tensors().keySet());
        expected.tensors()
                .forEach((name, tensor) ->
                        assertThat(actual.tensors().get(name)).as(name).isEqualTo(tensor));
    }

    @Test
    void arraysOfEveryFormLearnWhatThePipelineLearnsFromChunks() {
        Data data = new Data(200, 1);
        State expected = pipeline(data, List.of("down", "up")).state();
        List<Examples> forms = List.of(
                Examples.of(data.x).labels(data.labels),
                Examples.of(data.floats()).labels(data.labels),
                Examples.flat(data.flat(), WIDTH).labels(data.labels));
        for (Examples form : forms) {
            try (ClassifierTrainer trainer = classifier().build()) {
                trainer.partialFit(form);
                assertThat(trainer.classes()).containsExactly("down", "up");
                assertSameTensors(trainer.pipeline().state(), expected);
            }
        }
    }

    @Test
    void chunkingAndSingleRowsMakeNoDifference() {
        Data data = new Data(100, 2);
        try (ClassifierTrainer whole = classifier().classes("down", "up").build();
                ClassifierTrainer parts = classifier().classes("down", "up").build();
                ClassifierTrainer rows = classifier().classes("down", "up").build()) {
            whole.partialFit(data.x, data.labels);
            for (int from = 0; from < 100; from += 7) {
                int to = Math.min(100, from + 7);
                parts.partialFit(Arrays.copyOfRange(data.x, from, to), Arrays.copyOfRange(data.labels, from, to));
            }
            for (int row = 0; row < 100; row++) {
                rows.learnOne(data.x[row], data.labels[row]);
            }
            assertSameTensors(parts.pipeline().state(), whole.pipeline().state());
            assertSameTensors(rows.pipeline().state(), whole.pipeline().state());
            assertThat(rows.predict(data.x)).isEqualTo(whole.predict(data.x));
        }
    }

    @Test
    void predictionsAreLabelsProbabilitiesAndNumbers() {
        Data data = new Data(300, 3);
        try (ClassifierTrainer trainer = classifier().build()) {
            for (int pass = 0; pass < 20; pass++) {
                trainer.partialFit(data.x, data.labels);
            }
            String[] labels = trainer.predict(data.x);
            double[][] probabilities = trainer.predictProbabilities(data.x);
            int right = 0;
            for (int row = 0; row < labels.length; row++) {
                assertThat(labels[row]).isEqualTo(probabilities[row][1] > 0.5 ? "up" : "down");
                assertThat(probabilities[row][0] + probabilities[row][1]).isBetween(1 - 1e-12, 1 + 1e-12);
                assertThat(trainer.predictOne(data.x[row])).isEqualTo(labels[row]);
                right += labels[row].equals(data.labels[row]) ? 1 : 0;
            }
            assertThat(right).isGreaterThan(250);
        }
        try (RegressorTrainer trainer = regressor().build()) {
            for (int pass = 0; pass < 200; pass++) {
                trainer.partialFit(data.x, data.y);
            }
            double[] predicted = trainer.predict(data.x);
            for (int row = 0; row < predicted.length; row++) {
                assertThat(predicted[row]).isBetween(data.y[row] - 0.2, data.y[row] + 0.2);
                assertThat(trainer.predictOne(data.x[row])).isEqualTo(predicted[row]);
            }
        }
    }

    @Test
    void wholeNumbersAreLabelsHoweverTheyAreGiven() {
        double[][] x = {{1}, {2}, {3}};
        try (ClassifierTrainer ints = classifier().build();
                ClassifierTrainer doubles = classifier().build();
                ClassifierTrainer texts = classifier().build()) {
            ints.partialFit(x, new int[] {10, 9, 300});
            doubles.partialFit(Examples.of(x).targets(new double[] {10, 9, 300}));
            texts.partialFit(x, new String[] {"10", " 9.0 ", "3e2"});
            for (ClassifierTrainer trainer : List.of(ints, doubles, texts)) {
                assertThat(trainer.classes()).containsExactly("9", "10", "300");
            }
            assertSameTensors(doubles.pipeline().state(), ints.pipeline().state());
            assertSameTensors(texts.pipeline().state(), ints.pipeline().state());
        }
    }

    @Test
    void aRefusedCallChangesNothingAndForgetsItsLabels() {
        Data data = new Data(50, 4);
        TrainerBuilder<ClassifierTrainer> parts =
                Accrete.classifier("softmax").plugIns(plugIns(60)).steps();
        try (ClassifierTrainer trainer = parts.build()) {
            trainer.partialFit(data.x, data.labels);
            State before = trainer.pipeline().state();
            String[] news = data.labels.clone();
            news[1] = "sideways";
            assertThatThrownBy(() -> trainer.partialFit(data.x, news)).isInstanceOf(AccreteException.class);
            assertThat(trainer.classes()).containsExactly("down", "up");
            assertThat(trainer.rowsSeen()).isEqualTo(50);
            assertSameTensors(trainer.pipeline().state(), before);
            trainer.partialFit(new double[][] {{1, 2, 3}}, new String[] {"level"});
            assertThat(trainer.classes()).containsExactly("down", "up", "level");
        }
    }

    @Test
    void aRefusedFirstCallFixesNoColumns() {
        try (ClassifierTrainer trainer = classifier().build()) {
            assertThatThrownBy(() -> trainer.partialFit(new double[][] {{1, 2}, {1}}, new String[] {"a", "b"}))
                    .hasMessageContaining("row 1 has 1");
            assertThatThrownBy(() -> trainer.predict(new double[][] {{1}})).hasMessageContaining("nothing was learned");
            trainer.partialFit(new double[][] {{1}, {2}}, new String[] {"c", "d"});
            assertThat(trainer.classes()).containsExactly("c", "d");
            assertThatThrownBy(() -> trainer.partialFit(new double[][] {{1, 2}}, new String[] {"c"}))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                    .hasMessageContaining("a row must have 1 features");
            assertThatThrownBy(() -> trainer.partialFit(new double[][] {{1}, {2}}, new String[] {"c"}))
                    .hasMessageContaining("labels must be as many as rows, 2, but were 1");
        }
    }

    private enum Sky {
        CLEAR,
        CLOUDY
    }

    private record Flight(String origin, double distance, boolean rain, Sky sky, LocalDateTime time, double delay) {}

    @Test
    void recordsMapsAndTextAreEncodedAlike() {
        List<Flight> flights = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 120; i++) {
            flights.add(new Flight(
                    random.nextBoolean() ? "JFK" : "SEA",
                    random.nextInt(100, 3_000),
                    random.nextBoolean(),
                    random.nextBoolean() ? Sky.CLEAR : Sky.CLOUDY,
                    LocalDateTime.of(2001, 1, 1 + random.nextInt(28), random.nextInt(24), 30),
                    random.nextInt(60)));
        }
        List<Map<String, Object>> maps = new ArrayList<>();
        for (Flight flight : flights) {
            Map<String, Object> map = new HashMap<>();
            map.put("origin", flight.origin());
            map.put("distance", (int) flight.distance());
            map.put("rain", flight.rain() ? "yes" : "no");
            map.put("sky", flight.sky().name());
            map.put("time", flight.time().toString());
            map.put("delay", flight.delay());
            maps.add(map);
        }
        TrainerBuilder<RegressorTrainer> parts = Accrete.regressor("sum")
                .plugIns(Toys.plugIns())
                .steps("standard-scaler")
                .target("delay");
        try (RegressorTrainer byRecord = parts.build();
                RegressorTrainer byMap = parts.build()) {
            byRecord.partialFit(flights);
            byMap.partialFit(maps);

            // The oracle: the same rows as text, through the encoder of files, by the same plan.
            ColumnPlan plan = byRecord.plan().orElseThrow();
            assertThat(plan.columns()).extracting("name").contains("origin", "sky", "time");
            RowEncoder encoder =
                    new RowEncoder(plan, List.of("origin", "distance", "rain", "sky", "time", "delay"), true);
            ChunkBuffer rows = new ChunkBuffer(plan.schema(), flights.size());
            for (Flight flight : flights) {
                encoder.encode(
                        List.of(
                                flight.origin(),
                                Double.toString(flight.distance()),
                                Boolean.toString(flight.rain()),
                                flight.sky().name(),
                                flight.time().toString(),
                                Double.toString(flight.delay())),
                        rows);
            }
            Pipeline oracle = Pipeline.create(
                    Toys.plugIns(), plan.schema(), new PipelineSpec("sum", List.of("standard-scaler"), Map.of()));
            oracle.partialFit(rows.chunk());
            assertSameTensors(byRecord.pipeline().state(), oracle.state());
            double[] expected = new double[flights.size()];
            ((Regressor) oracle.snapshot()).predict(rows.chunk(), expected);
            assertThat(byRecord.predict(flights)).isEqualTo(expected);
            assertThat(byMap.predict(maps)).isEqualTo(expected);

            Map<String, Object> unlabelled = new HashMap<>(maps.get(0));
            unlabelled.remove("delay");
            assertThat(byMap.predictOne(unlabelled)).isEqualTo(byRecord.predictOne(flights.get(0)));
            byRecord.learnOne(flights.get(0));
            assertThat(byRecord.rowsSeen()).isEqualTo(121);
        }
    }

    @Test
    void recordsWithoutANamedTargetOrAColumnAreRefused() {
        try (ClassifierTrainer trainer = classifier().build()) {
            assertThatThrownBy(() -> trainer.learnOne(Map.of("a", 1, "y", "b")))
                    .hasMessageContaining("target(\"NAME\")");
        }
        try (ClassifierTrainer trainer = classifier().target("y").build()) {
            trainer.learnOne(Map.of("a", 1, "y", "b"));
            assertThatThrownBy(() -> trainer.learnOne(Map.of("y", "b")))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA))
                    .hasMessageContaining("no 'a'");
            assertThatThrownBy(() -> trainer.learnOne(Map.of("a", "far", "y", "b")))
                    .hasMessageContaining("'far'");
            assertThatThrownBy(() -> trainer.partialFit(List.of("a"))).hasMessageContaining("java.lang.String");
            assertThat(trainer.rowsSeen()).isEqualTo(1);
        }
    }

    @Test
    void savesFollowEachOtherAndResumeGoesOnToTheSameBits() {
        Data data = new Data(90, 6);
        Data more = new Data(60, 7);
        State straight;
        try (ClassifierTrainer trainer = classifier().scored().build()) {
            trainer.partialFit(data.x, data.labels);
            trainer.partialFit(more.x, more.labels);
            straight = trainer.pipeline().state();
        }
        try (ModelStore store = DirectoryStore.open(directory)) {
            try (ClassifierTrainer trainer = classifier().scored().into(store, "clicks")) {
                trainer.partialFit(data.x, data.labels);
                ModelVersion first = trainer.save();
                assertThat(first.note().parent()).isEmpty();
                assertThat(first.note().metrics())
                        .as("an untrained model is not scored")
                        .isEmpty();
                assertThat(trainer.save()).isEqualTo(first);
            }
            assertThatThrownBy(() -> classifier().into(store, "clicks"))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                    .hasMessageContaining("resume(store, \"clicks\")");
            try (ClassifierTrainer trainer = classifier().scored().resume(store, "clicks")) {
                assertThat(trainer.rowsSeen()).isEqualTo(90);
                trainer.partialFit(more.x, more.labels);
                ModelVersion second = trainer.save();
                assertThat(second.note().parent()).hasValue("clicks@1");
                assertThat(store.history("clicks").live()).hasValue(second);
                assertSameTensors(store.load(second), straight);
                assertThat(second.note().metrics()).containsKey("accuracy");
                assertThat(second.note().stretch())
                        .as("all rows that were scored came after the first save")
                        .isEqualTo(second.note().metrics());
                assertThat(trainer.scores().orElseThrow().rows()).isEqualTo(60);
                assertThat(trainer.scores().orElseThrow().passed()).isEqualTo(90);
            }
            try (ClassifierTrainer trainer =
                    classifier().from(store, "clicks@1").into(store, "other")) {
                assertThat(trainer.rowsSeen()).isEqualTo(90);
                trainer.partialFit(more.x, more.labels);
                assertThat(trainer.save().note().parent()).hasValue("clicks@1");
                assertSameTensors(store.load(store.history("other").live().orElseThrow()), straight);
            }
            assertThatThrownBy(() -> Accrete.classifier("softmax")
                            .plugIns(plugIns(Long.MAX_VALUE))
                            .steps()
                            .resume(store, "clicks"))
                    .hasMessageContaining("steps");
            // The refused trainers above gave the lock back.
            classifier().resume(store, "clicks").close();
        }
    }

    @Test
    void resumeOfAModelThatIsNotThereBeginsAnew() {
        try (ModelStore store = DirectoryStore.open(directory);
                ClassifierTrainer trainer = classifier().resume(store, "fresh")) {
            trainer.partialFit(new double[][] {{1}, {2}}, new int[] {0, 1});
            assertThat(trainer.save().number()).isEqualTo(1);
        }
    }

    @Test
    void otherThreadsPredictWithTheLiveModel() throws Exception {
        Data data = new Data(40, 8);
        try (ModelStore store = DirectoryStore.open(directory);
                ClassifierTrainer trainer = classifier().features("a", "b", "c").into(store, "clicks")) {
            LiveModel live = trainer.live();
            assertThatThrownBy(live::current).hasMessageContaining("published");
            trainer.partialFit(data.x, data.labels);
            trainer.save();
            assertThat(live.current().version()).isEqualTo("clicks@1");
            trainer.partialFit(data.x, data.labels);
            assertThat(trainer.live()).isSameAs(live);
            assertThat(live.current().version()).isEqualTo("clicks@1+40");
            trainer.save();
            store.tag("clicks", "live", 1);
            trainer.live();
            assertThat(live.current().version()).as("after a rollback").isEqualTo("clicks@1");
            store.tag("clicks", "live", 2);
            trainer.live();
            assertThat(live.current().version()).isEqualTo("clicks@2");
            ExecutorService other = Executors.newSingleThreadExecutor();
            try {
                Future<String> answer =
                        other.submit(() -> ((ClassPrediction) live.predict(Map.of("a", 0.9, "b", 0, "c", 0))).label());
                assertThat(answer.get()).isEqualTo(trainer.predictOne(new double[] {0.9, 0, 0}));
            } finally {
                other.shutdownNow();
            }
        }
    }

    @Test
    void aSecondThreadIsRefusedWithASentence() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (ClassifierTrainer trainer = classifier().target("y").build()) {
            ExecutorService other = Executors.newSingleThreadExecutor();
            try {
                // A map that waits while the trainer reads it.
                Map<String, Object> slow = new HashMap<>(Map.of("a", 1, "y", "b")) {
                    private static final long serialVersionUID = 1;

                    @Override
                    public Object get(Object key) {
                        inside.countDown();
                        try {
                            done.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return super.get(key);
                    }
                };
                Future<?> learning = other.submit(() -> trainer.learnOne(slow));
                inside.await();
                assertThatThrownBy(() -> trainer.learnOne(Map.of("a", 1, "y", "b")))
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                        .hasMessageContaining("one thread at a time");
                done.countDown();
                learning.get();
                trainer.learnOne(Map.of("a", 1, "y", "b"));
                assertThat(trainer.rowsSeen()).isEqualTo(2);
            } finally {
                other.shutdownNow();
            }
        }
    }

    @Test
    void wrongPartsAreToldWhereTheTrainerIsBuilt() {
        assertThatThrownBy(
                        () -> Accrete.classifier("softmaks").plugIns(plugIns(1)).build())
                .hasMessageContaining("softmax");
        assertThatThrownBy(() ->
                        Accrete.classifier("least-squares").plugIns(plugIns(1)).build())
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT));
        assertThatThrownBy(() -> classifier().set("nonsense", 1).build()).hasMessageContaining("nonsense");
        try (ClassifierTrainer trainer = classifier().build()) {
            trainer.partialFit(new double[][] {{1}}, new int[] {1});
            assertThatThrownBy(trainer::save).hasMessageContaining("into(store, name)");
        }
    }

    @Test
    void theTransformerTrainerTransforms() {
        try (TransformerTrainer trainer =
                Accrete.transformer("standard-scaler").plugIns(plugIns(1)).build()) {
            trainer.partialFit(new double[][] {{1, 10}, {3, 30}});
            assertThat(trainer.transform(new double[][] {{1, 30}})).isDeepEqualTo(new double[][] {{-1, 1}});
            assertThat(trainer.snapshot().outputSchema().width()).isEqualTo(2);
        }
    }

    @Test
    void weightsAreLearnedAndCounted() {
        Data data = new Data(10, 9);
        double[] weights = new double[10];
        Arrays.fill(weights, 2);
        try (RegressorTrainer weighted = regressor().build();
                RegressorTrainer plain = regressor().build()) {
            weighted.partialFit(Examples.of(data.x).targets(data.y).weights(weights));
            plain.partialFit(data.x, data.y);
            assertThat(weighted.pipeline().state().tensors())
                    .isNotEqualTo(plain.pipeline().state().tensors());
            assertThatThrownBy(() -> Examples.of(data.x).weights(new double[3]))
                    .hasMessageContaining("weights must be as many as rows, 10, but were 3");
        }
    }
}
