package org.accrete.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;

/** The rows of an array in order, as doubles. Not thread-safe. */
final class NumpyArray implements Closeable {
    private static final int BUFFER = 1 << 17;
    /** How much is read at once of an array that is stored by columns. */
    private static final int BLOCK = 1 << 19;
    /** The most bytes of an array that is stored by columns in an archive: it is held in memory. */
    private static final long MOST_HELD = 1L << 26;

    private final String name;
    private final NumpyHeader header;
    private final int columns;
    private final Bytes bytes;
    private final ByteBuffer buffer;

    /** Where the numbers begin. */
    private final long begin;

    private long nextRow;

    // Of an array by columns: some rows that were read.
    private double[] block = {};
    private int blockRows;
    private int blockNext;

    /** The bytes of an array at their places. */
    private interface Bytes extends Closeable {
        /** Reads bytes at a place until a buffer is full or the bytes end. */
        void read(long at, ByteBuffer into) throws IOException;
    }

    private NumpyArray(String name, NumpyHeader header, long begin, Bytes bytes) {
        this.name = name;
        this.header = header;
        this.begin = begin;
        this.bytes = bytes;
        this.columns = (int) header.columns();
        this.buffer = ByteBuffer.allocateDirect(BUFFER).order(header.order()).limit(0);
    }

