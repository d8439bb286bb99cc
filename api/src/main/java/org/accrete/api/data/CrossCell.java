package org.accrete.api.data;

import java.util.Arrays;
import java.util.List;

/**
 * Joins the cells of a row that a cross is of, and puts the combination into its block. Not thread-safe; allocates
 * nothing per row.
 *
 * <p>Each text is preceded by its length in bytes, so that no two combinations are joined to the same bytes. Booleans
 * are one byte, however they are written; the categories that share a place, see {@link Column.Categorical}, are one
 * text.
 */
final class CrossCell {
    private static final int RARE = -1;

    private final int width;
    private final int[] fields;
    private final CellFormat[] cells;
    private final Places[] places;
    private final boolean[] areBooleans;

    private byte[] joined = new byte[64];
    private int length;

    /**
     * Makes one.
     *
     * @param cross a cross of the plan
     * @param plan the plan
     * @param fields where its columns are
     */
    CrossCell(Column.Cross cross, ColumnPlan plan, int[] fields) {
        List<Column> columns = cross.columns().stream().map(plan::column).toList();
        width = cross.width();
        this.fields = fields;
        cells = columns.stream().map(Column::cells).toArray(CellFormat[]::new);
        places = columns.stream()
                .map(column -> new Places(
                        column instanceof Column.Categorical words ? words : new Column.Categorical(column.name(), 1)))
                .toArray(Places[]::new);
        areBooleans = new boolean[cells.length];
        for (int i = 0; i < cells.length; i++) {
            areBooleans[i] = columns.get(i) instanceof Column.Bool;
        }
    }

    /** {@return how many cells are joined} */
    int parts() {
        return fields.length;
    }

    /** {@return where the column of a part is} */
    int field(int part) {
        return fields[part];
    }

    /** {@return whether the column of a part is there} */
    boolean reads(int field) {
        return Arrays.stream(fields).anyMatch(one -> one == field);
    }

    /** {@return how the cells of a part are written} */
    CellFormat cells(int part) {
        return cells[part];
    }

    /** Forgets the row before. */
    void begin() {
        length = 0;
    }

    /**
     * Adds the cell of the next part.
     *
     * @param part its number
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     * @return whether it is there; if not, the row has no entry
     */
    boolean add(int part, byte[] text, int from, int to) {
        if (cells[part].isMissing(text, from, to)) {
            return false;
        }
        if (areBooleans[part]) {
            addLength(1);
            joined[length++] = (byte) Cells.parseBoolean(text, from, to);
        } else if (places[part].isRare(text, from, to)) {
            addLength(RARE);
        } else {
            addLength(to - from);
            System.arraycopy(text, from, joined, length, to - from);
            length += to - from;
        }
        return true;
    }

    /** Adds the number of bytes that follow, and makes room for them. */
    private void addLength(int bytes) {
        int most = length + Integer.BYTES + Math.max(0, bytes);
        if (most > joined.length) {
            joined = Arrays.copyOf(joined, 2 * most);
        }
        for (int i = 0; i < Integer.BYTES; i++) {
            joined[length++] = (byte) (bytes >>> (8 * i));
        }
    }

    /** Puts the combination into the begun row; to be called when all parts were added. */
    void put(int column, ChunkBuffer out) {
        out.put(column + Integer.remainderUnsigned(Murmur3.hash(joined, 0, length), width), 1.0);
    }
}
