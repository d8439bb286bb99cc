package org.accrete.core.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;

/**
 * A file of encoded rows, written once from the first row to the last and then only read. Little-endian:
 *
 * <pre>
 * 8 bytes  "ACCRROWS"
 * int      format, 1
 * text     what the rows are of: schema, keys, plan, name of the source, steps behind it
 * text     labels known before the first row
 * int      CRC-32C of all above
 * blocks   int  rows, 0 in the last block
 *          int  bytes of the labels
 *          int  bytes of the rows
 *          text labels that came up in this block, then the rows
 *          int  CRC-32C of all above in this block
 * </pre>
 *
 * <p>Rows stand column by column: dense values, or per row the number of entries, then all column numbers, then all
 * values; targets if there are any; a byte, then weights if it is 1; places; keys. The last block's rows are one long,
 * how many there are. A text is its length in bytes as an int, and UTF-8; a list of labels is one text, with a line
 * feed after each.
 */
final class CacheFile {
    private static final byte[] MAGIC = "ACCRROWS".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final int HEAD = 3 * Integer.BYTES;
    private static final int BLOCK_ROWS = 1_024;
    private static final int BLOCK_BYTES = 1 << 20;

    private CacheFile() {}

    /** {@return a text that two sources share exactly if their encoded rows mean the same} */
    static String identity(ChunkSource source, String facts) {
        Schema schema = source.schema();
        return "schema " + schema.fingerprint() + "\nkeys " + keys(source) + "\nrows " + Combinator.steps(source) + "\n"
                + (facts.isEmpty() ? "" : facts + "\n")
                + ManySources.columns(source.plan()).map(ColumnPlan::toText).orElse("");
    }

    /** {@return keys of a row} */
    static int keys(ChunkSource source) {
        return source.plan().map(plan -> plan.keys().size()).orElse(0);
    }

    private static String lines(List<String> labels) {
        StringBuilder all = new StringBuilder();
        labels.forEach(label -> all.append(Mark.escape(label)).append('\n'));
        return all.toString();
    }

    private static List<String> labels(String lines) {
        return lines.lines().map(Mark::unescape).toList();
    }

    private static AccreteException failed(String what, Path file, IOException e) {
        return new AccreteException(AccreteException.Kind.IO, what + " failed: " + e.getMessage(), e)
                .at(file.toString());
    }

    /** Writes a file under a temporary name, which it loses when all rows are written. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final Path temporary;
        private final FileChannel channel;
        private final ChunkBuffer block;
        private ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        private int labelsWritten;
        private long rows;
        private boolean done;

        Writer(Path file, ChunkSource source, String identity) {
            this.file = file;
            Schema schema = source.schema();
            long rowBytes = schema.isSparse() ? 1 : (long) Double.BYTES * Math.max(1, schema.width());
            int blockRows = (int) Math.max(1, Math.min(BLOCK_ROWS, BLOCK_BYTES / rowBytes));
            block = new ChunkBuffer(schema, blockRows, keys(source));
            labelsWritten = schema.target().classes().size();
            try {
                Path directory = file.toAbsolutePath().getParent();
                temporary = Files.createTempFile(directory, file.getFileName() + ".", ".tmp");
                channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                bytes.put(MAGIC).putInt(FORMAT);
                putText(identity);
                putText(lines(schema.target().classes()));
                write();
            } catch (IOException e) {
                throw failed("writing the cache", file, e);
            }
        }

        /** Adds all rows of a buffer. */
        void append(ChunkBuffer from) {
            int row = 0;
            while (row < from.rows()) {
                int end = Math.min(from.rows(), row + block.room());
                block.append(from, row, end);
                row = end;
                if (block.isFull()) {
                    flush();
                }
            }
        }

        /** Writes the rest and gives the file its name. */
        void finish() {
            flush();
            try {
                bytes.putInt(0).putInt(0).putInt(Long.BYTES).putLong(rows);
                write();
                channel.force(true);
                channel.close();
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                done = true;
            } catch (IOException e) {
                throw failed("writing the cache", file, e);
            }
        }

