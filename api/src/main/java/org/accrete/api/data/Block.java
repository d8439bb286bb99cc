package org.accrete.api.data;

import org.accrete.api.AccreteException;

/**
 * A named group of adjacent columns that came from one raw column.
 *
 * @param name name of the raw column, not empty
 * @param kind what the numbers are
 * @param width how many columns, at least 1
 */
public record Block(String name, Kind kind, int width) {
    /** What the numbers of a block are. */
    public enum Kind {
        /** Amounts: may be scaled; NaN is a missing value. */
        NUMERIC,
        /** Points on circles, in −1 … 1: not to be scaled; never missing. */
        CYCLE,
        /** At most one entry of 1 per row: makes chunks sparse. */
        ONE_HOT,
        /** Amounts of which most are 0: makes chunks sparse. Not scaled, so that zeros stay; never missing. */
        SPARSE;

        /** {@return whether chunks with such a block are sparse} */
        public boolean isSparse() {
            return this == ONE_HOT || this == SPARSE;
        }
    }

    // Checks name and width.
    public Block {
        if (name.isEmpty()) {
            throw AccreteException.badArgument("a block's name must not be empty");
        }
        if (width < 1) {
            throw AccreteException.badArgument("width of block '" + name + "' must be >= 1 but was " + width);
        }
    }
}
