package org.accrete.core.store;

import com.google.common.util.concurrent.Striped;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;

/**
 * The short lock under which a line is appended to a history: among threads a lock by real path, among processes a lock
 * on the file {@code history.lock}, which is opened for nothing else ({@link TrainerLock} says why).
 */
final class HistoryLock {
    static final String FILE = "history.lock";

    private static final Striped<Lock> THREADS = Striped.lock(64);

    private final Lock threads;
    private final FileChannel channel;

    private HistoryLock(Lock threads, FileChannel channel) {
        this.threads = threads;
        this.channel = channel;
    }

    /** Waits for the lock. */
    static HistoryLock take(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        Lock threads = THREADS.get(directory.toRealPath());
        threads.lock();
        boolean taken = false;
        try {
            FileChannel channel = disk.openToWrite(file);
            try {
                disk.lock(channel, file);
                taken = true;
                return new HistoryLock(threads, channel);
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
        } finally {
            if (!taken) {
                threads.unlock();
            }
        }
    }

    /** Lets others append. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closing releases the lock even then.
        } finally {
            threads.unlock();
        }
    }
}
