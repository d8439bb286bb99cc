package org.accrete.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugInCalls;
import org.accrete.core.plugin.PlugIns;

/**
 * The source plug-in that reads a SOURCE, and its arguments.
 *
 * @param provider the plug-in
 * @param location path, glob, {@code -}, or another text that the plug-in understands
 * @param params values of the plug-in's parameters
 * @param where which rows are read; empty for all
 */
record SourceAddress(ChunkSourceProvider provider, String location, Params params, Optional<RowFilter> where) {
    /** The plug-in that reads standard input. */
    private static final String STANDARD_INPUT_AS = "csv";

    /** Usual for text. */
    private static final double GZIP_RATIO = 5;

    /** Usual for numbers and short words, their delimiter included. */
    private static final double BYTES_PER_CELL = 6;

    private static final double UNKNOWN_ROWS = 1e6;

    /**
     * {@return the plug-in and its arguments for a SOURCE}
     *
     * @param plugIns where the plug-in is found
     * @param source path, glob, {@code -} or {@code name:location?key=value}
     * @param threads how many threads may read, of those that the plug-in can use
     * @throws AccreteException bad argument: no such file, an ending that no plug-in reads, a parameter out of its
     *     domain or given twice; unknown plug-in
     */
    static SourceAddress resolve(PlugIns plugIns, String source, ThreadsOption threads) {
        Address address = Address.parse(
                source, Address.parametersBesideUrls(plugIns.sources().all(), ChunkSourceProvider::takesUrls));
        ChunkSourceProvider provider;
        if (address.plugIn().isPresent()) {
            provider = plugIns.sources().find(address.plugIn().get());
        } else if (source.equals("-")) {
            provider = plugIns.sources().find(STANDARD_INPUT_AS);
        } else {
            provider = byEnding(plugIns, source);
        }
        Map<String, String> settings = new LinkedHashMap<>(address.settings());
        boolean canThread =
                provider.params().stream().anyMatch(spec -> spec.name().equals(ThreadsOption.PARAMETER));
        if (canThread && threads.count.isPresent()) {
            String given = settings.put(ThreadsOption.PARAMETER, threads.count.get());
            if (given != null) {
                throw AccreteException.badArgument("--threads and threads=" + given + " in '" + Address.shown(source)
                        + "' say the same; leave one of them out");
            }
        }
        return new SourceAddress(
                provider, address.location(), Params.parse(provider.params(), settings), Optional.empty());
    }

    /** {@return the same source of those rows only that pass a condition; of all without one} */
    SourceAddress where(Optional<RowFilter> condition) {
        return new SourceAddress(provider, location, params, condition);
    }

    ChunkSource open(SourceRequest request) {
        ChunkSource source = PlugInCalls.open(provider, request.withWhere(where), params);
        if (where.isPresent() && !source.isFiltered()) {
            source.close();
            throw AccreteException.badArgument("source '" + provider.name()
                    + "' cannot leave out rows; --where works with files of text and numbers");
        }
        if (request.follow() && source.maxWait().isEmpty()) {
            source.close();
            throw AccreteException.badArgument("source '" + provider.name()
                    + "' cannot be followed; --follow works with files of text and topics of Kafka");
        }
        if (request.maxWait().isPresent() && source.maxWait().isEmpty()) {
            source.close();
            throw AccreteException.badArgument("--max-wait is for rows that are waited for, but '" + location
                    + "' has all its rows; add --follow, or leave it out");
        }
        return source;
    }

