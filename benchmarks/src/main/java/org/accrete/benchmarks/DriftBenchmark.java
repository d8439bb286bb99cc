package org.accrete.benchmarks;

import java.util.concurrent.TimeUnit;
import org.accrete.api.SeededRandom;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugIns;
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
import org.openjdk.jmh.annotations.Warmup;

/** The time of one number taken by a detector of drift: errors whose rate changes every 5,000 numbers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DriftBenchmark {
    private static final int NUMBERS = 1 << 16;
    private static final int CHANGE = 5_000;

    /** Name of the detector. */
    @Param({"adwin", "page-hinkley", "kswin", "ddm", "eddm", "hddm-a", "hddm-w", "psi", "ks"})
    public String detector;

    private DriftDetector watching;
    private double[] errors;
    private int next;

    /** Makes the detector, and the errors. */
    @Setup
    public void prepare() {
        DriftDetectorProvider provider = PlugIns.load().detectors().find(detector);
        watching = provider.create(Params.of(provider.params()));
        SeededRandom random = new SeededRandom(7, 0);
        errors = new double[NUMBERS];
        for (int i = 0; i < NUMBERS; i++) {
            errors[i] = random.nextDouble() < (i / CHANGE % 2 == 0 ? 0.1 : 0.3) ? 1 : 0;
        }
    }

    /** {@return what the detector says of one number} */
    @Benchmark
    public DriftLevel update() {
        next = (next + 1) & (NUMBERS - 1);
        return watching.update(errors[next]);
    }
}
