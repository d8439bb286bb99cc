package org.accrete.api.data;

import java.util.function.Consumer;
import org.accrete.api.AccreteException;

/**
 * What a source does with a row it cannot use: stop, or drop, count and say so. Not thread-safe; one per source, or per
 * sources that are read one after the other.
 *
 * <p>When dropping, the first ten are told, and more than 1 % of the rows after 10,000 rows is an error all the same. A
 * source that {@linkplain ChunkSource#seek goes on} somewhere is asked for with {@link #after}, so that rows count from
 * the beginning.
 */
public final class BadRows {
    private static final int TOLD = 10;
    private static final long JUDGED_AFTER = 10_000;

    private final boolean skip;
    private final String wayOn;
    private final Consumer<String> told;
    private long rows;
    private long dropped;
    private int lines;

    private BadRows(boolean skip, String wayOn, Consumer<String> told, long rows, long dropped) {
        this.skip = skip;
        this.wayOn = wayOn;
        this.told = told;
        this.rows = rows;
        this.dropped = dropped;
    }

    /** {@return the policy that ends the run at the first bad row} */
    public static BadRows stop() {
        return stop("");
    }

    /**
     * {@return the policy that ends the run at the first bad row and says what else could be done}
     *
     * @param wayOn what the one who asked can do instead, such as the option that drops bad rows; empty for nothing
     */
    public static BadRows stop(String wayOn) {
        return new BadRows(false, wayOn, line -> {}, 0, 0);
    }

    /**
     * {@return the policy that drops bad rows}
     *
     * @param told gets one line for each of the first ten
     */
    public static BadRows skip(Consumer<String> told) {
        return new BadRows(true, "", told, 0, 0);
    }

    /**
     * {@return the same policy for a source that goes on after rows that were counted before}
     *
     * @param accepted how many of them were accepted, at least 0
     * @param refused how many of them were dropped, at least 0
     */
    public BadRows after(long accepted, long refused) {
        return new BadRows(skip, wayOn, told, accepted + refused, refused);
    }

    /** Counts a row that was accepted. */
    public void accepted() {
        rows++;
    }

    /**
     * Drops a row, or refuses to.
     *
     * @param why what is wrong with it, and where
     * @param buffer the chunk being filled, which counts it
     * @throws AccreteException the argument when the policy is to stop, with its way on; bad data when too many rows
     *     are bad; the argument itself when it is not about bad data
     */
    public void refused(AccreteException why, ChunkBuffer buffer) {
        if (why.kind() != AccreteException.Kind.BAD_DATA) {
            throw why;
        }
        if (!skip) {
            throw wayOn.isEmpty()
                    ? why
                    : AccreteException.badData(why.getMessage() + "; " + wayOn)
                            .at(why.where().orElse(""));
        }
        rows++;
        dropped++;
        buffer.refused(1);
        if (lines < TOLD) {
            lines++;
            told.accept("dropped a bad row: " + why.line());
        }
        if (rows >= JUDGED_AFTER && dropped * 100 > rows) {
            throw AccreteException.badData(
                            dropped + " of " + rows + " rows are bad, more than 1 %; the last: " + why.getMessage())
                    .at(why.where().orElse(""));
        }
    }
}
