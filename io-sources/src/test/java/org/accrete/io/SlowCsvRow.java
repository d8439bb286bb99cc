package org.accrete.io;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The last record of the parser. Its cells are concatenated in one array, which is reused for the next record. */
final class SlowCsvRow extends CsvCallbackHandler<SlowCsvRow> {
    private static final int MAX_CHARACTERS = 1 << 24;

    private char[] text = new char[1024];
    private int[] ends = new int[16];
    private int count;
    private long line;
    private RecordType type = RecordType.DATA;

    /** {@return the cells' characters} */
    char[] text() {
        return text;
    }

    /** {@return the end offset of each cell} */
    int[] ends() {
        return ends;
    }

    /** {@return the number of cells} */
    int count() {
        return count;
    }

    /** {@return the number of its first line, from 1} */
    long line() {
        return line;
    }

    /** {@return the cells as strings} */
    List<String> fields() {
        return fields(text, ends, count);
    }

    /** {@return cells as strings, from their concatenated characters and the end offset of each} */
    static List<String> fields(char[] text, int[] ends, int count) {
        List<String> fields = new ArrayList<>(count);
        int from = 0;
        for (int i = 0; i < count; i++) {
            fields.add(new String(text, from, ends[i] - from));
            from = ends[i];
        }
        return fields;
    }

    /** {@return whether all cells are empty or whitespace only} */
    boolean isBlank() {
        for (int i = 0; i < ends[count - 1]; i++) {
            if (text[i] > ' ') {
                return false;
            }
        }
        return true;
    }

    @Override
    protected RecordType getRecordType() {
        return type;
    }

    @Override
    protected int getFieldCount() {
        return count;
    }

    @Override
    protected void beginRecord(long startingLineNumber) {
        line = startingLineNumber;
        count = 0;
        ends[0] = 0;
        type = RecordType.DATA;
    }

    @Override
    protected void addField(char[] buffer, int offset, int length, boolean quoted) {
        int from = count == 0 ? 0 : ends[count - 1];
        if (length > text.length - from) {
            if (from + length > MAX_CHARACTERS) {
                throw new CsvParseException(
                        "a record has more than " + MAX_CHARACTERS + " characters; is a quote left open?");
            }
            text = Arrays.copyOf(text, Math.max(from + length, 2 * text.length));
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        System.arraycopy(buffer, offset, text, from, length);
        ends[count++] = from + length;
    }

    @Override
    protected void setComment(char[] buffer, int offset, int length) {
        type = RecordType.COMMENT;
    }

    @Override
    protected void setEmpty() {
        type = RecordType.EMPTY;
    }

    @Override
    protected SlowCsvRow buildRecord() {
        return this;
    }
}
