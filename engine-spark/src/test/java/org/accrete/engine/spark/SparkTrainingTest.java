package org.accrete.engine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.ClusterPrediction;
import org.accrete.core.serve.NumberPrediction;
import org.accrete.core.serve.ServedModel;
import org.accrete.core.store.DirectoryStore;
import org.accrete.testkit.RunSeed;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The law: the same bytes as training and merging the same shards in one JVM. */
class SparkTrainingTest {
    @TempDir
    Path folder;

    private ModelStore store;
    private long seed;

    @BeforeEach
    void open() {
        store = DirectoryStore.open(folder.resolve("models"));
        seed = RunSeed.random("rows").nextLong();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** {@return the rows in another order, in some partitions} */
    private Dataset<Row> shuffled(List<Row> rows, int partitions) {
        List<Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(seed + partitions));
        return Sessions.session().createDataFrame(shuffled, Journeys.SCHEMA).repartition(partitions);
    }

    private static List<Map<String, Object>> records(List<Row> rows) {
        return rows.stream().map(Journeys::record).toList();
    }

    /** {@return the training of these rows} */
    private SparkTraining training(List<Row> rows, int partitions) {
        return SparkTraining.of(shuffled(rows, partitions), "late").orderBy("time");
    }

    @ParameterizedTest
    @CsvSource({
        "sgd-classifier, standard-scaler, 4, 3, 1 3 8",
        "sgd-classifier, standard-scaler, 3, 1, 2",
        "naive-bayes, '', 3, 2, 2",
        "k-means, '', 2, 2, 2",
        "covariance-pca, '', 2, 2, 2"
    })
    void sameBytesAsTheSameShardsInOneJvm(String learner, String step, int shards, int rounds, String partitions) {
        List<Row> rows = Journeys.random(2_000, seed);
        List<String> steps = step.isEmpty() ? List.of() : List.of(step);
        boolean hasTarget = learner.equals("sgd-classifier") || learner.equals("naive-bayes");
        String[] columns = hasTarget ? new String[0] : new String[] {"late=ignore", "from=ignore", "distance=ignore"};
        Optional<State> expected = Optional.empty();
        for (String count : partitions.split(" ")) {
            ModelVersion version = SparkTraining.of(shuffled(rows, Integer.parseInt(count)), hasTarget ? "late" : "")
                    .learner(learner)
                    .steps(steps.toArray(String[]::new))
                    .columns(columns)
                    .orderBy("time")
                    .shards(shards)
                    .rounds(rounds)
                    .chunkRows(100)
                    .into(store, "p" + count)
                    .run();
            State found = store.load(version);
            ColumnPlan plan =
                    ColumnPlan.parse(found.text("plan")).withClasses(hasTarget ? List.of("no", "yes") : List.of());
            State oracle = expected.orElseGet(() -> OneJvm.train(
                    Pipeline.create(Here.PLUG_INS, plan.schema(), new PipelineSpec(learner, steps, Map.of())),
                    plan,
                    records(rows),
                    shards,
                    rounds,
                    100));
            expected = Optional.of(oracle);
            assertThat(StateBytes.of(found).sha256())
                    .as("%s in %s partitions", learner, count)
                    .isEqualTo(StateBytes.of(oracle).sha256());
            assertThat(version.note().rowsSeen()).as("rows seen").isEqualTo(rows.size());
        }
    }

    /** Each shard trains some trees with all rows. */
    @ParameterizedTest
    @CsvSource({"3, 2, 2", "8, 1, 3"})
    void aForestHasTheSameBytesAsOneOfASingleJvm(int shards, int rounds, int partitions) {
        List<Row> rows = Journeys.random(2_000, seed);
        ModelVersion version = training(rows, partitions)
                .learner("adaptive-random-forest-classifier")
                .set("n-estimators", 5)
                .shards(shards)
                .rounds(rounds)
                .into(store, "m")
                .run();
        State found = store.load(version);
        ColumnPlan plan = ColumnPlan.parse(found.text("plan")).withClasses(List.of("no", "yes"));
        Pipeline alone = Pipeline.create(
                Here.PLUG_INS,
                plan.schema(),
                new PipelineSpec("adaptive-random-forest-classifier", List.of(), Map.of("n-estimators", "5")));
        State expected = OneJvm.train(alone, plan, records(rows));
        assertThat(StateBytes.of(found).sha256())
                .isEqualTo(StateBytes.of(expected).sha256());
    }

