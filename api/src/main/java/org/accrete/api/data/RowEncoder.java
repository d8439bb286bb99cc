package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * Turns raw rows into rows of a chunk, by a plan and a header. Grows the list of labels as rows bring new ones. Not
 * thread-safe; allocates nothing per row except for keys and new labels.
 *
 * <p>Blanks around a cell do not count, except in keys. An empty cell and {@code NA}, {@code NaN} and {@code null}, as
 * written or all in upper or lower case, are missing, and so are the texts that the column's {@link CellFormat} lists.
 * A number is a decimal that fits a {@code double}; a boolean is {@code true}, {@code yes}, {@code false} or {@code no}
 * in any case; a date is {@code yyyy-MM-dd}, alone or with {@code HH:mm} or {@code HH:mm:ss} after a blank or a
 * {@code T}. A label is the cell's text, but a whole number is written canonically, {@code 1.0} is {@code 1}, unless
 * the plan keeps labels as written. A sparse cell is pairs {@code index:value} with ascending indices.
 */
public final class RowEncoder {
    private static final int ABSENT = -1;
    /** What is not yet computed. */
    private static final int UNKNOWN = -2;

    private enum Amount {
        NUMBER,
        BOOLEAN,
        DAYS,
        /** 1 if the cell is missing. */
        MISSING
    }

    /** A number that a column makes. */
    private record Made(Column column, Amount amount) {}

    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> header;
    private final boolean targetNeeded;

    private final Amount[] amounts;
    private final int[] amountFields;
    private final CellFormat[] amountCells;
    /** Whether the column of an amount is numeric, where -999 is missing however it is written. */
    private final boolean[] areNumbers;

    /** Index of the date of each amount that is one. */
    private final int[] dateOf;

    private final DateCell[] dates;
    private final long[] firstDays;
    private final boolean[] dated;
    private final int[] hotFields;
    private final int[] hotColumns;
    private final CellFormat[] hotCells;
    private final BlockCell[] blocks;
    private final CrossCell[] crosses;
    private final int[] crossColumns;

    private final int weightField;
    private final CellFormat weightCells;
    private final int targetField;
    private final TargetCell target;
    private final int[] keyFields;
    private final Optional<CellFilter> filter;

    /** What the texts of one-hot columns mean where cells are given column by column. */
    private final TextValues[] hotIds;

    private byte[] scratch = new byte[256];
    private int[] scratchBorders;
    private int from;
    private int to;

    /**
     * Makes an encoder. Labels begin with those of the plan.
     *
     * @param plan how columns become numbers
     * @param header names of the raw columns, in the order of the fields of a row; more than the plan has are ignored
     * @param targetNeeded whether a row whose target is neither usable nor missing is refused; when false its target is
     *     NaN, and the target and weight columns may be absent. A missing target is NaN
     * @throws AccreteException bad data: the header lacks a column of the plan or has a name twice; the message names
     *     it
     */
    public RowEncoder(ColumnPlan plan, List<String> header, boolean targetNeeded) {
        this(plan, header, targetNeeded, Optional.empty());
    }

