package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import org.accrete.api.AccreteException;

/**
 * When rows happened, by the texts of one of their columns: a date, or a date and time, as a date column reads it
 * (UTC), or a number of seconds since 1970-01-01. Not thread-safe.
 */
public final class EventTime {
    private final String column;
    private final int key;
    private final DateCell cell;

    /**
     * Makes one that reads a key of the rows of a source.
     *
     * @param plan of the source; the column must be one of its {@linkplain ColumnPlan#keys keys}
     * @param column name of the column, whose format of dates is that of the column of the same name, if it has one
     * @throws AccreteException bad argument: it is not among the keys
     */
    public EventTime(ColumnPlan plan, String column) {
        this.column = column;
        this.key = plan.keys().indexOf(column);
        if (key < 0) {
            throw AccreteException.badArgument("the time of rows is read from a key but column " + Cells.quote(column)
                    + " is none; keys: " + (plan.keys().isEmpty() ? "none" : String.join(", ", plan.keys())));
        }
        this.cell = plan.columns().stream()
                .filter(some -> some.name().equals(column) && !(some instanceof Column.Key))
                .findFirst()
                .map(some -> some.cells().dateCell())
                .orElseGet(DateCell::new);
    }

    /**
     * {@return when a row happened, in milliseconds since 1970-01-01T00:00Z}
     *
     * @param rows have the keys of the plan
     * @param row from 0
     * @throws AccreteException bad row: its text is no time
     */
    public long millis(ChunkBuffer rows, int row) {
        String text = rows.key(row, key).strip();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (cell.read(bytes, 0, bytes.length)) {
            return 1_000 * cell.epochSecond();
        }
        try {
            double millis = 1_000 * Double.parseDouble(text);
            if (Math.abs(millis) < 1L << 53) {
                return Math.round(millis);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw AccreteException.badRow(
                row,
                "its time, column " + Cells.quote(column) + ", must be a date such as 2001-07-01 18:00 or a number of"
                        + " seconds since 1970 but was " + Cells.quote(text));
    }
}