    @Test
    void eachRoundIsAVersionThatSaysWhereItComesFrom() {
        List<Row> rows = Journeys.random(600, seed);
        training(rows, 2).shards(2).rounds(2).into(store, "m").run();
        List<ModelVersion> versions = store.history("m").versions();
        assertThat(versions).hasSize(2);
        assertThat(versions.get(0).note().parent()).isEmpty();
        assertThat(versions.get(1).note().parent()).contains("m@1");
        assertThat(versions.get(1).note().rowsSeen()).isEqualTo(600);
        assertThat(versions.get(1).note().learner()).isEqualTo("sgd-classifier");
        assertThat(versions.get(1).note().facts())
                .containsEntry("source", "spark")
                .containsEntry("shards", "2")
                .containsEntry("round", "2/2");

        assertThat(versions.stream()
                        .mapToInt(version ->
                                Integer.parseInt(version.note().facts().get("rows")))
                        .sum())
                .isEqualTo(600);

        ModelVersion more = training(rows, 2).shards(2).resume(store, "m").run();
        assertThat(more.note().parent()).contains("m@2");
        assertThat(more.note().rowsSeen()).isEqualTo(1200);
        assertThatThrownBy(() -> training(rows, 1).into(store, "m").run())
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("exists already");
    }

    @Test
    void goesOnWithTheRoundAtWhichTheDriverDied() {
        List<Row> rows = Journeys.random(900, seed);
        ModelVersion undisturbed =
                training(rows, 2).shards(2).rounds(3).into(store, "m").run();
        assertThatThrownBy(() -> training(rows, 2)
                        .shards(2)
                        .rounds(3)
                        .into(FailingStore.at(store, 2), "killed")
                        .run())
                .hasMessageContaining("no space left");
        ModelVersion last =
                training(rows, 3).shards(2).rounds(3).resume(store, "killed").run();
        assertThat(last.number()).isEqualTo(3);
        assertThat(StateBytes.of(store.load(last)).sha256())
                .isEqualTo(StateBytes.of(store.load(undisturbed)).sha256());

        // Other rows are a training of their own, and so are the same ones once more.
        List<Row> others = Journeys.random(900, seed + 1);
        assertThatThrownBy(() -> training(others, 1)
                        .shards(2)
                        .rounds(3)
                        .resume(FailingStore.at(store, 2), "killed")
                        .run())
                .hasMessageContaining("no space left");
        ModelVersion again =
                training(rows, 1).shards(2).rounds(3).resume(store, "killed").run();
        assertThat(again.number()).isEqualTo(7);
        assertThat(again.note().rowsSeen())
                .isEqualTo(store.history("killed").resolve("4").note().rowsSeen() + 900);
    }

    @Test
    void planIsThatOfTheFirstRowsInOrder() {
        List<Row> rows = Journeys.random(3_000, seed);
        ModelVersion version =
                training(rows, 3).shardBy("from").shards(2).into(store, "m").run();
        List<String> header = List.of("time", "from", "distance", "stops", "direct", "late");
        PlanInference inference = new PlanInference(header, Optional.of("late"), List.of());
        // Rows of one time are all among the first ones, or none is.
        rows.subList(0, 999)
                .forEach(row -> inference.add(header.stream()
                        .map(name -> RecordEncoder.text(Journeys.record(row).get(name)))
                        .toList()));
        State state = store.load(version);
        assertThat(ColumnPlan.parse(state.text("plan")).withClasses(List.of()))
                .isEqualTo(inference.plan().withClasses(List.of()));
        assertThat(ColumnPlan.parse(state.text("plan")).schema().target().classes())
                .containsExactly("no", "yes", "never");
    }

    @Test
    void refusesWhatCannotBeTrained() {
        List<Row> rows = Journeys.random(50, seed);
        Dataset<Row> data = shuffled(rows, 1);
        assertRefused(() -> SparkTraining.of(data, "late").into(store, "m").run(), "orderBy");
        assertRefused(() -> training(rows, 1).run(), "into(store, model)");
        assertRefused(() -> training(rows, 1).orderBy("when").into(store, "m").run(), "there is no column 'when'");
        assertRefused(() -> training(rows, 1).shards(0), "shards must be >= 1 but was 0");
        assertRefused(
                () -> training(rows, 1)
                        .learner("hoeffding-tree-classifier")
                        .into(store, "m")
                        .run(),
                "'hoeffding-tree-classifier' cannot be merged");
        assertRefused(
                () -> SparkTraining.of(data, "")
                        .orderBy("time")
                        .into(store, "m")
                        .run(),
                "without a target");
        assertThat(store.models()).isEmpty();
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(AccreteException.class).hasMessageContaining(message);
    }