    /**
     * Makes an encoder that also knows which rows to encode. Labels begin with those of the plan.
     *
     * @param plan how columns become numbers
     * @param header names of the raw columns, in the order of the fields of a row; more than the plan has are ignored
     * @param targetNeeded as in {@link #RowEncoder(ColumnPlan, List, boolean)}
     * @param where what {@link #accepts} asks of a row; empty for nothing
     * @throws AccreteException bad data: the header lacks a column of the plan or of the condition, or has a name twice
     */
    public RowEncoder(ColumnPlan plan, List<String> header, boolean targetNeeded, Optional<RowFilter> where) {
        this.plan = plan;
        this.schema = plan.schema();
        this.header = List.copyOf(header);
        this.targetNeeded = targetNeeded;
        Map<String, Integer> fields = fields(header);

        List<Column> columns = plan.columns();
        List<Made> numeric = numeric(columns);
        amounts = numeric.stream().map(Made::amount).toArray(Amount[]::new);
        amountFields =
                numeric.stream().mapToInt(made -> field(fields, made.column())).toArray();
        amountCells = numeric.stream().map(made -> made.column().cells()).toArray(CellFormat[]::new);
        firstDays = columns.stream()
                .filter(Column.DateTime.class::isInstance)
                .mapToLong(column ->
                        ((Column.DateTime) column).firstDay().orElseThrow().toEpochDay())
                .toArray();
        dates = new DateCell[firstDays.length];
        dated = new boolean[firstDays.length];
        List<DateCell> readers = columns.stream()
                .filter(Column.DateTime.class::isInstance)
                .map(column -> column.cells().dateCell())
                .toList();
        Arrays.setAll(dates, readers::get);
        dateOf = new int[amounts.length];
        areNumbers = new boolean[amounts.length];
        for (int i = 0, date = 0; i < amounts.length; i++) {
            dateOf[i] = amounts[i] == Amount.DAYS ? date++ : ABSENT;
            areNumbers[i] = numeric.get(i).column() instanceof Column.Numeric;
        }

        List<Column> hot = columns.stream().filter(RowEncoder::hasBlock).toList();
        hotFields = hot.stream().mapToInt(column -> field(fields, column)).toArray();
        hotCells = hot.stream().map(Column::cells).toArray(CellFormat[]::new);
        blocks = hot.stream().map(RowEncoder::blockCell).toArray(BlockCell[]::new);
        hotIds = new TextValues[hotFields.length];
        Arrays.setAll(hotIds, i -> new TextValues());
        hotColumns = new int[hotFields.length];
        int next = amounts.length + ColumnPlan.CYCLES * dates.length;
        for (int i = 0; i < hotColumns.length; i++) {
            hotColumns[i] = next;
            next += width(hot.get(i));
        }
        List<Column.Cross> crossed = plan.crosses();
        crosses = crossed.stream()
                .map(cross -> new CrossCell(
                        cross,
                        plan,
                        cross.columns().stream()
                                .mapToInt(name -> field(fields, plan.column(name)))
                                .toArray()))
                .toArray(CrossCell[]::new);
        crossColumns = new int[crosses.length];
        for (int i = 0; i < crossColumns.length; i++) {
            crossColumns[i] = next;
            next += crossed.get(i).width();
        }

        Optional<Column> weight =
                columns.stream().filter(Column.Weight.class::isInstance).findFirst();
        weightField = weight.map(column -> fieldOfTraining(fields, column)).orElse(ABSENT);
        weightCells = weight.map(Column::cells).orElse(CellFormat.standard());
        targetField =
                plan.label().map(column -> fieldOfTraining(fields, column)).orElse(ABSENT);
        target = new TargetCell(plan, targetNeeded);
        keyFields = columns.stream()
                .filter(Column.Key.class::isInstance)
                .mapToInt(column -> field(fields, column))
                .toArray();

        filter = where.map(condition -> new CellFilter(condition, this.header, columns));
        scratchBorders = new int[header.size() + 1];
    }

    /** {@return the numbers that columns make, in the order of the schema} */
    private static List<Made> numeric(List<Column> columns) {
        List<Made> numeric = new ArrayList<>();
        for (Column column : columns) {
            if (column instanceof Column.Numeric) {
                numeric.add(new Made(column, Amount.NUMBER));
            } else if (column instanceof Column.Bool) {
                numeric.add(new Made(column, Amount.BOOLEAN));
            } else if (column instanceof Column.DateTime) {
                numeric.add(new Made(column, Amount.DAYS));
            }
            if (column.cells().hasIndicator()) {
                numeric.add(new Made(column, Amount.MISSING));
            }
        }
        return numeric;
    }

    /** {@return whether a raw column has a one-hot or sparse block} */
    static boolean hasBlock(Column column) {
        return column instanceof Column.Categorical || column instanceof Column.Sparse || column instanceof Column.Text;
    }

