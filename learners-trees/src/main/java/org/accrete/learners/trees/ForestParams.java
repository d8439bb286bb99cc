package org.accrete.learners.trees;

import org.accrete.api.AccreteException;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * What a forest is grown by.
 *
 * @param tree the parameters of its trees
 * @param members how many trees there are
 * @param meanWeight mean of the weight that a tree learns a row with
 * @param warning makes what tells that a background tree begins to grow
 * @param drift makes what tells that it takes its tree's place
 * @param seed of all that is drawn
 * @param threads that learn
 */
record ForestParams(
        TreeParams tree, int members, double meanWeight, Watches warning, Watches drift, long seed, int threads) {
    private static final long DETECTOR_BYTES = 8_192;

    static final ParamSpec<Long> N_ESTIMATORS =
            ParamSpec.whole("n-estimators", 10, Range.between(1, 1_000), "number of trees");
    static final ParamSpec<Double> GRACE_PERIOD = TreeParams.GRACE_PERIOD.withDefault(30.0);
    static final ParamSpec<Double> DELTA = TreeParams.DELTA.withDefault(0.05);
    static final ParamSpec<String> MAX_FEATURES = ParamSpec.text(
            "max-features",
            "sqrt",
            "sqrt, all, a whole number, or a share such as 0.6",
            "features that a leaf looks at, drawn for each; sqrt: the square root of their number, rounded up, plus 1");
    static final ParamSpec<Double> MEAN_WEIGHT = ParamSpec.real(
            "mean-weight",
            6,
            new Range(0, true, 20, false),
            "mean of the Poisson distribution of a row's weight in a tree");
    static final ParamSpec<Double> WARNING_DELTA = ParamSpec.real(
            "warning-delta",
            0.05,
            new Range(0, true, 1, true),
            "delta of the adwin that makes a background tree begin to grow");
    static final ParamSpec<Double> DRIFT_DELTA = ParamSpec.real(
            "drift-delta",
            0.01,
            new Range(0, true, 1, true),
            "delta of the adwin that puts the background tree in its place");
    static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 1, Range.finite(), "of the weights and features that are drawn");
    static final ParamSpec<Long> THREADS = ParamSpec.whole(
                    "threads", 1, Range.between(0, 256), "threads that learn, with the same result; 0: one per core")
            .asTunable();

    static ForestParams of(Params params, Features features) {
        int members = params.get(N_ESTIMATORS).intValue();
        // A tree and the one in its background have equal parts.
        long each = TreeParams.maxBytes(params) / (2L * members);
        TreeParams tree = TreeParams.of(
                params, GRACE_PERIOD, DELTA, subspace(params.get(MAX_FEATURES), features.size()), each, 0);
        int threads = params.get(THREADS).intValue();
        return new ForestParams(
                tree,
                members,
                params.get(MEAN_WEIGHT),
                new Watches(params.get(WARNING_DELTA)),
                new Watches(params.get(DRIFT_DELTA)),
                params.get(SEED),
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    }

    /** {@return about the bytes that the detectors of all trees take} */
    static long detectorBytes(Params params) {
        return 2 * DETECTOR_BYTES * params.get(N_ESTIMATORS);
    }

    /** {@return the threads that learn} */
    Workers workers() {
        return new Workers(Math.min(threads, members));
    }

    private static int subspace(String text, int features) {
        String word = text.strip();
        if (word.equals("all")) {
            return 0;
        }
        if (word.equals("sqrt")) {
            return Math.min(features, (int) Math.ceil(Math.sqrt(features)) + 1);
        }
        try {
            double value = Double.parseDouble(word);
            if (value >= 1 && value == Math.rint(value)) {
                return (int) Math.min(features, value);
            }
            if (value > 0 && value < 1) {
                return Math.max(1, (int) Math.round(value * features));
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw AccreteException.badArgument(
                MAX_FEATURES.name() + " must be " + MAX_FEATURES.domain().text() + " but was '" + text + "'");
    }
}
