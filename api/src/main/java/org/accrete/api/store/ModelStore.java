package org.accrete.api.store;

import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/**
 * Keeps the versions of models. Thread-safe; readers never wait for a writer.
 *
 * <ul>
 *   <li>A version, once appended, never changes and its number is never used again while the model exists.
 *   <li>An append either makes a whole version or none, whatever happens in between.
 *   <li>One {@link ModelWriter} per model at a time, over all processes.
 *   <li>Model names match {@code [A-Za-z0-9][A-Za-z0-9._-]*}, at most 100 characters; they do not end in a dot and are
 *       no devices of Windows, such as {@code CON} or {@code nul.txt}. Others are refused before anything is touched.
 * </ul>
 */
public interface ModelStore extends AutoCloseable {
    /** {@return the name that messages use: its directory or address} */
    String name();

    /** {@return the models that have a history or, being damaged, have lost it, sorted} */
    List<String> models();

    /**
     * {@return the versions and aliases of a model; without versions when there is no such model}
     *
     * @param model name of the model
     * @throws org.accrete.api.AccreteException bad argument: not a name; corrupt file: the history is damaged or lost
     */
    History history(String model);

    /**
     * {@return what a version holds}
     *
     * @param version one of a history's
     * @throws org.accrete.api.AccreteException bad argument: it was removed meanwhile; corrupt file: length or checksum
     *     differ from the history's; too new: it was written by a later release
     */
    State load(ModelVersion version);

    /**
     * {@return the bytes of a version as they are stored, unchecked} {@link ModelWriter#copy} checks them.
     *
     * @param version one of a history's
     * @throws org.accrete.api.AccreteException bad argument: it was removed meanwhile; corrupt file: it is missing; I/O
     */
    InputStream open(ModelVersion version);

    /**
     * Locks the model for writing until the writer is closed. Creates nothing that a reader can see.
     *
     * @param model name of the model
     * @return the writer
     * @throws org.accrete.api.AccreteException bad state: somebody else is writing it; I/O: the store cannot be written
     */
    ModelWriter writer(String model);

    /**
     * Points an alias at a version; {@link History#LIVE} is moved like any other. Works while somebody else writes.
     *
     * @param model name of the model
     * @param alias lower-case words with hyphens, not {@link History#LATEST} and not a number
     * @param number an existing version
     * @param reason kept with the move
     * @throws org.accrete.api.AccreteException bad argument: not such an alias, no such version
     */
    void tag(String model, String alias, long number, History.Reason reason);

    /**
     * Points an alias at a version without saying why.
     *
     * @param model name of the model
     * @param alias as above
     * @param number as above
     */
    default void tag(String model, String alias, long number) {
        tag(model, alias, number, History.Reason.NONE);
    }

    /**
     * Removes versions, all of them or none; their numbers are never used again. Works while somebody else writes.
     *
     * @param model name of the model
     * @param numbers which; those that were removed already count as done
     * @return the versions that were removed, in ascending order
     * @throws org.accrete.api.AccreteException bad argument: one must be kept, as {@link History#prunable} says, or was
     *     never there; I/O: they could not be removed
     */
    List<ModelVersion> prune(String model, Collection<Long> numbers);

    /**
     * {@return a number that changes whenever the history of a model does, cheap enough to be asked ten times a second;
     * 0 when there is no such model}
     *
     * @param model name of the model
     */
    long revision(String model);

    /**
     * Removes a model with all its versions and aliases, also a damaged one, at once: a crash leaves all of it or none.
     * A model that gets the name later starts with version 1.
     *
     * @param model name of the model
     * @throws org.accrete.api.AccreteException bad argument: no such model; bad state: somebody is writing it; I/O: it
     *     could not be removed
     */
    void remove(String model);

    /**
     * Reads every byte of a model.
     *
     * @param model name of the model
     * @return one line for each damage found; empty when all is well
     */
    List<String> verify(String model);

    /**
     * Makes a damaged model usable: sets aside what cannot be used, deletes nothing, and keeps the rest. Whoever gets
     * the model afterwards finds no damage. Numbers of versions that were set aside are never used again. An alias of
     * such a version goes back to where it was before, {@link History#LIVE} otherwise to the newest version.
     *
     * @param model name of the model
     * @return one line for each thing done; empty when there was no damage
     * @throws org.accrete.api.AccreteException bad argument: no such model; bad state: somebody is writing it; I/O: it
     *     could not be repaired
     */
    List<String> repair(String model);

    /** Releases what the store holds open. */
    @Override
    void close();
}
