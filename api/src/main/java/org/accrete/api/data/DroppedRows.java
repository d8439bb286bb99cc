package org.accrete.api.data;

/**
 * How many rows a source dropped.
 *
 * @param refused bad rows, which {@link BadRows} counts
 * @param leftOut rows that the column plan leaves out, because a value is missing
 */
public record DroppedRows(long refused, long leftOut) {
    /** No rows. */
    public static final DroppedRows NONE = new DroppedRows(0, 0);

    /**
     * {@return the sum of both}
     *
     * @param other further rows
     */
    public DroppedRows plus(DroppedRows other) {
        return new DroppedRows(refused + other.refused, leftOut + other.leftOut);
    }
}
