package org.accrete.drift;

import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Page–Hinkley: distances from the running mean, less a tolerance, are summed and slowly forgotten. A rise is where the
 * sum is far above its lowest, a fall where the other sum is far below its highest, which begins at −1.
 *
 * <p>Source: Page, "Continuous Inspection Schemes", Biometrika 41, 1954; Sebastião and Fernandes, "Supporting the
 * Page-Hinkley Test with Empirical Mode Decomposition for Change Detection", ISMIS 2017, for the two sides.
 */
final class PageHinkley extends CheckedDetector {
    private static final double FIRST_HIGHEST = -1;

    private final long least;
    private final double delta;
    private final double threshold;
    private final double alpha;
    private final boolean tellsFalls;

    private final Mean mean = new Mean();
    private double rise;
    private double fall;
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = FIRST_HIGHEST;

    PageHinkley(PageHinkleyProvider provider, Params params) {
        super(provider);
        least = params.get(PageHinkleyProvider.MIN_INSTANCES);
        delta = params.get(PageHinkleyProvider.DELTA);
        threshold = params.get(PageHinkleyProvider.THRESHOLD);
        alpha = params.get(PageHinkleyProvider.ALPHA);
        tellsFalls = params.get(Side.PARAM) == Side.BOTH;
    }

    @Override
    DriftLevel next(double value) {
        mean.add(value);
        double distance = value - mean.value;
        rise = alpha * rise + distance - delta;
        fall = alpha * fall + distance + delta;
        lowest = Math.min(lowest, rise);
        highest = Math.max(highest, fall);
        if (mean.count >= least && (rise - lowest > threshold || (tellsFalls && highest - fall > threshold))) {
            reset();
            return DriftLevel.DRIFT;
        }
        return DriftLevel.NONE;
    }

    @Override
    public void reset() {
        mean.clear();
        rise = 0;
        fall = 0;
        lowest = Double.POSITIVE_INFINITY;
        highest = FIRST_HIGHEST;
    }

    @Override
    public State state() {
        State.Builder state = State.builder();
        mean.write("mean", state);
        return state.doubles("sums", new double[] {rise, fall, lowest, highest}).build();
    }

    @Override
    void read(State state) {
        mean.read("mean", state);
        double[] sums = state.doubles("sums", 4);
        rise = sums[0];
        fall = sums[1];
        lowest = sums[2];
        highest = sums[3];
        requireStored(
                Double.isFinite(rise) && Double.isFinite(fall) && !Double.isNaN(lowest) && Double.isFinite(highest),
                "finite sums");
    }
}
