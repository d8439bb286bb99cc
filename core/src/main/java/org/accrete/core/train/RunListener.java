package org.accrete.core.train;

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
     * Somebody moved {@code live} in the store, and the run goes on from that version.
     *
     * @param rollback what was done
     */
    default void rolledBack(Rollback rollback) {}
}
