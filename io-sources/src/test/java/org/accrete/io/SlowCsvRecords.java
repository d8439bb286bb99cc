package org.accrete.io;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.accrete.api.AccreteException;
import org.accrete.api.file.Input;

/** Reads the records of several inputs in order, without headers and blank lines. */
final class SlowCsvRecords implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_CELL_CHARACTERS = 1 << 20;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final List<Input> inputs;
    private final CsvFormat format;
    private final boolean mayGrow;
    private final SlowCsvRow row = new SlowCsvRow();
    private int file;
    private long record;
    private long lastLine;
    private List<String> header = List.of();
    private List<String> doubled = List.of();
    /** Whether the next record was read already, to count the columns of a file without a header. */
    private boolean pending;

    private CloseableIterator<SlowCsvRow> records;
    private InputStream bytes;
    private LineEndInput lines;
    private boolean packed;

    /**
     * Starts before the first record of an input.
     *
     * @param inputs the inputs
     * @param file index of the first input to read
     * @param format how the inputs are written
     * @param mayGrow whether the last line of the last file, if it has no line end, is left for later
     */
    SlowCsvRecords(List<Input> inputs, int file, CsvFormat format, boolean mayGrow) {
        this.inputs = inputs;
        this.file = file - 1;
        this.format = format;
        this.mayGrow = mayGrow;
    }

    /** {@return the last record} */
    SlowCsvRow row() {
        return row;
    }

    /** {@return the index of the input of the last record} */
    int file() {
        return file;
    }

    /** {@return the number of records read from that input so far} */
    long record() {
        return record;
    }

    /** {@return the names in the header of that input; empty before the first record} */
    List<String> header() {
        return header;
    }

    /** {@return names that occur more than once in that header, before the later ones got a number} */
    List<String> doubled() {
        return doubled;
    }

    /** {@return whether the last record is the last line of a plain file and has no line end} */
    boolean isUnended() {
        return lines.endsWithinLine() && !packed && !inputs.get(file).isStream();
    }

    /**
     * {@return the name of a line for messages}
     *
     * @param inFile index of the input
     * @param line line number, from 1
     */
    String place(int inFile, long line) {
        return inputs.get(inFile).name() + " line " + line;
    }

    /**
     * Reads the next record.
     *
     * @return false at the end of the last input
     */
    boolean next() {
        while (true) {
            if (records != null) {
                while (readOrTake()) {
                    if (!row.isBlank() || (header.size() == 1 && row.count() == 1)) {
                        record++;
                        return true;
                    }
                }
                close();
            }
            if (file + 1 >= inputs.size()) {
                return false;
            }
            file++;
            record = 0;
            lastLine = 0;
            open();
        }
    }

    private void open() {
        try {
            bytes = inputs.get(file).open();
            try {
                records = parser(bytes);
            } catch (IOException | RuntimeException e) {
                bytes.close();
                throw e;
            }
        } catch (IOException e) {
            throw broken(e, 1);
        }
        boolean found = read();
        while (found && row.isBlank()) {
            found = read();
        }
        if (!found) {
            close();
            return;
        }
        pending = !format.hasHeader();
        List<String> names = pending
                ? IntStream.rangeClosed(1, row.count())
                        .mapToObj(Integer::toString)
                        .toList()
                : names(row.fields());
        header = distinct(names);
        Set<String> once = new HashSet<>();
        doubled = names.stream().filter(name -> !once.add(name)).distinct().toList();
    }

    private boolean readOrTake() {
        boolean taken = pending;
        pending = false;
        return taken || read();
    }

    private CloseableIterator<SlowCsvRow> parser(InputStream in) throws IOException {
        BufferedInputStream stored = new BufferedInputStream(in, BUFFER);
        BufferedInputStream plain = Packing.unpack(stored);
        packed = plain != stored;
        plain.mark(4);
        int mark = plain.read() << 8 | plain.read();
        boolean isUtf16 = mark == BYTE_ORDER_MARK || mark == Integer.reverseBytes(BYTE_ORDER_MARK) >>> 16;
        boolean isUtf8 = mark == 0xEFBB && plain.read() == 0xBF;
        if (!isUtf8) {
            plain.reset();
        }
        Charset used = isUtf8 ? StandardCharsets.UTF_8 : isUtf16 ? StandardCharsets.UTF_16 : format.charset();
        lines = new LineEndInput(plain);
        InputStreamReader reader = new InputStreamReader(
                lines,
                used.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        CsvReader<SlowCsvRow> parser = CsvReader.builder()
                .fieldSeparator(format.delimiter())
                .commentStrategy(format.comment().isPresent() ? CommentStrategy.SKIP : CommentStrategy.NONE)
                .commentCharacter(format.comment().orElse('#'))
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(MAX_CELL_CHARACTERS)
                .build(row, reader);
        try {
            parser.skipLines(format.skippedLines());
        } catch (CsvParseException e) {
            // The file has fewer lines, so it has no records.
        }
        return parser.iterator();
    }

    private boolean read() {
        try {
            if (records.hasNext()) {
                lastLine = records.next().line();
                return !isLeft();
            }
            return false;
        } catch (UncheckedIOException e) {
            if (isLeft()) {
                return false;
            }
            throw broken(e.getCause(), lastLine);
        } catch (CsvParseException e) {
            if (isLeft()) {
                return false;
            }
            throw broken(
                    e.getCause() instanceof CsvParseException cause ? cause : e, Math.max(row.line(), lastLine + 1));
        }
    }

    /** {@return whether the last line, read just now, has no line end and is left for later} */
    private boolean isLeft() {
        return mayGrow && file + 1 == inputs.size() && isUnended();
    }

    /** {@return the exception for a damaged file} It ends the reading, even where bad rows are skipped. */
    private AccreteException broken(Exception why, long line) {
        String place = place(file, Math.max(line, 1));
        if (why instanceof CharacterCodingException) {
            return AccreteException.badData("soon after this line there is something that is not " + format.charset()
                            + " text; say which charset it is, as in csv:FILE?charset=windows-1252")
                    .at(place);
        }
        String message = String.valueOf(why.getMessage());
        if (why instanceof CsvParseException && message.startsWith("The maximum buffer size")) {
            return AccreteException.badData("not CSV: a cell here has more than " + MAX_CELL_CHARACTERS
                            + " characters; most likely it begins with a quotation mark that none ends")
                    .at(place);
        }
        if (why instanceof CsvParseException) {
            return AccreteException.badData(
                            "not CSV: " + message.replaceFirst(" \\(record starting at line \\d+\\)", ""))
                    .at(place);
        }
        if (why instanceof ZipException || why instanceof EOFException) {
            return AccreteException.badData("after this line, " + message).at(place);
        }
        return Input.unreadable(inputs.get(file).name(), why).at(place);
    }

    /** {@return trimmed column names} A column without a name, such as an index, is named by its number. */
    private static List<String> names(List<String> cells) {
        List<String> names = new ArrayList<>();
        for (String cell : cells) {
            String name = cell.strip();
            names.add(name.isEmpty() ? "column-" + (names.size() + 1) : name);
        }
        return List.copyOf(names);
    }

    /** {@return the names, where one that occurred before gets a number: id, id.1, id.2} */
    private static List<String> distinct(List<String> names) {
        Set<String> all = new HashSet<>(names);
        Map<String, Integer> counts = new HashMap<>();
        List<String> distinct = new ArrayList<>();
        for (String name : names) {
            int count = counts.merge(name, 1, Integer::sum) - 1;
            String changed = count == 0 ? name : name + "." + count;
            while (count > 0 && !all.add(changed)) {
                count = counts.merge(name, 1, Integer::sum) - 1;
                changed = name + "." + count;
            }
            distinct.add(changed);
        }
        return List.copyOf(distinct);
    }

    /**
     * Closes the current input. For a stream it closes only the bytes, because a thread that waits for the next row
     * holds the lock of the parser, possibly forever.
     */
    @Override
    public void close() {
        if (records != null) {
            try {
                if (inputs.get(file).isStream()) {
                    bytes.close();
                } else {
                    records.close();
                }
            } catch (IOException e) {
                throw Input.unreadable(inputs.get(file).name(), e);
            } finally {
                records = null;
            }
        }
    }
}
