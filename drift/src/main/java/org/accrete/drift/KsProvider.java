package org.accrete.drift;

import java.util.List;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by the test of Kolmogorov and Smirnov against the first numbers. */
public final class KsProvider extends DetectorProvider {
    static final ParamSpec<Double> ALPHA =
            ParamSpec.real("alpha", 0.0001, new Range(0, true, 1, true), "probability of a false alarm at one window");

    /** Creates it. */
    public KsProvider() {
        super(
                "ks",
                "test of Kolmogorov and Smirnov of a column: its distribution, compared with that of the first rows",
                DriftInput.COLUMN,
                List.of(ReferenceDetector.REFERENCE_ROWS, ReferenceDetector.WINDOW, ALPHA));
    }

    @Override
    long numbers(Params values) {
        return 2 * values.get(ReferenceDetector.REFERENCE_ROWS) + values.get(ReferenceDetector.WINDOW);
    }

    @Override
    CheckedDetector make(Params values) {
        return new Ks(this, values);
    }
}
