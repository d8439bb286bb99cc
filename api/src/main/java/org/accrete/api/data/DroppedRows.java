package org.accrete.api.data;

/**
 * How many rows a source dropped.
 *
 * @param refused bad rows, which {@link BadRows} counts
 * @param leftOut rows that the column plan leaves out, because a value is missing
 * @param filtered rows that do not pass the {@linkplain RowFilter condition} of the request, or another filter
 */
public record DroppedRows(long refused, long leftOut, long filtered) {
    /** No rows. */
    public static final DroppedRows NONE = new DroppedRows(0, 0, 0);

    /**
     * {@return the sums of both}
     *
     * @param other further rows
     */
    public DroppedRows plus(DroppedRows other) {
        return new DroppedRows(refused + other.refused, leftOut + other.leftOut, filtered + other.filtered);
    }
}
