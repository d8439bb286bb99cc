package org.accrete.io;

import de.siegmar.fastcsv.reader.CloseableIterator;
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
import java.util.List;
import java.util.zip.ZipException;
import org.accrete.api.AccreteException;

/** Reads the records of several inputs in order, without headers and blank lines. */
final class CsvRecords implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_CELL_CHARACTERS = 1 << 20;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final List<Input> inputs;
    private final char delimiter;
    private final Charset charset;
    private final CsvRow row = new CsvRow();
    private int file;
    private long record;
    private long lastLine;
    private List<String> header = List.of();
    private CloseableIterator<CsvRow> records;
    private InputStream bytes;

    /**
     * Starts before the first record of an input.
     *
     * @param inputs the inputs
     * @param file index of the first input to read
     * @param delimiter separator of cells
     * @param charset charset of inputs without a byte order mark
     */
    CsvRecords(List<Input> inputs, int file, char delimiter, Charset charset) {
        this.inputs = inputs;
        this.file = file - 1;
        this.delimiter = delimiter;
        this.charset = charset;
    }

    /** {@return the last record} */
    CsvRow row() {
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
                while (read()) {
                    if (header.size() == 1 || !row.isBlank()) {
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
        if (read()) {
            header = names(row.fields());
        } else {
            close();
        }
    }

    private CloseableIterator<CsvRow> parser(InputStream in) throws IOException {
        BufferedInputStream stored = new BufferedInputStream(in, BUFFER);
        BufferedInputStream plain =
                Gunzip.isNext(stored) ? new BufferedInputStream(new Gunzip(stored), BUFFER) : stored;
        plain.mark(4);
        int mark = plain.read() << 8 | plain.read();
        boolean isUtf16 = mark == BYTE_ORDER_MARK || mark == Integer.reverseBytes(BYTE_ORDER_MARK) >>> 16;
        boolean isUtf8 = mark == 0xEFBB && plain.read() == 0xBF;
        if (!isUtf8) {
            plain.reset();
        }
        Charset used = isUtf8 ? StandardCharsets.UTF_8 : isUtf16 ? StandardCharsets.UTF_16 : charset;
        InputStreamReader reader = new InputStreamReader(
                plain,
                used.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        return CsvReader.builder()
                .fieldSeparator(delimiter)
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(MAX_CELL_CHARACTERS)
                .build(row, reader)
                .iterator();
    }

    private boolean read() {
        try {
            if (records.hasNext()) {
                lastLine = records.next().line();
                return true;
            }
            return false;
        } catch (UncheckedIOException e) {
            throw broken(e.getCause(), lastLine);
        } catch (CsvParseException e) {
            throw broken(
                    e.getCause() instanceof CsvParseException cause ? cause : e, Math.max(row.line(), lastLine + 1));
        }
    }

    /** {@return the exception for a damaged file} It ends the reading, even where bad rows are skipped. */
    private AccreteException broken(Exception why, long line) {
        String place = place(file, Math.max(line, 1));
        if (why instanceof CharacterCodingException) {
            return AccreteException.badData("soon after this line there is something that is not " + charset
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
