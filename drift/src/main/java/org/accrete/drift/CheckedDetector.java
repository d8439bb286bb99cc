package org.accrete.drift;

import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.store.State;

/** Ignores numbers that are not finite, and refuses those that are no errors where the detector is made for errors. */
abstract class CheckedDetector implements DriftDetector {
    private final String name;
    private final boolean takesErrors;

    CheckedDetector(DriftDetectorProvider provider) {
        this.name = provider.name();
        this.takesErrors = provider.input() == DriftInput.ERROR;
    }

    @Override
    public final DriftLevel update(double value) {
        if (!Double.isFinite(value)) {
            return DriftLevel.NONE;
        }
        if (takesErrors && !(value >= 0 && value <= 1)) {
            throw AccreteException.badArgument(
                    name + " takes errors, which are numbers from 0 (right) to 1 (wrong), but was given " + value);
        }
        return next(value);
    }

    /** Takes a number that has been checked. */
    abstract DriftLevel next(double value);

    /**
     * Continues from a state.
     *
     * @throws AccreteException corrupt file: it does not fit together
     */
    abstract void read(State state);

    static void requireStored(boolean fits, String what) {
        if (!fits) {
            throw AccreteException.corruptFile("the stored state of a drift detector must have " + what);
        }
    }
}
