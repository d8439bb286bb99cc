package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.PushSource;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.Progress;
import org.accrete.core.train.RunListener;
import org.accrete.core.train.TrainingRun;

/**
 * Prints how long a row that is pushed to a run at rest takes until it is learned, and until it is in a version of a
 * directory store. Arguments: the longest wait for further rows in ms, seconds between versions, how many rows.
 */
public final class PushLatency {
    private static final int WIDTH = 20;
    /** Rows before those that are measured. */
    private static final int WARM_UP = 20;

    private PushLatency() {}

    /**
     * Measures.
     *
     * @param args as above
     * @throws IOException if the store cannot be made
     * @throws InterruptedException never
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Duration maxWait = Duration.ofMillis(Long.parseLong(args[0]));
        long seconds = Long.parseLong(args[1]);
        int rows = Integer.parseInt(args[2]);
        PlugIns plugIns = PlugIns.load();
        StringBuilder plan = new StringBuilder();
        for (int i = 0; i < WIDTH; i++) {
            plan.append('x').append(i).append("=numeric\n");
        }
        PushSource source =
                new PushSource(ColumnPlan.parse(plan + "y=target(kind=categorical,classes=no|yes)"), 1_000, maxWait);
        Pipeline pipeline = Pipeline.create(
                plugIns, source.schema(), new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
        SynchronousQueue<Long> learned = new SynchronousQueue<>();
        SynchronousQueue<Long> stored = new SynchronousQueue<>();
        RunListener listener = new RunListener() {
            @Override
            public void chunk(Progress progress) {
                Latencies.hand(learned);
            }

            @Override
            public void version(ModelVersion version) {
                Latencies.hand(stored);
            }
        };
        Path folder = Files.createTempDirectory("push-latency");
        ModelStoreProvider directory = plugIns.stores().find("directory");
        try (ModelStore store = directory.open(folder.toString(), Params.of(directory.params()));
                ModelWriter writer = store.writer("m")) {
            TrainingRun run = TrainingRun.builder(pipeline, source)
                    .writer(writer)
                    .checkpointEvery(new CheckpointInterval(0, seconds))
                    .listener(listener)
                    .build();
            Thread training = new Thread(run::run);
            training.setDaemon(true);
            training.start();
            double[] toLearned = new double[rows];
            double[] toStored = new double[rows];
            double[] features = new double[WIDTH];
            for (int i = -WARM_UP; i < rows; i++) {
                // At rest, at any time between two versions that would be due.
                TimeUnit.MILLISECONDS.sleep(20 + Math.floorMod(37 * i, 200));
                Arrays.fill(features, i % 7);
                long start = System.nanoTime();
                source.put(features, i % 3 == 0 ? "yes" : "no");
                double first = (learned.take() - start) / 1e6;
                double second = (stored.take() - start) / 1e6;
                if (i >= 0) {
                    toLearned[i] = first;
                    toStored[i] = second;
                }
            }
            Latencies.print("until learned", toLearned);
            Latencies.print("until in a version", toStored);
        }
    }
}
