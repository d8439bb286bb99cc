package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * Reads the cells of a target: numbers, or labels, of which new ones are added to those of the plan. Not thread-safe;
 * allocates nothing but new labels and new spellings of them.
 */
final class TargetCell {
    /** How many spellings of labels can be found by hash, without making a string; a power of two. */
    private static final int SPELLINGS = 256;
    /** What is not yet computed. */
    private static final int UNKNOWN = -2;

    private final String column;
    private final CellFormat cells;
    private final boolean isNeeded;
    private final boolean isNumber;
    private final boolean labelsAsWritten;
    /** Whether all labels so far are whole numbers that were taken for labels without being asked. */
    private boolean wholeLabelsOnly;

    private final LabelIndex labels;
    private final byte[][] spellings = new byte[SPELLINGS][];
    private final int[] spelled = new int[SPELLINGS];
    /** What the texts of a column mean. */
    private final TextValues ids = new TextValues();

    /**
     * Makes a reader of the target of a plan, if it has one.
     *
     * @param plan the plan
     * @param isNeeded whether a cell that is neither usable nor missing is refused; else it is NaN
     */
    TargetCell(ColumnPlan plan, boolean isNeeded) {
        Optional<Column.Label> label = plan.label();
        this.isNeeded = isNeeded;
        column = label.map(Column::name).orElse("");
        cells = label.map(Column.Label::cells).orElse(CellFormat.standard());
        labelsAsWritten = label.filter(Column.Label::asWritten).isPresent();
        wholeLabelsOnly = label.filter(Column.Label::takesWholeNumbersOnly).isPresent();
        Target target = plan.schema().target();
        isNumber = target.kind() == Target.Kind.NUMERIC;
        labels = new LabelIndex(target.classes());
    }

    /** {@return the labels known so far, an immutable list that is replaced by a longer one} */
    List<String> labels() {
        return labels.labels();
    }

    /**
     * {@return the index of a label, which is added when it is new}
     *
     * @param label a label as another reader of the same plan numbers it
     */
    int index(String label) {
        byte[] text = label.getBytes(StandardCharsets.UTF_8);
        wholeLabelsOnly &= !Double.isNaN(cells.number(text, 0, text.length));
        return labels.add(label);
    }

    /**
     * {@return the number, or the index of the label, that a cell is; NaN if it is missing}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     * @throws AccreteException bad data: the cell cannot be used
     */
    double read(byte[] text, int from, int to) {
        return isNumber ? number(text, from, to) : label(text, from, to);
    }

    /**
     * {@return the number, or the index of the label, that a cell is; NaN if it is missing}
     *
     * @param column the cells of the target, as numbers or texts
     * @param row which of them
     * @throws AccreteException bad data: the cell cannot be used
     */
    double read(ColumnCells column, int row) {
        if (column.form() == ColumnCells.Form.NUMBERS) {
            double value = column.numbers()[row];
            if (Double.isNaN(value) || cells.isMissing(value)) {
                return Double.NaN;
            }
            return Double.isFinite(value) ? value : number(Double.toString(value));
        }
        int id = column.ids()[row];
        if (id < 0) {
            return Double.NaN;
        }
        CellTexts texts = column.texts();
        if (isNumber) {
            return read(texts, id);
        }
        if (!ids.isOf(texts)) {
            ids.begin(texts, UNKNOWN);
        }
        if (ids.values[id] == UNKNOWN) {
            double index = read(texts, id);
            if (Double.isNaN(index)) {
                return index;
            }
            ids.values[id] = (int) index;
        }
        return ids.values[id];
    }

    private double read(CellTexts texts, int id) {
        byte[] text = texts.bytes();
        int from = texts.begin(id);
        int to = texts.begin(id + 1);
        while (from < to && Cells.isBlank(text[from])) {
            from++;
        }
        while (from < to && Cells.isBlank(text[to - 1])) {
            to--;
        }
        return read(text, from, to);
    }

    private double number(String cell) {
        byte[] text = cell.getBytes(StandardCharsets.UTF_8);
        return number(text, 0, text.length);
    }

    private double number(byte[] text, int from, int to) {
        double value = cells.number(text, from, to);
        if (Double.isFinite(value)) {
            return value;
        }
        if (isNeeded && !cells.isMissingNumber(text, from, to)) {
            String cell = cell(text, from, to);
            throw Notation.advise(refuse(cell, "a finite number or missing", ""), column, "numeric", cell);
        }
        return Double.NaN;
    }

    private double label(byte[] text, int from, int to) {
        if (cells.isMissing(text, from, to)) {
            return Double.NaN;
        }
        int slot = Murmur3.hash(text, from, to) & (SPELLINGS - 1);
        byte[] known = spellings[slot];
        if (known == null || !Cells.equals(text, from, to, known)) {
            double number = cells.number(text, from, to);
            if (wholeLabelsOnly && number != Math.rint(number) && !Double.isNaN(number)) {
                if (isNeeded) {
                    throw refuse(cell(text, from, to), Column.Label.WHOLE_NUMBER, Column.Label.fractionAdvice(column));
                }
                return Double.NaN;
            }
            wholeLabelsOnly &= !Double.isNaN(number);
            String spelling = cell(text, from, to);
            spelled[slot] = labels.add(labelsAsWritten ? spelling : Cells.label(spelling, number));
            spellings[slot] = Arrays.copyOfRange(text, from, to);
        }
        return spelled[slot];
    }

    private static String cell(byte[] text, int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    private AccreteException refuse(String cell, String expected, String advice) {
        return AccreteException.badCell(
                column,
                "column " + Cells.quote(column) + ", the target, must be " + expected + " but was " + Cells.quote(cell)
                        + advice);
    }
}
