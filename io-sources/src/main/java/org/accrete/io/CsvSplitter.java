package org.accrete.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Splits the bytes of a block into records and cells (RFC 4180). A cell whose first byte is a quotation mark is quoted;
 * in other cells it is text. Blank lines, comments and records of only empty cells are left out. Not thread-safe.
 *
 * <p>This class is long-winded for speed: cells are copied eight bytes at a time while their end is searched. A line
 * feed is put behind the last byte, so that a cell always ends.
 */
final class CsvSplitter implements Splitter {
    private static final int MOST_CELL_CHARACTERS = 1 << 20;
    private static final int CONTROLS = '\r' + 1;
    private static final long QUOTES = Words.repeat((byte) '"');

    private final CsvFormat format;
    private final byte delimiter;
    private final long delimiters;
    private final int comment;
    private final CharBuffer decoded = CharBuffer.allocate(1 << 13);
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    // The block that is being split.
    private TextBlock block = new TextBlock();
    private int end;
    /** Where the next cell begins in its text. */
    private int out;
    /** Index of that cell's border. */
    private int cell;
    /** Lines before the next record. */
    private int line;
    /** Whether the last record had a line end. */
    private boolean isLineEnded;
    /** The first byte that is no text. */
    private int malformed;
    /** Whether that begins a character of which the rest is missing. */
    private boolean isMalformedAtEnd;

    CsvSplitter(CsvFormat format) {
        this.format = format;
        this.delimiter = TextInput.delimiter(format);
        this.delimiters = Words.repeat(delimiter);
        this.comment = TextInput.comment(format);
    }

    @Override
    public TextHeader readHeader(TextBlock whole) {
        int after = split(whole, 0, 1);
        if (whole.records == 0) {
            return TextHeader.UNKNOWN;
        }
        TextHeader.requireRoom(whole.cells(0));
        whole.isSplit = false;
        if (format.hasHeader()) {
            whole.headerLine = whole.lines[0];
            whole.linesBefore += whole.lineCount;
            whole.from = after;
            return TextHeader.of(whole.fields(0));
        }
        whole.linesBefore += whole.lines[0];
        whole.from = whole.lastBegin;
        return TextHeader.numbered(whole.cells(0));
    }

    @Override
    public void split(TextBlock whole) {
        split(whole, whole.header.names().size(), Integer.MAX_VALUE);
    }

    private int split(TextBlock whole, int columns, int most) {
        block = whole;
        block.clearRecords();
        if (block.text.length < block.length + TextBlock.MARGIN) {
            block.text = new byte[block.length + TextBlock.MARGIN];
        }
        end = block.length;
        block.bytes[end] = '\n';
        out = 0;
        cell = 0;
        line = 0;
        block.borders[0] = 0;
        block.firsts[0] = 0;
        boolean isAscii = Words.isAscii(block.bytes, block.from, end);
        malformed = isAscii || block.isChecked ? Integer.MAX_VALUE : findMalformed();
        boolean leavesTornLine = block.isEnd && block.isUnendedFile && block.leavesUnendedLine;
        int at = block.from;
        while (at < end && block.records < most) {
            int recordsBefore = block.records;
            int lineOfRecord = line;
            block.lastBegin = at;
            int lastLineBefore = block.lastLine;
            Optional<Exception> wrong = Optional.empty();
            try {
                at = splitRecord(at, columns);
            } catch (BrokenException e) {
                wrong = Optional.of(e);
                at = e.at();
            }
            boolean isTorn = at >= end && !isLineEnded;
            if (malformed < at || (malformed == at && wrong.isPresent())) {
                wrong = Optional.of(new MalformedInputException(1));
                lineOfRecord = -1;
                isTorn = isMalformedAtEnd;
            }
            if (wrong.isPresent() || (isTorn && leavesTornLine)) {
                block.records = recordsBefore;
                block.lastLine = lastLineBefore;
                if (!isTorn || !leavesTornLine) {
                    block.failure = wrong;
                    block.failureLine = lineOfRecord;
                }
                break;
            }
            block.isUnended = isTorn && block.isUnendedFile && block.records > recordsBefore;
        }
        if (block.isChecked && (delimiter < 0 || (comment < 0 && comment != TextInput.NONE))) {
            restore();
        }
        block.lineCount = line;
        block.isSplit = true;
        return at;
    }

    /** Writes the delimiters and comment characters within cells as they are, where one byte stands for them. */
    private void restore() {
        byte[] delimiterText = String.valueOf(format.delimiter()).getBytes(StandardCharsets.UTF_8);
        byte[] commentText =
                String.valueOf(format.comment().orElse('#').charValue()).getBytes(StandardCharsets.UTF_8);
        int last = block.firsts[block.records];
        byte[] restored = new byte[3 * block.borders[last] + TextBlock.MARGIN];
        int from = 0;
        int to = 0;
        for (int i = 1; i <= last; i++) {
            for (; from < block.borders[i]; from++) {
                byte one = block.text[from];
                if (one == Utf8Input.DELIMITER || one == Utf8Input.COMMENT) {
                    byte[] many = one == Utf8Input.DELIMITER ? delimiterText : commentText;
                    System.arraycopy(many, 0, restored, to, many.length);
                    to += many.length;
                } else {
                    restored[to++] = one;
                }
            }
            block.borders[i] = to;
        }
        block.text = restored;
    }

    private int findMalformed() {
        ByteBuffer in = ByteBuffer.wrap(block.bytes, block.from, end - block.from);
        CoderResult result;
        do {
            decoded.clear();
            result = decoder.reset().decode(in, decoded, false);
        } while (result.isOverflow());
        isMalformedAtEnd = !result.isError();
        return result.isError() || in.hasRemaining() ? in.position() : Integer.MAX_VALUE;
    }

