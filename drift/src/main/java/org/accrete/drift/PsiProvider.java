package org.accrete.drift;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by the population stability index. */
public final class PsiProvider extends DetectorProvider {
    static final ParamSpec<Long> BINS = ParamSpec.whole(
            "bins", 10, Range.between(2, 1_000), "bins, each with about the same share of the first numbers");
    static final ParamSpec<Double> WARNING_THRESHOLD =
            ParamSpec.real("warning-threshold", 0.1, Range.above(0), "index from which there is a warning");
    static final ParamSpec<Double> DRIFT_THRESHOLD =
            ParamSpec.real("drift-threshold", 0.25, Range.above(0), "index from which there is a drift");

    /** Creates it. */
    public PsiProvider() {
        super(
                "psi",
                "population stability index of a column: shares of bins, compared with those of the first rows",
                DriftInput.COLUMN,
                List.of(
                        ReferenceDetector.REFERENCE_ROWS,
                        ReferenceDetector.WINDOW,
                        BINS,
                        WARNING_THRESHOLD,
                        DRIFT_THRESHOLD));
    }

    @Override
    long numbers(Params values) {
        return values.get(ReferenceDetector.REFERENCE_ROWS) + 3 * values.get(BINS);
    }

    @Override
    CheckedDetector make(Params values) {
        if (values.get(WARNING_THRESHOLD) > values.get(DRIFT_THRESHOLD)) {
            throw AccreteException.badArgument("warning-threshold must be <= drift-threshold, "
                    + values.get(DRIFT_THRESHOLD) + ", but was " + values.get(WARNING_THRESHOLD));
        }
        return new Psi(this, values);
    }
}
