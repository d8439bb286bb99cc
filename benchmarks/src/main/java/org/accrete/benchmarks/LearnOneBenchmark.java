package org.accrete.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.OnlineLearner;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * One row per call: the time of one {@code learnOne} on a caller's arrays. {@code PartialFitBenchmark -p rows=1}
 * measures a chunk of one row, which every learner takes.
 */
public class LearnOneBenchmark extends LearnerBenchmark {
    /** Numbers in all rows: enough rows that branch prediction does not learn them, few enough for a cache. */
    private static final int NUMBERS = 100_000;

    private OnlineLearner online;
    private boolean sparse;
    private double[][] values;
    private int[][] indices;
    private double[] targets;
    private int next;

    /**
     * Makes the learner, and each row as arrays.
     *
     * @throws IOException if the folder of rows cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        int count = (int) Math.max(64, Math.min(4_096, NUMBERS / (width * density)));
        prepare(count);
        if (!(fitted() instanceof OnlineLearner found)) {
            throw new Refused(learner + (steps.isBlank() ? "" : " behind " + steps)
                    + " has no learnOne, as it does not learn row by row;"
                    + " 'PartialFitBenchmark -p rows=1' measures chunks of one row");
        }
        online = found;
        Chunk rows = chunks()[0];
        sparse = rows instanceof SparseChunk;
        values = new double[count][];
        indices = new int[count][];
        targets = new double[count];
        for (int row = 0; row < count; row++) {
            targets[row] = rows.hasTargets() ? rows.target(row) : Double.NaN;
            if (rows instanceof SparseChunk entries) {
                values[row] = Arrays.copyOfRange(entries.values(), entries.start(row), entries.end(row));
                indices[row] = Arrays.copyOfRange(entries.indices(), entries.start(row), entries.end(row));
            } else if (rows instanceof DenseChunk dense) {
                values[row] = Arrays.copyOfRange(dense.values(), dense.offset(row), dense.offset(row) + width);
            }
        }
    }

    /** {@return the row's decision values from before it was learned} */
    @Benchmark
    public double[] learnOne() {
        next = next + 1 == targets.length ? 0 : next + 1;
        return sparse
                ? online.learnOne(indices[next], values[next], indices[next].length, targets[next], 1)
                : online.learnOne(values[next], targets[next], 1);
    }
}
