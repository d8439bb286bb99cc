package org.accrete.io.parquet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.accrete.api.data.CellTexts;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;
import org.accrete.api.file.RowHash;
import org.accrete.io.parquet.FileColumn.Meaning;
import org.accrete.io.parquet.FileColumn.Physical;
import org.accrete.io.parquet.Footer.Part;

/**
 * Reads one column, in batches of rows, into cells of one form. What a dictionary's values are as cells is computed
 * once for each dictionary.
 */
final class ColumnReader {
    private static final int PLAIN = 0;
    private static final int PLAIN_DICTIONARY = 2;
    private static final int DICTIONARY = 8;
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.UTF_8);
    /** The hash of a missing text. */
    private static final long NOTHING = 1;

    private final FileColumn column;
    private final Form form;
    private final ColumnCells cells;
    private final CellText writer;
    private final Pages pages;
    private final RawValues raw = new RawValues();
    private final int[] present;
    private final int[] ids;

    private long left;
    private int leftInPage;
    private Optional<HybridDecoder> levels = Optional.empty();
    private Optional<HybridDecoder> references = Optional.empty();
    private Optional<ValueDecoder> values = Optional.empty();

    /** The dictionary; of its form. */
    private int words;

    private double[] numbers = {};
    private long[] seconds = {};
    private final RawValues dictionary = new RawValues();
    /** The number of each word among the cells' texts, to which it is added when it first occurs; else negative. */
    private int[] texts = {};

    private boolean hasWords;
    /** Whether there are texts that no later batch refers to. */
    private boolean hasOthers;

    private long[] textHashes = {};
    private int hashed;

    /**
     * Makes a reader.
     *
     * @param column the column
     * @param form the form of its cells
     * @param file the open file
     * @param spare the array that all columns of the file share
     * @param rows the most rows of a batch
     */
    ColumnReader(FileColumn column, Form form, FileChannel file, Pages.Spare spare, int rows) {
        this.column = column;
        this.form = form;
        this.cells = new ColumnCells(form, rows);
        this.writer = new CellText(column);
        this.pages = new Pages(file, spare);
        this.present = new int[column.isOptional() ? rows : 0];
        this.ids = new int[rows];
    }

    /** {@return the column} */
    FileColumn column() {
        return column;
    }

    /** {@return the cells of the batch} */
    ColumnCells cells() {
        return cells;
    }

    /** Goes to the first row of a row group. */
    void begin(Part part, long rows, long fileLength) throws IOException {
        if (part.values() != rows) {
            throw new Damage("it has " + part.values() + " values but there are " + rows + " rows");
        }
        pages.begin(part, fileLength);
        left = rows;
        leftInPage = 0;
        words = -1;
        clearTexts();
    }

    private void clearTexts() {
        cells.texts().clear();
        hashed = 0;
        hasOthers = false;
        if (hasWords) {
            Arrays.fill(texts, -1);
            hasWords = false;
        }
    }

    /** Reads the next rows of the row group. */
    void read(int rows) throws IOException {
        if (hasOthers) {
            clearTexts();
        }
        int done = 0;
        while (done < rows) {
            while (leftInPage == 0) {
                nextPage();
            }
            int some = Math.min(rows - done, leftInPage);
            read(done, some);
            leftInPage -= some;
            left -= some;
            done += some;
        }
    }

    private void nextPage() throws IOException {
        pages.next(column.isOptional());
        if (pages.isDictionary) {
            readDictionary();
            return;
        }
        if (pages.count > left) {
            throw new Damage("a page has " + pages.count + " values but only " + left + " rows are left");
        }
        leftInPage = pages.count;
        levels = column.isOptional()
                ? Optional.of(new HybridDecoder(pages.page, pages.levels, pages.levelsEnd, 1))
                : Optional.empty();
        references = Optional.empty();
        values = Optional.empty();
        if (pages.encoding == DICTIONARY || pages.encoding == PLAIN_DICTIONARY) {
            if (words < 0) {
                throw new Damage("a page refers to a dictionary but there is none");
            }
            boolean isEmpty = pages.values == pages.valuesEnd;
            references = Optional.of(new HybridDecoder(
                    pages.page,
                    pages.values + (isEmpty ? 0 : 1),
                    pages.valuesEnd,
                    isEmpty ? 0 : pages.page[pages.values]));
        } else {
            values = Optional.of(ValueDecoder.of(column, pages.encoding, pages.page, pages.values, pages.valuesEnd));
        }
    }

    private void readDictionary() {
        int count = pages.count;
        if (words >= 0 || column.physical() == Physical.BOOLEAN) {
            throw new Damage("it has a dictionary too many");
        }
        if ((long) count * column.leastBytes() > pages.valuesEnd - pages.values) {
            throw new Damage("a dictionary ends before its values do");
        }
        // The page does not stay, but texts are made of it later.
        byte[] page = form == Form.TEXTS
                ? Arrays.copyOfRange(pages.page, pages.values, pages.valuesEnd + Long.BYTES)
                : pages.page;
        int begin = form == Form.TEXTS ? 0 : pages.values;
        int end = begin + pages.valuesEnd - pages.values;
        // All encodings of dictionaries are the plain one.
        ValueDecoder.of(column, PLAIN, page, begin, end).read(count, form == Form.TEXTS ? dictionary : raw);
        words = count;
        switch (form) {
            case NUMBERS -> {
                numbers = numbers.length < count ? new double[count] : numbers;
                toNumbers(count, numbers, 0);
                raw.clear();
            }
            case SECONDS -> {
                seconds = seconds.length < count ? new long[count] : seconds;
                toSeconds(count, seconds, 0);
                raw.clear();
            }
            case TEXTS -> {
                if (texts.length < count) {
                    texts = new int[count];
                }
                Arrays.fill(texts, -1);
            }
        }
    }

    private void read(int from, int rows) {
        int there = rows;
        if (levels.isPresent()) {
            levels.get().read(present, from, rows);
            there = 0;
            for (int i = from; i < from + rows; i++) {
                there += present[i];
            }
        }
        if (references.isPresent()) {
            readReferences(references.get(), there);
        } else {
            values.orElseThrow().read(there, raw);
        }
        boolean refers = references.isPresent();
        switch (form) {
            case NUMBERS -> {
                double[] out = cells.numbers();
                if (refers) {
                    for (int i = 0; i < there; i++) {
                        out[from + i] = numbers[ids[i]];
                    }
                } else {
                    toNumbers(there, out, from);
                }
                for (int i = rows - 1, k = there - 1; k < i && i >= 0; i--) {
                    out[from + i] = present[from + i] == 0 ? Double.NaN : out[from + k--];
                }
            }
            case SECONDS -> {
                long[] out = cells.seconds();
                if (refers) {
                    for (int i = 0; i < there; i++) {
                        out[from + i] = seconds[ids[i]];
                    }
                } else {
                    toSeconds(there, out, from);
                }
                for (int i = rows - 1, k = there - 1; k < i && i >= 0; i--) {
                    out[from + i] = present[from + i] == 0 ? ColumnCells.MISSING : out[from + k--];
                }
            }
            case TEXTS -> {
                int[] out = cells.ids();
                toTexts(there, out, from, refers);
                for (int i = rows - 1, k = there - 1; k < i && i >= 0; i--) {
                    out[from + i] = present[from + i] == 0 ? -1 : out[from + k--];
                }
            }
        }
    }

    private void readReferences(HybridDecoder from, int count) {
        from.read(ids, 0, count);
        int wrong = 0;
        for (int i = 0; i < count; i++) {
            wrong |= ids[i] | words - 1 - ids[i];
        }
        if (wrong < 0) {
            throw new Damage("a page refers to a value that its dictionary of " + words + " does not have");
        }
    }

    private void toTexts(int count, int[] out, int from, boolean refers) {
        CellTexts all = cells.texts();
        if (column.meaning() == Meaning.BOOLEAN) {
            if (all.count() == 0) {
                all.add(FALSE, 0, FALSE.length);
                all.add(TRUE, 0, TRUE.length);
            }
            for (int i = 0; i < count; i++) {
                out[from + i] = (int) raw.longs[i];
            }
        } else if (refers) {
            hasWords = true;
            for (int i = 0; i < count; i++) {
                int id = ids[i];
                if (texts[id] < 0) {
                    texts[id] = all.count();
                    writer.add(dictionary, id, all);
                }
                out[from + i] = texts[id];
            }
        } else {
            hasOthers = true;
            for (int i = 0; i < count; i++) {
                out[from + i] = all.count();
                writer.add(raw, i, all);
            }
        }
    }

    private void toNumbers(int count, double[] out, int from) {
        switch (column.meaning()) {
            case FLOATING -> System.arraycopy(raw.doubles, 0, out, from, count);
            case HALF -> {
                for (int i = 0; i < count; i++) {
                    out[from + i] = Decimals.half(raw, i);
                }
            }
            case UNSIGNED -> {
                for (int i = 0; i < count; i++) {
                    out[from + i] = Decimals.unsigned(raw.longs[i]);
                }
            }
            case DECIMAL -> {
                boolean isWhole = column.physical() == Physical.INT32 || column.physical() == Physical.INT64;
                for (int i = 0; i < count; i++) {
                    out[from + i] = isWhole
                            ? Decimals.scaled(raw.longs[i], column.scale())
                            : Decimals.scaled(raw.bytes, raw.begins[i], raw.ends[i], column.scale());
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    out[from + i] = raw.longs[i];
                }
            }
        }
    }

    private void toSeconds(int count, long[] out, int from) {
        boolean isDate = column.meaning() == Meaning.DATE;
        long scale = column.scale();
        for (int i = 0; i < count; i++) {
            out[from + i] = isDate ? raw.longs[i] * 86_400 : Math.floorDiv(raw.longs[i], scale);
        }
    }

    /** Adds the cells of the batch to a hash of each row. */
    void hash(long[] rows, int count) {
        switch (form) {
            case NUMBERS -> {
                double[] all = cells.numbers();
                for (int i = 0; i < count; i++) {
                    rows[i] = RowHash.mix(rows[i], Double.doubleToLongBits(all[i]));
                }
            }
            case SECONDS -> {
                long[] all = cells.seconds();
                for (int i = 0; i < count; i++) {
                    rows[i] = RowHash.mix(rows[i], all[i]);
                }
            }
            case TEXTS -> {
                hashTexts();
                int[] all = cells.ids();
                for (int i = 0; i < count; i++) {
                    rows[i] = RowHash.mix(rows[i], all[i] < 0 ? NOTHING : textHashes[all[i]]);
                }
            }
        }
    }

    private void hashTexts() {
        CellTexts all = cells.texts();
        if (textHashes.length < all.count()) {
            textHashes = Arrays.copyOf(textHashes, Math.max(all.count(), 2 * textHashes.length));
        }
        for (; hashed < all.count(); hashed++) {
            int begin = all.begin(hashed);
            int end = all.begin(hashed + 1);
            textHashes[hashed] = RowHash.of(end - begin, all.bytes(), begin, end);
        }
    }
}
