package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Rows of 64 columns, few or many classes. */
public class ClassesBenchmark extends Fitting {
    /** Number of classes. */
    @Param({"2", "3", "10", "30", "100"})
    public int classes;

    /**
     * Makes learner and chunks.
     *
     * @throws IOException never
     */
    @Setup
    public void prepare() throws IOException {
        prepare("sgd-classifier", "", 64, 64, 1_000, classes, "");
    }
}
