package org.accrete.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Standard input that can be read again from its beginning, as long as it is kept. It stands in for {@link System#in}
 * until it is closed, which leaves standard input open. Not thread-safe, as sources that open it are read in turn.
 */
final class ReplayedInput extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final InputStream before;
    private byte[] kept = new byte[BUFFER];
    private int count;
    private int next;
    private boolean keeps = true;

    /** Takes the place of {@link System#in}. */
    ReplayedInput() {
        before = System.in;
        System.setIn(this);
    }

    /** {@return how many bytes were read, as long as they are kept} */
    int position() {
        return next;
    }

    /**
     * Goes back to bytes that are kept.
     *
     * @param position an earlier {@link #position}
     */
    void position(int position) {
        next = position;
    }

    /** Keeps no more than it has, which is dropped as soon as it was read again. */
    void release() {
        keeps = false;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (next < count) {
            int some = Math.min(length, count - next);
            System.arraycopy(kept, next, bytes, offset, some);
            next += some;
            return some;
        }
        if (!keeps) {
            kept = new byte[0];
            count = 0;
            next = 0;
            return before.read(bytes, offset, length);
        }
        int read = before.read(bytes, offset, length);
        if (read > 0) {
            if (kept.length - count < read) {
                kept = Arrays.copyOf(kept, Math.max(count + read, 2 * count));
            }
            System.arraycopy(bytes, offset, kept, count, read);
            count += read;
            next = count;
        }
        return read;
    }

    @Override
    public int available() throws IOException {
        return count - next + before.available();
    }

    /** Makes {@link System#in} what it was before. */
    @Override
    public void close() {
        System.setIn(before);
    }
}
