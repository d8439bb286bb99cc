package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Training, the hot path: the time of one {@code partialFit} of {@code rows} rows. Works for every learner. */
public class PartialFitBenchmark extends LearnerBenchmark {
    /** Rows per chunk. */
    @Param("1000")
    public int rows;

    /**
     * Makes the learner and its chunks.
     *
     * @throws IOException if the folder of rows cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        prepare(rows);
    }

    /** Learns one chunk. */
    @Benchmark
    public void partialFit() {
        fitted().partialFit(nextChunk());
    }
}