        private void flush() {
            Chunk chunk = block.chunk();
            int count = chunk.rows();
            if (count == 0) {
                return;
            }
            List<String> known = chunk.classes();
            byte[] labels = known.size() <= labelsWritten
                    ? new byte[0]
                    : lines(known.subList(labelsWritten, known.size())).getBytes(StandardCharsets.UTF_8);
            labelsWritten = Math.max(labelsWritten, known.size());
            reserve(HEAD + labels.length);
            bytes.putInt(count).putInt(labels.length).putInt(0).put(labels);
            int from = bytes.position();
            if (chunk instanceof DenseChunk dense) {
                putDoubles(dense.values(), dense.offset(0), count * chunk.width());
            } else if (chunk instanceof SparseChunk sparse) {
                int first = sparse.start(0);
                int entries = sparse.end(count - 1) - first;
                reserve(Integer.BYTES * (count + entries));
                for (int row = 0; row < count; row++) {
                    bytes.putInt(sparse.end(row) - sparse.start(row));
                }
                for (int k = first; k < first + entries; k++) {
                    bytes.putInt(sparse.indices()[k]);
                }
                putDoubles(sparse.values(), first, entries);
            }
            reserve((2 * Double.BYTES + Long.BYTES) * count + 1);
            for (int row = 0; row < count && chunk.hasTargets(); row++) {
                bytes.putDouble(chunk.target(row));
            }
            bytes.put((byte) (chunk.hasWeights() ? 1 : 0));
            for (int row = 0; row < count && chunk.hasWeights(); row++) {
                bytes.putDouble(chunk.weight(row));
            }
            for (int row = 0; row < count; row++) {
                bytes.putLong(block.place(row));
            }
            for (int row = 0; row < count; row++) {
                for (int k = 0; k < block.keyCount(); k++) {
                    putText(block.key(row, k));
                }
            }
            bytes.putInt(2 * Integer.BYTES, bytes.position() - from);
            rows += count;
            block.clear();
            try {
                write();
            } catch (IOException e) {
                throw failed("writing the cache", file, e);
            }
        }

        private void reserve(int more) {
            if (bytes.remaining() < more) {
                int length = Math.toIntExact(Math.max(2L * bytes.capacity(), (long) bytes.position() + more));
                ByteBuffer longer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
                bytes = longer.put(bytes.flip());
            }
        }

        private void putDoubles(double[] values, int from, int count) {
            reserve(Math.multiplyExact(Double.BYTES, count));
            bytes.asDoubleBuffer().put(values, from, count);
            bytes.position(bytes.position() + Double.BYTES * count);
        }

        private void putText(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            reserve(Integer.BYTES + utf8.length);
            bytes.putInt(utf8.length).put(utf8);
        }

        /** Writes the bytes gathered, and their checksum. */
        private void write() throws IOException {
            reserve(Integer.BYTES);
            CRC32C crc = new CRC32C();
            crc.update(bytes.array(), 0, bytes.position());
            bytes.putInt((int) crc.getValue()).flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            bytes.clear();
        }

