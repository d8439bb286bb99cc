package org.accrete.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.core.store.HistoryFile.Contents;

/**
 * One model's directory: its history, which is read without a lock and appended to under one.
 *
 * @param disk the file system
 * @param path the directory
 * @param model name of the model
 */
record ModelDirectory(Disk disk, Path path, String model) {
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
    Optional<byte[]> historyBytes() throws IOException {
        try {
            return Optional.of(disk.readAll(historyFile()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * {@return the contents of the history; empty when there is none}
     *
     * @throws AccreteException corrupt file, too new
     */
    Contents read() throws IOException {
        try {
            return HistoryFile.read(model, historyBytes().orElse(new byte[0]));
        } catch (AccreteException e) {
            throw e.at(historyFile() + e.where().map(line -> " " + line).orElse(""));
        }
    }

    /**
     * Appends a line under the history's lock, after cutting what a crash left of the last one.
     *
     * @param next makes the line from the history under the lock; empty when there is nothing to append
     * @throws UnknownOutcomeException the line could neither be forced nor be removed
     * @throws IOException the line was not written
     */
    void append(Function<History, Optional<HistoryLine>> next) throws IOException {
        HistoryLock lock = HistoryLock.take(disk, path);
        try {
            Contents contents = read();
            Optional<HistoryLine> line = next.apply(contents.history());
            if (line.isEmpty()) {
                return;
            }
            byte[] bytes = HistoryFile.encode(line.get());
            cut(contents.length());
            boolean written = false;
            try {
                write(contents.length(), bytes);
                written = true;
            } finally {
                if (!written) {
                    takeBack(contents.length());
                }
            }
        } finally {
            lock.close();
        }
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
