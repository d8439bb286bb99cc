package org.accrete.api.store;

/** The one writer of a model. Closing it lets others write. Not thread-safe. */
public interface ModelWriter extends AutoCloseable {
    /**
     * Appends a version. {@link History#LIVE} moves to it as {@link History#movesLive} says: a rollback is not undone
     * by a trainer that still runs.
     *
     * @param state all that is needed to go on
     * @param note what is said of it; a parent in the same model must exist
     * @return the new version
     * @throws org.accrete.api.AccreteException bad argument: no such parent; I/O: it could not be written, and there is
     *     no new version
     */
    ModelVersion append(State state, ModelVersion.Note note);

    /** Lets others write. */
    @Override
    void close();
}
