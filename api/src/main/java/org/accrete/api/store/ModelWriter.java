package org.accrete.api.store;

import java.io.InputStream;

/** The one writer of a model. Closing it lets others write. Not thread-safe. */
public interface ModelWriter extends AutoCloseable {
    /**
     * Appends a version. {@link History#LIVE} moves to it as {@link History#movesLive} says: a rollback is not undone
     * by a trainer that still runs.
     *
     * @param state all that is needed to go on
     * @param note what is said of it; a parent in the same model must exist, or have existed and been removed
     * @return the new version
     * @throws org.accrete.api.AccreteException bad argument: no such parent; I/O: it could not be written, and there is
     *     no new version
     */
    ModelVersion append(State state, ModelVersion.Note note);

    /**
     * Appends a version of another store under the same name and number, with all that is said of it, byte for byte.
     *
     * @param version the version, with a higher number than any that this model had
     * @param live whether {@link History#LIVE} moves to it
     * @param bytes what {@link ModelStore#open} gave; read to its end, and not closed
     * @throws org.accrete.api.AccreteException bad argument: another model, or a number that is not higher; corrupt
     *     file: length or checksum differ from the version's; I/O: it could not be read or written. There is no new
     *     version then
     */
    void copy(ModelVersion version, boolean live, InputStream bytes);

    /**
     * {@return whether the last append that failed is known to have made no version and to have lost no race, so that
     * it can be tried again}
     */
    default boolean canTryAgain() {
        return true;
    }

    /** Lets others write. */
    @Override
    void close();
}
