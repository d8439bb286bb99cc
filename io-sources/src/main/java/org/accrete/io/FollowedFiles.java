package org.accrete.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.FollowMark;
import org.accrete.api.file.Input;

/**
 * Files to which others write meanwhile: one file, or those of a directory or glob in the order of their names. At the
 * end of the newest one, its reader waits for more.
 *
 * <ul>
 *   <li>A file whose name another one has got (rotation) is read to its end by its open handle, then those that were
 *       rotated meanwhile, in the order in which they were last changed, then the one that has the name.
 *   <li>A file of a directory is finished when a file whose name sorts behind it has bytes. One that appears later and
 *       sorts before is not read; a warning tells it.
 *   <li>Rows that are written to a file after its follower has bytes are not read, nor files that were rotated before
 *       the file of their name was begun.
 * </ul>
 *
 * <p>Rotated files are those of the same folder whose name is the followed name with {@code .}, {@code -} or {@code _}
 * and more behind it, such as {@code app.log.1} or {@code app.log-20261129.gz}. A file is told from another by what the
 * file system calls its key (device and inode).
 */
final class FollowedFiles implements AutoCloseable {
    private static final long POLL_MILLIS = 100;
    private static final int MOST_ATTEMPTS = 10;
    private static final String NO_KEY = "";
    private static final Logger LOGGER = System.getLogger(FollowedFiles.class.getName());

    private final String location;
    private final Set<String> endings;
    private final boolean isOneFile;
    /** In the order in which they are read; a file that was read under several names is there once. */
    private final List<Input> inputs = new CopyOnWriteArrayList<>();

    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final Set<String> known = new HashSet<>();
    private Optional<Next> seen = Optional.empty();
    private List<Input> listed = List.of();
    private long listedAt;

    private volatile boolean closed;

    /** A file that is to be read, and its key. */
    record Next(Input input, String key) {
        static Next of(Input input) {
            return new Next(input, Found.at(pathOf(input)).map(Found::key).orElse(NO_KEY));
        }
    }

