package org.accrete.io;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.accrete.api.file.Input;

/**
 * The bytes of one input, decompressed and as UTF-8, cut into blocks that begin and end between records.
 *
 * <p>Where a piece has no quotation mark, its last line end is the end of a record. Otherwise all its bytes are
 * followed from the beginning of a record.
 */
final class TextInput implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final int BYTE_ORDER_MARK = 0xFEFF;
    private static final CsvFormat LINES = new CsvFormat(',', StandardCharsets.UTF_8, false, 0, Optional.empty());

    /** What the bytes read so far end in. */
    private enum State {
        RECORD_BEGIN,
        CELL_BEGIN,
        CELL,
        QUOTED,
        /** After a quotation mark in a quoted cell: its end, or the first of two. */
        QUOTE,
        COMMENT,
        /** Not CSV from here on. */
        BROKEN
    }

    private final InputStream stored;
    private final LineEndInput lines;
    private final InputStream in;
    private final boolean isPacked;
    private final boolean isChecked;
    private final byte delimiter;
    private final int comment;
    private final int readSize;
    /** Whether line ends may be quoted. */
    private final boolean isQuoted;

    private State state = State.RECORD_BEGIN;
    private int brokenAt;
    private byte[] rest = {};
    private byte last;
    private int linesSkipped;
    private boolean ended;

    /**
     * Opens an input.
     *
     * @param stored the bytes of the input, from the first on
     * @param format how it is written
     * @param readSize the most bytes to read at once
     * @throws IOException if it cannot be read; it is closed then
     */
    TextInput(InputStream stored, CsvFormat format, int readSize) throws IOException {
        this(stored, format, readSize, true);
    }

    /**
     * {@return an input of UTF-8 where each line is a record}
     *
     * @param stored the bytes of the input, from the first on
     * @param readSize the most bytes to read at once
     * @throws IOException if it cannot be read; it is closed then
     */
    static TextInput ofLines(InputStream stored, int readSize) throws IOException {
        return new TextInput(stored, LINES, readSize, false);
    }

    private TextInput(InputStream stored, CsvFormat format, int readSize, boolean isQuoted) throws IOException {
        this.readSize = readSize;
        this.isQuoted = isQuoted;
        this.stored = stored;
        try {
            BufferedInputStream buffered = new BufferedInputStream(stored, BUFFER);
            BufferedInputStream plain = Packing.unpack(buffered);
            isPacked = plain != buffered;
            plain.mark(4);
            int mark = plain.read() << 8 | plain.read();
            boolean isUtf16 = mark == BYTE_ORDER_MARK || mark == Integer.reverseBytes(BYTE_ORDER_MARK) >>> 16;
            boolean isUtf8 = mark == 0xEFBB && plain.read() == 0xBF;
            if (!isUtf8) {
                plain.reset();
            }
            Charset charset = isUtf8 ? StandardCharsets.UTF_8 : isUtf16 ? StandardCharsets.UTF_16 : format.charset();
            lines = new LineEndInput(plain);
            delimiter = delimiter(format);
            comment = comment(format);
            isChecked = !charset.equals(StandardCharsets.UTF_8) || delimiter < 0 || (comment < 0 && comment != NONE);
            in = isChecked
                    ? new Utf8Input(
                            new InputStreamReader(
                                    lines,
                                    charset.newDecoder()
                                            .onMalformedInput(CodingErrorAction.REPORT)
                                            .onUnmappableCharacter(CodingErrorAction.REPORT)),
                            format)
                    : lines;
            skip(format.skippedLines());
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /** What {@link #comment} returns for a format without comments. */
    static final int NONE = Integer.MIN_VALUE;

    /** {@return the byte that stands for the delimiter in blocks} */
    static byte delimiter(CsvFormat format) {
        return format.delimiter() < 0x80 ? (byte) format.delimiter() : Utf8Input.DELIMITER;
    }

    /** {@return the byte that stands for the comment character in blocks, or {@link #NONE}} */
    static int comment(CsvFormat format) {
        return format.comment()
                .map(c -> (int) (c < 0x80 ? (byte) c.charValue() : Utf8Input.COMMENT))
                .orElse(NONE);
    }

    private void skip(int count) throws IOException {
        byte[] one = new byte[1];
        while (linesSkipped < count && in.read(one, 0, 1) > 0) {
            // The line feed after a carriage return belongs to the line before.
            if (one[0] == '\r' || (one[0] == '\n' && last != '\r')) {
                linesSkipped++;
            }
            last = one[0];
        }
        if (linesSkipped < count) {
            ended = true;
        }
    }

    /** {@return how many lines were skipped before the first block} */
    int linesSkipped() {
        return linesSkipped;
    }

    /** {@return whether it is a packed file} */
    boolean isPacked() {
        return isPacked;
    }

    /** {@return whether an input is a plain file whose last line has no line end} */
    static boolean endsWithinLine(Input input) {
        if (input.isStream()) {
            return false;
        }
        try (RandomAccessFile file =
                new RandomAccessFile(input.path().orElseThrow().toFile(), "r")) {
            long size = file.length();
            if (size == 0 || (size > 3 && Packing.isPacked(Integer.reverseBytes(file.readInt())))) {
                return false;
            }
            file.seek(Math.max(0, size - 2));
            int beforeLast = size > 1 ? file.read() : 0;
            return !LineEndInput.isLineEnd(file.read(), beforeLast);
        } catch (IOException e) {
            throw Input.unreadable(input.name(), e);
        }
    }

    /** {@return whether the end was reached and the last line has no line end} */
    boolean endsWithinLine() {
        return lines.endsWithinLine();
    }

    /**
     * Fills a block with the next records, as many as are there at once.
     *
     * @param block cleared, then filled
     * @return false at the end
     */
    boolean read(TextBlock block) throws IOException {
        if (ended) {
            return false;
        }
        byte lastBefore = last;
        block.begin(rest, readSize);
        block.isChecked = isChecked;
        int end = -1;
        while (end < 0) {
            int from = block.length;
            int room = Math.min(block.room(), readSize);
            int count = in.read(block.bytes, from, room);
            if (count < 0) {
                ended = true;
                block.isEnd = true;
                end = from;
            } else if (count > 0) {
                block.length += count;
                end = state == State.BROKEN ? -1 : lastRecordEnd(block.bytes, from, block.length);
                if (isBrokenWithin(block) || (end < 0 && block.isTooLong())) {
                    ended = true;
                    block.isCut = true;
                    end = block.length;
                }
            }
        }
        rest = block.cut(end);
        brokenAt -= end;
        if (end > 0) {
            last = block.bytes[end - 1];
            block.from = lastBefore == '\r' && block.bytes[0] == '\n' ? 1 : 0;
        }
        return end > 0;
    }

    /** {@return whether a block has the whole character that is not CSV} The message shows it. */
    private boolean isBrokenWithin(TextBlock block) {
        return state == State.BROKEN && block.length >= brokenAt + length(block.bytes[brokenAt]);
    }

    /** {@return how many bytes a character has, by its first one} */
    private static int length(byte first) {
        // As many as there are ones in front; none in ASCII, one within a character, over four in what stands for
        // others.
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones > 4 ? 1 : Math.max(1, ones);
    }

    /** {@return the offset after the last record of which more bytes came, or -1} */
    private int lastRecordEnd(byte[] bytes, int from, int to) {
        int begin = from;
        int found = -1;
        if (!isQuoted) {
            for (int at = to; at > from; at--) {
                if (isLineEnd(bytes[at - 1])) {
                    return at;
                }
            }
            return -1;
        }
        if (state != State.QUOTED && state != State.QUOTE && !Words.contains(bytes, from, to, (byte) '"')) {
            for (int at = to; at > from && found < 0; at--) {
                if (isLineEnd(bytes[at - 1])) {
                    found = at;
                    begin = at;
                    state = State.RECORD_BEGIN;
                }
            }
        }
        int later = follow(bytes, begin, to);
        return later < 0 ? found : later;
    }

    private int follow(byte[] bytes, int from, int to) {
        State now = state;
        int found = -1;
        for (int at = from; at < to && now != State.BROKEN; at++) {
            byte next = bytes[at];
            switch (now) {
                case QUOTED -> {
                    if (next == '"') {
                        now = State.QUOTE;
                    }
                }
                case COMMENT -> {
                    if (isLineEnd(next)) {
                        now = State.RECORD_BEGIN;
                        found = at + 1;
                    }
                }
                default -> {
                    if (isLineEnd(next)) {
                        now = State.RECORD_BEGIN;
                        found = at + 1;
                    } else if (next == delimiter) {
                        now = State.CELL_BEGIN;
                    } else if (now == State.QUOTE) {
                        now = next == '"' ? State.QUOTED : State.BROKEN;
                        brokenAt = at;
                    } else if (now == State.RECORD_BEGIN && next == comment) {
                        now = State.COMMENT;
                    } else if (now != State.CELL) {
                        now = next == '"' ? State.QUOTED : State.CELL;
                    }
                }
            }
        }
        state = now;
        return found;
    }

    static boolean isLineEnd(byte one) {
        return one == '\n' || one == '\r';
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Closes only the stored bytes, which does not wait for a thread that reads them. */
    void closeStored() throws IOException {
        stored.close();
    }
}
