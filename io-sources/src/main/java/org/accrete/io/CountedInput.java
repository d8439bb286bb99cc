package org.accrete.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that are read. */
final class CountedInput extends FilterInputStream {
    private long bytes;

    CountedInput(InputStream in) {
        super(in);
    }

    /** {@return how many bytes were read or skipped} */
    long bytes() {
        return bytes;
    }

    @Override
    public int read() throws IOException {
        int one = in.read();
        bytes += one < 0 ? 0 : 1;
        return one;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        int count = in.read(to, from, length);
        bytes += Math.max(0, count);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(count);
        bytes += skipped;
        return skipped;
    }

    /** {@inheritDoc} It is not, because bytes would be counted again. */
    @Override
    public boolean markSupported() {
        return false;
    }
}
