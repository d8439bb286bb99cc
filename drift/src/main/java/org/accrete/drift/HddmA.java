package org.accrete.drift;

import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * HDDM-A: the mean of all numbers is compared with the mean up to the cut, which is where the upper end of Hoeffding's
 * interval was lowest. For falls there is a cut where its lower end was highest.
 *
 * <p>Source: Frías-Blanco and others, "Online and Non-Parametric Drift Detection Methods Based on Hoeffding's Bounds",
 * IEEE Transactions on Knowledge and Data Engineering 27(3), 2015.
 */
final class HddmA extends CheckedDetector {
    private final double drift;
    private final double warning;
    private final boolean tellsFalls;
    private final double boundFactor;

    private final Mean all = new Mean();
    private final Mean low = new Mean();
    private final Mean high = new Mean();

    HddmA(HddmAProvider provider, Params params) {
        super(provider);
        drift = params.get(HddmAProvider.DRIFT_CONFIDENCE);
        warning = params.get(HddmAProvider.WARNING_CONFIDENCE);
        tellsFalls = params.get(Side.PARAM) == Side.BOTH;
        boundFactor = StrictMath.log(1.0 / drift);
    }

    private double bound(long count) {
        return Math.sqrt(1.0 / (2.0 * count) * boundFactor);
    }

    @Override
    DriftLevel next(double value) {
        all.add(value);
        double bound = bound(all.count);
        if (low.count == 0 || low.value + bound(low.count) >= all.value + bound) {
            low.copy(all);
        }
        if (high.count == 0 || high.value - bound(high.count) <= all.value - bound) {
            high.copy(all);
        }
        double rise = all.value - low.value;
        double fall = high.value - all.value;
        if (differs(low, rise, drift) || (tellsFalls && differs(high, fall, drift))) {
            reset();
            return DriftLevel.DRIFT;
        }
        return differs(low, rise, warning) || (tellsFalls && differs(high, fall, warning))
                ? DriftLevel.WARNING
                : DriftLevel.NONE;
    }

    private boolean differs(Mean cut, double difference, double confidence) {
        if (cut.count == all.count) {
            return false;
        }
        double m = (double) (all.count - cut.count) / cut.count * (1.0 / all.count);
        return difference >= Math.sqrt(m / 2 * StrictMath.log(2.0 / confidence));
    }

    @Override
    public void reset() {
        all.clear();
        low.clear();
        high.clear();
    }

    @Override
    public State state() {
        State.Builder state = State.builder();
        all.write("mean", state);
        low.write("low", state);
        high.write("high", state);
        return state.build();
    }

    @Override
    void read(State state) {
        all.read("mean", state);
        low.read("low", state);
        high.read("high", state);
        requireStored(low.count <= all.count && high.count <= all.count, "cuts within its rows");
    }
}
