package org.accrete.learners.trees;

import java.util.Map;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.drift.AdwinProvider;

/** Makes, writes and reads the ADWIN detectors of trees, many of them in three tensors. */
final class Watches {
    static final String SIZES = "trees.detector_sizes";
    static final String COUNTS = "trees.detector_counts";
    static final String BUCKETS = "trees.detector_buckets";

    private static final AdwinProvider ADWIN = new AdwinProvider();

    /** Stands where there is none yet. */
    static final DriftDetector NONE = new Watches(0.5).create();

    private final Params params;

    /**
     * Makes a maker of detectors.
     *
     * @param delta of each
     */
    Watches(double delta) {
        params = Params.parse(ADWIN.params(), Map.of("delta", Double.toString(delta), "side", "higher"));
    }

    /** {@return a detector that tells when errors rise} */
    DriftDetector create() {
        return ADWIN.create(params);
    }

    static void write(DriftDetector detector, TreeWriter out) {
        State state = detector.state();
        long[] counts = state.tensor("counts").longs();
        double[] buckets = state.tensor("buckets").doubles();
        out.whole(SIZES, counts.length);
        out.whole(SIZES, buckets.length / 2);
        for (long count : counts) {
            out.whole(COUNTS, count);
        }
        out.whole(COUNTS, state.whole("ticks"));
        out.numbers(BUCKETS, buckets);
        out.numbers(BUCKETS, state.tensor("window").doubles());
    }

    /** {@return the detector that {@link #write} wrote} */
    DriftDetector read(TreeReader in) {
        long[] counts = new long[in.whole(SIZES, 0, 64)];
        int size = in.whole(SIZES, 0, 10_000);
        for (int i = 0; i < counts.length; i++) {
            counts[i] = in.whole(COUNTS);
        }
        long ticks = in.whole(COUNTS);
        double[] buckets = in.numbers(BUCKETS, 2L * size);
        double[] window = in.numbers(BUCKETS, 2);
        return ADWIN.restore(
                params,
                State.builder()
                        .longs("counts", counts)
                        .doubles("buckets", buckets, size, 2)
                        .doubles("window", window)
                        .whole("ticks", ticks)
                        .build());
    }
}
