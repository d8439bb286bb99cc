package org.accrete.drift;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by the rate of errors. */
public final class DdmProvider extends DetectorProvider {
    static final ParamSpec<Long> WARM_START =
            ParamSpec.whole("warm-start", 30, Range.between(1, 1_000_000_000), "numbers before anything is told");
    static final ParamSpec<Double> WARNING_THRESHOLD = ParamSpec.real(
            "warning-threshold", 2, Range.above(0), "standard deviations above the lowest rate that make a warning");
    static final ParamSpec<Double> DRIFT_THRESHOLD = ParamSpec.real(
            "drift-threshold", 3, Range.above(0), "standard deviations above the lowest rate that make a drift");

    /** Creates it. */
    public DdmProvider() {
        super(
                "ddm",
                "the rate of errors rises well above its lowest; for sudden changes of a classifier",
                DriftInput.ERROR,
                List.of(WARM_START, WARNING_THRESHOLD, DRIFT_THRESHOLD));
    }

    @Override
    CheckedDetector make(Params values) {
        if (values.get(WARNING_THRESHOLD) > values.get(DRIFT_THRESHOLD)) {
            throw AccreteException.badArgument("warning-threshold must be <= drift-threshold, "
                    + values.get(DRIFT_THRESHOLD) + ", but was " + values.get(WARNING_THRESHOLD));
        }
        return new Ddm(this, values);
    }
}
