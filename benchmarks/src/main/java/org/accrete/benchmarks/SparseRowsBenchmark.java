package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Rows hashed into 2^18 columns, 1,000 to a chunk. */
public class SparseRowsBenchmark extends Fitting {
    /** Entries of a row. */
    @Param({"10", "40", "100", "400"})
    public int entries;

    /**
     * Makes learner and chunks.
     *
     * @throws IOException never
     */
    @Setup
    public void prepare() throws IOException {
        prepare("sgd-classifier", "", 1 << 18, entries, 1_000, 2, "");
    }
}
