package org.accrete.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.*;
import org.accrete.api.param.Params;
import org.accrete.api.store.*;
import org.accrete.core.pipeline.*;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.*;
import org.accrete.core.train.*;

final class TrainAndServe {
    static Prediction trainAndServe(Path csvFile, Path models) {
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
                        new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of("eta0", "0.05"));
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

    private TrainAndServe() {}
}
