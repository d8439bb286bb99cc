package org.accrete.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file that is written from its beginning, through a buffer, in little-endian order. */
final class BinaryFile implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    BinaryFile(Path file) throws IOException {
        channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.READ);
    }

    void put(double number) throws IOException {
        room(Double.BYTES);
        buffer.putDouble(number);
    }

    void put(long number) throws IOException {
        room(Long.BYTES);
        buffer.putLong(number);
    }

    void put(int number) throws IOException {
        room(Integer.BYTES);
        buffer.putInt(number);
    }

    void put(byte[] bytes) throws IOException {
        int done = 0;
        while (done < bytes.length) {
            room(1);
            int count = Math.min(buffer.remaining(), bytes.length - done);
            buffer.put(bytes, done, count);
            done += count;
        }
    }

    /** Puts a text as UTF-8. */
    void put(CharSequence text) throws IOException {
        put(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Overwrites the beginning. */
    void begin(byte[] bytes) throws IOException {
        flush();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            channel.write(all, all.position());
        }
    }

    /** Writes what is buffered, forces it to the disk and returns how many bytes there are. */
    long finish() throws IOException {
        flush();
        channel.force(true);
        return channel.size();
    }

    /** {@return the file, to be read from its beginning after what is buffered was written} */
    FileChannel written() throws IOException {
        flush();
        channel.position(0);
        return channel;
    }

    /** Closes the file as it is. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
