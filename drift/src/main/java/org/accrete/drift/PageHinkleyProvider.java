package org.accrete.drift;

import java.util.List;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by Page's cumulative sum. */
public final class PageHinkleyProvider extends DetectorProvider {
    static final ParamSpec<Long> MIN_INSTANCES =
            ParamSpec.whole("min-instances", 30, Range.between(1, 1_000_000_000), "numbers before anything is told");
    static final ParamSpec<Double> DELTA =
            ParamSpec.real("delta", 0.005, Range.atLeast(0), "distance from the mean that does not count");
    static final ParamSpec<Double> THRESHOLD =
            ParamSpec.real("threshold", 50, Range.above(0), "sum of distances that makes a drift");
    static final ParamSpec<Double> ALPHA = ParamSpec.real(
            "alpha", 0.9999, new Range(0, true, 1, false), "factor of the sum at each number; 1 forgets nothing");

    /** Creates it. */
    public PageHinkleyProvider() {
        super(
                "page-hinkley",
                "the sum of distances from the mean grows far above its lowest; of a loss",
                DriftInput.LOSS,
                List.of(MIN_INSTANCES, DELTA, THRESHOLD, ALPHA, Side.PARAM));
    }

    @Override
    CheckedDetector make(Params values) {
        return new PageHinkley(this, values);
    }
}
