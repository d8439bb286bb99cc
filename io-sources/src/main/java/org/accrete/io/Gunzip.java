package org.accrete.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompresses a gzip file of one or more members (RFC 1952). {@link java.util.zip.GZIPInputStream} is not used because
 * it checks {@code available()} for a further member, which loses data on a pipe, and treats a damaged later header as
 * the end of the file.
 */
final class Gunzip extends InputStream {
    static final int MAGIC = 0x8B1F;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream packed;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] input = new byte[1 << 16];
    private int inputFrom;
    private int inputTo;
    private boolean inMember;
    private boolean ended;

    Gunzip(InputStream packed) {
        this.packed = packed;
    }

    /** {@return whether some bytes are the beginning of a gzip file, the first of them in the lowest bits} */
    static boolean isMagic(int first) {
        return (first & 0xFFFF) == MAGIC;
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
        while (!ended) {
            if (!inMember && !beginMember()) {
                ended = true;
                break;
            }
            try {
                int count = inflater.inflate(out, offset, length);
                if (count > 0) {
                    checksum.update(out, offset, count);
                    return count;
                }
            } catch (DataFormatException e) {
                throw (IOException) new ZipException("gzip data is damaged: " + e.getMessage()).initCause(e);
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                if (inputFrom == inputTo && !fill()) {
                    throw truncated();
                }
                inflater.setInput(input, inputFrom, inputTo - inputFrom);
                inputFrom = inputTo;
            } else {
                throw new ZipException("gzip data is damaged: it asks for a dictionary");
            }
        }
        return -1;
    }

    /** Reads the header of a member. Zeros after a member are allowed, as padding of tape archives. */
    private boolean beginMember() throws IOException {
        int first = nextOrEnd();
        boolean padded = false;
        while (first == 0) {
            first = nextOrEnd();
            padded = true;
        }
        if (first < 0) {
            return false;
        }
        if (padded || (first | next() << 8) != MAGIC || next() != 8) {
            throw new ZipException("gzip data is followed by something that is not gzip");
        }
        int flags = next();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int field : new int[] {NAME, COMMENT}) {
            if ((flags & field) != 0) {
                int character = next();
                while (character != 0) {
                    character = next();
                }
            }
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        inflater.reset();
        checksum.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        inputFrom -= inflater.getRemaining();
        long wantedChecksum = word();
        long wantedLength = word();
        if (wantedChecksum != checksum.getValue() || wantedLength != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw new ZipException("gzip data is damaged: its checksum or length differs");
        }
        inMember = false;
    }

    private long word() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private int next() throws IOException {
        int next = nextOrEnd();
        if (next < 0) {
            throw truncated();
        }
        return next;
    }

    private int nextOrEnd() throws IOException {
        return inputFrom == inputTo && !fill() ? -1 : input[inputFrom++] & 0xFF;
    }

    private boolean fill() throws IOException {
        int count = packed.read(input, 0, input.length);
        inputFrom = 0;
        inputTo = Math.max(count, 0);
        return count > 0;
    }

    private static EOFException truncated() {
        return new EOFException("gzip data is truncated: the file ends in the middle of a member");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        packed.close();
    }
}
