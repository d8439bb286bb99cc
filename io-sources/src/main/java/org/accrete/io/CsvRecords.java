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

/** The records of one input after the other, without headers and blank lines. */
final class CsvRecords implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int MOST_CELL_CHARACTERS = 1 << 20;
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
     * Begins before the first record of an input.
     *
     * @param inputs what to read
     * @param file index of the first to read
     * @param delimiter what separates cells
     * @param charset of inputs that do not begin with a byte order mark
     */
    CsvRecords(List<Input> inputs, int file, char delimiter, Charset charset) {
        this.inputs = inputs;
        this.file = file - 1;
        this.delimiter = delimiter;
        this.charset = charset;
    }

    /** {@return the record read last} */
    CsvRow row() {
        return row;
    }

    /** {@return index of the input it is in} */
    int file() {
        return file;
    }

    /** {@return how many records of that input were read, it included} */
    long record() {
        return record;
    }

    /** {@return the names in that input's header; empty before the first} */
    List<String> header() {
        return header;
    }

    /**
     * {@return what a person calls a line}
     *
     * @param inFile index of its input
     * @param line from 1
     */
    String place(int inFile, long line) {
        return inputs.get(inFile).name() + " line " + line;
    }

    /**
     * Reads a record.
     *
     * @return whether there was one left
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
                .maxBufferSize(MOST_CELL_CHARACTERS)
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

    /** Damage of the file itself, which is never a matter of one row. */
    private AccreteException broken(Exception why, long line) {
        String place = place(file, Math.max(line, 1));
        if (why instanceof CharacterCodingException) {
            return AccreteException.badData("soon after this line there is something that is not " + charset
                            + " text; say which charset it is, as in csv:FILE?charset=windows-1252")
                    .at(place);
        }
        String message = String.valueOf(why.getMessage());
        if (why instanceof CsvParseException && message.startsWith("The maximum buffer size")) {
            return AccreteException.badData("not CSV: a cell here has more than " + MOST_CELL_CHARACTERS
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

    /** Names without blanks around them; a column without a name, such as an index, is called by its number. */
    private static List<String> names(List<String> cells) {
        List<String> names = new ArrayList<>();
        for (String cell : cells) {
            String name = cell.strip();
            names.add(name.isEmpty() ? "column-" + (names.size() + 1) : name);
        }
        return List.copyOf(names);
    }

    /**
     * Closes the input being read. Of a stream only its bytes: the parser's lock is held by whoever waits for the next
     * row, and that may never come.
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
