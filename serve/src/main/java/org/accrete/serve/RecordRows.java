package org.accrete.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;

/**
 * Turns the records of a request into rows of chunks, a block of rows at a time. The cells of a record come as texts in
 * any order; those that come in the order of {@link #header} are not copied twice. Its memory is kept for the next
 * request; for one thread at a time.
 */
final class RecordRows {
    private static final int MOST_ROWS = 1_024;
    private static final int MOST_VALUES = 1 << 18;
    /** Behind the last cell, so that numbers can be read by eight bytes. */
    private static final int SLACK = 16;

    /** What is done with a block of rows. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes rows.
         *
         * @param rows the block, not kept
         * @param first the number of its first row in the request, from 0
         */
        void rows(ChunkBuffer rows, long first);
    }

    private final List<String> header;
    private final Map<String, Integer> columns = new HashMap<>();
    private final RowEncoder encoder;
    private final ChunkBuffer block;
    private Sink sink = (rows, first) -> {};
    private long maxRows;

    private long row;
    private long first;
    private byte[] text = new byte[1_024];
    private byte[] sorted = new byte[0];
    /** Where cells begin and end; as borders where all came in order. */
    private final int[] begins;

    private final int[] ends;
    private final int[] borders;
    /** The row, from 1, in which a column was given last. */
    private final long[] givenIn;

    private int at;
    private int given;
    private boolean isInOrder;

    /**
     * Makes what encodes by a plan.
     *
     * @param plan how raw columns become numbers
     * @param schema the schema of the model, taken where it matches: comparing it with itself takes no time
     * @param targetNeeded whether records have the target and the weight
     */
    RecordRows(ColumnPlan plan, Schema schema, boolean targetNeeded) {
        header = header(plan, targetNeeded);
        for (String name : header) {
            columns.put(name, columns.size());
        }
        encoder = new RowEncoder(plan, header, targetNeeded);
        Schema own = schema.matches(encoder.schema()) ? schema : encoder.schema();
        int capacity =
                own.isSparse() ? MOST_ROWS : Math.max(1, Math.min(MOST_ROWS, MOST_VALUES / Math.max(1, own.width())));
        block = new ChunkBuffer(own, capacity, plan.keys().size());
        begins = new int[header.size() + 1];
        ends = new int[header.size()];
        borders = new int[header.size() + 1];
        givenIn = new long[header.size()];
    }

    /**
     * {@return a plan without keys that nothing is made of: who predicts need not give them}
     *
     * @param plan the plan of a model
     */
    static ColumnPlan withoutKeys(ColumnPlan plan) {
        Set<String> crossed = new LinkedHashSet<>();
        plan.columns().stream()
                .filter(Column.Cross.class::isInstance)
                .forEach(column -> crossed.addAll(((Column.Cross) column).columns()));
        return new ColumnPlan(
                plan.columns().stream()
                        .filter(column -> !(column instanceof Column.Key) || crossed.contains(column.name()))
                        .toList(),
                plan.seen());
    }

    /** {@return names of the raw columns that a record must have} */
    static List<String> header(ColumnPlan plan, boolean targetNeeded) {
        Set<String> names = new LinkedHashSet<>();
        List<String> parts = new ArrayList<>();
        for (Column column : plan.columns()) {
            if (column instanceof Column.Cross cross) {
                parts.addAll(cross.columns());
            } else if (column instanceof Column.Label || column instanceof Column.Weight) {
                if (targetNeeded) {
                    names.add(column.name());
                }
            } else if (!(column instanceof Column.Ignore)) {
                names.add(column.name());
            }
        }
        names.addAll(parts);
        return List.copyOf(names);
    }

    /**
     * Begins a request; what is left of one before is forgotten.
     *
     * @param to takes the blocks of rows
     * @param most how many rows a request may have
     */
    void begin(Sink to, long most) {
        sink = to;
        maxRows = most;
        row = 0;
        first = 0;
        Arrays.fill(givenIn, 0);
        block.clear();
    }

    /** {@return names of the raw columns that a record must have} */
    List<String> header() {
        return header;
    }

    /** {@return how a column is given to {@link #columns} without making a text of it} */
    ColumnCells.Form form(int column) {
        return encoder.form(column).orElse(ColumnCells.Form.TEXTS);
    }

    /** {@return the number of a column in the header; −1 if nothing is made of it} */
    int column(String name) {
        Integer column = columns.get(name);
        return column == null ? -1 : column;
    }

    /**
     * {@return the number of a column, looked for first where it is if columns come in order}
     *
     * @param name its name
     */
    int nextColumn(String name) {
        return given < header.size() && header.get(given).equals(name) ? given : column(name);
    }

    /** {@return rows that were begun} */
    long rows() {
        return row;
    }

    /** Begins a record. */
    void beginRow() {
        if (row >= maxRows) {
            throw Refusal.of(413, "a request may have at most " + maxRows + " rows; send more than one");
        }
        row++;
        at = 0;
        given = 0;
        isInOrder = true;
    }

    /** Gives a cell of the record. */
    void cell(int column, char[] from, int offset, int length) {
        begin(column);
        room(3 * length);
        for (int i = 0; i < length; i++) {
            char c = from[offset + i];
            if (c >= 0x80) {
                byte[] bytes = new String(from, offset, length).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(bytes, 0, text, at, bytes.length);
                end(column, bytes.length);
                return;
            }
            text[at + i] = (byte) c;
        }
        end(column, length);
    }

    /** Gives a cell of the record. */
    void cell(int column, String from) {
        begin(column);
        byte[] bytes = from.getBytes(StandardCharsets.UTF_8);
        room(bytes.length);
        System.arraycopy(bytes, 0, text, at, bytes.length);
        end(column, bytes.length);
    }

    /** Gives a cell of the record, UTF-8. */
    void cell(int column, byte[] from, int begin, int end) {
        begin(column);
        room(end - begin);
        System.arraycopy(from, begin, text, at, end - begin);
        end(column, end - begin);
    }

    /** Gives a missing cell of the record. */
    void missing(int column) {
        begin(column);
        end(column, 0);
    }

    private void begin(int column) {
        if (givenIn[column] == row) {
            throw refuse("column " + Refusal.quote(header.get(column)) + " must be given once but is there twice");
        }
    }

    private void end(int column, int length) {
        givenIn[column] = row;
        isInOrder &= column == given;
        given++;
        begins[column] = at;
        at += length;
        ends[column] = at;
    }

    private void room(int more) {
        if (at + more + SLACK > text.length) {
            text = Arrays.copyOf(text, Math.max(at + more + SLACK, 2 * text.length));
        }
    }

    /** {@return a refusal of the record} */
    Refusal refuse(String why) {
        return Refusal.badRow(row - 1, why);
    }

    /** Ends a record: it is encoded, and handed on with its block. */
    void endRow() {
        if (given < header.size()) {
            throw refuse("the record has no " + Refusal.quote(absent())
                    + "; give it a null or an empty text where the value is not known");
        }
        try {
            if (isInOrder) {
                begins[header.size()] = at;
                encoder.encode(text, begins, 0, header.size(), block);
            } else {
                sort();
                encoder.encode(sorted, borders, 0, header.size(), block);
            }
        } catch (AccreteException e) {
            throw refuse(e.line());
        }
        if (block.isFull()) {
            flush();
        }
    }

    private String absent() {
        int column = 0;
        while (givenIn[column] == row) {
            column++;
        }
        return header.get(column);
    }

    private void sort() {
        if (sorted.length < at + SLACK) {
            sorted = new byte[2 * at + SLACK];
        }
        int to = 0;
        for (int column = 0; column < ends.length; column++) {
            borders[column] = to;
            int length = ends[column] - begins[column];
            System.arraycopy(text, begins[column], sorted, to, length);
            to += length;
        }
        borders[ends.length] = to;
    }

    /**
     * Gives rows column by column.
     *
     * @param cells one for each name of the header, in the {@linkplain #form form} wanted or as texts
     * @param rows how many
     */
    void columns(ColumnCells[] cells, int rows) {
        for (int i = 0; i < rows; i++) {
            beginRow();
            try {
                encoder.encode(cells, i, block);
            } catch (AccreteException e) {
                throw refuse(e.line());
            }
            if (block.isFull()) {
                flush();
            }
        }
    }

    /** Hands on what is left. */
    void end() {
        if (block.rows() > 0) {
            flush();
        }
    }

    private void flush() {
        sink.rows(block, first);
        first += block.rows();
        block.clear();
    }
}
