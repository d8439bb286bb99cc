package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

// library
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.*;
import org.accrete.api.param.Params;
import org.accrete.api.store.*;
import org.accrete.core.*;

// end
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is compiled and run, and is what stands in the README. */
class ReadmeIT {
    @TempDir
    private Path directory;

    // library
    Prediction trainAndServe(Path csvFile, Path models) {
        PlugIns plugIns = PlugIns.load();
        ChunkSourceProvider csv = plugIns.sources().find("csv");
        ModelStoreProvider directory = plugIns.stores().find("directory");
        SourceRequest request = SourceRequest.of(csvFile.toString())
                .withTarget("delayed")
                .withColumns(List.of(Column.parse("delay=ignore")));

        try (ModelStore store = directory.open(models.toString(), Params.of(directory.params()))) {
            try (ChunkSource source = csv.open(request, Params.of(csv.params()));
                    ModelWriter writer = store.writer("flights")) {
                PipelineSpec spec =
                        new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of("alpha", "1e-5"));
                Pipeline pipeline = Pipeline.create(plugIns, source.schema(), spec);
                RunReport report = TrainingRun.builder(pipeline, source)
                        .chunkRows(1_000)
                        .writer(writer)
                        .build()
                        .run();
                report.scores().ifPresent(scores -> System.out.println(scores.metrics()));
            }

            LiveModel live = LiveModel.open(plugIns, store, "flights@live");
            return live.predict(Map.of(
                    "date", "2001-07-01 18:00",
                    "origin", "ORD",
                    "destination", "LGA",
                    "distance", "733"));
        }
    }
    // end

    @Test
    void exampleRuns() {
        Prediction prediction = trainAndServe(Command.FLIGHTS, directory.resolve("models"));
        assertThat(prediction.version()).isEqualTo("flights@1");
        assertThat(prediction.probabilities().keySet()).containsExactlyInAnyOrder("0", "1");
        assertThat(prediction.probabilities().get("1")).isBetween(0.05, 0.95);
    }

    @Test
    void exampleStandsInTheReadme() throws Exception {
        String test = Files.readString(Path.of("src/test/java/org/accrete/it/ReadmeIT.java"));
        String readme = Files.readString(Command.ROOT.resolve("README.md"));
        String[] parts = test.split("(?m)^ *// (library|end)\n");
        assertThat(parts).hasSize(5);
        String method = parts[3].lines().map(line -> line.replaceFirst("^ {4}", "")).collect(Collectors.joining("\n"));
        assertThat(readme).contains(parts[1].strip()).contains(method.strip());
    }
}
