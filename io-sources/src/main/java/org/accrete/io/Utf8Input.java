package org.accrete.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text of any charset as UTF-8. A delimiter and a comment character beyond ASCII, which are several bytes in UTF-8,
 * become one byte each that does not occur in UTF-8.
 */
final class Utf8Input extends InputStream {
    /** Stands for a delimiter beyond ASCII. */
    static final byte DELIMITER = (byte) 0xFF;

    /** Stands for a comment character beyond ASCII. */
    static final byte COMMENT = (byte) 0xFE;

    private final Reader text;
    private final int delimiter;
    private final int comment;
    private final CharsetEncoder encoder =
            StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
    private final CharBuffer characters = CharBuffer.allocate(1 << 13).limit(0);
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 15).limit(0);

    /**
     * Makes an input.
     *
     * @param text what to read
     * @param format has the delimiter and the comment character
     */
    Utf8Input(Reader text, CsvFormat format) {
        this.text = text;
        this.delimiter = format.delimiter() < 0x80 ? -1 : format.delimiter();
        this.comment = format.comment().filter(c -> c >= 0x80).map(c -> (int) c).orElse(-1);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        while (!bytes.hasRemaining()) {
            characters.compact();
            int count = text.read(characters.array(), characters.position(), characters.remaining());
            if (count < 0 && characters.position() == 0) {
                characters.limit(0);
                return -1;
            }
            characters.position(characters.position() + Math.max(count, 0)).flip();
            bytes.clear();
            encode(count < 0);
            bytes.flip();
        }
        int count = Math.min(length, bytes.remaining());
        bytes.get(out, offset, count);
        return count;
    }

    private void encode(boolean isEnd) {
        int end = characters.limit();
        while (true) {
            int stop = characters.position();
            while (stop < end && characters.get(stop) != delimiter && characters.get(stop) != comment) {
                stop++;
            }
            characters.limit(stop);
            encoder.encode(characters, bytes, isEnd);
            characters.limit(end);
            if (stop == end) {
                return;
            }
            bytes.put(characters.get() == delimiter ? DELIMITER : COMMENT);
        }
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
