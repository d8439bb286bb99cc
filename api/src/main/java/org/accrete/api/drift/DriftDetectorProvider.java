package org.accrete.api.drift;

import org.accrete.api.Provider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A plug-in that makes detectors of drift. */
public interface DriftDetectorProvider extends Provider {
    /** {@return which numbers its detectors are made for; those for {@link DriftInput#ERROR} take 0 to 1 only} */
    DriftInput input();

    /**
     * {@return about how many bytes of heap one detector takes}
     *
     * @param params values of {@link #params()}
     */
    long memoryBytes(Params params);

    /**
     * {@return a detector that has seen nothing}
     *
     * @param params values of {@link #params()}
     * @throws org.accrete.api.AccreteException bad argument: parameters that do not fit together
     */
    DriftDetector create(Params params);

    /**
     * {@return a detector that continues from a state}
     *
     * @param params values of {@link #params()}
     * @param state what {@link DriftDetector#state()} gave; it may hold more
     * @throws org.accrete.api.AccreteException corrupt file: something is missing or has another shape
     */
    DriftDetector restore(Params params, State state);
}
