package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.RowFilter.Condition;
import org.accrete.api.data.RowFilter.Operator;
import org.accrete.api.data.RowFilter.Value;

/** A {@link RowFilter} for rows of a header. Not thread-safe; allocates nothing per row. */
final class CellFilter {
    private static final int FALSE = 0;
    private static final int TRUE = 1;
    private static final int UNKNOWN = 2;

    private final Node root;
    private final List<Cell> cells = new ArrayList<>();

    /** Where the cells are, and the columns that are known. */
    private record Row(Map<String, Integer> fields, Map<String, Column> columns) {}

    /** A condition that knows where its cells are. */
    private interface Node {
        int test();
    }

    /**
     * Makes one.
     *
     * @param filter the condition
     * @param header names of the raw columns
     * @param columns those that are known
     * @throws AccreteException bad data: the header lacks one of its columns; bad argument: a column is compared with a
     *     value that it cannot have
     */
    CellFilter(RowFilter filter, List<String> header, List<Column> columns) {
        Map<String, Integer> fields = new HashMap<>();
        header.forEach(name -> fields.put(name, fields.size()));
        Map<String, Column> known = columns.stream()
                .filter(column -> !(column instanceof Column.Cross))
                .collect(Collectors.toMap(Column::name, column -> column, (one, other) -> one));
        for (String column : filter.columns()) {
            if (!fields.containsKey(column)) {
                throw AccreteException.badData("there is no column " + Cells.quote(column)
                        + ", which the condition '" + filter + "' reads; "
                        + PlanInference.columnsBeside(column, header));
            }
        }
        root = node(filter.root(), new Row(fields, known));
    }

    /** {@return whether a field is read} */
    boolean reads(int field) {
        return cells.stream().anyMatch(cell -> cell.field == field);
    }

