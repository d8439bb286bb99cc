package org.accrete.benchmarks;

import java.io.IOException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Model;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** The time of one row learned and one model copied: what it costs to serve every row as soon as it is learned. */
public class SnapshotBenchmark extends LearnerBenchmark {
    private Chunk row;

    /**
     * Trains the learner on one chunk of 1,000 rows.
     *
     * @throws IOException if the folder of rows cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        prepare(1_000);
        Chunk first = chunks()[0];
        fitted().partialFit(first);
        row = first.slice(0, 1);
    }

    /** {@return the model after one more row} */
    @Benchmark
    public Model rowAndSnapshot() {
        fitted().partialFit(row);
        return fitted().snapshot();
    }
}
