package org.accrete.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Every operation of the store on the file system, so that a test can fail any one of them. It is not final only for
 * that reason.
 */
class Disk {
    /** Bytes that are read and written at a time; the JDK keeps a native buffer of this size for each thread. */
    static final int BUFFER_BYTES = 1 << 16;

    /** Does nothing; a test overrides it to throw. */
    void before(String operation, Path path) throws IOException {}

    /** {@return whether the directory was made; false when it was there} */
    final boolean createDirectory(Path directory) throws IOException {
        before("create directory", directory);
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            // Looked at once only, since whoever made it may remove it again: then there is no such file.
            if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
                throw e;
            }
            return false;
        }
    }

    /** Opens a file that must not exist yet. */
    final FileChannel create(Path file) throws IOException {
        before("create", file);
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Opens a file to be changed, and creates it when there is none. */
    final FileChannel openToWrite(Path file) throws IOException {
        before("open to write", file);
        requireOwn(file);
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /** Opens a file to be changed, which must be there. */
    final FileChannel openToChange(Path file) throws IOException {
        before("open to change", file);
        requireOwn(file);
        return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /** What should be a file is something else, which could block its reader for ever or never end. */
    static final class NoFileException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        private NoFileException(Path path, String reason) {
            super(path.toString(), null, reason);
        }
    }

    private static void requireFile(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new NoFileException(file, "not a regular file");
        }
    }

    /** Refuses a link, through which another file would be changed. */
    private static void requireOwn(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isRegularFile()) {
            throw new NoFileException(
                    file,
                    Files.isSymbolicLink(file)
                            ? "a symbolic link, which is not followed; remove it"
                            : "not a regular file; remove it");
        }
    }

    final FileChannel openToRead(Path file) throws IOException {
        before("open to read", file);
        requireFile(file);
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    final byte[] readAll(Path file) throws IOException {
        before("read", file);
        requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE - Long.BYTES) {
                throw new IOException("it has " + size + " bytes, but no such file has more than 2 GiB");
            }
            byte[] bytes = new byte[(int) size];
            int count = 0;
            int read = 0;
            while (count < bytes.length && read >= 0) {
                read = channel.read(ByteBuffer.wrap(bytes, count, Math.min(BUFFER_BYTES, bytes.length - count)));
                count += Math.max(read, 0);
            }
            return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
        }
    }

    void write(FileChannel channel, Path file, ByteBuffer bytes) throws IOException {
        before("write", file);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    final void force(FileChannel channel, Path file) throws IOException {
        before("force", file);
        channel.force(true);
    }

    final void truncate(FileChannel channel, Path file, long length) throws IOException {
        before("truncate", file);
        channel.truncate(length);
    }

    /** Waits until no other process has the file locked, and locks it. */
    final void lock(FileChannel channel, Path file) throws IOException {
        before("lock", file);
        channel.lock();
    }

    /** {@return whether the file is locked now; false when another process has it} */
    final boolean tryLock(FileChannel channel, Path file) throws IOException {
        before("lock", file);
        return channel.tryLock() != null;
    }

    /** Gives a file a second name; fails when the name is taken. */
    final void link(Path name, Path file) throws IOException {
        before("link", name);
        Files.createLink(name, file);
    }

    /** Renames a file or a directory, at once; a file in its place goes. */
    final void rename(Path directory, Path name) throws IOException {
        before("rename", directory);
        Files.move(directory, name, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes the names in a directory survive a power failure. */
    final void forceDirectory(Path directory) throws IOException {
        before("force directory", directory);
        if (directory.getFileSystem().getSeparator().equals("\\")) {
            return; // Windows cannot open a directory, and keeps its names without this.
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    final void delete(Path file) throws IOException {
        before("delete", file);
        Files.deleteIfExists(file);
    }

    /** {@return the names in a directory, sorted; none when it does not exist} */
    final List<String> list(Path directory) throws IOException {
        before("list", directory);
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                names.add(String.valueOf(path.getFileName()));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw new IOException(e.getCause());
        }
        Collections.sort(names);
        return names;
    }
}
