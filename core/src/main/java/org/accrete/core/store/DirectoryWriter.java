package org.accrete.core.store;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
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
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
    private final ModelDirectory directory;
    private final Disk disk;
    private final Clock clock;
    private final TrainerLock lock;
    private long lastUsed;
    private long userThread;
    private boolean isClosed;

    private DirectoryWriter(ModelDirectory directory, Clock clock, TrainerLock lock) {
        this.directory = directory;
        this.disk = directory.disk();
        this.clock = clock;
        this.lock = lock;
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
        History history = directory.read().history();
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
        if (isClosed) {
            throw AccreteException.badState("the writer of model '" + directory.model() + "' is closed");
        }
        long thread = Thread.currentThread().getId();
        if (userThread != 0 && userThread != thread) {
            throw AccreteException.badState("the writer of model '" + directory.model()
                    + "' is used by one thread at a time but a second one called it");
        }
        check(note);
        userThread = thread;
        // A channel cannot be used by an interrupted thread, but what it learned has to be kept.
        boolean interrupted = Thread.interrupted();
        try {
            return appendChecked(state, note);
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
            throw directory.failed("no new version could be written, the old ones are as they were", e);
        } finally {
            userThread = 0;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void check(Note note) {
        StrictJson.requireUnicode("a learner's name", note.learner());
        check(note.metrics());
        check(note.stretch());
        note.facts().forEach((name, text) -> {
            StrictJson.requireUnicode("the name of a fact", name);
            StrictJson.requireUnicode("a fact", text);
        });
        if (note.rowsSeen() < 0) {
            throw AccreteException.badArgument("rows seen must be >= 0 but was " + note.rowsSeen());
        }
    }

    private static void check(Map<String, Double> metrics) {
        metrics.forEach((name, value) -> {
            StrictJson.requireUnicode("the name of a metric", name);
            if (!Double.isFinite(value)) {
                throw AccreteException.badArgument("metric '" + name + "' must be finite but was " + value);
            }
        });
    }

    private ModelVersion appendChecked(State state, Note given) throws IOException {
        History history = directory.read().history();
        // Nobody else appends while this writer has the lock, so the newest version is its own last one, if it has any.
        Note note = given.parent().isPresent()
                ? given
                : given.withParent(history.latest().map(ModelVersion::reference));
        if (note.parent().isPresent()) {
            Names.Reference parent = Names.reference(note.parent().get());
            if (parent.model().equals(directory.model())) {
                history.resolve(Long.toString(parent.number()));
            }
        }
        long number = nextNumber(history);
        Instant created = now(clock);
        Map<String, String> texts = ModelFile.texts(state, directory.model(), number, created, note);
        byte[] header = SafeTensors.header(texts, state.tensors());

        Path temporary = directory
                .path()
                .resolve(Names.temporary(number, UUID.randomUUID().toString()));
        Path file = directory.versionFile(number);
        Outcome outcome = Outcome.NONE;
        try {
            HashingChannel written = write(temporary, header, state);
            ModelVersion version =
                    new ModelVersion(directory.model(), number, created, note, written.length, written.sha256());
            disk.link(file, temporary);
            outcome = Outcome.LINKED;
            disk.forceDirectory(directory.path());
            lastUsed = number;
            directory.append(now -> Optional.of(line(now, version)));
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
        long highest =
                Math.max(lastUsed, history.latest().map(ModelVersion::number).orElse(0L));
        for (String name : disk.list(directory.path())) {
            highest = Math.max(highest, Names.fileNumber(name).orElse(0L));
        }
        return highest + 1;
    }

    private HashingChannel write(Path temporary, byte[] header, State state) throws IOException {
        try (HashingChannel out = new HashingChannel(disk, temporary)) {
            SafeTensors.write(header, state.tensors(), out);
            out.force();
            return out;
        }
    }

    private HistoryLine line(History history, ModelVersion version) {
        if (history.latest().isPresent() && history.latest().get().number() >= version.number()) {
            throw new AccreteException(
                    AccreteException.Kind.IO,
                    "lost the race for version " + version.number()
                            + " against a writer elsewhere; the store needs a file system with working file locks");
        }
        return new HistoryLine.Appended(version, history.movesLive(version.note()));
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
        if (directory.read().history().versions().isEmpty()
                && disk.list(directory.path()).stream()
                        .allMatch(name -> Names.fileNumber(name).isEmpty())) {
            disk.delete(directory.historyFile());
            disk.delete(directory.path().resolve(HistoryLock.FILE));
            lock.remove();
        }
    }

    /** Writes a new file, and knows its length and checksum. */
    private static final class HashingChannel implements WritableByteChannel {
        private final Disk disk;
        private final Path file;
        private final FileChannel channel;
        private final Hasher sha256 = Hashing.sha256().newHasher();
        private long length;

        HashingChannel(Disk disk, Path file) throws IOException {
            this.disk = disk;
            this.file = file;
            this.channel = disk.create(file);
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            sha256.putBytes(bytes.duplicate());
            disk.write(channel, file, bytes);
            length += count;
            return count;
        }

        void force() throws IOException {
            disk.force(channel, file);
        }

        String sha256() {
            return sha256.hash().toString();
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
