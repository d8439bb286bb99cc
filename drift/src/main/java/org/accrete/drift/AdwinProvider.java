package org.accrete.drift;

import java.util.List;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes {@link Adwin}. */
public final class AdwinProvider extends DetectorProvider {
    static final ParamSpec<Double> DELTA = ParamSpec.real(
            "delta", 0.002, new Range(0, true, 1, true), "probability of a false alarm at one look, about");
    static final ParamSpec<Long> CLOCK =
            ParamSpec.whole("clock", 32, Range.between(1, 1_000_000), "numbers between two looks at the window");
    static final ParamSpec<Long> MAX_BUCKETS = ParamSpec.whole(
            "max-buckets", 5, Range.between(2, 1_000), "buckets of each size; more find the place of a change better");
    static final ParamSpec<Long> MIN_WINDOW_LENGTH = ParamSpec.whole(
            "min-window-length", 5, Range.between(1, 1_000_000), "least numbers on both sides of a cut");
    static final ParamSpec<Long> GRACE_PERIOD =
            ParamSpec.whole("grace-period", 10, Range.between(0, 1_000_000_000), "numbers before the first look");

    /** Creates it. */
    public AdwinProvider() {
        super(
                "adwin",
                "a window that grows while its mean stays the same and is cut where it changed; of a loss",
                DriftInput.LOSS,
                List.of(DELTA, CLOCK, MAX_BUCKETS, MIN_WINDOW_LENGTH, GRACE_PERIOD, Side.PARAM));
    }

    @Override
    long numbers(Params values) {
        return Adwin.LEVELS + 2 * Adwin.LEVELS * (values.get(MAX_BUCKETS) + 1);
    }

    @Override
    CheckedDetector make(Params values) {
        return new Adwin(this, values);
    }
}
