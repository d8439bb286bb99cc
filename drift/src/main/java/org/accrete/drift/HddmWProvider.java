package org.accrete.drift;

import java.util.List;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by McDiarmid's bound of a weighted mean. */
public final class HddmWProvider extends DetectorProvider {
    static final ParamSpec<Double> LAMBDA =
            ParamSpec.real("lambda", 0.05, new Range(0, true, 1, true), "weight of the newest number in the mean");

    /** Creates it. */
    public HddmWProvider() {
        super(
                "hddm-w",
                "the weighted mean rises by more than McDiarmid's bound allows; for gradual changes of a classifier",
                DriftInput.ERROR,
                List.of(HddmAProvider.DRIFT_CONFIDENCE, HddmAProvider.WARNING_CONFIDENCE, LAMBDA, Side.PARAM));
    }

    @Override
    CheckedDetector make(Params values) {
        HddmAProvider.requireOrder(values);
        return new HddmW(this, values);
    }
}