    /**
     * {@return the array in a file}
     *
     * @param name name for messages
     * @param file the file, which this closes
     * @throws IOException if it cannot be read; it is closed then
     */
    static NumpyArray of(String name, FileChannel file) throws IOException {
        try {
            Bytes bytes = new Bytes() {
                @Override
                public void read(long at, ByteBuffer into) throws IOException {
                    long from = at;
                    int count = 0;
                    while (into.hasRemaining() && count >= 0) {
                        count = file.read(into, from);
                        from += count;
                    }
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
            NumpyHeader header = header(bytes);
            NumpyArray array = new NumpyArray(name, header, headerBytes(bytes), bytes);
            if (file.size() < array.begin + header.bytes()) {
                throw AccreteException.badData(
                        "the file is cut off: its header says " + header.rows() + " rows, which are " + header.bytes()
                                + " bytes, but " + Math.max(0, file.size() - array.begin) + " follow it");
            }
            return array;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * {@return the array in a stream}
     *
     * @param name name for messages
     * @param in the stream, which this closes
     * @param size how many bytes it has, as its archive says
     * @param withTexts whether it may be of texts
     * @throws IOException if it cannot be read; it is closed then
     */
    static NumpyArray of(String name, InputStream in, long size, boolean withTexts) throws IOException {
        try {
            byte[] prefix = in.readNBytes(NumpyHeader.PREFIX);
            byte[] all = withRest(prefix, in);
            NumpyHeader header = NumpyHeader.parse(all, withTexts);
            if (size != all.length + header.bytes()) {
                throw AccreteException.badData("array '" + name + "' must have " + (all.length + header.bytes())
                        + " bytes, as its header says, but has " + size);
            }
            if (!header.isByColumn() || header.shape().size() < 2) {
                return new NumpyArray(name, header, 0, stream(in));
            }
            if (header.bytes() > MOST_HELD
                    || header.bytes() > Runtime.getRuntime().maxMemory() / 4) {
                throw AccreteException.badData("array '" + name
                        + "' is stored by columns, which an archive allows to read only within memory; store it by rows,"
                        + " with numpy.ascontiguousarray, or as a file of its own");
            }
            ByteBuffer held = ByteBuffer.wrap(in.readNBytes((int) header.bytes()));
            in.close();
            return new NumpyArray(name, header, 0, held(held));
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private static Bytes stream(InputStream in) {
        ReadableByteChannel channel = Channels.newChannel(in);
        return new Bytes() {
            @Override
            public void read(long at, ByteBuffer into) throws IOException {
                int count = 0;
                while (into.hasRemaining() && count >= 0) {
                    count = channel.read(into);
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    private static Bytes held(ByteBuffer all) {
        return new Bytes() {
            @Override
            public void read(long at, ByteBuffer into) {
                int from = (int) Math.min(at, all.limit());
                into.put(all.slice(from, Math.min(into.remaining(), all.limit() - from)));
            }

            @Override
            public void close() {
                // Memory only.
            }
        };
    }

    private static NumpyHeader header(Bytes bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) headerBytes(bytes));
        bytes.read(0, all);
        if (all.hasRemaining()) {
            throw AccreteException.badData("the file is cut off within its header");
        }
        return NumpyHeader.parse(all.array(), false);
    }

    private static long headerBytes(Bytes bytes) throws IOException {
        ByteBuffer prefix = ByteBuffer.allocate(NumpyHeader.PREFIX);
        bytes.read(0, prefix);
        return NumpyHeader.PREFIX + NumpyHeader.rest(prefix.array());
    }

    private static byte[] withRest(byte[] prefix, InputStream in) throws IOException {
        byte[] whole = Arrays.copyOf(prefix, NumpyHeader.PREFIX);
        int rest = NumpyHeader.rest(whole);
        byte[] all = Arrays.copyOf(whole, NumpyHeader.PREFIX + rest);
        if (in.readNBytes(all, NumpyHeader.PREFIX, rest) < rest) {
            throw AccreteException.badData("the array is cut off within its header");
        }
        return all;
    }

    /** {@return type and shape} */
    NumpyHeader header() {
        return header;
    }

    /** {@return the name for messages} */
    String name() {
        return name;
    }

    /** {@return the bytes of an array of bytes, as text} */
    String text() throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) Math.min(100, header.bytes()));
        bytes.read(begin, all);
        return new String(all.array(), 0, all.position(), StandardCharsets.ISO_8859_1);
    }

    /** {@return the texts of an array of them, in the order in which they are stored} */
    List<String> texts() throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) header.bytes());
        bytes.read(begin, all);
        if (all.hasRemaining()) {
            throw new EOFException("array '" + name + "' is cut off");
        }
        Charset charset = header.type() == 'S'
                ? StandardCharsets.ISO_8859_1
                : Charset.forName(header.order() == ByteOrder.BIG_ENDIAN ? "UTF-32BE" : "UTF-32LE");
        List<String> texts = new ArrayList<>();
        for (int from = 0; from < all.capacity(); from += header.size()) {
            // Shorter texts are filled up with zeros.
            texts.add(new String(all.array(), from, header.size(), charset).replaceAll("\0+$", ""));
        }
        return texts;
    }

    /**
     * Reads the next rows.
     *
     * @param out gets the numbers, row by row
     * @param from index of the first
     * @param step from the first number of a row to that of the next
     * @param rows how many rows, no more than there are left
     * @throws IOException if they cannot be read
     */
    void read(double[] out, int from, int step, int rows) throws IOException {
        if (header.isByColumn() && columns > 1) {
            readByColumn(out, from, step, rows);
        } else if (step == columns) {
            readAll(begin + nextRow * columns * header.size(), out, from, 1, rows * columns);
        } else {
            for (int row = 0; row < rows; row++) {
                readAll(begin + (nextRow + row) * columns * header.size(), out, from + row * step, 1, columns);
            }
        }
        nextRow += rows;
    }

    private void readByColumn(double[] out, int from, int step, int rows) throws IOException {
        for (int row = 0; row < rows; row++) {
            if (blockNext == blockRows) {
                readBlock(nextRow + row);
            }
            System.arraycopy(block, blockNext * columns, out, from + row * step, columns);
            blockNext++;
        }
    }

    private void readBlock(long row) throws IOException {
        int most = Math.max(1, BLOCK / columns);
        blockRows = (int) Math.min(most, header.rows() - row);
        blockNext = 0;
        if (block.length < blockRows * columns) {
            block = new double[blockRows * columns];
        }
        for (int column = 0; column < columns; column++) {
            buffer.limit(0);
            readAll(begin + (column * header.rows() + row) * header.size(), block, column, columns, blockRows);
        }
        buffer.limit(0);
    }

    /** Reads numbers that follow each other in the file. */
    private void readAll(long at, double[] out, int from, int step, int count) throws IOException {
        long next = at + buffer.remaining();
        int done = 0;
        while (done < count) {
            int there = buffer.remaining() / header.size();
            if (there == 0) {
                buffer.compact();
                int kept = buffer.position();
                int wanted = header.isByColumn() && columns > 1
                        ? (int) Math.min(BUFFER, (long) (count - done) * header.size())
                        : BUFFER;
                buffer.limit(wanted);
                bytes.read(next, buffer);
                next += buffer.position() - kept;
                buffer.flip();
                there = buffer.remaining() / header.size();
                if (there == 0) {
                    long index = (next - buffer.remaining() - begin) / header.size();
                    long row = header.isByColumn() && columns > 1 ? index % header.rows() : index / columns;
                    throw new EOFException("array '" + name + "' ends within row " + (row + 1));
                }
            }
            int some = Math.min(there, count - done);
            convert(out, from + done * step, step, some);
            done += some;
        }
    }

    private void convert(double[] out, int from, int step, int count) {
        int size = header.size();
        int at = buffer.position();
        buffer.position(at + count * size);
        if (header.type() == 'f' && size == 8 && step == 1) {
            buffer.slice(at, count * size)
                    .order(buffer.order())
                    .asDoubleBuffer()
                    .get(out, from, count);
        } else if (header.type() == 'f' && size == 4 && step == 1) {
            FloatBuffer floats =
                    buffer.slice(at, count * size).order(buffer.order()).asFloatBuffer();
            for (int i = 0; i < count; i++) {
                out[from + i] = floats.get(i);
            }
        } else if (header.type() == 'i' && size == 4 && step == 1) {
            IntBuffer ints =
                    buffer.slice(at, count * size).order(buffer.order()).asIntBuffer();
            for (int i = 0; i < count; i++) {
                out[from + i] = ints.get(i);
            }
        } else {
            for (int i = 0; i < count; i++) {
                out[from + i * step] = number(at + i * size);
            }
        }
    }

    private double number(int at) {
        int size = header.size();
        switch (header.type()) {
            case 'f' -> {
                return size == 8 ? buffer.getDouble(at) : buffer.getFloat(at);
            }
            case 'b' -> {
                return buffer.get(at) == 0 ? 0 : 1;
            }
            default -> {
                boolean isUnsigned = header.type() == 'u';
                return switch (size) {
                    case 1 -> isUnsigned ? buffer.get(at) & 0xFF : buffer.get(at);
                    case 2 -> isUnsigned ? buffer.getShort(at) & 0xFFFF : buffer.getShort(at);
                    case 4 -> isUnsigned ? buffer.getInt(at) & 0xFFFFFFFFL : buffer.getInt(at);
                    default -> isUnsigned ? unsigned(buffer.getLong(at)) : buffer.getLong(at);
                };
            }
        }
    }

    private static double unsigned(long number) {
        // Half of it, with the lost bit kept so that it is rounded once.
        return number >= 0 ? number : 2.0 * (number >>> 1 | number & 1);
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