    /** Adds the record at an offset, if it is not blank; returns the offset after it. */
    private int splitRecord(int from, int columns) throws BrokenException {
        byte[] bytes = block.bytes;
        byte first = bytes[from];
        if (first == comment) {
            int at = from + 1;
            while (!TextInput.isLineEnd(bytes[at])) {
                at++;
            }
            return endLine(at);
        }
        if (TextInput.isLineEnd(first)) {
            return endLine(from);
        }
        byte[] text = block.text;
        int[] borders = block.borders;
        int lineOfRecord = line;
        int firstCell = cell;
        int textBegin = out;
        int cellBegin = out;
        int to = out;
        int next = cell;
        int at = from;
        while (true) {
            if (bytes[at] == '"') {
                out = to;
                at = copyQuoted(at + 1);
                to = out;
            } else {
                while (true) {
                    long word = Words.get(bytes, at);
                    Words.put(text, to, word);
                    long found = Words.find(word, delimiters) | Words.findBelow(word, CONTROLS);
                    if (found == 0) {
                        at += 8;
                        to += 8;
                        continue;
                    }
                    int count = Words.offset(found);
                    at += count;
                    to += count;
                    byte control = bytes[at];
                    if (control == delimiter || control == '\n' || control == '\r') {
                        break;
                    }
                    at++;
                    to++;
                }
            }
            if (to - cellBegin > MOST_CELL_CHARACTERS) {
                requireShort(text, cellBegin, to, at);
            }
            cellBegin = to;
            if (++next == borders.length) {
                borders = Arrays.copyOf(borders, 2 * next);
                block.borders = borders;
            }
            borders[next] = to;
            if (bytes[at] != delimiter) {
                break;
            }
            at++;
        }
        if (at == end && block.isCut) {
            throw tooManyCharacters(at);
        }
        if (to - textBegin > TextBlock.MOST_CHARACTERS
                && TextBlock.characters(text, textBegin, to) > TextBlock.MOST_CHARACTERS) {
            throw tooManyCharacters(at);
        }
        block.lastLine = lineOfRecord;
        if (isBlank(text, textBegin, to) && (columns != 1 || next - firstCell != 1)) {
            out = textBegin; // A quoted cell has moved it.
            return endLine(at);
        }
        out = to;
        cell = next;
        add(lineOfRecord);
        return endLine(at);
    }

    private void add(int lineOfRecord) {
        int record = block.records;
        if (record + 1 == block.firsts.length) {
            block.firsts = Arrays.copyOf(block.firsts, 2 * block.firsts.length);
            block.lines = Arrays.copyOf(block.lines, block.firsts.length);
        }
        block.lines[record] = lineOfRecord;
        block.firsts[record + 1] = cell;
        block.records = record + 1;
    }

    private int endLine(int at) {
        line++;
        isLineEnded = at < end;
        if (!isLineEnded) {
            return end;
        }
        return block.bytes[at] == '\r' && at + 1 < end && block.bytes[at + 1] == '\n' ? at + 2 : at + 1;
    }

    /** Copies a quoted cell from behind its first mark to {@link #out}; returns the offset after its last mark. */
    private int copyQuoted(int from) throws BrokenException {
        byte[] bytes = block.bytes;
        byte[] text = block.text;
        int cellBegin = out;
        int to = out;
        int at = from;
        while (true) {
            long word = Words.get(bytes, at);
            Words.put(text, to, word);
            long found = Words.find(word, QUOTES) | Words.findBelow(word, CONTROLS);
            int count = found == 0 ? 8 : Words.offset(found);
            at += count;
            to += count;
            if (at >= end) {
                isLineEnded = false;
                requireShort(text, cellBegin, to - (at - end), -1);
                throw block.isCut
                        ? tooManyCharacters(end)
                        : new BrokenException("not CSV: Unclosed quoted field at end of input", end);
            }
            if (found == 0) {
                continue;
            }
            byte control = bytes[at++];
            if (control == '"') {
                if (at == end || bytes[at] != '"') {
                    break;
                }
                at++;
            } else if (control == '\r') {
                line++;
            } else if (control == '\n') {
                line += at - 1 > from && bytes[at - 2] == '\r' ? 0 : 1;
            }
            text[to++] = control;
        }
        if (at < end && bytes[at] != delimiter && !TextInput.isLineEnd(bytes[at])) {
            char character = characterAt(at);
            throw new BrokenException(
                    String.format(
                            "not CSV: Unexpected character after closing quote: '%c' (0x%x)",
                            character, (int) character),
                    at);
        }
        out = to;
        return at;
    }

    private char characterAt(int at) {
        return block.bytes[at] == Utf8Input.COMMENT && block.isChecked
                ? format.comment().orElseThrow()
                : new String(block.bytes, at, Math.min(4, end - at), StandardCharsets.UTF_8).charAt(0);
    }

    private static void requireShort(byte[] text, int from, int to, int at) throws BrokenException {
        if (to - from > MOST_CELL_CHARACTERS && TextBlock.characters(text, from, to) > MOST_CELL_CHARACTERS) {
            throw new BrokenException(
                    "not CSV: a cell here has more than " + MOST_CELL_CHARACTERS
                            + " characters; most likely it begins with a quotation mark that none ends",
                    at);
        }
    }

    private static BrokenException tooManyCharacters(int at) {
        return new BrokenException(
                "not CSV: a record has more than " + TextBlock.MOST_CHARACTERS + " characters; is a quote left open?",
                at);
    }

    private static boolean isBlank(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] < 0 || text[i] > ' ') {
                return false;
            }
        }
        return true;
    }
}
