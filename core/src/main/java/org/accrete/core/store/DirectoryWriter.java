package org.accrete.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.store.ModelDirectory.UnknownOutcomeException;

/**
 * The writer of a directory store. An append is
 *
 * <pre>
 *  1 write 000007-(unique).tmp, force it
 *  2 link it to 000007.safetensors, which fails if that is there
 *  3 force the directory
 *  4 append a line to the history, force it                      (the version is made here)
 *  5 delete the temporary name
 * </pre>
 *
 * <ol>
 *   <li>The temporary name outlives the numbered one until the line is there. So after a crash, a numbered file without
 *       a line that has a temporary name too was never a version, and the next writer removes both names.
 *   <li>A numbered file with neither is not touched: perhaps the history has lost its end. Its number is skipped.
 *   <li>When 4 fails, the line is taken back before the file is deleted, and the number is not used again: a reader may
 *       have seen it. If the line cannot be taken back either, everything stays for the next writer to see.
 * </ol>
 */
final class DirectoryWriter implements ModelWriter {
    /** A file whose number is this much higher than the newest version's was never a version, and is let lie. */
    static final long FAR = 1_000_000;

    private final ModelDirectory directory;
    private final Disk disk;
    private final Clock clock;
    private final TrainerLock lock;
    private HistoryFile.Reader reader;
    private long lastUsed;
    private long userThread;
    private boolean canTryAgain = true;
    private boolean isClosed;

    private DirectoryWriter(ModelDirectory directory, Clock clock, TrainerLock lock) {
        this.directory = directory;
        this.disk = directory.disk();
        this.clock = clock;
        this.lock = lock;
        this.reader = new HistoryFile.Reader(directory.model());
    }

    private History history() throws IOException {
        reader = directory.catchUp(reader);
        return reader.history();
    }

    /** {@return a writer that holds the model's lock} */
    static DirectoryWriter open(ModelDirectory directory, Clock clock) throws IOException {
        DirectoryWriter writer = new DirectoryWriter(
                directory, clock, TrainerLock.take(directory.disk(), directory.path(), directory.model()));
        boolean ready = false;
        try {
            writer.removeLeftovers();
            ready = true;
            return writer;
        } finally {
            if (!ready) {
                writer.close();
            }
        }
    }

