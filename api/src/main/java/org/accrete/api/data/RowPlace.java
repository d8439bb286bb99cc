package org.accrete.api.data;

/**
 * Where a raw row stands in its source.
 *
 * @param source the file, or another name of what was read
 * @param unit what is counted
 * @param number which one it is, from 1; 0 if that is not known
 */
public record RowPlace(String source, Unit unit, long number) {
    /** What the number of a row counts. */
    public enum Unit {
        /** Lines of a text, the header and blank ones included: the first line of the row. */
        LINE,
        /** Rows of the source. */
        ROW
    }
}
