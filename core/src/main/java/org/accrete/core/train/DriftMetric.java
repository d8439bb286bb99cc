package org.accrete.core.train;

import org.accrete.api.drift.DriftInput;

/** Which numbers of a run a detector of drift is fed. */
public enum DriftMetric {
    /** The loss of each row before it is learned: log-loss of classes, squared error of numbers. */
    LOSS,
    /** Whether the class of each row was predicted wrongly before it was learned: 1 or 0. */
    ERROR,
    /** The distance of each number from its prediction before it was learned. */
    ABSOLUTE_ERROR,
    /** The values of each numeric column, by a detector of its own. */
    COLUMNS;

    /** {@return what a detector is fed unless something else is asked for} */
    static DriftMetric of(DriftInput input) {
        return switch (input) {
            case ERROR -> ERROR;
            case LOSS -> LOSS;
            case COLUMN -> COLUMNS;
        };
    }
}
