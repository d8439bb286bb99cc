package org.accrete.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.Disk.NoFileException;
import org.accrete.core.store.HistoryFile.End;
import org.accrete.core.store.HistoryFile.Reader;
import org.accrete.core.store.HistoryFile.Remains;

/**
 * One model's directory: its history, which is read without a lock and appended to under one.
 *
 * @param disk the file system
 * @param path the directory
 * @param model name of the model
 * @param known the history as it was read last
 */
record ModelDirectory(Disk disk, Path path, String model, KnownHistory known) {
    private static final String HISTORY = "history";

    /** It is not known whether the line was written. */
    static final class UnknownOutcomeException extends IOException {
        private static final long serialVersionUID = 1L;

        private UnknownOutcomeException(Throwable cause) {
            super(cause);
        }
    }

    Path historyFile() {
        return path.resolve(HISTORY);
    }

    Path versionFile(long number) {
        return path.resolve(Names.file(number));
    }

    /** {@return the history's bytes, if there is one} */
    Optional<byte[]> historyBytes() {
        try {
            return Optional.of(disk.readAll(historyFile()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (e instanceof NoFileException) {
                throw AccreteException.corruptFile("the history of model '" + model + "' is "
                                + (Files.isDirectory(historyFile()) ? "a directory" : "no regular file")
                                + "; put the history back from a copy of the store")
                        .at(historyFile().toString());
            }
            throw failed("the history of model '" + model + "' could not be read", e, historyFile());
        }
    }

    /**
     * {@return what has read the history; it is empty when there is no such model}
     *
     * @throws AccreteException corrupt file: the history is damaged or lost, or belongs to other files; too new
     */
    Reader read() throws IOException {
        Reader contents = parse();
        if (contents.history().versions().isEmpty()) {
            Optional<AccreteException> lost = lostHistory();
            if (lost.isPresent()) {
                throw lost.get();
            }
        }
        List<ModelVersion> versions = contents.history().versions();
        while (!versions.isEmpty() && versions.stream().noneMatch(this::hasFile)) {
            // Unless the model was removed meanwhile, or all of these were pruned after others had been appended.
            contents = parse();
            if (contents.history().versions().equals(versions)) {
                throw filesLost(versions);
            }
            versions = contents.history().versions();
        }
        if (contents.lost().isPresent()) {
            throw contents.lost().get().at(historyFile().toString());
        }
        return contents;
    }

    /**
     * {@return the damage of a model that has version files but no line in its history}
     *
     * <p>A file that is being appended has a temporary name too until its line is in the history. A listing can miss a
     * temporary name that appears meanwhile, so only the second one proves that there is none, and only a history read
     * after that proves that there is no line. At last the files are looked at again, because a failed append deletes
     * its file.
     */
    Optional<AccreteException> lostHistory() throws IOException {
        if (stray().isEmpty()) {
            return Optional.empty();
        }
        List<String> again = stray();
        if (again.isEmpty() || !parse().history().versions().isEmpty()) {
            return Optional.empty();
        }
        List<String> files = stray();
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(AccreteException.corruptFile("model '" + model + "' is damaged: its history "
                                + historyState() + " but " + files.get(0)
                                + (files.size() == 1 ? " is" : " and " + (files.size() - 1) + " more version files are")
                                + " there; put the history back from a copy of the store, or remove the model")
                        .at(historyFile().toString()));
    }

    /** {@return the version files that have no temporary name} */
    private List<String> stray() throws IOException {
        List<String> names = disk.list(path);
        Set<Long> temporary = new HashSet<>();
        names.forEach(name -> Names.temporaryNumber(name).ifPresent(temporary::add));
        return names.stream()
                .filter(name -> Names.fileNumber(name)
                        .filter(number -> !temporary.contains(number))
                        .isPresent())
                .toList();
    }

    /** {@return what is wrong with a history without a line} */
    private String historyState() {
        Optional<byte[]> bytes = historyBytes();
        if (bytes.isEmpty()) {
            return "is missing";
        }
        if (bytes.get().length == 0) {
            return "is empty";
        }
        for (byte b : bytes.get()) {
            if (b != 0) {
                return "ends within its first line";
            }
        }
        return "holds only zeros";
    }

    private boolean hasFile(ModelVersion version) {
        try {
            return Files.size(versionFile(version.number())) == version.length();
        } catch (IOException e) {
            return false;
        }
    }

    private AccreteException filesLost(List<ModelVersion> versions) {
        return AccreteException.corruptFile("model '" + model + "' is damaged: no file of its "
                        + (versions.size() == 1 ? "version is" : versions.size() + " versions is")
                        + " there with the length that the history says; put the files back from a copy of the store,"
                        + " or, if this is the history of another model, put this model's history back")
                .at(path.toString());
    }

    /**
     * Refuses a version whose file is missing or has another length.
     *
     * @throws AccreteException corrupt file: so it is
     */
    void requireFile(ModelVersion version) {
        if (!hasFile(version)) {
            throw AccreteException.corruptFile("the file of " + version.reference()
                            + " is missing or has another length than the history says;"
                            + " put it back from a copy of the store")
                    .at(versionFile(version.number()).toString());
        }
    }

    private Reader parse() throws IOException {
        return untorn(
                least -> {
                    byte[] bytes = historyBytes().orElse(new byte[0]);
                    try {
                        return known.read(model, bytes, least);
                    } catch (AccreteException e) {
                        throw e.at(historyFile()
                                + e.where().map(line -> " " + line).orElse(""));
                    }
                },
                Reader::lost);
    }

    /** {@return what can be read of the history, which may be damaged} */
    Remains salvage() throws IOException {
        return untorn(least -> HistoryFile.salvage(model, historyBytes().orElse(new byte[0]), least), Remains::lost);
    }

    /** Reads the end before the history, and both again when they do not fit and the end has changed meanwhile. */
    private <T> T untorn(Function<End, T> reading, Function<T, Optional<AccreteException>> lost) throws IOException {
        End least = HistoryEnd.read(disk, path).orElse(End.NONE);
        while (true) {
            T read = reading.apply(least);
            if (lost.apply(read).isEmpty()) {
                return read;
            }
            End now = HistoryEnd.read(disk, path).orElse(End.NONE);
            if (now.equals(least)) {
                return read;
            }
            least = now;
        }
    }

    /** {@return whether the end of the history is not kept although it was} */
    boolean isEndLost() throws IOException {
        return HistoryEnd.read(disk, path).isEmpty()
                && historyBytes()
                        .filter(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).contains("\"prev\":\""))
                        .isPresent();
    }

    /**
     * Reads the lines that were appended since.
     *
     * @param reader has read the history up to somewhere
     * @return the same reader, or another one when the history is not the one that was read
     * @throws AccreteException as {@link #read}
     */
    Reader catchUp(Reader reader) throws IOException {
        End before = reader.end();
        byte[] expected = before.lines() == 0 ? new byte[0] : HistoryFile.lastBytes(before.crc());
        try (FileChannel channel = disk.openToRead(historyFile())) {
            int overlap = expected.length;
            long size = channel.size();
            if (before.lines() > 0 && size >= before.length() && size - before.length() < Integer.MAX_VALUE / 2) {
                channel.position(before.length() - overlap);
                byte[] bytes = Channels.newInputStream(channel).readAllBytes();
                if (bytes.length >= overlap && Arrays.equals(bytes, 0, overlap, expected, 0, overlap)) {
                    if (bytes.length > overlap) {
                        reader.lines(Arrays.copyOfRange(bytes, overlap, bytes.length));
                    }
                    if (HistoryEnd.read(disk, path)
                            .filter(end -> end.lines() > reader.end().lines())
                            .isEmpty()) {
                        return reader;
                    }
                }
            }
        } catch (NoSuchFileException | AccreteException e) {
            // Whatever is wrong is found below.
        }
        return read();
    }

    /**
     * Appends a line under the history's lock, after cutting what a crash left of the last one.
     *
     * @param next makes the line from the history under the lock; empty when there is nothing to append
     * @throws UnknownOutcomeException the line could neither be forced nor be removed
     * @throws IOException the line was not written
     */
    void append(Function<History, Optional<HistoryLine>> next) throws IOException {
        append(new Reader(model), next);
    }

    /**
     * Appends a line, and reads only what was appended since.
     *
     * @param before has read the history up to somewhere
     * @return has read the history up to and with the new line
     */
    Reader append(Reader before, Function<History, Optional<HistoryLine>> next) throws IOException {
        HistoryLock lock = HistoryLock.take(disk, path);
        try {
            Reader reader = catchUp(before);
            Optional<HistoryLine> line = next.apply(reader.history());
            if (line.isEmpty()) {
                return reader;
            }
            long length = reader.end().length();
            byte[] bytes = HistoryFile.encode(line.get(), reader.end().crc());
            if (HistoryEnd.read(disk, path).isEmpty()) {
                HistoryEnd.make(disk, path, reader.end());
            }
            cut(length);
            boolean written = false;
            try {
                write(length, bytes);
                written = true;
            } finally {
                if (!written) {
                    takeBack(length);
                }
            }
            reader.lines(bytes);
            try {
                HistoryEnd.write(disk, path, reader.end());
            } catch (IOException e) {
                // The line is there all the same; an older end is true, too.
            }
            return reader;
        } finally {
            lock.close();
        }
    }

    /**
     * Removes the directory; whoever trains the model must be locked out. It is renamed first to a name that is no
     * model's, so that a crash leaves the whole model or none.
     */
    void remove() throws IOException {
        Path removed = path.resolveSibling("." + model + "." + UUID.randomUUID());
        HistoryLock lock = HistoryLock.take(disk, path);
        try {
            disk.rename(path, removed);
        } finally {
            lock.close();
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            disk.forceDirectory(parent);
        }
        delete(removed);
    }

    private void delete(Path tree) throws IOException {
        if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            for (String name : disk.list(tree)) {
                delete(tree.resolve(name));
            }
        }
        disk.delete(tree);
    }

