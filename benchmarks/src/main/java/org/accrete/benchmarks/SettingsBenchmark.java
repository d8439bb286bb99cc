package org.accrete.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What each way of learning costs on rows of 100 columns. */
public class SettingsBenchmark extends Fitting {
    /** Parameters, {@code key=value} pairs separated by {@code ;}. */
    @Param({
        "loss=hinge",
        "penalty=l2",
        "optimizer=sgd;penalty=l1",
        "optimizer=implicit-adagrad",
        "optimizer=adagrad",
        "optimizer=ftrl",
        "optimizer=sgd",
        "optimizer=sgd;penalty=elasticnet",
        "optimizer=sgd;average=1",
        "learning-rate=optimal",
        "learning-rate=invscaling",
        "learning-rate=adaptive",
        "loss=hinge;learning-rate=pa1",
        "class-weight=balanced"
    })
    public String set;

    /**
     * Makes learner and chunks.
     *
     * @throws IOException never
     */
    @Setup
    public void prepare() throws IOException {
        prepare("sgd-classifier", set, 100, 100, 1_000, 2, "");
    }
}
