package org.accrete.api.drift;

/** What a {@link DriftDetector} says after a number. */
public enum DriftLevel {
    /** The numbers are as they were. */
    NONE,
    /** They may be changing. */
    WARNING,
    /** They have changed. */
    DRIFT
}
