package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Dense rows from narrow to wide, 1,000 to a chunk. */
public class DenseWidthBenchmark extends Fitting {
    /** Number of columns. */
    @Param({"8", "20", "32", "33", "64", "100", "256", "784", "4096"})
    public int width;

    /**
     * Makes learner and chunks.
     *
     * @throws IOException never
     */
    @Setup
    public void prepare() throws IOException {
        prepare("sgd-classifier", "", width, width, 1_000, 2, "");
    }
}