    private void write(long at, byte[] line) throws IOException {
        try (FileChannel channel = disk.openToWrite(historyFile())) {
            channel.position(at);
            disk.write(channel, historyFile(), ByteBuffer.wrap(line));
            disk.force(channel, historyFile());
        }
        if (at == 0) {
            disk.forceDirectory(path);
        }
    }

    /** Puts another history in place of the old one, at once; the lock of the history must be held. */
    void replaceHistory(byte[] lines) throws IOException {
        // No history is shorter than this.
        HistoryEnd.make(disk, path, End.NONE);
        Path temporary = path.resolve(HISTORY + "-" + UUID.randomUUID() + ".tmp");
        try (FileChannel channel = disk.create(temporary)) {
            disk.write(channel, temporary, ByteBuffer.wrap(lines));
            disk.force(channel, temporary);
        }
        disk.rename(temporary, historyFile());
        disk.forceDirectory(path);
        HistoryEnd.make(disk, path, HistoryFile.read(model, lines, End.NONE).end());
    }

    /**
     * Cuts the file and forces it before anything new is written, since a disk may write the pages of both in any
     * order.
     */
    private void cut(long length) throws IOException {
        try (FileChannel channel = disk.openToWrite(historyFile())) {
            if (channel.size() > length) {
                disk.truncate(channel, historyFile(), length);
                disk.force(channel, historyFile());
            }
        }
    }

    private void takeBack(long length) throws UnknownOutcomeException {
        // A channel cannot be used by an interrupted thread, and being interrupted may be what went wrong.
        boolean interrupted = Thread.interrupted();
        try {
            cut(length);
        } catch (IOException e) {
            throw new UnknownOutcomeException(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * {@return an exception for a file operation that failed}
     *
     * @param what what failed, such as {@code version 7 could not be written}
     */
    AccreteException failed(String what, IOException e) {
        return failed(what, e, path);
    }

    static AccreteException failed(String what, IOException e, Path place) {
        String file =
                e instanceof FileSystemException known && known.getFile() != null ? known.getFile() : place.toString();
        return new AccreteException(AccreteException.Kind.IO, what + ": " + reason(e), e).at(file);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof FileSystemException known && known.getReason() != null) {
            return known.getReason();
        }
        if (e instanceof UnknownOutcomeException && e.getCause() instanceof IOException cause) {
            return reason(cause);
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
