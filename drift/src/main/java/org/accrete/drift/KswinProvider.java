package org.accrete.drift;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** Makes detectors by the test of Kolmogorov and Smirnov within a window. */
public final class KswinProvider extends DetectorProvider {
    static final ParamSpec<Double> ALPHA =
            ParamSpec.real("alpha", 0.005, new Range(0, true, 1, true), "probability of a false alarm at one number");
    static final ParamSpec<Long> WINDOW_SIZE =
            ParamSpec.whole("window-size", 100, Range.between(2, 100_000), "numbers in the window");
    static final ParamSpec<Long> STAT_SIZE = ParamSpec.whole(
            "stat-size", 30, Range.between(1, 1_000), "latest numbers, which are compared with as many older ones");
    static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 1, Range.between(0, 1L << 53), "seed of the sample of older numbers");

    /** Creates it. */
    public KswinProvider() {
        super(
                "kswin",
                "the latest numbers are distributed otherwise than a sample of those before them; of a loss",
                DriftInput.LOSS,
                List.of(ALPHA, WINDOW_SIZE, STAT_SIZE, SEED, Side.PARAM));
    }

    @Override
    long numbers(Params values) {
        return 2 * values.get(WINDOW_SIZE) + 2 * values.get(STAT_SIZE);
    }

    @Override
    CheckedDetector make(Params values) {
        if (values.get(WINDOW_SIZE) < 2 * values.get(STAT_SIZE)) {
            throw AccreteException.badArgument("window-size must be >= 2 × stat-size, " + 2 * values.get(STAT_SIZE)
                    + ", but was " + values.get(WINDOW_SIZE));
        }
        return new Kswin(this, values);
    }
}
