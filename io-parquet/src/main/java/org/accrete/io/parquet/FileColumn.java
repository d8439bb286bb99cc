package org.accrete.io.parquet;

import org.accrete.api.data.ColumnCells.Form;

/**
 * A column of a file with at most one value in each row.
 *
 * @param name its name
 * @param index its number among all columns of values, those within other columns too
 * @param physical how values are stored
 * @param length bytes of a value of fixed length
 * @param isOptional whether values may be missing
 * @param meaning what values are
 * @param scale digits behind the point of a decimal; units per second of a time
 */
record FileColumn(
        String name, int index, Physical physical, int length, boolean isOptional, Meaning meaning, int scale) {
    /** How values are stored, in the order of their codes. */
    enum Physical {
        BOOLEAN,
        INT32,
        INT64,
        INT96,
        FLOAT,
        DOUBLE,
        BYTE_ARRAY,
        FIXED_LEN_BYTE_ARRAY
    }

    /** What values are. */
    enum Meaning {
        BOOLEAN,
        SIGNED,
        UNSIGNED,
        FLOATING,
        HALF,
        DECIMAL,
        TEXT,
        UUID,
        DATE,
        TIME,
        TIMESTAMP
    }

    /** {@return the form in which cells are given when one is wanted} */
    Form form(Form wanted) {
        boolean has = switch (wanted) {
            case NUMBERS ->
                switch (meaning) {
                    case SIGNED, UNSIGNED, FLOATING, HALF, DECIMAL -> true;
                    default -> false;
                };
            case SECONDS -> meaning == Meaning.DATE || meaning == Meaning.TIMESTAMP;
            case TEXTS -> true;
        };
        return has ? wanted : Form.TEXTS;
    }

    /** {@return the least bytes of a value, as they are stored plainly; 0 if it is a bit} */
    int leastBytes() {
        return switch (physical) {
            case BOOLEAN -> 0;
            case INT32, FLOAT, BYTE_ARRAY -> 4;
            case INT64, DOUBLE -> 8;
            case INT96 -> 12;
            case FIXED_LEN_BYTE_ARRAY -> length;
        };
    }
}
