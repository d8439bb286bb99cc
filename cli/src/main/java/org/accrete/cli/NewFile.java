package org.accrete.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.accrete.api.AccreteException;

/**
 * A file that appears when it is complete: until then it has another name beside it. What is not complete is removed
 * when this is closed, and when the JVM ends, as by Ctrl-C.
 */
final class NewFile implements Closeable {
    private final Path file;
    private final Path unfinished;

    /**
     * Makes an empty file under a name that nobody can foresee, so that nothing stands there already, not even a link.
     *
     * @param file its name in the end; a link of this name is replaced, and what it points at stays as it is
     * @throws IOException if the file cannot be made
     */
    NewFile(Path file) throws IOException {
        this.file = file.toAbsolutePath();
        this.unfinished = this.file.resolveSibling(file.getFileName() + ".unfinished-" + UUID.randomUUID());
        Files.createFile(unfinished);
        unfinished.toFile().deleteOnExit();
    }

    /**
     * Refuses a file that cannot be created, and a file that the rows come from, which would be overwritten.
     *
     * @param file the file
     * @param word what the command line calls it
     * @param address where the rows come from
     */
    static void requireWritable(Path file, String word, SourceAddress address) {
        requireWritable(file, word);
        if (address.reads(file)) {
            throw AccreteException.badArgument(
                    word + " " + file + " is a file that the rows are read from; name another");
        }
    }

    /**
     * Refuses a file that cannot be created.
     *
     * @param file the file
     * @param word what the command line calls it
     */
    static void requireWritable(Path file, String word) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null) {
            throw AccreteException.badArgument(word + " must be a file but '" + file + "' is a directory");
        }
        if (!Files.isDirectory(folder)) {
            throw AccreteException.badArgument("no directory '" + folder + "' for " + word + " " + file);
        }
    }

    /**
     * Refuses to overwrite a file without being asked.
     *
     * @param file the file
     * @param replace whether the user asked for it
     */
    static void requireAbsent(Path file, boolean replace) {
        if (Files.exists(file) && !(replace && Files.isRegularFile(file))) {
            throw AccreteException.badArgument("'" + file + "' exists; "
                    + (replace
                            ? "it is no regular file, so name another"
                            : "name another file, or overwrite it with" + " --replace"));
        }
    }

    /** {@return the name until the file is complete} */
    Path unfinished() {
        return unfinished;
    }

    /** Gives the file its name, which survives a power failure if what is in the file does. */
    void appear() throws IOException {
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = file.getParent();
        if (folder != null && !file.getFileSystem().getSeparator().equals("\\")) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /**
     * Writes a whole file and gives it its name.
     *
     * @param file the file
     * @param text what it holds
     * @throws AccreteException I/O
     */
    static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a whole file and gives it its name.
     *
     * @param file the file
     * @param bytes what it holds
     * @throws AccreteException I/O
     */
    static void write(Path file, byte[] bytes) {
        try (NewFile made = new NewFile(file)) {
            made.write(bytes);
            made.appear();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Writes the unfinished file and forces it to the disk. */
    void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] bytes) throws IOException {
        Files.write(unfinished, bytes);
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** {@return the failure of a file that cannot be written} */
    static AccreteException unwritable(Path file, IOException why) {
        return new AccreteException(
                AccreteException.Kind.IO, "'" + file + "' cannot be written: " + Failure.words(why), why);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(unfinished);
    }
}
