package org.accrete.drift;

import java.util.List;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** What the providers have in common. */
abstract class DetectorProvider implements DriftDetectorProvider {
    private static final long FIXED_BYTES = 256;

    private final String name;
    private final String summary;
    private final DriftInput input;
    private final List<ParamSpec<?>> params;

    DetectorProvider(String name, String summary, DriftInput input, List<ParamSpec<?>> params) {
        this.name = name;
        this.summary = summary;
        this.input = input;
        this.params = List.copyOf(params);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final DriftInput input() {
        return input;
    }

    @Override
    public final List<ParamSpec<?>> params() {
        return params;
    }

    @Override
    public final long memoryBytes(Params values) {
        return FIXED_BYTES + Double.BYTES * numbers(values);
    }

    /** {@return how many numbers a detector keeps, about} */
    long numbers(Params values) {
        return 0;
    }

    abstract CheckedDetector make(Params values);

    @Override
    public final DriftDetector create(Params values) {
        return make(values);
    }

    @Override
    public final DriftDetector restore(Params values, State state) {
        CheckedDetector detector = make(values);
        detector.read(state);
        return detector;
    }
}
