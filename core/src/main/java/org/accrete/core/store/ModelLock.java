package org.accrete.core.store;

import java.io.IOException;
import java.nio.file.Path;
import org.accrete.api.AccreteException;

/**
 * The lock of the one writer of a model, for every store that has a place on the local file system: a lock on a file,
 * which dies with the process. The file is there only while somebody has the lock.
 */
public final class ModelLock implements AutoCloseable {
    private final TrainerLock lock;

    private ModelLock(TrainerLock lock) {
        this.lock = lock;
    }

    /**
     * {@return the lock, held}
     *
     * @param directory where its file is, and nothing else; made with its parents, and removed with those that were
     *     made
     * @param model name of the model, for messages
     * @throws AccreteException bad state: somebody else has it; I/O: the file cannot be made
     */
    public static ModelLock take(Path directory, String model) {
        try {
            return new ModelLock(TrainerLock.take(new Disk(), directory, model));
        } catch (IOException e) {
            throw ModelDirectory.failed("model '" + model + "' cannot be locked", e, directory);
        }
    }

    /** Lets others write. */
    @Override
    public void close() {
        lock.remove();
        lock.close();
    }
}
