package org.accrete.api.file;

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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.accrete.api.AccreteException;

/**
 * An input of bytes: a file, or a stream that can be read only once.
 *
 * @param name name for messages
 * @param key path relative to the fixed part of the glob, so that files may move together
 * @param path the file; empty for standard input
 */
public record Input(String name, String key, Optional<Path> path) {
    private static final int BUFFER = 1 << 16;

    /**
     * {@return the inputs at a location: standard input for {@code -}, a file, or the files of a directory or those
     * that match a glob, sorted by key}
     *
     * @param location the text that the user gave
     * @param endings which files of a directory are meant; others, and hidden ones, are left out
     */
    public static List<Input> find(String location, Set<String> endings) {
        if (location.equals("-")) {
            return List.of(new Input("standard input", "-", Optional.empty()));
        }
        if (location.isEmpty()) {
            throw AccreteException.badArgument("a path, a glob or - is needed but the location is empty");
        }
        try {
            Path path = Path.of(location);
            if (Files.isDirectory(path)) {
                return ofDirectory(path, endings);
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

    private static List<Input> ofDirectory(Path directory, Set<String> endings) {
        List<Input> inputs = new ArrayList<>();
        for (Path path : children(List.of(directory), "*")) {
            String key = path.getFileName().toString();
            String name = key.toLowerCase(Locale.ROOT);
            if (!Files.isDirectory(path) && endings.stream().anyMatch(ending -> name.endsWith("." + ending))) {
                inputs.add(new Input(path.toString(), key, Optional.of(path)));
            }
        }
        if (inputs.isEmpty()) {
            throw AccreteException.badArgument("directory '" + directory + "' has no file that ends in ."
                    + endings.stream().sorted().collect(Collectors.joining(", ."))
                    + "; name other files by a glob, as in '" + directory.resolve("*.txt") + "'");
        }
        inputs.sort(Comparator.comparing(Input::key));
        return List.copyOf(inputs);
    }

    private static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** {@return the matching entries of some directories} A name with a leading dot matches only a glob with one. */
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

    /** {@return whether the input can be read only once} */
    public boolean isStream() {
        return path.isEmpty() || !Files.isRegularFile(path.get());
    }

    /** {@return the stored bytes, not decompressed} */
    public InputStream open() {
        if (path.isEmpty()) {
            return new FilterInputStream(System.in) {
                @Override
                public void close() {
                    // Standard input belongs to the process.
                }
            };
        }
        try {
            return new FileInputStream(path.get().toFile());
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** {@return the exception for an input that cannot be read} */
    public static AccreteException unreadable(String name, Exception why) {
        return new AccreteException(
                AccreteException.Kind.IO, "'" + name + "' cannot be read: " + why.getMessage(), why);
    }

    /** {@return length and checksum of all bytes of the file as it is now} */
    String hash() {
        Path file = path.orElseThrow();
        CRC32C checksum = new CRC32C();
        byte[] bytes = new byte[BUFFER];
        long length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                checksum.update(bytes, 0, count);
                length += count;
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        return length + ":" + Long.toHexString(checksum.getValue());
    }

    /**
     * {@return the first 8 bytes of the SHA-256 hash as 16 hexadecimal digits}
     *
     * @param bytes the bytes to hash
     */
    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