    static Instant now(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void removeLeftovers() throws IOException {
        History history = history();
        for (String name : disk.list(directory.path())) {
            Optional<Long> number = Names.temporaryNumber(name);
            if (number.isPresent()) {
                Path temporary = directory.path().resolve(name);
                Path file = directory.versionFile(number.get());
                boolean isVersion = history.versions().stream().anyMatch(version -> version.number() == number.get());
                if (!isVersion && isSameFile(temporary, file)) {
                    disk.delete(file);
                }
                disk.delete(temporary);
            } else if (Names.fileNumber(name)
                    .filter(gone -> history.removed().containsKey(gone))
                    .isPresent()) {
                disk.delete(directory.path().resolve(name));
            }
        }
    }

    private static boolean isSameFile(Path one, Path other) throws IOException {
        try {
            return Files.isSameFile(one, other);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public ModelVersion append(State state, Note note) {
        return alone(() -> appendChecked(state, note));
    }

    @Override
    public boolean canTryAgain() {
        return canTryAgain;
    }

    @Override
    public void copy(ModelVersion version, boolean live, InputStream bytes) {
        alone(() -> copyChecked(version, live, bytes));
    }

    /** Makes a version. */
    private interface Making {
        ModelVersion make() throws IOException;
    }

    private ModelVersion alone(Making making) {
        if (isClosed) {
            throw AccreteException.badState("the writer of model '" + directory.model() + "' is closed");
        }
        long thread = Thread.currentThread().getId();
        if (userThread != 0 && userThread != thread) {
            throw AccreteException.badState("the writer of model '" + directory.model()
                    + "' is used by one thread at a time but a second one called it");
        }
        userThread = thread;
        // A channel cannot be used by an interrupted thread, but what it learned has to be kept.
        boolean interrupted = Thread.interrupted();
        canTryAgain = false;
        try {
            ModelVersion made = making.make();
            canTryAgain = true;
            return made;
        } catch (UnknownOutcomeException e) {
            throw directory.failed(
                    "it is not known whether the last version was written; look at the history once the disk works again",
                    e);
        } catch (FileAlreadyExistsException e) {
            throw directory.failed(
                    "lost the race for the next version against a writer elsewhere; the store needs a file system with"
                            + " working file locks",
                    e);
        } catch (IOException e) {
            canTryAgain = true;
            throw directory.failed("no new version could be written, the old ones are as they were", e);
        } finally {
            userThread = 0;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ModelVersion appendChecked(State state, Note given) throws IOException {
        History history = history();
        Note note = HistoryLines.withParent(history, given);
        long number = nextNumber(history);
        Instant created = now(clock);
        byte[] header = VersionFile.header(state, directory.model(), number, created, note);
        return make(
                number,
                out -> VersionFile.write(header, state, directory.model(), number, created, note, out),
                (now, version) -> now.movesLive(version.note()));
    }

    private ModelVersion copyChecked(ModelVersion version, boolean live, InputStream bytes) throws IOException {
        History history = history();
        if (!version.model().equals(directory.model())) {
            throw AccreteException.badArgument(
                    "a version of model '" + directory.model() + "' was expected but it is " + version.reference());
        }
        if (version.number() <= history.highestNumber()) {
            throw AccreteException.badArgument("model '" + directory.model() + "' has had versions up to "
                    + history.highestNumber() + ", so version " + version.number() + " cannot be copied to it");
        }
        return make(
                version.number(),
                out -> {
                    VersionFile.copy(version, bytes, out);
                    return version;
                },
                (now, made) -> live);
    }

    /** Writes a file, and says what it is. */
    private interface Writing {
        ModelVersion write(WritableByteChannel out) throws IOException;
    }

    private ModelVersion make(long number, Writing writing, BiPredicate<History, ModelVersion> movesLive)
            throws IOException {
        Path temporary = directory
                .path()
                .resolve(Names.temporary(number, UUID.randomUUID().toString()));
        Path file = directory.versionFile(number);
        Outcome outcome = Outcome.NONE;
        try {
            ModelVersion version = write(temporary, writing);
            disk.link(file, temporary);
            outcome = Outcome.LINKED;
            disk.forceDirectory(directory.path());
            lastUsed = number;
            reader = directory.append(reader, now -> Optional.of(line(now, version, movesLive)));
            outcome = Outcome.MADE;
            return version;
        } catch (UnknownOutcomeException e) {
            outcome = Outcome.UNKNOWN;
            throw e;
        } finally {
            tidy(outcome, temporary, file);
        }
    }

    /** How far an append has come. */
    private enum Outcome {
        NONE,
        LINKED,
        MADE,
        UNKNOWN
    }

    private void tidy(Outcome outcome, Path temporary, Path file) {
        if (outcome == Outcome.UNKNOWN) {
            return;
        }
        try {
            if (outcome == Outcome.LINKED) {
                disk.delete(file);
            }
            disk.delete(temporary);
        } catch (IOException e) {
            // The next writer removes what is left.
        }
    }

    private long nextNumber(History history) throws IOException {
        if (lastUsed == 0) {
            long limit = history.highestNumber() + FAR;
            for (String name : disk.list(directory.path())) {
                lastUsed = Math.max(
                        lastUsed,
                        Names.fileNumber(name).filter(number -> number < limit).orElse(0L));
            }
        }
        return Math.max(lastUsed, history.highestNumber()) + 1;
    }

    private ModelVersion write(Path temporary, Writing writing) throws IOException {
        try (FileChannel channel = disk.create(temporary)) {
            ModelVersion version = writing.write(new DiskChannel(disk, channel, temporary));
            disk.force(channel, temporary);
            return version;
        }
    }

    private static HistoryLine line(
            History history, ModelVersion version, BiPredicate<History, ModelVersion> movesLive) {
        if (history.highestNumber() >= version.number()) {
            throw new AccreteException(
                    AccreteException.Kind.IO,
                    "lost the race for version " + version.number()
                            + " against a writer elsewhere; the store needs a file system with working file locks");
        }
        return new HistoryLine.Appended(version, movesLive.test(history, version));
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        boolean interrupted = Thread.interrupted();
        try {
            removeIfNothingWasMade();
        } catch (IOException | AccreteException e) {
            // Then it stays; the lock is given up all the same.
        } finally {
            lock.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void removeIfNothingWasMade() throws IOException {
        if (reader.history().highestNumber() == 0
                && directory.read().history().highestNumber() == 0
                && disk.list(directory.path()).stream()
                        .allMatch(name -> Names.fileNumber(name).isEmpty())) {
            disk.delete(directory.historyFile());
            disk.delete(directory.path().resolve(HistoryEnd.FILE));
            disk.delete(directory.path().resolve(HistoryLock.FILE));
            lock.remove();
        }
    }

    /** Writes a file by way of the disk, so that a test can fail it. */
    private record DiskChannel(Disk disk, FileChannel channel, Path file) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            disk.write(channel, file, bytes);
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {}
    }
}