    /** {@return what reads the cells of a column that has a block} */
    static BlockCell blockCell(Column column) {
        if (column instanceof Column.Sparse sparse) {
            return new SparseCell(sparse);
        }
        return column instanceof Column.Text text ? new TextCell(text) : new Places((Column.Categorical) column);
    }

    /** {@return the width of the block of a column} */
    static int width(Column column) {
        if (column instanceof Column.Sparse sparse) {
            return sparse.width();
        }
        return column instanceof Column.Text text ? text.width() : ((Column.Categorical) column).width();
    }

    /** {@return the number of each field, by the name of its column} */
    private static Map<String, Integer> fields(List<String> header) {
        PlanInference.requireDistinct(header);
        Map<String, Integer> fields = new HashMap<>();
        for (String name : header) {
            fields.put(name, fields.size());
        }
        return fields;
    }

    private int field(Map<String, Integer> fields, Column column) {
        Integer field = fields.get(column.name());
        if (field == null) {
            String need = column instanceof Column.Label
                    ? ", the target, without which nothing can be learned or scored, only predicted; "
                    : " of kind " + column.kind().replaceFirst("\\(.*", "") + ", which the plan needs; ";
            throw AccreteException.badData("there is no column " + Cells.quote(column.name()) + need
                    + PlanInference.columnsBeside(column.name(), header));
        }
        return field;
    }

    private int fieldOfTraining(Map<String, Integer> fields, Column column) {
        return targetNeeded || fields.containsKey(column.name()) ? field(fields, column) : ABSENT;
    }

    /** {@return the plan, as it was given} */
    public ColumnPlan plan() {
        return plan;
    }

    /** {@return what the columns are; the target's classes are those of the plan} */
    public Schema schema() {
        return schema;
    }

    /** {@return the labels known so far, an immutable list that this object replaces when it learns one} */
    public List<String> classes() {
        return target.labels();
    }

    /**
     * {@return the index of a label that an encoder of the same plan found, which is added when it is new} Reading rows
     * with several encoders and numbering their labels here, in the order of the rows, is the same as reading all rows
     * with this one.
     *
     * @param label a label as the other encoder numbers it
     */
    public int classIndex(String label) {
        return target.index(label);
    }

    /**
     * {@return whether a row is to be encoded} The caller counts those that are not, and encodes the others.
     *
     * @param text the cells as UTF-8, not changed
     * @param borders where each cell begins in the text, and where the last one ends: one number more than cells
     * @param first index of the first cell's border
     * @param count how many cells; a row that has not as many as the header is left to be refused
     */
    public boolean accepts(byte[] text, int[] borders, int first, int count) {
        return filter.isEmpty() || count != header.size() || filter.get().accepts(text, borders, first);
    }

    /**
     * {@return whether a row is to be encoded} The caller counts those that are not, and encodes the others.
     *
     * @param fields the cells, one per name of the header
     */
    public boolean accepts(List<String> fields) {
        int count = load(fields);
        return accepts(scratch, scratchBorders, 0, count);
    }

    /**
     * {@return whether the condition asks nothing but numeric columns, so that {@link #accepts(double[], int)} can be
     * called}
     *
     * @param count how many of the first columns are given as numbers
     */
    public boolean asksNumbersOnly(int count) {
        return filter.isEmpty() || filter.get().readsNumbersOnly(count);
    }

    /**
     * {@return whether a row is to be encoded} The caller counts those that are not, and encodes the others.
     *
     * @param numbers has the first cells of the row, NaN where one is missing; not changed
     * @param first index of the first of them
     */
    public boolean accepts(double[] numbers, int first) {
        return filter.isEmpty() || filter.get().accepts(numbers, first);
    }

