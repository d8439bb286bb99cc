package org.accrete.drift;

import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * DDM: the rate of errors p of n numbers has the standard deviation s = sqrt(p (1 − p) / n). The lowest p + s is kept;
 * when p + s exceeds that p by some of that s, the rate has risen.
 *
 * <p>Source: Gama, Medas, Castillo, Rodrigues, "Learning with Drift Detection", SBIA 2004.
 */
final class Ddm extends CheckedDetector {
    private final long warmStart;
    private final double warning;
    private final double drift;

    private final Mean rate = new Mean();
    private double lowestRate;
    private double lowestDeviation;
    private double lowest = Double.POSITIVE_INFINITY;

    Ddm(DdmProvider provider, Params params) {
        super(provider);
        warmStart = params.get(DdmProvider.WARM_START);
        warning = params.get(DdmProvider.WARNING_THRESHOLD);
        drift = params.get(DdmProvider.DRIFT_THRESHOLD);
    }

    @Override
    DriftLevel next(double value) {
        rate.add(value);
        if (rate.count <= warmStart) {
            return DriftLevel.NONE;
        }
        double p = rate.value;
        double s = Math.sqrt(Math.max(0, p * (1 - p) / rate.count));
        if (p + s <= lowest) {
            lowestRate = p;
            lowestDeviation = s;
            lowest = p + s;
        }
        if (p + s > lowestRate + drift * lowestDeviation) {
            reset();
            return DriftLevel.DRIFT;
        }
        return p + s > lowestRate + warning * lowestDeviation ? DriftLevel.WARNING : DriftLevel.NONE;
    }

    @Override
    public void reset() {
        rate.clear();
        lowestRate = 0;
        lowestDeviation = 0;
        lowest = Double.POSITIVE_INFINITY;
    }

    @Override
    public State state() {
        State.Builder state = State.builder();
        rate.write("rate", state);
        return state.doubles("lowest", new double[] {lowestRate, lowestDeviation, lowest})
                .build();
    }

    @Override
    void read(State state) {
        rate.read("rate", state);
        double[] stored = state.doubles("lowest", 3);
        lowestRate = stored[0];
        lowestDeviation = stored[1];
        lowest = stored[2];
        requireStored(lowestRate >= 0 && lowestDeviation >= 0 && lowest >= 0, "a lowest rate >= 0");
    }
}
