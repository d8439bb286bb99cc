package org.accrete.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.SeededRandom;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.core.online.OnlineService;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.Prediction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An {@link OnlineService} of records of three numbers and a label: what a caller pays for a record that is learned,
 * the training included, since a full queue lets it wait; and what a prediction takes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class OnlineBenchmark {
    private static final int RECORDS = 1_024;

    /** Whether what is accepted is logged, which goes through the file system's cache. */
    @Param({"false", "true"})
    public boolean logged;

    private final Reading[] records = new Reading[RECORDS];
    private Optional<OnlineService> service = Optional.empty();
    private int next;

    /** What is learned. */
    public record Reading(double heat, double noise, double age, String fails) {}

    /** Opens a service that has learned some records. */
    @Setup
    public void open() throws InterruptedException {
        SeededRandom random = new SeededRandom(1);
        for (int i = 0; i < RECORDS; i++) {
            double heat = random.nextGaussian();
            records[i] = new Reading(heat, random.nextGaussian(), i % 7, heat > 1 ? "yes" : "no");
        }
        try {
            Path folder = Files.createTempDirectory("online");
            PlugIns plugIns = PlugIns.load();
            ModelStore store =
                    plugIns.stores().find("directory").open(folder.toString(), Params.parse(List.of(), Map.of()));
            OnlineService.Builder builder = OnlineService.builder(plugIns, store, "fails")
                    .learner("sgd-classifier")
                    .record(Reading.class, "fails")
                    .publishEvery(Duration.ofMillis(100));
            service = Optional.of((logged ? builder.log(folder.resolve("log")) : builder).open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (!service.orElseThrow().live().answers()) {
            learn();
        }
    }

    /** Learns what is waiting. */
    @TearDown
    public void close() {
        service.ifPresent(OnlineService::close);
    }

    /** A record to be learned. */
    @Benchmark
    public void learn() throws InterruptedException {
        service.orElseThrow().learn(records[next++ & (RECORDS - 1)]);
    }

    /** {@return a prediction while nothing is learned} */
    @Benchmark
    public Prediction predict() {
        return service.orElseThrow().predict(records[next++ & (RECORDS - 1)]);
    }
}
