package org.accrete.api.drift;

/** Which numbers a {@link DriftDetector} is made for. */
public enum DriftInput {
    /** Whether a prediction was wrong: 1 for wrong and 0 for right. */
    ERROR,
    /** The loss of a prediction, or any other number. */
    LOSS,
    /** The values of a column, compared with its first ones. */
    COLUMN
}
