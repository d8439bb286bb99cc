package org.accrete.core.online;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * What a service accepted, in order, in append-only files of a folder: whoever starts again after a crash learns from
 * it what no version knows yet.
 *
 * <ul>
 *   <li>A file is a segment: {@code N.log} begins after row N. It begins with {@code accrete-learn-log 1} and the names
 *       of the raw columns, and is followed by entries: length, its complement, CRC-32C, bytes. Numbers are big-endian,
 *       texts UTF-8.
 *   <li>Each segment begins with all that is remembered from those before, so that those can be removed.
 *   <li>An entry that a crash left unfinished at the end of the last segment is cut off; any other damage is refused.
 *   <li>Forces are shared: who waits for one while another is under way waits for the next, which serves all.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class LearnLog implements AutoCloseable {
    /** A segment of so many bytes is followed by another. */
    static final long SEGMENT_BYTES = 16L << 20;

    /** Nothing that is accepted at once is longer. */
    private static final int MOST_BYTES = 1 << 30;

    private static final String MAGIC = "accrete-learn-log 1";
    private static final String ENDING = ".log";
    /** Length, the same but for its bits, checksum. */
    private static final int HEAD = 12;

    private static final int ROWS = 1;
    private static final int ASKED = 2;
    private static final int VERSION = 3;
    private static final int ROLLED_BACK = 4;
    private static final int REMEMBERED = 5;
    private static final int SCORED = 6;

    private final Path folder;
    private final List<String> columns;
    private final long segmentBytes;
    private final Entry bytes = new Entry();
    private final DataOutputStream out = new DataOutputStream(bytes);
    /** By the row that they begin after. */
    private final TreeMap<Long, Path> segments = new TreeMap<>();

    /** Not a channel, which an interrupted thread would close for all. */
    private Optional<RandomAccessFile> file = Optional.empty();

    private long length;
    private long wouldRollAt;
    /** Counts bytes over all segments. */
    private long written;

    private long forced;
    private boolean forcing;

    /** The bytes of an entry, with its head. */
    private static final class Entry extends ByteArrayOutputStream {
        private final CRC32C crc = new CRC32C();

        Entry() {
            super(1 << 10);
        }

        /** Begins another one. */
        void begin() {
            count = HEAD;
        }

        void writeTo(RandomAccessFile file) throws IOException {
            crc.reset();
            crc.update(buf, HEAD, count - HEAD);
            int payload = count - HEAD;
            ByteBuffer.wrap(buf).putInt(payload).putInt(~payload).putInt((int) crc.getValue());
            file.write(buf, 0, count);
        }
    }

    private LearnLog(Path folder, List<String> columns, long segmentBytes) {
        this.folder = folder;
        this.columns = List.copyOf(columns);
        this.segmentBytes = segmentBytes;
    }

    /**
     * {@return the log in a folder, which is made if there is none; {@link #replay} comes next}
     *
     * @param columns names of the raw columns
     * @param segmentBytes after so many bytes a segment is followed by another
     * @throws AccreteException I/O: it cannot be read or written
     */
    static LearnLog open(Path folder, List<String> columns, long segmentBytes) {
        LearnLog log = new LearnLog(folder, columns, segmentBytes);
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(file -> rowOf(file).ifPresent(row -> log.segments.put(row, file)));
            }
        } catch (IOException | UncheckedIOException e) {
            throw failed(folder, "cannot be opened", e);
        }
        return log;
    }

    private static Optional<Long> rowOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.matches("[0-9]{1,19}\\" + ENDING)
                ? Optional.of(Long.valueOf(name.substring(0, name.length() - ENDING.length())))
                : Optional.empty();
    }

    private static AccreteException failed(Path file, String what, Exception e) {
        return new AccreteException(
                        AccreteException.Kind.IO, "the log of what was accepted " + what + ": " + e.getMessage(), e)
                .at(file.toString());
    }

    private static AccreteException corrupt(Path file, long at, String found) {
        return AccreteException.corruptFile("the log of what was accepted is damaged at byte " + at + ": " + found
                        + "; put it back from a copy, or move it away to go on without the rows that no version knows")
                .at(file.toString());
    }

    /** {@return the row that the first entry comes after; empty where nothing was ever logged} */
    synchronized Optional<Long> firstRow() {
        return segments.isEmpty() ? Optional.empty() : Optional.of(segments.firstKey());
    }

    // --- reading

    /** Gets what a log holds. */
    @FunctionalInterface
    interface Reader {
        /**
         * Takes an entry.
         *
         * @param rows accepted before it
         * @param entry the entry
         */
        void take(long rows, LogEntry entry);
    }

    /**
     * Reads all entries, and goes on writing behind them.
     *
     * @param reader gets the entries
     * @return the number of rows accepted before the end
     * @throws AccreteException corrupt file: it is damaged; bad state: it has other columns
     */
    synchronized long replay(Reader reader) {
        long rows = segments.isEmpty() ? 0 : segments.firstKey();
        for (Map.Entry<Long, Path> segment : List.copyOf(segments.entrySet())) {
            if (segment.getKey() != rows) {
                throw corrupt(
                        segment.getValue(),
                        0,
                        "it begins after row " + segment.getKey() + " but the one before it ends with row " + rows);
            }
            boolean isLast = segment.getKey().equals(segments.lastKey());
            rows = read(segment.getValue(), isLast, rows, reader);
        }
        return rows;
    }

    private long read(Path file, boolean isLast, long rowsBefore, Reader reader) {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = in.size();
            long at = 0;
            long rows = rowsBefore;
            boolean first = true;
            while (at < size) {
                ByteBuffer head = readFully(in, at, HEAD);
                boolean torn = head.remaining() < HEAD;
                int count = torn ? 0 : head.getInt();
                if (!torn && (count != ~head.getInt() || count < 0)) {
                    // A file may have got its new length before its bytes.
                    if (!isZero(in, at + HEAD)) {
                        throw corrupt(file, at, "a length does not fit its complement");
                    }
                    torn = true;
                }
                torn |= at + HEAD + count > size;
                byte[] payload =
                        torn ? new byte[0] : readFully(in, at + HEAD, count).array();
                if (!torn && crc(payload) != head.getInt()) {
                    // Only what was written last can be unfinished.
                    if (!isZero(in, at + HEAD + count)) {
                        throw corrupt(file, at, "a checksum does not fit");
                    }
                    torn = true;
                }
                if (torn) {
                    if (!isLast) {
                        throw corrupt(file, at, "an entry is cut off");
                    }
                    break;
                }
                if (first) {
                    requireHeader(file, payload);
                    first = false;
                } else {
                    LogEntry entry = parse(file, at, payload);
                    reader.take(rows, entry);
                    rows += entry instanceof LogEntry.Rows some ? some.records().size() : 0;
                }
                at += HEAD + count;
            }
            if (isLast && first) {
                // Died while it was begun: nothing was accepted into it.
                Files.delete(file);
                segments.remove(segments.lastKey());
                return rows;
            }
            if (isLast && this.file.isEmpty()) {
                goOn(file, at);
            }
            return rows;
        } catch (IOException e) {
            throw failed(file, "cannot be read", e);
        }
    }

    private static ByteBuffer readFully(FileChannel in, long at, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) >= 0) {
            // Until there is no more.
        }
        return buffer.flip();
    }

    private static boolean isZero(FileChannel in, long from) throws IOException {
        byte[] rest = readFully(in, from, (int) Math.min(MOST_BYTES, in.size() - from))
                .array();
        for (byte b : rest) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static int crc(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data, 0, data.length);
        return (int) crc.getValue();
    }

    private void requireHeader(Path file, byte[] payload) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
        String magic = text(in);
        if (!magic.equals(MAGIC)) {
            throw corrupt(file, HEAD, "it must begin with '" + MAGIC + "' but begins with '" + magic + "'");
        }
        List<String> found = texts(in);
        if (!found.equals(columns)) {
            throw AccreteException.badState("the log of what was accepted has the columns " + found
                            + " but the model has " + columns + "; move the log away, or serve the model it belongs to")
                    .at(file.toString());
        }
    }

    private static LogEntry parse(Path file, long at, byte[] payload) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case ROWS -> {
                Optional<String> key = in.readBoolean() ? Optional.of(text(in)) : Optional.empty();
                List<String> ids = texts(in);
                int count = in.readInt();
                List<List<String>> records = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    records.add(texts(in));
                }
                yield new LogEntry.Rows(key, ids, records);
            }
            case ASKED -> {
                String id = text(in);
                List<String> cells = texts(in);
                int known = in.readInt();
                double noChange = in.readDouble();
                double usual = in.readDouble();
                double[] decisions = new double[in.readInt()];
                for (int i = 0; i < decisions.length; i++) {
                    decisions[i] = in.readDouble();
                }
                yield new LogEntry.Asked(id, new Awaiting(cells, known, decisions, noChange, usual));
            }
            case VERSION -> new LogEntry.Version(in.readLong(), in.readLong());
            case ROLLED_BACK -> new LogEntry.RolledBack(in.readLong(), in.readLong(), in.readLong());
            case REMEMBERED -> new LogEntry.Remembered(text(in), in.readLong());
            case SCORED -> new LogEntry.Scored(tensors(in));
            default -> throw corrupt(file, at, "there is no entry of kind " + kind);
        };
    }

    private static State tensors(DataInputStream in) throws IOException {
        State.Builder state = State.builder();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String name = text(in);
            Tensor.Type type = Tensor.Type.valueOf(text(in));
            long[] shape = new long[in.readInt()];
            for (int k = 0; k < shape.length; k++) {
                shape[k] = in.readLong();
            }
            int bytes = Math.toIntExact(Tensor.elements(shape) * type.bytes());
            state.tensor(name, Tensor.read(type, ByteBuffer.wrap(in.readNBytes(bytes)), shape));
        }
        return state.build();
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(in));
        }
        return texts;
    }

    // --- writing

    private void goOn(Path last, long at) throws IOException {
        RandomAccessFile opened = new RandomAccessFile(last.toFile(), "rw");
        file = Optional.of(opened);
        opened.setLength(at);
        opened.seek(at);
        // What a process wrote that died may not be on the disk yet, and a repeated call may ask for that.
        opened.getFD().sync();
        length = at;
        wouldRollAt = segmentBytes;
    }

    /** {@return whether another segment is due} */
    synchronized boolean isFull() {
        return file.isEmpty() || length >= wouldRollAt;
    }

    /**
     * Begins another segment.
     *
     * @param rows how many were accepted so far
     * @param remembered all that must outlive those before
     */
    synchronized void roll(long rows, Iterable<LogEntry> remembered) {
        Path next = folder.resolve(rows + ENDING);
        if (next.equals(segments.get(rows))) {
            // Nothing was accepted since it was begun.
            return;
        }
        try {
            if (file.isPresent()) {
                file.get().getFD().sync();
                forced = written;
                file.get().close();
            }
            file = Optional.of(new RandomAccessFile(Files.createFile(next).toFile(), "rw"));
            length = 0;
            segments.put(rows, next);
            bytes.begin();
            put(MAGIC);
            put(columns);
            write();
            for (LogEntry entry : remembered) {
                append(entry);
            }
            file.get().getFD().sync();
            forced = written;
            // A large memory must not make every entry a segment.
            wouldRollAt = length + Math.max(segmentBytes, 2 * length);
        } catch (IOException e) {
            throw failed(next, "cannot be begun", e);
        }
    }

    /** Removes all segments; {@link #roll} comes next. */
    synchronized void clear() {
        close();
        try {
            while (!segments.isEmpty()) {
                Files.deleteIfExists(segments.pollFirstEntry().getValue());
            }
        } catch (IOException e) {
            throw failed(folder, "cannot be removed", e);
        }
    }

    /** Removes segments that end before a row, which whoever starts again needs to learn next. */
    synchronized void cut(long row) {
        while (segments.size() > 1 && segments.higherKey(segments.firstKey()) <= row) {
            Path first = segments.pollFirstEntry().getValue();
            try {
                Files.deleteIfExists(first);
            } catch (IOException e) {
                throw failed(first, "cannot be removed", e);
            }
        }
    }

    /**
     * Appends an entry; when that fails, the log is as it was.
     *
     * @return what to wait for until it is on the disk, see {@link #awaitForced}
     */
    synchronized long append(LogEntry entry) {
        try {
            bytes.begin();
            encode(entry);
            write();
            return written;
        } catch (IOException e) {
            throw failed(folder, "cannot be written", e);
        }
    }

    private void encode(LogEntry entry) throws IOException {
        if (entry instanceof LogEntry.Rows rows) {
            out.writeByte(ROWS);
            out.writeBoolean(rows.key().isPresent());
            if (rows.key().isPresent()) {
                put(rows.key().get());
            }
            put(rows.ids());
            out.writeInt(rows.records().size());
            for (List<String> cells : rows.records()) {
                put(cells);
            }
        } else if (entry instanceof LogEntry.Asked asked) {
            out.writeByte(ASKED);
            put(asked.id());
            Awaiting said = asked.asked();
            put(said.cells());
            out.writeInt(said.known());
            out.writeDouble(said.noChange());
            out.writeDouble(said.usual());
            out.writeInt(said.decisions().length);
            for (double decision : said.decisions()) {
                out.writeDouble(decision);
            }
        } else if (entry instanceof LogEntry.Version version) {
            out.writeByte(VERSION);
            out.writeLong(version.number());
            out.writeLong(version.row());
        } else if (entry instanceof LogEntry.RolledBack back) {
            out.writeByte(ROLLED_BACK);
            out.writeLong(back.number());
            out.writeLong(back.newest());
            out.writeLong(back.row());
        } else if (entry instanceof LogEntry.Remembered remembered) {
            out.writeByte(REMEMBERED);
            put(remembered.key());
            out.writeLong(remembered.row());
        } else if (entry instanceof LogEntry.Scored scored) {
            out.writeByte(SCORED);
            put(scored.scores());
        }
    }

    private void put(State state) throws IOException {
        out.writeInt(state.tensors().size());
        for (Map.Entry<String, Tensor> named : state.tensors().entrySet()) {
            Tensor tensor = named.getValue();
            put(named.getKey());
            put(tensor.type().name());
            out.writeInt(tensor.shape().length);
            for (long length : tensor.shape()) {
                out.writeLong(length);
            }
            ByteBuffer raw = ByteBuffer.allocate(tensor.size() * tensor.type().bytes());
            tensor.write(0, tensor.size(), raw);
            out.write(raw.array());
        }
    }

    private void put(List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            put(text);
        }
    }

    private void put(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /** Writes what was encoded. */
    private void write() throws IOException {
        RandomAccessFile to = file.orElseThrow();
        boolean whole = false;
        try {
            bytes.writeTo(to);
            whole = true;
        } finally {
            if (!whole) {
                to.setLength(length);
                to.seek(length);
            }
        }
        length += bytes.size();
        written += bytes.size();
    }

    /** {@return what to wait for until all that was appended is on the disk} */
    synchronized long end() {
        return written;
    }

    /**
     * Waits until an entry is on the disk.
     *
     * @param upTo what {@link #append} returned
     */
    void awaitForced(long upTo) {
        while (true) {
            RandomAccessFile mine;
            long target;
            synchronized (this) {
                boolean interrupted = false;
                while (forcing && forced < upTo) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                if (forced >= upTo) {
                    return;
                }
                forcing = true;
                target = written;
                mine = file.orElseThrow();
            }
            boolean done = false;
            try {
                mine.getFD().sync();
                done = true;
            } catch (IOException e) {
                synchronized (this) {
                    // Another segment was begun meanwhile, which forced this one.
                    if (forced < upTo) {
                        throw failed(folder, "cannot be forced to the disk", e);
                    }
                }
            } finally {
                synchronized (this) {
                    forcing = false;
                    forced = done ? Math.max(forced, target) : forced;
                    notifyAll();
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        if (file.isPresent()) {
            try {
                file.get().getFD().sync();
                forced = written;
                file.get().close();
            } catch (IOException e) {
                throw failed(folder, "cannot be closed", e);
            }
            file = Optional.empty();
        }
    }
}
