package org.accrete.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * The lock of the one trainer of a model: a lock on the file {@code lock}, which dies with the process, and holds its
 * id.
 *
 * <ol>
 *   <li>Closing any descriptor of a file releases all of the process's locks on it (POSIX). So within one JVM a model
 *       is reserved in {@link #RESERVED} before its lock file is touched at all.
 *   <li>A model that got no version is removed again, with its lock file. Whoever opened that file just before holds a
 *       lock that nobody else sees, so the file at the path must be the same before it is opened and after it is
 *       locked.
 * </ol>
 */
final class TrainerLock {
    static final String FILE = "lock";

    private static final int ATTEMPTS = 100;
    private static final Pattern PROCESS_ID = Pattern.compile("[0-9]{1,20}");
    private static final Set<Path> RESERVED = new HashSet<>();

    private final Disk disk;
    private final Path directory;
    private final Path file;
    private final Deque<Path> created = new ArrayDeque<>();
    private Optional<Path> reservation = Optional.empty();
    private Optional<FileChannel> channel = Optional.empty();
    private boolean isHeld;

    private TrainerLock(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
        this.file = directory.resolve(FILE);
    }

    /**
     * Takes the lock; makes the directory when there is none.
     *
     * @throws AccreteException bad state: somebody else has it
     */
    static TrainerLock take(Disk disk, Path directory, String model) throws IOException {
        for (int attempt = 1; ; attempt++) {
            TrainerLock lock = new TrainerLock(disk, directory);
            try {
                lock.createDirectories();
                lock.reserve(model);
                if (lock.lock(model)) {
                    return lock;
                }
            } catch (NoSuchFileException e) {
                // Another writer left just now, without a version, and removed its directory; or there can be none.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } finally {
                if (!lock.isHeld) {
                    lock.abandon();
                }
            }
            if (attempt == ATTEMPTS) {
                throw busy(model);
            }
        }
    }

    private static AccreteException busy(String model) {
        return AccreteException.badState(
                "model '" + model + "' is opened and closed by others all the time; try again");
    }

    private void createDirectories() throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = directory.toAbsolutePath(); path != null && !Files.exists(path); path = path.getParent()) {
            missing.push(path);
        }
        for (Path path : missing) {
            if (disk.createDirectory(path)) {
                created.push(path);
            }
            Path parent = path.getParent();
            if (parent != null) {
                disk.forceDirectory(parent);
            }
        }
    }

    private void reserve(String model) throws IOException {
        Path real = directory.toRealPath();
        synchronized (RESERVED) {
            if (!RESERVED.add(real)) {
                throw taken(model, "this process (" + ProcessHandle.current().pid() + ")");
            }
        }
        reservation = Optional.of(real);
    }

    /** Returns false when the lock file was removed by its last holder in between. */
    private boolean lock(String model) throws IOException {
        if (!Files.exists(file)) {
            disk.openToWrite(file).close();
        }
        Optional<Object> before = identity();
        FileChannel opened = disk.openToWrite(file);
        channel = Optional.of(opened);
        try {
            if (!disk.tryLock(opened, file)) {
                throw taken(model, holder());
            }
        } catch (OverlappingFileLockException e) {
            throw taken(model, "another copy of this library in this process");
        }
        if (before.isEmpty() || !before.equals(identity())) {
            return false;
        }
        isHeld = true;
        boolean written = false;
        try {
            disk.truncate(opened, file, 0);
            disk.write(
                    opened,
                    file,
                    ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            written = true;
        } finally {
            if (!written) {
                remove();
                isHeld = false;
            }
        }
        return true;
    }

    /** What distinguishes a file from another of the same name; not needed on Windows, and not available. */
    private Optional<Object> identity() throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return Optional.of(Objects.requireNonNullElse(key, file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private String holder() throws IOException {
        String text = new String(disk.readAll(file), StandardCharsets.US_ASCII).trim();
        return PROCESS_ID.matcher(text).matches() ? "process " + text : "another process";
    }

    private static AccreteException taken(String model, String holder) {
        return AccreteException.badState(
                "model '" + model + "' is being written by " + holder + "; wait until it has ended, or stop it");
    }

    /** Removes the lock file and the directories that were made for it, unless somebody has put something in them. */
    void remove() {
        if (deleted(file)) {
            removeCreated();
        }
    }

    private void removeCreated() {
        while (!created.isEmpty() && deleted(created.peek())) {
            created.pop();
        }
    }

    private boolean deleted(Path path) {
        try {
            disk.delete(path);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void abandon() {
        close();
        removeCreated();
    }

    /** Lets others write. */
    void close() {
        try {
            if (channel.isPresent()) {
                channel.get().close();
            }
        } catch (IOException e) {
            // Closing releases the lock even then.
        } finally {
            channel = Optional.empty();
            synchronized (RESERVED) {
                reservation.ifPresent(RESERVED::remove);
            }
            reservation = Optional.empty();
        }
    }
}
