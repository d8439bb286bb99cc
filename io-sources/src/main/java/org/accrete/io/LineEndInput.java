package org.accrete.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Knows whether its bytes have ended, and whether the last of them end a line. */
final class LineEndInput extends FilterInputStream {
    private int last = '\n';
    private int beforeLast = '\n';
    private boolean ended;

    LineEndInput(InputStream in) {
        super(in);
    }

    /** {@return whether the end was reached and the last line has no line end} */
    boolean endsWithinLine() {
        return ended && !isLineEnd(last, beforeLast);
    }

    /**
     * {@return whether the last bytes of a text end a line}
     *
     * @param last the last byte
     * @param beforeLast the byte before it; matters in UTF-16, little endian
     */
    static boolean isLineEnd(int last, int beforeLast) {
        int end = last == 0 ? beforeLast : last;
        return end == '\n' || end == '\r';
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        int count = super.read(out, offset, length);
        if (count > 0) {
            beforeLast = count > 1 ? out[offset + count - 2] : last;
            last = out[offset + count - 1];
        } else if (count < 0) {
            ended = true;
        }
        return count;
    }
}
