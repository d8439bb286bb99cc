package org.accrete.api.data;

import java.util.function.Consumer;
import org.accrete.api.AccreteException;

/**
 * What a source does with a row that it cannot use: stop the run, or drop the row, count it and report it. Not
 * thread-safe; one per source, or for several that are read one after the other.
 *
 * <p>When rows are dropped, the first ten are reported, and more than 1 % bad rows among at least 10,000 is still an
 * error. A source that {@linkplain ChunkSource#seek continues} an earlier run gets {@link #after}, so that all rows of
 * both count.
 */
public final class BadRows {
    private static final int REPORTED = 10;
    private static final long JUDGED_AFTER = 10_000;

    private final boolean skip;
    private final String advice;
    private final Consumer<String> report;
    private long rows;
    private long dropped;
    private int lines;

    private BadRows(boolean skip, String advice, Consumer<String> report, long rows, long dropped) {
        this.skip = skip;
        this.advice = advice;
        this.report = report;
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
     * @param advice what the user can do instead, such as the option that drops bad rows; empty for nothing
     */
    public static BadRows stop(String advice) {
        return new BadRows(false, advice, line -> {}, 0, 0);
    }

    /**
     * {@return the policy that drops bad rows}
     *
     * @param report gets one line for each of the first ten
     */
    public static BadRows skip(Consumer<String> report) {
        return new BadRows(true, "", report, 0, 0);
    }

    /**
     * {@return the same policy for a source that continues after rows that were counted before}
     *
     * @param accepted how many of them were accepted, at least 0
     * @param refused how many of them were dropped, at least 0
     */
    public BadRows after(long accepted, long refused) {
        return new BadRows(skip, advice, report, accepted + refused, refused);
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
     * @throws AccreteException the argument, with the advice, when the policy is to stop; bad data when too many rows
     *     are bad; the argument itself when it is not about bad data
     */
    public void refused(AccreteException why, ChunkBuffer buffer) {
        if (why.kind() != AccreteException.Kind.BAD_DATA) {
            throw why;
        }
        if (!skip) {
            throw advice.isEmpty()
                    ? why
                    : AccreteException.badData(why.getMessage() + "; " + advice)
                            .at(why.where().orElse(""));
        }
        rows++;
        dropped++;
        buffer.refused(1);
        if (lines < REPORTED) {
            lines++;
            report.accept("dropped a bad row: " + why.line());
        }
        if (rows >= JUDGED_AFTER && dropped * 100 > rows) {
            throw AccreteException.badData(
                            dropped + " of " + rows + " rows are bad, more than 1 %; the last: " + why.getMessage())
                    .at(why.where().orElse(""));
        }
    }
}