    @Test
    void modelOfAKeyIsThatOfItsRowsAlone() {
        List<Row> rows = Journeys.random(4_000, seed);
        Dataset<Row> keyed = shuffled(rows, 3)
                .withColumn("id", functions.pmod(functions.xxhash64(functions.col("time")), functions.lit(200)));
        SparkTraining training =
                SparkTraining.of(keyed, "late").orderBy("time").shards(3).into(store, "m");
        List<ModelVersion> versions = training.runPerKey("id");
        List<Row> withKeys = keyed.collectAsList();
        long keys = withKeys.stream().map(row -> row.getAs("id")).distinct().count();
        assertThat(keys).isGreaterThan(180);
        assertThat(versions).hasSize((int) keys);
        assertThat(store.models()).hasSize((int) keys);

        State any = store.load(versions.get(7));
        ColumnPlan plan = ColumnPlan.parse(any.text("plan")).withClasses(List.of("no", "yes"));
        String key = String.valueOf(versions.get(7).note().facts().get("key"));
        List<Map<String, Object>> own = withKeys.stream()
                .filter(row -> String.valueOf(row.<Object>getAs("id")).equals(key))
                .map(Journeys::record)
                .toList();
        Pipeline alone = Pipeline.create(
                Here.PLUG_INS, plan.schema(), new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
        State expected = OneJvm.train(alone, plan, own, 1, 1, 1_000);
        assertThat(versions.get(7).model()).isEqualTo("m." + key);
        assertThat(StateBytes.of(any).sha256())
                .isEqualTo(StateBytes.of(expected).sha256());
        assertRefused(() -> training.runPerKey("id"), "exists already");
    }

    @Test
    void predictsAsTheJvmDoes() {
        List<Row> rows = Journeys.random(1_500, seed);
        training(rows, 2).shards(2).into(store, "m").run();
        SparkModel model = SparkModel.load(store, "m@live");
        Dataset<Row> data = shuffled(rows, 3).drop("late");
        ServedModel served =
                ServedModel.open(Here.PLUG_INS, store, store.history("m").resolve("1"));

        List<Row> scored = model.transform(data).collectAsList();
        assertThat(scored).hasSize(1_500);
        for (Row row : scored) {
            ClassPrediction expected = (ClassPrediction) served.predict(record(row));
            assertThat(row.<String>getAs("prediction")).isEqualTo(expected.label());
            assertThat(row.getJavaMap(row.fieldIndex("probabilities"))).isEqualTo(expected.probabilities());
            assertThat(row.<String>getAs("model_version")).isEqualTo("m@1");
        }

        SparkModel.register(Sessions.session(), model);
        data.createOrReplaceTempView("journeys");
        List<Row> answers = Sessions.session()
                .sql("select struct(*) as row, accrete_predict('m@live', struct(*)) as said from journeys limit 200")
                .collectAsList();
        for (Row answer : answers) {
            ClassPrediction expected = (ClassPrediction) served.predict(record(answer.getStruct(0)));
            Row said = answer.getStruct(1);
            assertThat(said.getString(0)).isEqualTo(expected.label());
            assertThat(said.getJavaMap(2)).isEqualTo(expected.probabilities());
            assertThat(said.getString(3)).isEqualTo("m@1");
        }
        assertRefused(() -> model.transform(data.drop("distance")), "there is no column 'distance'");
    }

    private static Map<String, Object> record(Row row) {
        Map<String, Object> record = new LinkedHashMap<>();
        for (String name : row.schema().fieldNames()) {
            Object value = row.getAs(name);
            record.put(name, value instanceof Timestamp time ? time.toInstant() : value);
        }
        return record;
    }

    @Test
    void predictsNumbersAndClusters() {
        List<Row> rows = Journeys.random(800, seed);
        SparkTraining.of(shuffled(rows, 2), "distance")
                .orderBy("time")
                .shards(2)
                .into(store, "number")
                .run();
        SparkTraining.of(shuffled(rows, 2), "")
                .learner("k-means")
                .steps()
                .columns("late=ignore", "from=ignore", "distance=ignore")
                .orderBy("time")
                .shards(2)
                .into(store, "cluster")
                .run();
        SparkModel numbers = SparkModel.load(store, "number");
        SparkModel clusters = SparkModel.load(store, "cluster@1");
        ServedModel number = ServedModel.open(
                Here.PLUG_INS, store, store.history("number").live().orElseThrow());
        ServedModel cluster = ServedModel.open(
                Here.PLUG_INS, store, store.history("cluster").live().orElseThrow());
        Dataset<Row> data = shuffled(rows, 1);
        for (Row row : numbers.transform(data).collectAsList()) {
            assertThat(row.<Double>getAs("prediction"))
                    .isEqualTo(((NumberPrediction) number.predict(Journeys.record(row))).value());
        }
        for (Row row : clusters.transform(data).collectAsList()) {
            ClusterPrediction expected = (ClusterPrediction) cluster.predict(Journeys.record(row));
            assertThat(row.<Integer>getAs("prediction")).isEqualTo(expected.cluster());
            assertThat(row.<Double>getAs("distance")).isEqualTo(expected.distance());
        }
        SparkModel.register(Sessions.session(), numbers, clusters);
        data.createOrReplaceTempView("both");
        Row answer = Sessions.session()
                .sql(
                        "select accrete_predict('number', struct(*)).value, accrete_predict('cluster@1', struct(*)).prediction"
                                + " from both")
                .first();
        assertThat(answer.getDouble(0))
                .isEqualTo(((NumberPrediction) number.predict(Journeys.record(data.first()))).value());
        assertThat(answer.getString(1)).matches("[0-9]+");
    }
}