    /** {@return the plug-in, its parameters, the condition, and names, sizes and times of the files, on lines} */
    String facts() {
        StringBuilder facts = new StringBuilder(provider.name() + ":" + location + " " + params.toMap());
        where.ifPresent(condition -> facts.append(" where ").append(condition));
        for (Path file : files()) {
            try {
                facts.append('\n')
                        .append(file)
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file));
            } catch (IOException e) {
                // The source reports what cannot be read.
            }
        }
        return facts.toString();
    }

    /** {@return the files that are read, in the order of their names} */
    private List<Path> files() {
        if (provider.endings().isEmpty() || isStandardInput()) {
            return List.of();
        }
        try {
            Path read = Path.of(location);
            if (Files.isRegularFile(read)) {
                return List.of(read);
            }
            Path folder = Files.isDirectory(read) ? read : read.toAbsolutePath().getParent();
            try (Stream<Path> all = Files.list(folder)) {
                return all.filter(this::reads).sorted().toList();
            }
        } catch (IOException | InvalidPathException e) {
            // The source reports what cannot be read.
            return List.of();
        }
    }

    boolean isStandardInput() {
        return location.equals("-");
    }

    /** {@return whether it is a file that can be read only once, such as a pipe} */
    boolean isPipe() {
        try {
            Path file = Path.of(location);
            return !provider.endings().isEmpty()
                    && Files.exists(file)
                    && !Files.isRegularFile(file)
                    && !Files.isDirectory(file);
        } catch (InvalidPathException e) {
            // The source reports what cannot be read.
            return false;
        }
    }

    /**
     * {@return about how many rows there are: by the size of a file, by a parameter {@code rows} of the plug-in, or a
     * million if neither is known}
     *
     * @param schema what the columns are
     */
    double rows(Schema schema) {
        String limit = params.toMap().getOrDefault("rows", "0");
        if (!limit.equals("0")) {
            return Double.parseDouble(limit);
        }
        try {
            Path file = Path.of(location);
            if (!provider.endings().isEmpty() && Files.isRegularFile(file)) {
                double bytes = Files.size(file) * (location.matches(".*\\.(gz|zst)") ? GZIP_RATIO : 1);
                return bytes / (BYTES_PER_CELL * schema.blocks().size());
            }
        } catch (IOException | InvalidPathException e) {
            // The source reports what cannot be read.
        }
        return UNKNOWN_ROWS;
    }

    /** {@return whether a file exists and is read, by its path or by a glob} */
    boolean reads(Path file) {
        if (provider.endings().isEmpty() || isStandardInput() || !Files.exists(file)) {
            return false;
        }
        try {
            Path read = Path.of(location);
            if (Files.isDirectory(read)) {
                return Files.isSameFile(read, file.toAbsolutePath().getParent());
            }
            if (Files.exists(read)) {
                return Files.isSameFile(read, file);
            }
            Path glob = read.toAbsolutePath().normalize();
            return isGlob(location)
                    && glob.getFileSystem()
                            .getPathMatcher("glob:" + glob)
                            .matches(file.toAbsolutePath().normalize());
        } catch (IOException | InvalidPathException | PatternSyntaxException e) {
            // The source reports what cannot be read.
            return false;
        }
    }

    private static ChunkSourceProvider byEnding(PlugIns plugIns, String path) {
        if (!isGlob(path)) {
            requireFile(path);
        }
        SortedMap<String, ChunkSourceProvider> endings = new TreeMap<>();
        for (ChunkSourceProvider provider : plugIns.sources().all()) {
            provider.endings().forEach(ending -> endings.put(ending, provider));
        }
        if (Files.isDirectory(Path.of(path))) {
            return ofDirectory(endings, path);
        }
        return byEnding(endings, path)
                .orElseThrow(() -> AccreteException.badArgument("no source reads the ending of '" + path
                        + "'; endings: " + String.join(", ", endings.keySet()) + "; or name the source, as in "
                        + STANDARD_INPUT_AS + ":" + path));
    }

    private static Optional<ChunkSourceProvider> byEnding(SortedMap<String, ChunkSourceProvider> endings, String path) {
        return endings.keySet().stream()
                .filter(ending -> path.toLowerCase(Locale.ROOT).endsWith("." + ending))
                .reduce((one, other) -> one.length() >= other.length() ? one : other)
                .map(endings::get);
    }

    /** {@return the plug-in that reads files of a directory} */
    private static ChunkSourceProvider ofDirectory(SortedMap<String, ChunkSourceProvider> endings, String path) {
        SortedMap<String, ChunkSourceProvider> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(Path.of(path))) {
            files.filter(file -> !Files.isDirectory(file))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .forEach(name -> byEnding(endings, name).ifPresent(reader -> found.put(reader.name(), reader)));
        } catch (IOException e) {
            throw new AccreteException(
                    AccreteException.Kind.IO, "directory '" + path + "' cannot be read: " + e.getMessage(), e);
        }
        if (found.size() == 1) {
            return found.get(found.firstKey());
        }
        throw AccreteException.badArgument(
                found.isEmpty()
                        ? "no source reads the files of directory '" + path + "'; endings: "
                                + String.join(", ", endings.keySet()) + "; or name the source, as in "
                                + STANDARD_INPUT_AS + ":" + path + "/*"
                        : "directory '" + path + "' has files of several sources: " + String.join(", ", found.keySet())
                                + "; name one, as in " + found.firstKey() + ":" + path);
    }

    private static boolean isGlob(String path) {
        return path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    private static void requireFile(String path) {
        try {
            Path file = Path.of(path);
            if (!Files.exists(file)) {
                throw AccreteException.badArgument("no file '" + path + "'; check the path, or name a source plug-in: "
                        + String.join(", ", List.of("csv:PATH", "synthetic:sea")));
            }
        } catch (InvalidPathException e) {
            throw AccreteException.badArgument("'" + path + "' is not a path: " + e.getReason());
        }
    }
}
