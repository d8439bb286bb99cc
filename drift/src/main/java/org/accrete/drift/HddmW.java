package org.accrete.drift;

import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * HDDM-W: a weighted mean up to a cut is compared with one from the cut on. The cut for rises is where the upper end of
 * McDiarmid's interval of the mean was lowest, that for falls where the lower end was highest.
 *
 * <p>Source: Frías-Blanco and others, "Online and Non-Parametric Drift Detection Methods Based on Hoeffding's Bounds",
 * IEEE Transactions on Knowledge and Data Engineering 27(3), 2015.
 */
final class HddmW extends CheckedDetector {
    private final double lambda;
    private final double drift;
    private final double warning;
    private final boolean tellsFalls;

    private final Weighted all = new Weighted();
    private final Weighted beforeRise = new Weighted();
    private final Weighted afterRise = new Weighted();
    private final Weighted beforeFall = new Weighted();
    private final Weighted afterFall = new Weighted();
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = Double.NEGATIVE_INFINITY;

    HddmW(HddmWProvider provider, Params params) {
        super(provider);
        lambda = params.get(HddmWProvider.LAMBDA);
        drift = params.get(HddmAProvider.DRIFT_CONFIDENCE);
        warning = params.get(HddmAProvider.WARNING_CONFIDENCE);
        tellsFalls = params.get(Side.PARAM) == Side.BOTH;
    }

    @Override
    DriftLevel next(double value) {
        all.add(value);
        double bound = bound(all.weights, drift);
        if (all.mean + bound < lowest) {
            lowest = all.mean + bound;
            beforeRise.copy(all);
            afterRise.clear();
        } else {
            afterRise.add(value);
        }
        if (tellsFalls) {
            if (all.mean - bound > highest) {
                highest = all.mean - bound;
                beforeFall.copy(all);
                afterFall.clear();
            } else {
                afterFall.add(value);
            }
        }
        if (exceeds(afterRise, beforeRise, drift) || (tellsFalls && exceeds(beforeFall, afterFall, drift))) {
            reset();
            return DriftLevel.DRIFT;
        }
        return exceeds(afterRise, beforeRise, warning) || (tellsFalls && exceeds(beforeFall, afterFall, warning))
                ? DriftLevel.WARNING
                : DriftLevel.NONE;
    }

    private static double bound(double weights, double confidence) {
        return Math.sqrt(weights * StrictMath.log(1 / confidence) / 2);
    }

    private static boolean exceeds(Weighted larger, Weighted smaller, double confidence) {
        return larger.isBegun
                && smaller.isBegun
                && larger.mean - smaller.mean > bound(larger.weights + smaller.weights, confidence);
    }

    @Override
    public void reset() {
        all.clear();
        beforeRise.clear();
        afterRise.clear();
        beforeFall.clear();
        afterFall.clear();
        lowest = Double.POSITIVE_INFINITY;
        highest = Double.NEGATIVE_INFINITY;
    }

    @Override
    public State state() {
        double[] means = {all.mean, beforeRise.mean, afterRise.mean, beforeFall.mean, afterFall.mean};
        double[] weights = {all.weights, beforeRise.weights, afterRise.weights, beforeFall.weights, afterFall.weights};
        long[] begun = {
            all.isBegun ? 1 : 0,
            beforeRise.isBegun ? 1 : 0,
            afterRise.isBegun ? 1 : 0,
            beforeFall.isBegun ? 1 : 0,
            afterFall.isBegun ? 1 : 0
        };
        return State.builder()
                .doubles("means", means)
                .doubles("weights", weights)
                .longs("begun", begun)
                .doubles("cuts", new double[] {lowest, highest})
                .build();
    }

    @Override
    void read(State state) {
        Weighted[] samples = {all, beforeRise, afterRise, beforeFall, afterFall};
        double[] means = state.doubles("means", samples.length);
        double[] weights = state.doubles("weights", samples.length);
        long[] begun = state.longs("begun", samples.length);
        for (int i = 0; i < samples.length; i++) {
            requireStored(
                    Double.isFinite(means[i]) && weights[i] >= 0 && weights[i] <= 1, "finite means and weights 0 to 1");
            samples[i].mean = means[i];
            samples[i].weights = weights[i];
            samples[i].isBegun = begun[i] == 1;
        }
        double[] cuts = state.doubles("cuts", 2);
        lowest = cuts[0];
        highest = cuts[1];
        requireStored(!Double.isNaN(lowest) && !Double.isNaN(highest), "cuts that are numbers");
    }

    /** An exponentially weighted mean, and the sum of the squares of its weights. */
    private final class Weighted {
        private double mean;
        private double weights = 1;
        private boolean isBegun;

        void add(double value) {
            mean = isBegun ? lambda * value + (1 - lambda) * mean : value;
            weights = lambda * lambda + (1 - lambda) * (1 - lambda) * weights;
            isBegun = true;
        }

        void copy(Weighted other) {
            mean = other.mean;
            weights = other.weights;
            isBegun = other.isBegun;
        }

        void clear() {
            mean = 0;
            weights = 1;
            isBegun = false;
        }
    }
}
