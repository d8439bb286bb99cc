package org.accrete.drift;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by the distance between errors. */
public final class EddmProvider extends DetectorProvider {
    static final ParamSpec<Long> WARM_START =
            ParamSpec.whole("warm-start", 30, Range.between(1, 1_000_000_000), "errors before anything is told");
    static final ParamSpec<Double> ALPHA = ParamSpec.real(
            "alpha",
            0.95,
            new Range(0, true, 1, false),
            "share of the longest distance below which there is a warning");
    static final ParamSpec<Double> BETA = ParamSpec.real(
            "beta", 0.9, new Range(0, true, 1, false), "share of the longest distance below which there is a drift");

    /** Creates it. */
    public EddmProvider() {
        super(
                "eddm",
                "errors, which are 1 and not less, come closer together; for gradual changes of a classifier",
                DriftInput.ERROR,
                List.of(WARM_START, ALPHA, BETA));
    }

    @Override
    CheckedDetector make(Params values) {
        if (values.get(ALPHA) < values.get(BETA)) {
            throw AccreteException.badArgument(
                    "alpha must be >= beta, " + values.get(BETA) + ", but was " + values.get(ALPHA));
        }
        return new Eddm(this, values);
    }
}
