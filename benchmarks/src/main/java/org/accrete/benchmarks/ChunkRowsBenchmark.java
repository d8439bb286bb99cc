package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Rows of 20 columns, few or many to a chunk. */
public class ChunkRowsBenchmark extends Fitting {
    /** Rows per chunk. */
    @Param({"1", "10", "100", "1000", "10000"})
    public int rows;

    /**
     * Makes learner and chunks.
     *
     * @throws IOException never
     */
    @Setup
    public void prepare() throws IOException {
        prepare("sgd-classifier", "", 20, 20, rows, 2, "");
    }
}