    /**
     * {@return whether a row is to be encoded} The caller counts those that are not, and encodes the others.
     *
     * @param columns the cells of each name of the header, those that are {@linkplain #form read}
     * @param row the row within these cells
     */
    public boolean accepts(ColumnCells[] columns, int row) {
        return filter.isEmpty() || filter.get().accepts(columns, row);
    }

    /**
     * Appends a row, with its target, weight and keys.
     *
     * @param fields the cells, one per name of the header
     * @param out a buffer of this schema that is not full; unchanged when the row is refused
     * @throws AccreteException bad data: a cell that cannot be used, with its text, column and what was expected; left
     *     out: the plan leaves such rows out
     */
    public void encode(List<String> fields, ChunkBuffer out) {
        int count = load(fields);
        encode(scratch, scratchBorders, 0, count, out);
    }

    /** Copies cells to {@link #scratch}; returns how many. */
    private int load(List<String> fields) {
        int count = fields.size();
        if (count >= scratchBorders.length) {
            scratchBorders = new int[count + 1];
        }
        for (int i = 0; i < count; i++) {
            scratchBorders[i + 1] = copy(fields.get(i), scratchBorders[i]);
        }
        return count;
    }

    /** Copies a text to {@link #scratch} as UTF-8; returns its end there. */
    private int copy(String text, int begin) {
        int length = text.length();
        if (begin + length > scratch.length) {
            scratch = Arrays.copyOf(scratch, Math.max(begin + length, 2 * scratch.length));
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                scratch = Arrays.copyOf(scratch, Math.max(begin + bytes.length, scratch.length));
                System.arraycopy(bytes, 0, scratch, begin, bytes.length);
                return begin + bytes.length;
            }
            scratch[begin + i] = (byte) c;
        }
        return begin + length;
    }

    /**
     * Appends a row whose cells follow each other in one array; for sources that do not make a string per cell.
     *
     * @param text the cells as UTF-8, not changed
     * @param borders where each cell begins in the text, and where the last one ends: one number more than cells
     * @param first index of the first cell's border
     * @param count how many cells
     * @param out a buffer of this schema that is not full; unchanged when the row is refused
     * @throws AccreteException bad data: a cell that cannot be used, with its text, column and what was expected; left
     *     out: the plan leaves such rows out
     */
    public void encode(byte[] text, int[] borders, int first, int count, ChunkBuffer out) {
        if (count != header.size()) {
            throw AccreteException.badData(
                    "a row must have " + header.size() + " fields, as the header has, but has " + count);
        }
        out.beginRow();
        putAmounts(text, borders, first, out);
        putCycles(out);
        for (int i = 0; i < hotFields.length; i++) {
            trim(text, borders[first + hotFields[i]], borders[first + hotFields[i] + 1]);
            putBlock(i, text, out);
        }
        for (int i = 0; i < crosses.length; i++) {
            CrossCell cross = crosses[i];
            cross.begin();
            boolean isWhole = true;
            for (int part = 0; part < cross.parts() && isWhole; part++) {
                int cell = first + cross.field(part);
                trim(text, borders[cell], borders[cell + 1]);
                isWhole = addPart(cross, part, text);
            }
            if (isWhole) {
                cross.put(crossColumns[i], out);
            }
        }
        if (weightField >= 0) {
            trim(text, borders[first + weightField], borders[first + weightField + 1]);
            out.weight(weight(text));
        }
        int keys = Math.min(keyFields.length, out.keyCount());
        for (int i = 0; i < keys; i++) {
            int begin = borders[first + keyFields[i]];
            int end = borders[first + keyFields[i] + 1];
            out.key(i, new String(text, begin, end - begin, StandardCharsets.UTF_8));
        }
        // Last, because this may add a label, which a refused row must not do.
        if (targetField >= 0) {
            trim(text, borders[first + targetField], borders[first + targetField + 1]);
            out.target(target.read(text, from, to));
        }
        out.classes(target.labels());
        out.endRow();
    }

    /**
     * {@return the form in which a field is encoded without making a text of it; empty if it is not read} Texts are
     * always accepted.
     *
     * @param field the number of the field in the header
     */
    public Optional<ColumnCells.Form> form(int field) {
        for (int i = 0; i < amounts.length; i++) {
            if (amountFields[i] == field && amounts[i] != Amount.MISSING) {
                boolean isTime =
                        amounts[i] == Amount.DAYS && amountCells[i].missing().isEmpty();
                return Optional.of(
                        amounts[i] == Amount.NUMBER
                                ? ColumnCells.Form.NUMBERS
                                : isTime ? ColumnCells.Form.SECONDS : ColumnCells.Form.TEXTS);
            }
        }
        if (field == weightField || (field == targetField && schema.target().kind() == Target.Kind.NUMERIC)) {
            return Optional.of(ColumnCells.Form.NUMBERS);
        }
        boolean isText = field == targetField
                || Arrays.stream(hotFields).anyMatch(some -> some == field)
                || Arrays.stream(keyFields).anyMatch(some -> some == field)
                || filter.filter(some -> some.reads(field)).isPresent()
                || Arrays.stream(crosses).anyMatch(cross -> cross.reads(field));
        return isText ? Optional.of(ColumnCells.Form.TEXTS) : Optional.empty();
    }

    /**
     * Appends a row whose cells are given column by column. The result is that of encoding the cells' texts: a number
     * as any decimal that is read as it, a time as its date and time. What a text means is computed once for each text,
     * not for each row.
     *
     * @param columns the cells of each name of the header, in the {@linkplain #form form} wanted or as texts; of those
     *     that are not read, any
     * @param row the row within these cells
     * @param out a buffer of this schema that is not full; unchanged when the row is refused
     * @throws AccreteException bad data: a cell that cannot be used, with its text, column and what was expected; left
     *     out: the plan leaves such rows out
     */
    public void encode(ColumnCells[] columns, int row, ChunkBuffer out) {
        out.beginRow();
        for (int i = 0; i < amounts.length; i++) {
            double value = amount(i, columns[amountFields[i]], row);
            if (value != 0.0) {
                out.put(i, value);
            }
        }
        putCycles(out);
        for (int i = 0; i < hotFields.length; i++) {
            ColumnCells cells = columns[hotFields[i]];
            int id = cells.ids()[row];
            int column = id >= 0 && blocks[i] instanceof Places places ? hotColumnsOf(i, places, cells)[id] : ABSENT;
            if (column >= 0) {
                out.put(column, 1.0);
            } else {
                putBlock(i, load(cells, row), out);
            }
        }
        for (int i = 0; i < crosses.length; i++) {
            CrossCell cross = crosses[i];
            cross.begin();
            boolean isWhole = true;
            for (int part = 0; part < cross.parts() && isWhole; part++) {
                isWhole = addPart(cross, part, load(columns[cross.field(part)], row));
            }
            if (isWhole) {
                cross.put(crossColumns[i], out);
            }
        }
        if (weightField >= 0) {
            ColumnCells cells = columns[weightField];
            out.weight(
                    cells.form() == ColumnCells.Form.NUMBERS
                            ? weight(
                                    number(cells.numbers()[row], weightField, "weight", weightCells),
                                    spell(cells.numbers()[row]))
                            : weight(load(cells, row)));
        }
        int keys = Math.min(keyFields.length, out.keyCount());
        for (int i = 0; i < keys; i++) {
            ColumnCells cells = columns[keyFields[i]];
            if (cells.ids()[row] >= 0) {
                CellTexts texts = cells.texts();
                int begin = texts.begin(cells.ids()[row]);
                int end = texts.begin(cells.ids()[row] + 1);
                out.key(i, new String(texts.bytes(), begin, end - begin, StandardCharsets.UTF_8));
            }
        }
        // Last, because this may add a label, which a refused row must not do.
        if (targetField >= 0) {
            out.target(target.read(columns[targetField], row));
        }
        out.classes(target.labels());
        out.endRow();
    }

    private double amount(int i, ColumnCells cells, int row) {
        switch (cells.form()) {
            case NUMBERS -> {
                double value = cells.numbers()[row];
                if (Double.isNaN(value) || amountCells[i].isMissing(value)) {
                    return amount(i, none());
                }
                return amounts[i] == Amount.MISSING ? 0 : number(value, amountFields[i], "numeric", amountCells[i]);
            }
            case SECONDS -> {
                long seconds = cells.seconds()[row];
                if (seconds == ColumnCells.MISSING) {
                    return amount(i, none());
                }
                if (amounts[i] == Amount.MISSING) {
                    return 0;
                }
                if (!dates[dateOf[i]].set(seconds)) {
                    throw refuseDate(spell(seconds + " s after 1970-01-01"), i);
                }
                return days(i, true);
            }
            default -> {
                return amount(i, load(cells, row));
            }
        }
    }

    private double number(double value, int field, String kind, CellFormat cells) {
        if (Double.isNaN(value) || cells.isMissing(value)) {
            return Double.NaN;
        }
        if (Double.isInfinite(value)) {
            throw refuse(spell(value), field, kind, "a finite number");
        }
        return value;
    }

    /** {@return the column that each text sets to 1; {@link #ABSENT} where it is missing} */
    private int[] hotColumnsOf(int i, Places places, ColumnCells cells) {
        TextValues of = hotIds[i];
        CellTexts texts = cells.texts();
        if (!of.isOf(texts)) {
            int known = of.begin(texts, UNKNOWN);
            for (int id = known; id < texts.count(); id++) {
                trim(texts.bytes(), texts.begin(id), texts.begin(id + 1));
                of.values[id] = hotCells[i].isMissing(texts.bytes(), from, to)
                        ? ABSENT
                        : hotColumns[i] + places.place(texts.bytes(), from, to);
            }
        }
        return of.values;
    }

    /** Sets {@link #from} and {@link #to} to a trimmed cell; returns the bytes that it is in. */
    private byte[] load(ColumnCells cells, int row) {
        int id = cells.ids()[row];
        if (id < 0) {
            from = 0;
            to = 0;
        } else {
            trim(cells.texts().bytes(), cells.texts().begin(id), cells.texts().begin(id + 1));
        }
        return cells.texts().bytes();
    }

    /** Sets {@link #from} and {@link #to} to the empty text, which is missing; returns the bytes that it is in. */
    private byte[] none() {
        from = 0;
        to = 0;
        return scratch;
    }

    /** Sets {@link #from} and {@link #to} to what a message shows of a number; returns the bytes that it is in. */
    private byte[] spell(double value) {
        return Double.isInfinite(value) || value < 0 ? spell(Double.toString(value)) : scratch;
    }

    private byte[] spell(String text) {
        from = 0;
        to = copy(text, 0);
        return scratch;
    }

    private void putCycles(ChunkBuffer out) {
        for (int i = 0; i < dates.length; i++) {
            if (dated[i]) {
                dates[i].putCycles(out, amounts.length + ColumnPlan.CYCLES * i);
            }
        }
    }

    private void putAmounts(byte[] text, int[] borders, int first, ChunkBuffer out) {
        for (int i = 0; i < amounts.length; i++) {
            trim(text, borders[first + amountFields[i]], borders[first + amountFields[i] + 1]);
            double value = amount(i, text);
            if (value != 0.0) {
                out.put(i, value);
            }
        }
    }

    /** {@return the number that a column makes of its trimmed cell} */
    private double amount(int i, byte[] cell) {
        if (amounts[i] == Amount.MISSING) {
            return isMissing(cell, amountCells[i], areNumbers[i]) ? 1 : 0;
        }
        byte[] text = filled(cell, amountFields[i], amountCells[i], areNumbers[i]);
        return switch (amounts[i]) {
            case NUMBER -> number(text, amountFields[i], "numeric", amountCells[i]);
            case BOOLEAN -> bool(text, amountFields[i], amountCells[i]);
            default -> {
                boolean isDate = dates[dateOf[i]].read(text, from, to);
                if (!isDate && !amountCells[i].isMissing(text, from, to)) {
                    throw refuseDate(text, i);
                }
                yield days(i, isDate);
            }
        };
    }

    /** {@return the days of a date that was read; NaN if it is missing} */
    private double days(int i, boolean isDate) {
        int date = dateOf[i];
        dated[date] = isDate;
        return isDate ? dates[date].daysSince(firstDays[date]) : Double.NaN;
    }

    /**
     * {@return the bytes in which {@link #from} and {@link #to} are set to the trimmed cell, or to what stands for it
     * where it is missing}
     */
    private byte[] filled(byte[] cell, int field, CellFormat cells, boolean isNumber) {
        if (!cells.replacesMissing() || !isMissing(cell, cells, isNumber)) {
            return cell;
        }
        byte[] fill = cells.fill(header.get(field), targetNeeded);
        from = 0;
        to = fill.length;
        return fill;
    }

    private boolean isMissing(byte[] text, CellFormat cells, boolean isNumber) {
        return isNumber ? cells.isMissingNumber(text, from, to) : cells.isMissing(text, from, to);
    }

    private AccreteException refuseDate(byte[] text, int i) {
        return refuse(text, amountFields[i], "datetime", amountCells[i].datesInWords());
    }

    private double number(byte[] text, int field, String kind, CellFormat cells) {
        double value = cells.number(text, from, to);
        if (!Double.isFinite(value) && !cells.isMissingNumber(text, from, to)) {
            throw refuse(text, field, kind, Double.isNaN(value) ? "a number" : "a finite number");
        }
        return value;
    }

    private double bool(byte[] text, int field, CellFormat cells) {
        double value = Cells.parseBoolean(text, from, to);
        if (Double.isNaN(value) && !cells.isMissing(text, from, to)) {
            throw refuse(text, field, "boolean", "true, yes, false, no");
        }
        return value;
    }

    /** Puts the trimmed cell of a one-hot or sparse column. */
    private void putBlock(int i, byte[] cell, ChunkBuffer out) {
        byte[] text = filled(cell, hotFields[i], hotCells[i], false);
        if (!hotCells[i].isMissing(text, from, to)) {
            blocks[i].put(text, from, to, hotColumns[i], out);
        }
    }

    /** Adds the trimmed cell of a part of a cross; returns whether it is there. */
    private boolean addPart(CrossCell cross, int part, byte[] cell) {
        byte[] text = filled(cell, cross.field(part), cross.cells(part), false);
        return cross.add(part, text, from, to);
    }

    private double weight(byte[] text) {
        return weight(number(text, weightField, "weight", weightCells), text);
    }

    private double weight(double value, byte[] text) {
        if (value < 0.0) {
            throw AccreteException.badCell(
                    header.get(weightField), refusal(text, weightField, "a weight >= 0 or missing"));
        }
        return Double.isNaN(value) ? 1.0 : value;
    }

    /** Sets {@link #from} and {@link #to} to the cell without the blanks around it. */
    private void trim(byte[] text, int begin, int end) {
        int first = begin;
        int last = end;
        while (first < last && Cells.isBlank(text[first])) {
            first++;
        }
        while (first < last && Cells.isBlank(text[last - 1])) {
            last--;
        }
        from = first;
        to = last;
    }

    private String cell(byte[] text) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    private AccreteException refuse(byte[] text, int field, String kind, String expected) {
        return Notation.advise(
                AccreteException.badCell(header.get(field), refusal(text, field, expected + " or missing")),
                header.get(field),
                kind,
                cell(text));
    }

    private String refusal(byte[] text, int field, String expected) {
        return "column " + Cells.quote(header.get(field)) + " must be " + expected + " but was "
                + Cells.quote(cell(text));
    }
}