    /** A file as it is now. */
    record Found(Path path, String key, FileTime changed, long size) {
        /** {@return what is known of a file; empty if there is none} */
        static Optional<Found> at(Path path) {
            try {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                return now.isRegularFile()
                        ? Optional.of(new Found(path, key(now), now.lastModifiedTime(), now.size()))
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        private static String key(BasicFileAttributes file) {
            return file.fileKey() == null ? NO_KEY : file.fileKey().toString();
        }
    }

    /**
     * Follows the files of a location from the first one on.
     *
     * @param request has the location
     * @param endings which files of a directory are meant
     * @throws AccreteException bad argument: there is no file, or a stream
     */
    FollowedFiles(SourceRequest request, Set<String> endings) {
        this.location = request.location();
        this.endings = endings;
        List<Input> now = Input.find(location, endings);
        this.isOneFile =
                location.equals("-") || Files.exists(Path.of(location)) && !Files.isDirectory(Path.of(location));
        if (now.stream().anyMatch(Input::isStream)) {
            throw AccreteException.badArgument(
                    "'" + now.get(0).name() + "' is a stream, whose rows are read as they come; leave out --follow");
        }
        now.forEach(input -> known.add(input.key()));
        begin(Next.of(now.get(0)));
    }

    /** Begins with a file, before anything is read. */
    void begin(Next first) {
        inputs.clear();
        keys.clear();
        add(first);
    }

    /** Adds a file behind the others. */
    void add(Next next) {
        keys.add(next.key());
        inputs.add(next.input());
    }

    /**
     * {@return the file of a position, also if it was renamed since: among the one that has its name now and those that
     * were rotated, the one that begins with the records before the position}
     *
     * @param mark the position
     * @param hash the hash of as many records of a file; empty if it has fewer
     * @throws AccreteException bad state: there is none, or there are several
     */
    Next find(FollowMark mark, Function<Input, Optional<String>> hash) {
        Path name = folder().resolve(mark.name());
        List<Next> files = List.of();
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            List<Next> now = candidates(name, mark);
            if (now.equals(files)) {
                break;
            }
            // A list that was made while files were renamed may lack some: look again.
            files = now;
            Optional<Next> found = find(files, mark, hash);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw AccreteException.badState("the stored position is after record " + mark.record() + " of '" + name
                + "', but no file of that name, nor one that was rotated to '" + name
                + ".1' or the like in the same folder, begins with these rows; put it back, or train a new model, or go"
                + " on from this one with --from");
    }

    /** {@return the file that has the name of a position now, and those that were rotated} */
    private static List<Next> candidates(Path name, FollowMark mark) {
        List<Path> paths = new ArrayList<>();
        Found.at(name).ifPresent(found -> paths.add(name));
        rotated(name).forEach(found -> paths.add(found.path()));
        return paths.stream()
                .map(path -> Next.of(new Input(path.toString(), mark.name(), Optional.of(path))))
                .toList();
    }

    private static Optional<Next> find(List<Next> files, FollowMark mark, Function<Input, Optional<String>> hash) {
        List<Next> same =
                files.stream().filter(file -> file.key().equals(mark.file())).toList();
        for (List<Next> some : List.of(same, files)) {
            List<Next> fit =
                    some.stream().filter(file -> begins(file, mark, hash)).toList();
            if (fit.size() > 1) {
                throw AccreteException.badState("the stored position may be in any of "
                        + fit.stream()
                                .map(file -> "'" + file.input().name() + "'")
                                .collect(Collectors.joining(", "))
                        + ", which begin with the same rows; move away what is only a copy");
            }
            if (!fit.isEmpty()) {
                return Optional.of(fit.get(0));
            }
        }
        return Optional.empty();
    }

    private static boolean begins(Next file, FollowMark mark, Function<Input, Optional<String>> hash) {
        try {
            return hash.apply(file.input()).equals(Optional.of(mark.rows()));
        } catch (AccreteException e) {
            if (hasKey(pathOf(file.input()), file.key())) {
                throw e;
            }
            return false; // It was renamed since the files were listed.
        }
    }

    /** {@return the folder that keys are relative to} */
    private Path folder() {
        Input any = Input.find(location, endings).get(0);
        Path folder = pathOf(any);
        for (int i = 0; i < Path.of(any.key()).getNameCount(); i++) {
            folder = folder.getParent() == null ? Path.of("") : folder.getParent();
        }
        return folder;
    }

    private static Path pathOf(Input input) {
        return input.path().orElseThrow();
    }

    /** {@return the files read so far and the next one; it grows} */
    List<Input> inputs() {
        return inputs;
    }

    /**
     * {@return the key of a file; empty where the file system has none}
     *
     * @param file its index
     */
    String key(int file) {
        return keys.get(file);
    }

    /**
     * {@return the bytes of a file}
     *
     * @param file its index; the last one is waited for
     */
    InputStream open(int file) {
        Input input = inputs.get(file);
        String key = keys.get(file);
        try {
            // Again where a file is renamed between two of these steps.
            for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                Path path = pathOf(input);
                if (!hasKey(path, key)) {
                    path = rotated(nameOf(input)).stream()
                            .filter(rotated -> rotated.key().equals(key))
                            .map(Found::path)
                            .findFirst()
                            .orElse(path);
                }
                if (hasKey(path, key)) {
                    FileChannel channel = FileChannel.open(path);
                    if (hasKey(path, key)) {
                        if (!path.equals(pathOf(input))) {
                            inputs.set(file, new Input(path.toString(), input.key(), Optional.of(path)));
                        }
                        return new Bytes(file, channel);
                    }
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw Input.unreadable(input.name(), e);
        }
        throw AccreteException.badState("'" + input.name()
                + "' was removed, packed or replaced before it was read; go on with --resume, which looks for it");
    }

    private static boolean hasKey(Path path, String key) {
        return Found.at(path).filter(found -> found.key().equals(key)).isPresent();
    }

    /** The bytes of a file, which end only when the next one has begun. */
    private final class Bytes extends InputStream {
        private final int file;
        private final FileChannel channel;

        Bytes(int file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] out, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (true) {
                int count = channel.read(ByteBuffer.wrap(out, offset, length));
                if (count > 0) {
                    return count;
                }
                requireWhole();
                if (closed) {
                    return -1;
                }
                if (file + 1 < inputs.size() || hasNext(file)) {
                    // What was written before the next file got its first bytes.
                    return channel.read(ByteBuffer.wrap(out, offset, length));
                }
                pause();
            }
        }

        private void requireWhole() throws IOException {
            if (channel.size() < channel.position()) {
                throw AccreteException.badState("'" + inputs.get(file).name()
                        + "' became shorter while it was followed (copytruncate?), so rows may be lost; go on with"
                        + " --resume, which looks for a copy of it, and let files be rotated by renaming them");
            }
        }

        @Override
        public int available() throws IOException {
            return (int) Math.max(0, Math.min(Integer.MAX_VALUE, channel.size() - channel.position()));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private synchronized void pause() throws IOException {
        try {
            if (!closed) {
                wait(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for rows", e);
        }
    }

    /** Looks for the file after the last one, and adds it to the inputs. */
    private boolean hasNext(int last) {
        Input input = inputs.get(last);
        Optional<Next> next = after(input, keys.get(last)).stream().findFirst();
        if (next.isPresent() && next.get().input().key().equals(input.key()) && !next.equals(seen)) {
            // While files are renamed, a list of them may lack some: look twice.
            seen = next;
            return false;
        }
        next.ifPresent(found -> {
            if (found.input().key().equals(input.key())) {
                warnIfGone(input, keys.get(last));
            } else {
                warnOfRotated(nameOf(found.input()));
            }
            add(found);
        });
        return next.isPresent();
    }

    /** Warns of files that had the name of one that is only begun now. */
    private static void warnOfRotated(Path name) {
        List<Found> rotated = rotated(name);
        if (!rotated.isEmpty()) {
            LOGGER.log(
                    Level.WARNING,
                    "''{0}'' is not read: it was rotated before ''{1}'' was begun; rotate the last file of a directory only",
                    rotated.get(0).path(),
                    name);
        }
    }

    /** Warns if a file whose name another one has got was not only renamed. */
    private void warnIfGone(Input input, String key) {
        Path name = nameOf(input);
        boolean isGone = !hasKey(name, key)
                && rotated(name).stream().noneMatch(found -> found.key().equals(key));
        if (isGone && Files.exists(name)) {
            LOGGER.log(
                    Level.WARNING,
                    "''{0}'' was removed or packed when it had been read; what was rotated between it and the present"
                            + " one, if anything, is not read",
                    name);
        }
    }

    /**
     * {@return the files that come after one, as they are now, in the order in which they are to be read}
     *
     * @param input a file
     * @param key its key
     */
    List<Next> after(Input input, String key) {
        Path name = nameOf(input);
        Optional<Found> now = Found.at(name);
        List<Next> next = new ArrayList<>();
        boolean isReplaced =
                !key.isEmpty() && now.filter(some -> some.key().equals(key)).isEmpty();
        if (isReplaced) {
            List<Found> newer = rotatedAfter(name, key);
            now.ifPresent(newer::add);
            for (Found found : newer) {
                if (found.size() > 0
                        && next.stream().noneMatch(other -> other.key().equals(found.key()))) {
                    next.add(new Next(
                            new Input(found.path().toString(), input.key(), Optional.of(found.path())), found.key()));
                }
            }
        }
        if (!isOneFile && (!isReplaced || now.isEmpty())) {
            laterNames(input.key()).forEach(later -> next.add(Next.of(later)));
        }
        return next;
    }

    /** {@return the name by which a file was followed, also after it was rotated} */
    private static Path nameOf(Input input) {
        return pathOf(input).resolveSibling(Path.of(input.key()).getFileName());
    }

    /** {@return the files that were rotated after one, the oldest first; none if that one is gone} */
    private static List<Found> rotatedAfter(Path name, String key) {
        List<Found> all = rotated(name);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).key().equals(key)) {
                return new ArrayList<>(all.subList(i + 1, all.size()));
            }
        }
        return new ArrayList<>();
    }

    /** {@return the rotated files of a name, the oldest first} */
    static List<Found> rotated(Path name) {
        List<Found> found = new ArrayList<>();
        String begin = name.getFileName().toString();
        Path folder = name.toAbsolutePath().getParent();
        try (var files = Files.newDirectoryStream(folder, path -> {
            String other = path.getFileName().toString();
            return other.length() > begin.length() + 1
                    && other.startsWith(begin)
                    && ".-_".indexOf(other.charAt(begin.length())) >= 0
                    && !other.endsWith(EncodedRows.ENDING);
        })) {
            files.forEach(path -> Found.at(path).ifPresent(found::add));
        } catch (IOException e) {
            throw Input.unreadable(folder.toString(), e);
        }
        // A file that is being packed is there twice.
        found.removeIf(file -> plainName(file.path())
                .filter(plain -> found.stream().anyMatch(other -> other.path().equals(plain)))
                .isPresent());
        // Where two were last changed at one time, the greater number is the older one, as logrotate counts.
        found.sort(Comparator.comparing(Found::changed)
                .thenComparing(Comparator.comparingLong(FollowedFiles::number).reversed())
                .thenComparing(file -> file.path().toString()));
        return found;
    }

    private static Optional<Path> plainName(Path path) {
        String name = path.getFileName().toString();
        String plain = name.replaceFirst("\\.(gz|zst)$", "");
        return plain.equals(name) ? Optional.empty() : Optional.of(path.resolveSibling(plain));
    }

    private static long number(Found file) {
        String digits = file.path()
                .getFileName()
                .toString()
                .replaceFirst("\\.(gz|zst)$", "")
                .replaceFirst(".*\\D", "");
        return digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
    }

    /** {@return the files of the directory or glob behind a name; none as long as all of these are empty} */
    private List<Input> laterNames(String key) {
        long now = System.nanoTime();
        if (listed.isEmpty() || now - listedAt > TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS)) {
            try {
                listed = Input.find(location, endings);
            } catch (AccreteException e) {
                // There are none at the moment: the only one is being rotated.
                listed = List.of();
            }
            listedAt = now;
        }
        List<Input> later = new ArrayList<>();
        for (Input input : listed) {
            boolean isNew = known.add(input.key());
            if (input.key().compareTo(key) > 0) {
                later.add(input);
            } else if (isNew) {
                LOGGER.log(
                        Level.WARNING,
                        "''{0}'' is not read: its name sorts before ''{1}'', which is being read",
                        input.name(),
                        key);
            }
        }
        return later.stream()
                        .anyMatch(input -> Found.at(pathOf(input))
                                .filter(file -> file.size() > 0)
                                .isPresent())
                ? later
                : List.of();
    }

    /** Ends the waiting: what is open seems to end. Any thread. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
