package org.accrete.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.online.OnlineService;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.Prediction;
import org.accrete.core.source.Sources;
import org.accrete.core.store.DirectoryStore;
import org.accrete.core.train.DriftMark;
import org.accrete.core.train.RunListener;
import org.accrete.core.train.RunReport;
import org.accrete.core.train.TrainingRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMetricsTest {
    private static final PlugIns PLUG_INS = PlugIns.load();

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ModelMetrics metrics = new ModelMetrics();

    @BeforeEach
    void bind() {
        metrics.bindTo(registry);
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private RunReport train(ModelStore store) {
        double[][] x = new double[300][2];
        String[] y = new String[x.length];
        for (int row = 0; row < x.length; row++) {
            x[row][0] = row % 7 - 3;
            x[row][1] = row % 5;
            y[row] = x[row][0] > 0 ? "yes" : "no";
        }
        ChunkSource source = Sources.of(x, y);
        Pipeline pipeline = Pipeline.create(
                PLUG_INS, source.schema(), new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
        try (ModelWriter writer = store.writer("toys")) {
            return TrainingRun.builder(pipeline, source)
                    .chunkRows(100)
                    .writer(writer)
                    .listener(metrics.run("toys"))
                    .build()
                    .run();
        }
    }

    @Test
    void aRunIsCounted() {
        try (ModelStore store = DirectoryStore.open(folder)) {
            RunReport report = train(store);
            assertThat(counter("accrete.train.rows", "model", "toys")).isEqualTo(300);
            assertThat(counter("accrete.train.rows.refused", "model", "toys")).isZero();
            assertThat(counter("accrete.train.versions", "model", "toys")).isEqualTo(1);
            assertThat(counter("accrete.train.drifts", "model", "toys")).isZero();
            Map<String, Double> noted =
                    store.history("toys").latest().orElseThrow().note().metrics();
            assertThat(noted).isNotEmpty();
            noted.forEach((score, value) -> assertThat(registry.get("accrete.train.score")
                            .tags("model", "toys", "score", score)
                            .gauge()
                            .value())
                    .isEqualTo(value));
            assertThat(report).isNotNull();
        }
    }

    @Test
    void aLiveModelAndItsPredictionsAreCounted() {
        try (ModelStore store = DirectoryStore.open(folder)) {
            train(store);
            try (LiveModel live = LiveModel.builder(PLUG_INS, store)
                    .listener(metrics.live("toys"))
                    .open("toys")) {
                Prediction answer = metrics.timed(live, model -> model.predict(new double[] {1, 2}));
                assertThat(answer.version()).isEqualTo("toys@1");
                assertThatThrownBy(() -> metrics.timed(live, model -> model.predict(new double[] {1})))
                        .isInstanceOf(AccreteException.class);
                assertThat(registry.get("accrete.live.version")
                                .tags("model", "toys")
                                .gauge()
                                .value())
                        .isEqualTo(1);
                assertThat(counter("accrete.live.swaps", "model", "toys")).isEqualTo(1);
                assertThat(counter("accrete.predictions.rows", "model", "toys", "version", "1"))
                        .isEqualTo(1);
                assertThat(counter("accrete.predictions.refused", "model", "toys", "version", "1"))
                        .isEqualTo(1);
                assertThat(registry.get("accrete.predictions")
                                .tags("model", "toys", "version", "1")
                                .timer()
                                .totalTime(TimeUnit.NANOSECONDS))
                        .isPositive();
            }
        }
    }

    @Test
    void metersOfOldVersionsAreForgotten() {
        for (int version = 1; version <= 20; version++) {
            metrics.predicted("toys@" + version, 3, 1_000);
            metrics.predicted("other@1", 1, 1_000);
        }
        Set<String> versions = new TreeSet<>();
        for (Meter meter :
                registry.find("accrete.predictions.rows").tag("model", "toys").meters()) {
            versions.add(meter.getId().getTag("version"));
        }
        assertThat(versions).containsExactlyInAnyOrder("13", "14", "15", "16", "17", "18", "19", "20");
        assertThat(counter("accrete.predictions.rows", "model", "other", "version", "1"))
                .isEqualTo(20);
    }

    @Test
    void whatWasLearnedSinceAVersionCountsForIt() {
        for (int rows = 0; rows < 1_000; rows++) {
            metrics.predicted("toys@3" + (rows == 0 ? "" : "+" + rows), 1, 1_000);
        }
        metrics.refused("toys@3+7", 5);
        assertThat(registry.find("accrete.predictions.rows").meters()).hasSize(1);
        assertThat(counter("accrete.predictions.rows", "model", "toys", "version", "3"))
                .isEqualTo(1_000);
        assertThat(counter("accrete.predictions.refused", "model", "toys", "version", "3"))
                .isEqualTo(5);
    }

    @Test
    void driftsAreCountedByColumn() {
        RunListener run = metrics.run("toys");
        run.drift(new DriftMark("adwin", "loss", false, 10));
        for (int column = 0; column < 150; column++) {
            run.drift(new DriftMark("adwin", "c" + column, true, 20));
        }
        run.drift(new DriftMark("psi", "c0", true, 30));
        assertThat(counter("accrete.train.drifts", "model", "toys")).isEqualTo(1);
        assertThat(counter("accrete.train.column.drifts", "model", "toys", "column", "c0"))
                .isEqualTo(2);
        assertThat(counter("accrete.train.column.drifts", "model", "toys", "column", "(others)"))
                .isEqualTo(50);
        assertThat(registry.find("accrete.train.column.drifts").meters()).hasSize(101);
    }

    @Test
    void anOnlineServiceIsShown() throws InterruptedException {
        try (ModelStore store = DirectoryStore.open(folder)) {
            OnlineService.Builder builder = OnlineService.builder(PLUG_INS, store, "toys")
                    .learner("sgd-classifier")
                    .columns("a=numeric", "y=target(kind=categorical,classes=no|yes)")
                    .publishEvery(Duration.ZERO)
                    .awaiting(2)
                    .queue(500);
            try (OnlineService service = builder.open()) {
                metrics.online("toys", service);
                for (int i = 0; i < 100; i++) {
                    service.learn(Map.of("a", i % 7 - 3, "y", i % 7 > 3 ? "yes" : "no"));
                }
                while (!service.live().answers()) {
                    Thread.sleep(1);
                }
                for (String id : List.of("first", "second", "third")) {
                    service.predict(id, Map.of("a", 3));
                }
                service.label(Map.of("third", "yes"), Optional.empty())
                        .orElseThrow()
                        .awaitLearned(Duration.ofSeconds(20));
                assertThat(gauge("accrete.learn.queue.bound")).isEqualTo(500);
                assertThat(gauge("accrete.learn.queue")).isZero();
                assertThat(gauge("accrete.learn.awaiting")).isEqualTo(1);
                assertThat(registry.get("accrete.learn.forgotten")
                                .functionCounter()
                                .count())
                        .isEqualTo(1);
                service.status()
                        .served()
                        .orElseThrow()
                        .metrics()
                        .forEach((score, value) -> assertThat(gauge("accrete.served.score", "score", score))
                                .isEqualTo(value));
                assertThat(gauge("accrete.served.score", "score", "accuracy")).isBetween(0.0, 1.0);
                assertThat(registry.find("accrete.shadow.score").meters()).isEmpty();
            }
            try (OnlineService later = builder.queue(7).open()) {
                metrics.online("toys", later);
                assertThat(gauge("accrete.learn.queue.bound")).isEqualTo(7);
            }
        }
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tag("model", "toys").tags(tags).gauge().value();
    }

    @Test
    void metersThatAreThereShowInARegistryThatComesLater() {
        metrics.predicted("toys@1", 3, 1_000);
        SimpleMeterRegistry later = new SimpleMeterRegistry();
        metrics.bindTo(later);
        metrics.predicted("toys@1", 4, 1_000);
        assertThat(later.get("accrete.predictions.rows").counter().count()).isEqualTo(4);
        assertThat(registry.get("accrete.predictions.rows").counter().count()).isEqualTo(7);
    }
}
