package org.accrete.engine.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.store.DirectoryStore;
import org.accrete.testkit.RunSeed;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each batch of a stream is learned once, whatever happens to the query. */
class StreamTrainingTest {
    private static final int ROWS = 300;

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

    private void write(int from, int to) throws IOException {
        for (int number = from; number < to; number++) {
            GrowingDirectory.write(folder.resolve("in"), number, Journeys.random(ROWS, seed + number));
        }
    }

    private SparkTraining training(ModelStore into, int filesPerBatch) throws IOException {
        Files.createDirectories(folder.resolve("in"));
        return GrowingDirectory.training(Sessions.session(), folder.resolve("in"), filesPerBatch)
                .shards(2)
                .rounds(2)
                .trigger(Trigger.AvailableNow())
                .into(into, "m");
    }

    private void run(SparkTraining training, String checkpoint) throws Exception {
        StreamingQuery query = training.start(folder.resolve(checkpoint).toString());
        query.awaitTermination();
    }

    /** {@return the state after some batches of one file each, by one JVM} */
    private State oneJvm(int batches) {
        // The first batch has all classes.
        ColumnPlan columns =
                ColumnPlan.parse(store.load(store.history("m").resolve("1")).text("plan"));
        Pipeline pipeline = Pipeline.create(
                Here.PLUG_INS,
                columns.schema(),
                new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
        State state = pipeline.state();
        for (int batch = 0; batch < batches; batch++) {
            List<Map<String, Object>> records = Journeys.random(ROWS, seed + batch).stream()
                    .map(Journeys::record)
                    .toList();
            state = OneJvm.train(pipeline, columns, records, 2, 2, 1_000);
        }
        return state;
    }

    private void assertLearned(int batches) {
        ModelVersion last = store.history("m").latest().orElseThrow();
        State found = store.load(last);
        assertThat(StateBytes.of(found).sha256())
                .isEqualTo(StateBytes.of(oneJvm(batches)).sha256());
        assertThat(last.note().rowsSeen()).isEqualTo((long) batches * ROWS);
    }

    @Test
    void eachBatchIsLearnedOnceAlsoUnderAnotherCheckpointDirectory() throws Exception {
        write(0, 2);
        run(training(store, 1), "checkpoint");
        assertLearned(2);
        List<ModelVersion> versions = store.history("m").versions();
        assertThat(versions)
                .extracting(version -> version.note().facts().get("batch"))
                .containsExactly("0", "0", "1", "1");
        assertThat(versions.get(3).note().facts())
                .containsEntry("query", "m")
                .containsEntry("source", "query m")
                .containsEntry("round", "2/2")
                .containsKey("query_id");

        write(2, 3);
        run(training(store, 1), "another");
        assertLearned(3);
        assertThat(store.history("m").versions()).hasSize(6);

        assertThatThrownBy(() -> run(training(store, 3), "third"))
                .isInstanceOf(StreamingQueryException.class)
                .hasMessageContaining("batch 0 of query 'm' has other rows than m@2 learned from it");
        assertThat(store.history("m").versions()).hasSize(6);
    }

    @Test
    void rowsThatComeToABatchBeforeAKnownOneAreNotLeftOut() throws Exception {
        GrowingDirectory.write(folder.resolve("in"), 0, List.of());
        write(1, 2);
        run(training(store, 1), "checkpoint");
        assertThat(store.history("m").versions()).hasSize(2);
        write(0, 1);
        assertThatThrownBy(() -> run(training(store, 1), "another"))
                .isInstanceOf(StreamingQueryException.class)
                .hasMessageContaining("batch 0 of query 'm' had no rows before later ones were learned");
    }

    @Test
    void aBatchGoesOnWithTheRoundThatFailed() throws Exception {
        write(0, 3);
        for (int failing = 1; failing <= 6; failing++) {
            int at = failing;
            assertThatThrownBy(() -> run(training(FailingStore.at(store, at == 1 ? 1 : 2), 1), "checkpoint"))
                    .isInstanceOf(StreamingQueryException.class)
                    .hasMessageContaining("no space left");
            assertThat(store.history("m").versions()).hasSize(failing - 1);
        }
        run(training(store, 1), "checkpoint");
        assertLearned(3);
        assertThat(store.history("m").versions()).hasSize(6);
    }

    /** {@link SparkStress} kills more often. */
    @Test
    void aKilledDriverGoesOn() throws Exception {
        assertThat(SparkStress.stream(folder, 1, 4)).isTrue();
    }

    @Test
    void aRollbackTakesEffectAtTheNextBatch() throws Exception {
        write(0, 2);
        run(training(store, 1), "checkpoint");
        store.tag("m", History.LIVE, 2, new History.Reason("bad rows", true));
        write(2, 3);
        run(training(store, 1), "checkpoint");
        ModelVersion last = store.history("m").latest().orElseThrow();
        assertThat(last.note().rowsSeen()).isEqualTo(2L * ROWS);
        assertThat(store.history("m").versions().get(4).note().parent()).contains("m@2");
    }

    @Test
    void refusesWhatCannotBeStarted() throws Exception {
        write(0, 1);
        List<Row> rows = Journeys.random(20, seed);
        SparkTraining still = SparkTraining.of(Sessions.session().createDataFrame(rows, Journeys.SCHEMA), "late")
                .orderBy("time")
                .into(store, "other");
        assertThatThrownBy(() -> still.start(folder.resolve("c").toString()))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("readStream");
        still.shards(1).run();
        SparkTraining query = training(store, 1).into(store, "other");
        assertThatThrownBy(() -> query.start(folder.resolve("c").toString()))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("was not made by query 'other'");
        run(query.resume(store, "other"), "c");
        assertThat(store.history("other").latest().orElseThrow().note().rowsSeen())
                .isEqualTo(20L + ROWS);
    }
}
