package org.accrete.core.train;

import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;

/** Gets the events of a run, on the thread that trains. An exception ends the run. */
public interface RunListener {
    /**
     * A chunk was learned.
     *
     * @param progress how far the run is
     */
    default void chunk(Progress progress) {}

    /**
     * A version was appended.
     *
     * @param version the version
     */
    default void version(ModelVersion version) {}

    /**
     * A version was due but could not be written, as when the disk is full. There is no new version, those before are
     * as they were, and the run goes on. The next version holds all that this one would have held.
     *
     * @param failure why; its kind is I/O
     * @param next when it is tried again, such as {@code in 300 s} or {@code after 5 chunks}
     */
    default void versionFailed(AccreteException failure, String next) {}

    /**
     * Somebody moved {@code live} in the store, and the run goes on from that version.
     *
     * @param rollback what was done
     */
    default void rolledBack(Rollback rollback) {}

    /**
     * A detector said that something has drifted.
     *
     * @param mark where
     */
    default void drift(DriftMark mark) {}

    /**
     * A detector said that something may be drifting, for the first time since its last drift.
     *
     * @param mark where
     */
    default void driftWarning(DriftMark mark) {}

    /**
     * Something was done about a drift, or what was done has ended.
     *
     * @param row rows that the source had handed on, over all runs
     * @param what what, in words
     */
    default void driftAction(long row, String what) {}

    /**
     * A version was appended because of a drift, by {@link DriftAction.Kind#TAG}; {@link #version} was called for it
     * before, if it was not appended already.
     *
     * @param version the version
     */
    default void driftVersion(ModelVersion version) {}

    /**
     * A challenger became the champion.
     *
     * @param change where, and why
     */
    default void championChanged(ChampionChange change) {}

    /**
     * {@return what tells this listener and then another one}
     *
     * @param other the other one
     */
    default RunListener and(RunListener other) {
        return new BothListeners(this, other);
    }
}
