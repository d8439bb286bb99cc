package org.accrete.api.data;

/**
 * The cells of one column in rows that follow each other, typed: what a source that reads column by column gives to a
 * {@link RowEncoder}. The source fills the array of the form that the encoder {@linkplain RowEncoder#form wants}, or
 * texts instead. Reused for the next rows. Not thread-safe.
 */
public final class ColumnCells {
    /** How cells are given. */
    public enum Form {
        /** As numbers; NaN is missing. */
        NUMBERS,
        /** As UTC seconds since 1970-01-01; {@link ColumnCells#MISSING} is missing. */
        SECONDS,
        /** As numbers of {@linkplain CellTexts texts}; −1 is the empty text. */
        TEXTS
    }

    /** A missing time. */
    public static final long MISSING = Long.MIN_VALUE;

    private final Form form;
    private final double[] numbers;
    private final long[] seconds;
    private final int[] ids;
    private final CellTexts texts = new CellTexts();

    /**
     * Makes cells that are all to be filled.
     *
     * @param form how they are given
     * @param capacity the most rows, at least 1
     */
    public ColumnCells(Form form, int capacity) {
        this.form = form;
        this.numbers = new double[form == Form.NUMBERS ? capacity : 0];
        this.seconds = new long[form == Form.SECONDS ? capacity : 0];
        this.ids = new int[form == Form.TEXTS ? capacity : 0];
    }

    /** {@return how the cells are given} */
    public Form form() {
        return form;
    }

    /** {@return the numbers, one for each row, to be filled; empty unless the form is NUMBERS} */
    public double[] numbers() {
        return numbers;
    }

    /** {@return the seconds, one for each row, to be filled; empty unless the form is SECONDS} */
    public long[] seconds() {
        return seconds;
    }

    /** {@return the numbers of the texts, one for each row, to be filled; empty unless the form is TEXTS} */
    public int[] ids() {
        return ids;
    }

    /** {@return the texts that {@link #ids} are the numbers of, to be filled} */
    public CellTexts texts() {
        return texts;
    }
}
