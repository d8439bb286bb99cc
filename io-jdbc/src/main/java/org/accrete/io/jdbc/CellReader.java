package org.accrete.io.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.accrete.api.data.CellTexts;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;

/** Reads the cells of one column into typed cells. What a value is as text is computed once for each value. */
final class CellReader {
    /** The most texts, or bytes of texts, that are kept for later rows. */
    private static final int MOST_TEXTS = 10_000;

    private static final int MOST_BYTES = 1 << 20;
    private static final int SMALL = 256;

    private final CellType type;
    private final int index;
    private final ColumnCells cells;
    private final Map<Object, Integer> known = new HashMap<>();
    /** What {@link #known} has of small whole numbers, as labels often are; −1 for nothing. */
    private final int[] small = new int[SMALL];

    /**
     * Makes a reader.
     *
     * @param column the column
     * @param index its number in a row, from 1
     * @param wanted the form that is wanted of its cells
     * @param rows the most rows of a batch
     */
    CellReader(TableColumn column, int index, Form wanted, int rows) {
        this.type = column.type();
        this.index = index;
        this.cells = new ColumnCells(type.form(wanted), rows);
        Arrays.fill(small, -1);
    }

    /** {@return the cells of the batch} */
    ColumnCells cells() {
        return cells;
    }

    /** Begins a batch. */
    void begin() {
        CellTexts texts = cells.texts();
        if (texts.count() > MOST_TEXTS || texts.begin(texts.count()) > MOST_BYTES) {
            texts.clear();
            known.clear();
            Arrays.fill(small, -1);
        }
    }

    /** {@return whether the texts of the batch are so large that it should end} */
    boolean isLarge() {
        return cells.texts().begin(cells.texts().count()) > MOST_BYTES;
    }

    /**
     * Reads the cell of a row.
     *
     * @param from the row
     * @param row its number in the batch
     */
    void read(ResultSet from, int row) throws SQLException {
        switch (cells.form()) {
            case NUMBERS -> cells.numbers()[row] = type.number(from, index);
            case SECONDS -> cells.seconds()[row] = type.seconds(from, index);
            case TEXTS -> cells.ids()[row] = type == CellType.WHOLE ? wholeId(from) : id(type.value(from, index));
        }
    }

    private int wholeId(ResultSet from) throws SQLException {
        long value = from.getLong(index);
        if (value == 0 && from.wasNull()) {
            return -1;
        }
        if (value < 0 || value >= SMALL) {
            return id(value);
        }
        if (small[(int) value] < 0) {
            small[(int) value] = id(value);
        }
        return small[(int) value];
    }

    /** {@return the number of the text of a value, which may be null} */
    private int id(Object value) {
        if (value == null) {
            return -1;
        }
        Integer id = known.get(value);
        if (id == null) {
            byte[] text = CellType.text(value).getBytes(StandardCharsets.UTF_8);
            id = cells.texts().add(text, 0, text.length);
            known.put(value, id);
        }
        return id;
    }

    /** {@return the text of a cell of the batch, as a CSV file would have it} */
    String text(int row) {
        return switch (cells.form()) {
            case NUMBERS -> CellType.text(cells.numbers()[row]);
            case SECONDS -> {
                long seconds = cells.seconds()[row];
                yield seconds == ColumnCells.MISSING ? "" : CellType.textOfSeconds(seconds);
            }
            case TEXTS -> {
                int id = cells.ids()[row];
                int begin = id < 0 ? 0 : cells.texts().begin(id);
                int end = id < 0 ? 0 : cells.texts().begin(id + 1);
                yield new String(cells.texts().bytes(), begin, end - begin, StandardCharsets.UTF_8);
            }
        };
    }
}
