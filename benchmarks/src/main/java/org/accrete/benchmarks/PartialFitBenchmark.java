package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The hot path: the time of one {@code partialFit} of {@code rows} rows, for any learner by its name. */
public class PartialFitBenchmark extends Fitting {
    /** Name of the learner. */
    @Param("sgd-classifier")
    public String learner;

    /** Parameters of the learner, {@code key=value} pairs separated by {@code ;}. */
    @Param("")
    public String set;

    /** Number of columns. */
    @Param({"20", "100", "784"})
    public int width;

    /** Rows per chunk. */
    @Param("1000")
    public int rows;

    /** Share of columns that have an entry in a row; 1 is dense, less is sparse. */
    @Param("1")
    public double density;

    /** Number of classes, where the learner has any. */
    @Param("2")
    public int classes;

    /** Folder of rows that {@code peers/compare.py} wrote; random ones of the given density if empty. */
    @Param("")
    public String data;

    /**
     * Makes learner and chunks.
     *
     * @throws IOException if the folder cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        int entries = density >= 1 ? width : (int) Math.max(1, Math.round(width * density));
        prepare(learner, set, width, entries, rows, classes, data);
    }
}
