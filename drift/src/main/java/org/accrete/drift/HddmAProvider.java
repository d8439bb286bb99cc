package org.accrete.drift;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by Hoeffding's bound of a mean. */
public final class HddmAProvider extends DetectorProvider {
    static final ParamSpec<Double> DRIFT_CONFIDENCE = ParamSpec.real(
            "drift-confidence", 0.001, new Range(0, true, 1, true), "probability that a bound of a drift fails");
    static final ParamSpec<Double> WARNING_CONFIDENCE = ParamSpec.real(
            "warning-confidence", 0.005, new Range(0, true, 1, true), "probability that a bound of a warning fails");

    /** Creates it. */
    public HddmAProvider() {
        super(
                "hddm-a",
                "the mean rises by more than Hoeffding's bound allows; for sudden changes of a classifier",
                DriftInput.ERROR,
                List.of(DRIFT_CONFIDENCE, WARNING_CONFIDENCE, Side.PARAM));
    }

    @Override
    CheckedDetector make(Params values) {
        requireOrder(values);
        return new HddmA(this, values);
    }

    static void requireOrder(Params values) {
        if (values.get(WARNING_CONFIDENCE) < values.get(DRIFT_CONFIDENCE)) {
            throw AccreteException.badArgument("warning-confidence must be >= drift-confidence, "
                    + values.get(DRIFT_CONFIDENCE) + ", but was " + values.get(WARNING_CONFIDENCE));
        }
    }
}
