package org.accrete.serve;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that grow, whose array can be had without a copy. */
final class Bytes extends OutputStream {
    private byte[] array;
    private int length;

    Bytes(int capacity) {
        array = new byte[capacity];
    }

    private void room(int more) {
        long needed = (long) length + more;
        if (needed > array.length) {
            if (needed > Integer.MAX_VALUE - 64) {
                throw Refusal.of(413, "the answer is too large; ask for fewer rows in a request");
            }
            array = Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 64, Math.max(needed, 2L * array.length)));
        }
    }

    @Override
    public void write(int b) {
        room(1);
        array[length++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int begin, int count) {
        room(count);
        System.arraycopy(from, begin, array, length, count);
        length += count;
    }

    void write(ByteBuffer from) {
        int count = from.remaining();
        room(count);
        from.get(array, length, count);
        length += count;
    }

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(array, 0, length);
    }
}
