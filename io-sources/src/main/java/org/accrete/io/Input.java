package org.accrete.io;

import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.accrete.api.AccreteException;

/**
 * Something to read bytes from: a file, or a stream that can be read only once.
 *
 * @param name what a person calls it
 * @param key its name within the glob, whatever the directory the glob is relative to
 * @param path the file; standard input when empty
 */
record Input(String name, String key, Optional<Path> path) {
    private static final int HEAD = 1 << 16;

    /**
     * {@return what a location stands for: {@code -}, a file, or the files that match a glob, sorted by name}
     *
     * @param location as a user wrote it
     */
    static List<Input> find(String location) {
        if (location.equals("-")) {
            return List.of(new Input("standard input", "-", Optional.empty()));
        }
        if (location.isEmpty()) {
            throw AccreteException.badArgument("a path, a glob or - is needed but the location is empty");
        }
        try {
            Path path = Path.of(location);
            if (Files.isDirectory(path)) {
                throw AccreteException.badArgument("'" + location + "' is a directory; give a file or a glob such as '"
                        + path.resolve("*.csv") + "'");
            }
            if (Files.exists(path)) {
                return List.of(new Input(location, path.getFileName().toString(), Optional.of(path)));
            }
            return matching(path, location);
        } catch (InvalidPathException e) {
            throw AccreteException.badArgument("'" + location + "' is not a path: " + e.getReason());
        }
    }

    private static List<Input> matching(Path pattern, String location) {
        int fixed = 0;
        while (fixed < pattern.getNameCount()
                && !isPattern(pattern.getName(fixed).toString())) {
            fixed++;
        }
        if (fixed == pattern.getNameCount()) {
            throw AccreteException.badArgument("there is no file '" + location + "'");
        }
        Path base = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
        if (fixed > 0) {
            base = base.resolve(pattern.subpath(0, fixed));
        }
        List<Path> found = List.of(base);
        for (int i = fixed; i < pattern.getNameCount(); i++) {
            found = children(found, pattern.getName(i).toString());
        }
        List<Input> inputs = new ArrayList<>();
        for (Path path : found) {
            if (!Files.isDirectory(path)) {
                String key = base.toString().isEmpty()
                        ? path.toString()
                        : base.relativize(path).toString();
                inputs.add(new Input(path.toString(), key, Optional.of(path)));
            }
        }
        if (inputs.isEmpty()) {
            throw AccreteException.badArgument("no file matches '" + location + "'");
        }
        inputs.sort(Comparator.comparing(Input::key));
        return List.copyOf(inputs);
    }

    private static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** The entries of some directories whose names match; one that begins with a dot only if the glob does. */
    private static List<Path> children(List<Path> directories, String glob) {
        List<Path> children = new ArrayList<>();
        for (Path directory : directories) {
            if (!Files.isDirectory(directory.toString().isEmpty() ? Path.of(".") : directory)) {
                continue;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
                for (Path entry : entries) {
                    if (glob.startsWith(".") || !entry.getFileName().toString().startsWith(".")) {
                        children.add(entry);
                    }
                }
            } catch (PatternSyntaxException e) {
                throw AccreteException.badArgument("'" + glob + "' is not a glob: " + e.getDescription());
            } catch (IOException | DirectoryIteratorException e) {
                throw unreadable(directory.toString(), e);
            }
        }
        return children;
    }

    /** {@return whether it can be read only once} */
    boolean isStream() {
        return path.isEmpty() || !Files.isRegularFile(path.get());
    }

    /** {@return its bytes, as stored} */
    InputStream open() {
        if (path.isEmpty()) {
            return new FilterInputStream(System.in) {
                @Override
                public void close() {
                    // Not ours.
                }
            };
        }
        try {
            return new FileInputStream(path.get().toFile());
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** {@return a failure to read} */
    static AccreteException unreadable(String name, Exception why) {
        return new AccreteException(
                AccreteException.Kind.IO, "'" + name + "' cannot be read: " + why.getMessage(), why);
    }

    /**
     * What tells whether a file is still the same but for rows added at its end.
     *
     * @param size bytes
     * @param hash of the first 64 KiB, or of all when there are fewer
     */
    record Head(long size, String hash) {}

    /** {@return the file's head as it is now} */
    Head head() {
        return head(Long.MAX_VALUE);
    }

    /**
     * {@return the head that the file would have if it had been cut}
     *
     * @param size the most bytes to take into account
     */
    Head head(long size) {
        Path file = path.orElseThrow();
        try (InputStream in = Files.newInputStream(file)) {
            long now = Math.min(size, Files.size(file));
            byte[] bytes = in.readNBytes((int) Math.min(HEAD, now));
            return new Head(now, hash(bytes));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * {@return 16 hexadecimal digits}
     *
     * @param bytes what to hash
     */
    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
