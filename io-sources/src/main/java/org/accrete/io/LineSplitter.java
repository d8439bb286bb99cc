package org.accrete.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * Splits blocks of which each line is a record. Blank lines and comments are left out. A line that cannot be split is a
 * bad row, not the end of the file: the next line begins anew.
 */
abstract class LineSplitter implements Splitter {
    /** The most bytes of a cell. */
    static final int MOST_CELL_BYTES = 1 << 20;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

    // The block that is being split.
    private TextBlock block = new TextBlock();
    private int out;
    private int cell;

    /**
     * Adds the cells of a line.
     *
     * @param bytes has the line as UTF-8
     * @param from its first byte that is not blank
     * @param to after its last byte that is not blank
     * @param header the columns
     * @throws AccreteException bad data: the line is no record
     */
    abstract void splitLine(byte[] bytes, int from, int to, TextHeader header);

    /** {@return whether a line that is not blank is a comment, by its first byte} */
    boolean isComment(byte first) {
        return false;
    }

    /** Begins with a file whose columns are those of a header. */
    void begin(TextHeader header) {}

    private void start(TextBlock whole) {
        block = whole;
        block.clearRecords();
        begin(block.header);
        if (block.text.length < block.length + TextBlock.MARGIN) {
            block.text = new byte[block.length + TextBlock.MARGIN];
        }
        out = 0;
        cell = 0;
        block.borders[0] = 0;
        block.firsts[0] = 0;
    }

    /**
     * Makes one record of all bytes of a block, whatever line breaks there are.
     *
     * @param whole the block, whose records are replaced
     * @throws AccreteException bad data: they are no record
     */
    final void splitWhole(TextBlock whole) {
        start(whole);
        int from = block.from;
        int to = block.length;
        while (from < to && isBlank(block.bytes[from])) {
            from++;
        }
        while (from < to && isBlank(block.bytes[to - 1])) {
            to--;
        }
        if (from == to) {
            throw AccreteException.badData("it is blank");
        }
        try {
            split(from, to, false);
        } catch (AccreteException e) {
            throw AccreteException.badData(oneLine(String.valueOf(e.getMessage())));
        }
        block.firsts[1] = cell;
        block.records = 1;
        block.isSplit = true;
    }

    @Override
    public final void split(TextBlock whole) {
        start(whole);
        int end = block.length;
        boolean isAscii = Words.isAscii(block.bytes, block.from, end);
        boolean leavesTornLine = block.isEnd && block.isUnendedFile && block.leavesUnendedLine;
        int at = block.from;
        int line = 0;
        while (at < end) {
            int lineEnd = lineEnd(block.bytes, at, end);
            if (lineEnd == end && block.isCut) {
                block.failure = Optional.of(
                        new BrokenException("a line has more than " + TextBlock.MOST_CHARACTERS + " characters", at));
                block.failureLine = line;
                line++;
                break;
            }
            int from = at;
            int to = lineEnd;
            while (from < to && isBlank(block.bytes[from])) {
                from++;
            }
            while (from < to && isBlank(block.bytes[to - 1])) {
                to--;
            }
            if (from < to && !isComment(block.bytes[from])) {
                if (lineEnd == end && leavesTornLine) {
                    break;
                }
                add(from, to, line, isAscii);
                block.isUnended = lineEnd == end && block.isUnendedFile;
                block.lastLine = line;
            }
            line++;
            at = next(block.bytes, lineEnd, end);
        }
        block.lineCount = line;
        block.isSplit = true;
    }

    private void add(int from, int to, int line, boolean isAscii) {
        int textBefore = out;
        int cellBefore = cell;
        int record = block.records;
        if (record + 1 == block.firsts.length) {
            block.firsts = Arrays.copyOf(block.firsts, 2 * block.firsts.length);
            block.lines = Arrays.copyOf(block.lines, block.firsts.length);
        }
        try {
            split(from, to, isAscii);
        } catch (AccreteException e) {
            out = textBefore;
            cell = cellBefore;
            byte[] raw = isAscii
                    ? Arrays.copyOfRange(block.bytes, from, to)
                    // As valid text, whatever it is.
                    : new String(block.bytes, from, to - from, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
            put(raw, 0, raw.length);
            endCell();
            block.wrong.set(record);
        }
        block.lines[record] = line;
        block.firsts[record + 1] = cell;
        block.records = record + 1;
    }

    private void split(int from, int to, boolean isAscii) {
        if (!isAscii && !Words.isAscii(block.bytes, from, to)) {
            try {
                decoder.decode(ByteBuffer.wrap(block.bytes, from, to - from));
            } catch (CharacterCodingException e) {
                throw AccreteException.badData("the line is not UTF-8 text");
            }
        }
        splitLine(block.bytes, from, to, block.header);
    }

    /** {@inheritDoc} The line is split again to find it. */
    @Override
    public final AccreteException refusal(TextBlock some, int record) {
        byte[] raw =
                Arrays.copyOfRange(some.text, some.borders[some.firsts[record]], some.borders[some.firsts[record] + 1]);
        TextBlock one = new TextBlock();
        one.begin(raw, 0);
        one.header = some.header;
        block = one;
        begin(some.header);
        out = 0;
        cell = 0;
        try {
            split(0, raw.length, false);
        } catch (AccreteException e) {
            return AccreteException.badData(oneLine(e.getMessage()));
        }
        // Only where bytes that are no text were replaced, which is all that was wrong.
        return AccreteException.badData("the line is not UTF-8 text");
    }

    /** Appends bytes to the cell that is being made. */
    final void put(byte[] from, int begin, int end) {
        int length = end - begin;
        room(length);
        System.arraycopy(from, begin, block.text, out, length);
        out += length;
    }

    /** Appends a byte to the cell that is being made. */
    final void put(byte one) {
        room(1);
        block.text[out++] = one;
    }

    private void room(int length) {
        if (out + length + TextBlock.MARGIN > block.text.length) {
            block.text = Arrays.copyOf(block.text, out + length + TextBlock.MARGIN + out / 2);
        }
    }

    /** Ends a cell. */
    final void endCell() {
        if (++cell == block.borders.length) {
            block.borders = Arrays.copyOf(block.borders, 2 * cell);
        }
        block.borders[cell] = out;
    }

    /** {@return a message with a blank for each control character, which names and values may have} */
    static String oneLine(String message) {
        return message.replaceAll("\\p{Cntrl}", " ");
    }

    static boolean isBlank(byte one) {
        return one >= 0 && one <= ' ';
    }

    static int lineEnd(byte[] bytes, int from, int end) {
        int at = from;
        // What lies behind the end is not asked for, only read.
        for (; at + 8 <= end; at += 8) {
            long word = Words.get(bytes, at);
            long found = Words.findBelow(word, '\r' + 1);
            if (found != 0) {
                break;
            }
        }
        while (at < end && !TextInput.isLineEnd(bytes[at])) {
            at++;
        }
        return at;
    }

    static int next(byte[] bytes, int lineEnd, int end) {
        if (lineEnd + 1 < end && bytes[lineEnd] == '\r' && bytes[lineEnd + 1] == '\n') {
            return lineEnd + 2;
        }
        return Math.min(lineEnd + 1, end);
    }
}
