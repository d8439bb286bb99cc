package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.DirectoryStore;
import org.accrete.core.train.Versions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command accepts a version that was merged in Java. */
final class MergedVersionsTest {
    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Path train(String model, int rows) {
        // The files start with the same rows, so that both get the same plan.
        Path data = Data.csv(folder, model + ".csv", rows);
        Outcome outcome =
                accrete("train", data.toString(), "--model", model, "--target", "late", "--column", "delay=ignore");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return data;
    }

    private double logLoss(String model, Path data) {
        Outcome outcome = accrete("evaluate", model, data.toString(), "--json");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return (Double) outcome.map("metrics").get("log_loss");
    }

    @Test
    void mergedVersionPredictsAndTrainsOn() {
        train("monday", 1_500);
        Path data = train("tuesday", 4_000);
        PlugIns plugIns = PlugIns.load();
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            ModelVersion monday = store.history("monday").resolve("live");
            ModelVersion tuesday = store.history("tuesday").resolve("live");
            State merged = Versions.merge(plugIns, List.of(store.load(monday), store.load(tuesday)));
            Pipeline pipeline = Pipeline.restore(plugIns, merged);
            assertThat(pipeline.rowsSeen()).isEqualTo(5_500);
            try (ModelWriter writer = store.writer("week")) {
                writer.append(
                        merged,
                        new ModelVersion.Note(
                                Optional.of(monday.reference()), pipeline.learner(), pipeline.rowsSeen(), Map.of()));
            }
        }
        assertThat(logLoss("week", data))
                .isLessThan(logLoss("monday", data) + 0.01)
                .isLessThan(logLoss("tuesday", data) + 0.05);
        Outcome described = accrete("describe", "week@1");
        assertThat(described.status()).as(described.err()).isZero();
        assertThat(described.out()).contains("monday@1");
        Outcome predicted = accrete("predict", "week", data.toString());
        assertThat(predicted.status()).as(predicted.err()).isZero();
        assertThat(predicted.out().lines().count()).isEqualTo(4_001);
        Outcome trained = accrete("train", data.toString(), "--model", "week", "--from", "week@1");
        assertThat(trained.status()).as(trained.err()).isZero();
        assertThat(trained.out()).contains("week@2 written");
    }
}
