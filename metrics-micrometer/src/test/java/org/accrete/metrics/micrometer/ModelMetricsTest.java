package org.accrete.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.Prediction;
import org.accrete.core.source.Sources;
import org.accrete.core.store.DirectoryStore;
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
                assertThat(counter("accrete.predictions.refused", "model", "toys"))
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
    void metersThatAreThereShowInARegistryThatComesLater() {
        metrics.predicted("toys@1", 3, 1_000);
        SimpleMeterRegistry later = new SimpleMeterRegistry();
        metrics.bindTo(later);
        metrics.predicted("toys@1", 4, 1_000);
        assertThat(later.get("accrete.predictions.rows").counter().count()).isEqualTo(4);
        assertThat(registry.get("accrete.predictions.rows").counter().count()).isEqualTo(7);
    }
}