        /** Removes the file if not all rows were written. */
        @Override
        public void close() {
            if (done) {
                return;
            }
            done = true;
            try {
                channel.close();
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                throw failed("removing an unfinished cache", temporary, e);
            }
        }
    }

    /** Reads a file. */
    static final class Reader implements AutoCloseable {
        private final Path file;
        private final FileChannel channel;
        private final Schema schema;
        private final int keyCount;
        private final LabelIndex labels;
        /** The index of each label of the file among those that the source knows and those read since. */
        private int[] indexes = {};

        private ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        private final ChunkBuffer block;
        private int next;
        private int left;
        private final int[] counts = new int[BLOCK_ROWS];
        private double[] values = {};
        private int[] numbers = {};
        private boolean ended;
        private final long allRows;

        /** Opens the file of a source at its first row. */
        Reader(Path file, ChunkSource source, String expected) {
            this.file = file;
            this.schema = source.schema();
            this.keyCount = keys(source);
            this.block = new ChunkBuffer(schema, BLOCK_ROWS, keyCount);
            this.labels = new LabelIndex(schema.target().classes());
            try {
                channel = FileChannel.open(file, StandardOpenOption.READ);
            } catch (IOException e) {
                throw failed("reading the cache", file, e);
            }
            try {
                readHeader(expected);
                allRows = rowsAtEnd();
            } catch (IOException e) {
                close();
                throw failed("reading the cache", file, e);
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private void readHeader(String expected) throws IOException {
            CRC32C crc = new CRC32C();
            read(MAGIC.length + 2 * Integer.BYTES, crc);
            byte[] magic = new byte[MAGIC.length];
            bytes.get(magic);
            if (!Arrays.equals(magic, MAGIC)) {
                throw AccreteException.badArgument("it is no cache of rows; choose another name for the cache")
                        .at(file.toString());
            }
            int format = bytes.getInt();
            if (format != FORMAT) {
                throw new AccreteException(
                                format > FORMAT
                                        ? AccreteException.Kind.FILE_TOO_NEW
                                        : AccreteException.Kind.FILE_TOO_OLD,
                                "the cache has format " + format + " but this release reads " + FORMAT
                                        + "; delete it to have it made again")
                        .at(file.toString());
            }
            String identity = text(bytes.getInt(), crc);
            read(Integer.BYTES, crc);
            List<String> before = labels(text(bytes.getInt(), crc));
            check(crc);
            if (!identity.equals(expected)) {
                throw AccreteException.badState("the cache is of other rows: " + difference(expected, identity)
                                + "; delete it to have it made again, or name another file")
                        .at(file.toString());
            }
            learn(before);
        }

        /** {@return what the file's end says of its rows} It is checked when the rows have been read. */
        private long rowsAtEnd() throws IOException {
            ByteBuffer end = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(end, Math.max(0, channel.size() - Long.BYTES - Integer.BYTES));
            return end.getLong(0);
        }

        /** {@return how many rows the file has, if it is not damaged} */
        long rows() {
            return allRows;
        }

        private static String difference(String expected, String found) {
            List<String> mine = expected.lines().toList();
            List<String> theirs = found.lines().toList();
            for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++) {
                if (!mine.get(i).equals(theirs.get(i))) {
                    return "expected '" + mine.get(i) + "' but found '" + theirs.get(i) + "'";
                }
            }
            return "expected " + mine.size() + " lines of columns but found " + theirs.size();
        }

        private void learn(List<String> more) {
            int known = indexes.length;
            indexes = Arrays.copyOf(indexes, known + more.size());
            for (int i = 0; i < more.size(); i++) {
                indexes[known + i] = labels.add(more.get(i));
            }
        }

        /** {@return the labels known} */
        List<String> classes() {
            return labels.labels();
        }

        /** Goes some rows on, from block to block. */
        void skip(long rows) {
            long toSkip = rows;
            while (toSkip > 0 && (left > 0 || nextBlock(toSkip))) {
                int some = (int) Math.min(toSkip, left);
                next += some;
                left -= some;
                toSkip -= some;
            }
        }

        /** Appends rows until the buffer is full or the rows end. */
        void fill(ChunkBuffer buffer) {
            while (buffer.room() > 0 && (left > 0 || nextBlock(0))) {
                int some = Math.min(buffer.room(), left);
                buffer.append(block, next, next + some);
                next += some;
                left -= some;
            }
        }

        /**
         * Goes to the next block.
         *
         * @param toSkip a block of no more rows is not decoded
         * @return false when there is no more
         */
        private boolean nextBlock(long toSkip) {
            if (ended) {
                return false;
            }
            try {
                CRC32C crc = new CRC32C();
                read(HEAD, crc);
                int rows = bytes.getInt();
                int labelBytes = bytes.getInt();
                int rowBytes = bytes.getInt();
                if (rows < 0 || rows > BLOCK_ROWS || labelBytes < 0 || rowBytes < 0) {
                    throw damaged();
                }
                if (labelBytes > 0) {
                    learn(labels(text(labelBytes, crc)));
                }
                next = 0;
                left = rows;
                if (rows > 0 && rows <= toSkip) {
                    channel.position(channel.position() + rowBytes + Integer.BYTES);
                    return true;
                }
                read(rowBytes, crc);
                if (rows > 0) {
                    check(crc, rowBytes);
                    decode(rows);
                    return true;
                }
                check(crc, rowBytes);
                ended = true;
                return false;
            } catch (IOException e) {
                throw failed("reading the cache", file, e);
            }
        }

        private void decode(int rows) {
            block.clear();
            int width = schema.width();
            boolean sparse = schema.isSparse();
            int entries;
            if (sparse) {
                bytes.asIntBuffer().get(counts, 0, rows);
                bytes.position(bytes.position() + Integer.BYTES * rows);
                entries = Arrays.stream(counts, 0, rows).sum();
                numbers = numbers.length < entries ? new int[entries] : numbers;
                bytes.asIntBuffer().get(numbers, 0, entries);
                bytes.position(bytes.position() + Integer.BYTES * entries);
            } else {
                entries = rows * width;
            }
            values = values.length < entries ? new double[entries] : values;
            bytes.asDoubleBuffer().get(values, 0, entries);
            int at = bytes.position() + Double.BYTES * entries;
            boolean targets = schema.target().kind() != Target.Kind.NONE;
            boolean categorical = schema.target().kind() == Target.Kind.CATEGORICAL;
            int targetAt = at;
            at += targets ? Double.BYTES * rows : 0;
            boolean weights = bytes.get(at++) == 1;
            int weightAt = at;
            at += weights ? Double.BYTES * rows : 0;
            int placeAt = at;
            bytes.position(at + Long.BYTES * rows);
            int entry = 0;
            for (int row = 0; row < rows; row++) {
                block.beginRow();
                if (sparse) {
                    for (int end = entry + counts[row]; entry < end; entry++) {
                        block.put(numbers[entry], values[entry]);
                    }
                } else {
                    block.put(0, values, row * width, width);
                }
                if (targets) {
                    double target = bytes.getDouble(targetAt + Double.BYTES * row);
                    block.target(categorical && !Double.isNaN(target) ? indexes[(int) target] : target);
                }
                if (weights) {
                    block.weight(bytes.getDouble(weightAt + Double.BYTES * row));
                }
                for (int k = 0; k < keyCount; k++) {
                    byte[] utf8 = new byte[bytes.getInt()];
                    bytes.get(utf8);
                    block.key(k, new String(utf8, StandardCharsets.UTF_8));
                }
                block.endRow();
                block.place(row, bytes.getLong(placeAt + Long.BYTES * row));
            }
            block.classes(classes());
        }

        /** Reads bytes and adds them to a checksum. */
        private void read(int count, CRC32C crc) throws IOException {
            if (bytes.capacity() < count + Integer.BYTES) {
                if (count > channel.size()) {
                    throw damaged();
                }
                bytes = ByteBuffer.allocate(count + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            }
            bytes.clear().limit(count);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException("the file ends too early");
                }
            }
            bytes.flip();
            crc.update(bytes.array(), 0, count);
        }

        private String text(int length, CRC32C crc) throws IOException {
            if (length < 0) {
                throw damaged();
            }
            read(length, crc);
            return new String(bytes.array(), 0, length, StandardCharsets.UTF_8);
        }

        private void check(CRC32C crc) throws IOException {
            int expected = (int) crc.getValue();
            read(Integer.BYTES, crc);
            if (bytes.getInt() != expected) {
                throw damaged();
            }
        }

        /** Checks the bytes read last, and leaves them to be decoded. */
        private void check(CRC32C crc, int count) throws IOException {
            ByteBuffer four = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (four.hasRemaining()) {
                if (channel.read(four) < 0) {
                    throw new EOFException("the file ends too early");
                }
            }
            if (four.flip().getInt() != (int) crc.getValue()) {
                throw damaged();
            }
            bytes.position(0).limit(count);
        }

        private AccreteException damaged() {
            return new AccreteException(
                            AccreteException.Kind.CORRUPT_FILE,
                            "checksum mismatch in the cache (disk or transfer damage?); delete it to have it made again")
                    .at(file.toString());
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw failed("closing the cache", file, e);
            }
        }
    }
}
