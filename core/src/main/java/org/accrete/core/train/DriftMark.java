package org.accrete.core.train;

import org.accrete.api.AccreteException;

/**
 * Where a detector said that something had drifted.
 *
 * @param detector name of the detector
 * @param of the metric, or the column
 * @param isColumn whether it is a column
 * @param row number of the row, from 1 over all rows that the source handed to the run and to those it resumed
 */
public record DriftMark(String detector, String of, boolean isColumn, long row) {
    /** {@return such as {@code adwin@91240}, or {@code psi(distance)@91240} of a column} */
    public String toText() {
        return detector + (isColumn ? "(" + of + ")" : "") + "@" + row;
    }

    /** A line of a state. */
    String toLine() {
        return detector + " " + row + (isColumn ? " column " : " metric ") + of;
    }

    static DriftMark ofLine(String line) {
        String[] words = line.split(" ", 4);
        try {
            return new DriftMark(words[0], words[3], words[2].equals("column"), Long.parseLong(words[1]));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored mark of drift cannot be read: '" + line + "'", e);
        }
    }
}