    /** {@return whether a row passes; as {@link RowEncoder#encode(byte[], int[], int, int, ChunkBuffer)}} */
    boolean accepts(byte[] text, int[] borders, int first) {
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            cell.set(text, borders[first + cell.field], borders[first + cell.field + 1]);
        }
        return root.test() == TRUE;
    }

    /** {@return whether a row passes} For a few rows, because it makes bytes of each cell. */
    boolean accepts(List<String> fields) {
        for (Cell cell : cells) {
            byte[] text = fields.get(cell.field).getBytes(StandardCharsets.UTF_8);
            cell.set(text, 0, text.length);
        }
        return root.test() == TRUE;
    }

    /** {@return whether it reads numeric columns only, each of which is among the first so many} */
    boolean readsNumbersOnly(int count) {
        return cells.stream().allMatch(cell -> cell.isNumber && cell.field < count);
    }

    /** {@return whether a row of numbers passes} Only where it {@linkplain #readsNumbersOnly reads} nothing else. */
    boolean accepts(double[] numbers, int first) {
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            cell.form = ColumnCells.Form.NUMBERS;
            cell.number = numbers[first + cell.field];
        }
        return root.test() == TRUE;
    }

    /** {@return whether a row passes; as {@link RowEncoder#encode(ColumnCells[], int, ChunkBuffer)}} */
    boolean accepts(ColumnCells[] columns, int row) {
        for (int i = 0; i < cells.size(); i++) {
            cells.get(i).set(columns[cells.get(i).field], row);
        }
        return root.test() == TRUE;
    }

    private Node node(Condition condition, Row row) {
        if (condition instanceof Condition.And and) {
            Node[] parts = nodes(and.parts(), row);
            return () -> all(parts, TRUE, FALSE);
        }
        if (condition instanceof Condition.Or or) {
            Node[] parts = nodes(or.parts(), row);
            return () -> all(parts, FALSE, TRUE);
        }
        if (condition instanceof Condition.Not not) {
            Node part = node(not.part(), row);
            return () -> {
                int value = part.test();
                return value == UNKNOWN ? UNKNOWN : TRUE - value;
            };
        }
        if (condition instanceof Condition.Missing missing) {
            Cell cell = cell(missing.column(), row);
            return () -> cell.isMissing() ? TRUE : FALSE;
        }
        if (condition instanceof Condition.Compare compare) {
            Cell cell = cell(compare.column(), row);
            Operator operator = compare.operator();
            Literal literal = new Literal(compare.value(), cell);
            return () -> cell.test(operator, literal);
        }
        Condition.In in = (Condition.In) condition;
        Cell cell = cell(in.column(), row);
        Node[] parts = in.values().stream()
                .map(value -> new Literal(value, cell))
                .map(literal -> (Node) () -> cell.test(Operator.EQUAL, literal))
                .toArray(Node[]::new);
        return () -> all(parts, FALSE, TRUE);
    }

    private Node[] nodes(List<Condition> parts, Row row) {
        return parts.stream().map(part -> node(part, row)).toArray(Node[]::new);
    }

    /** {@return {@code decisive} if a part is that; else unknown if a part is; else the other} */
    private static int all(Node[] parts, int otherwise, int decisive) {
        int result = otherwise;
        for (Node part : parts) {
            int value = part.test();
            if (value == decisive) {
                return decisive;
            }
            result = value == UNKNOWN ? UNKNOWN : result;
        }
        return result;
    }

    private Cell cell(String column, Row row) {
        int field = row.fields.getOrDefault(column, 0);
        for (Cell cell : cells) {
            if (cell.field == field) {
                return cell;
            }
        }
        Cell cell = new Cell(field, column, Optional.ofNullable(row.columns.get(column)));
        cells.add(cell);
        return cell;
    }

    /** What a cell is compared with, in each form that it can take. */
    private static final class Literal {
        private final boolean isText;
        private final byte[] text;
        private final double number;
        private final double truth;
        private final boolean isDate;
        private final double days;

        Literal(Value value, Cell cell) {
            CellFormat format = cell.format;
            isText = value instanceof Value.Text;
            text = value instanceof Value.Text some ? some.text().trim().getBytes(StandardCharsets.UTF_8) : new byte[0];
            truth = value instanceof Value.Bool some ? (some.isTrue() ? 1 : 0) : Double.NaN;
            number = value instanceof Value.Num some
                    ? some.number()
                    : isText ? format.number(text, 0, text.length) : Double.NaN;
            DateCell date = format.dateCell();
            isDate = isText && date.read(text, 0, text.length);
            days = isDate ? date.daysSince(0) : Double.NaN;
            if (cell.isNumber && Double.isNaN(number) && Double.isNaN(truth)) {
                throw cell.refused("numeric", "a number");
            }
            if (cell.isTime && !isDate) {
                throw cell.refused("datetime", "a date, as in \"2001-07-31\"");
            }
        }
    }

    /** The cell of a column in the row at hand. */
    private static final class Cell {
        private final int field;
        private final String column;
        private final CellFormat format;
        private final DateCell date;
        private final boolean isNumber;
        private final boolean isTime;

        private ColumnCells.Form form = ColumnCells.Form.TEXTS;
        private byte[] text = {};
        private int from;
        private int to;
        private double number;
        private long seconds;

        Cell(int field, String column, Optional<Column> known) {
            this.field = field;
            this.column = column;
            this.format = known.map(Column::cells).orElse(CellFormat.standard());
            this.date = format.dateCell();
            this.isNumber = known.filter(Column.Numeric.class::isInstance).isPresent();
            this.isTime = known.filter(Column.DateTime.class::isInstance).isPresent();
        }

        AccreteException refused(String kind, String with) {
            return AccreteException.badArgument(
                    "column " + Cells.quote(column) + " is " + kind + ", so a condition must compare it with " + with);
        }

        void set(byte[] bytes, int begin, int end) {
            form = ColumnCells.Form.TEXTS;
            text = bytes;
            from = begin;
            to = end;
            while (from < to && Cells.isBlank(text[from])) {
                from++;
            }
            while (from < to && Cells.isBlank(text[to - 1])) {
                to--;
            }
        }

        void set(ColumnCells cells, int row) {
            switch (cells.form()) {
                case NUMBERS -> number = cells.numbers()[row];
                case SECONDS -> seconds = cells.seconds()[row];
                default -> {
                    int id = cells.ids()[row];
                    int begin = id < 0 ? 0 : cells.texts().begin(id);
                    set(cells.texts().bytes(), begin, id < 0 ? 0 : cells.texts().begin(id + 1));
                }
            }
            form = cells.form();
        }

        boolean isMissing() {
            return switch (form) {
                case NUMBERS -> Double.isNaN(number) || format.isMissing(number);
                case SECONDS -> seconds == ColumnCells.MISSING;
                case TEXTS -> isNumber ? format.isMissingNumber(text, from, to) : format.isMissing(text, from, to);
            };
        }

        int test(Operator operator, Literal literal) {
            if (isMissing()) {
                return UNKNOWN;
            }
            return switch (form) {
                case NUMBERS ->
                    compared(operator, number, Double.isNaN(literal.truth) ? literal.number : literal.truth);
                case SECONDS -> date.set(seconds) ? compared(operator, date.daysSince(0), literal.days) : UNKNOWN;
                case TEXTS -> testText(operator, literal);
            };
        }

        private int testText(Operator operator, Literal literal) {
            if (!Double.isNaN(literal.truth)) {
                double truth = Cells.parseBoolean(text, from, to);
                return compared(operator, Double.isNaN(truth) ? format.number(text, from, to) : truth, literal.truth);
            }
            if (isNumber || !literal.isText) {
                return compared(operator, format.number(text, from, to), literal.number);
            }
            if (literal.isDate && date.read(text, from, to)) {
                return compared(operator, date.daysSince(0), literal.days);
            }
            int sign = Arrays.compareUnsigned(text, from, to, literal.text, 0, literal.text.length);
            return operator.accepts(sign) ? TRUE : FALSE;
        }

        private static int compared(Operator operator, double one, double other) {
            if (Double.isNaN(one) || Double.isNaN(other)) {
                return UNKNOWN;
            }
            return operator.accepts(one < other ? -1 : one > other ? 1 : 0) ? TRUE : FALSE;
        }
    }
}
