package org.accrete.api.data;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;

/**
 * What is done with a row that cannot be used: end the run, or drop the row, count it, report it and perhaps
 * {@linkplain #keeping keep} it. One per source, or for several that are read one after the other.
 *
 * <p>When rows are dropped, the first ten are reported, and what to do about them once. More than the allowed share of
 * bad rows is an error: as soon as at least 10,000 rows were read, and with fewer rows at their end, by
 * {@link #requireShare}. A source that {@linkplain ChunkSource#seek continues} an earlier run gets {@link #after}, so
 * that all rows of both count.
 *
 * <p>A source calls {@link #accepted} and {@link #refused}, on one thread. Whoever passes its rows on to a learner may
 * call {@link #drop} and {@link #requireShare} on another.
 */
public final class BadRows {
    /** Gets each row that is dropped, such as a file that keeps them. One call at a time, from any thread. */
    @FunctionalInterface
    public interface Keeper {
        /**
         * Takes a row.
         *
         * @param row what is known of it
         * @throws AccreteException I/O: it cannot be kept; this ends the run
         */
        void keep(BadRow row);

        /** Makes sure that the rows taken so far outlive a crash. Called before a version is appended. */
        default void force() {}
    }

    /** The share of bad rows that is allowed unless another is given. */
    public static final double SHARE = 0.01;

    private static final int REPORTED = 10;
    private static final long JUDGED_AFTER = 10_000;

    private enum Policy {
        STOP,
        SKIP,
        BLANK
    }

    private final Policy policy;
    private final double share;
    private final String advice;
    private final Consumer<String> report;
    private final Optional<Keeper> keeper;
    private long rows;
    private long dropped;
    private int lines;
    private final Set<String> advices = new HashSet<>();

    private BadRows(
            Policy policy,
            double share,
            String advice,
            Consumer<String> report,
            Optional<Keeper> keeper,
            long rows,
            long dropped) {
        this.policy = policy;
        this.share = share;
        this.advice = advice;
        this.report = report;
        this.keeper = keeper;
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
        return new BadRows(Policy.STOP, 0, advice, line -> {}, Optional.empty(), 0, 0);
    }

    /**
     * {@return the policy that drops bad rows, of which a {@linkplain #SHARE hundredth} may be bad}
     *
     * @param report gets one line for each of the first ten
     */
    public static BadRows skip(Consumer<String> report) {
        return skip(SHARE, report);
    }

    /**
     * {@return the policy that drops bad rows}
     *
     * @param share how large a part of the rows may be bad, from 0 to 1
     * @param report gets one line for each of the first ten
     */
    public static BadRows skip(double share, Consumer<String> report) {
        return of(Policy.SKIP, share, report);
    }

    /**
     * {@return the policy that drops bad rows and leaves an empty row in the place of each, so that rows stay aligned}
     * The weight of an empty row is NaN. For rows that are only predicted.
     *
     * @param share how large a part of the rows may be bad, from 0 to 1
     * @param report gets one line for each of the first ten
     */
    public static BadRows blank(double share, Consumer<String> report) {
        return of(Policy.BLANK, share, report);
    }

    private static BadRows of(Policy policy, double share, Consumer<String> report) {
        if (!(share >= 0 && share <= 1)) {
            throw AccreteException.badArgument("the share of bad rows must be >= 0 and <= 1 but was " + share);
        }
        return new BadRows(policy, share, "", report, Optional.empty(), 0, 0);
    }

    /**
     * {@return the same policy, where each row that is dropped is kept} The allowed share holds as without it: what is
     * learned from the other rows is as doubtful.
     *
     * @param to gets each row
     */
    public BadRows keeping(Keeper to) {
        return new BadRows(policy, share, advice, report, Optional.of(to), rows, dropped);
    }

    /**
     * {@return the same policy for a source that continues after rows that were counted before}
     *
     * @param accepted how many of them were accepted, at least 0
     * @param refused how many of them were dropped, at least 0
     */
    public BadRows after(long accepted, long refused) {
        return new BadRows(policy, share, advice, report, keeper, accepted + refused, refused);
    }

    /** {@return whether bad rows are dropped} */
    public boolean isSkip() {
        return policy != Policy.STOP;
    }

    /** Counts a row that was accepted. */
    public void accepted() {
        rows++;
    }

    /**
     * Drops a row that a source cannot use, or refuses to. Of the row nothing is known but what the exception says.
     *
     * @param why what is wrong with it, and where
     * @param buffer the chunk being filled, which counts it
     * @throws AccreteException as {@link #drop(AccreteException, Supplier)}; bad data: too many rows are bad
     */
    public void refused(AccreteException why, ChunkBuffer buffer) {
        refused(why, buffer, () -> row(why));
    }

    private static BadRow row(AccreteException why) {
        RowPlace place = new RowPlace(why.where().orElse(""), RowPlace.Unit.ROW, 0);
        return new BadRow(place, why.column(), String.valueOf(why.getMessage()), List.of(), List.of());
    }

    /**
     * Drops a row that a source cannot use, or refuses to. A row that the plan leaves out is only counted, apart, under
     * any policy.
     *
     * @param why what is wrong with it, and where
     * @param buffer the chunk being filled, which counts it
     * @param row what is kept of it; called only where rows are kept
     * @throws AccreteException as {@link #drop(AccreteException, Supplier)}; bad data: too many rows are bad
     */
    public void refused(AccreteException why, ChunkBuffer buffer, Supplier<BadRow> row) {
        if (why.kind() == AccreteException.Kind.LEFT_OUT) {
            buffer.dropped(new DroppedRows(0, 1, 0));
            return;
        }
        drop(why, row);
        rows++;
        dropped++;
        buffer.refused(1);
        if (policy == Policy.BLANK) {
            buffer.beginRow();
            buffer.weight(Double.NaN);
            buffer.endRow();
        }
        if (rows >= JUDGED_AFTER) {
            requireShare(rows, dropped, "; the last: " + why.line());
        }
    }

    /**
     * Reports a row that is dropped, or refuses to drop it. The caller counts it. Of the row nothing is known but what
     * the exception says.
     *
     * @param why what is wrong with it, and where
     * @throws AccreteException as {@link #drop(AccreteException, Supplier)}
     */
    public void drop(AccreteException why) {
        drop(why, () -> row(why));
    }

    /**
     * Reports a row that is dropped, or refuses to drop it. The caller counts it.
     *
     * @param why what is wrong with it, and where
     * @param row what is kept of it; called only where rows are kept
     * @throws AccreteException the argument, with the advice, when the policy is to stop; the argument itself when it
     *     is not about bad data; I/O: the row cannot be kept
     */
    public synchronized void drop(AccreteException why, Supplier<BadRow> row) {
        if (why.kind() != AccreteException.Kind.BAD_DATA) {
            throw why;
        }
        if (!isSkip()) {
            throw advice.isEmpty() ? why : why.withAdvice(advice);
        }
        if (lines < REPORTED) {
            lines++;
            report.accept((keeper.isPresent() ? "quarantined" : "dropped") + " a bad row: " + lineWithNews(why));
        }
        keeper.ifPresent(to -> to.keep(row.get()));
    }

    /** Makes sure that the rows kept so far outlive a crash, where rows are kept. */
    public synchronized void force() {
        keeper.ifPresent(Keeper::force);
    }

    /** {@return what is wrong with a row, without advice that an earlier line has given} */
    private String lineWithNews(AccreteException why) {
        String advice = why.advice().orElse("");
        if (advice.isEmpty() || advices.add(advice)) {
            return why.line();
        }
        return why.line().substring(0, why.line().length() - advice.length() - "; ".length());
    }

    /**
     * Refuses too many bad rows. To be called when the rows have ended; a run whose learner refuses rows as well calls
     * it after each chunk of a long source too.
     *
     * @param read rows read so far, also those that were dropped and those of the runs before
     * @param bad how many of them were dropped
     * @param ended whether there are no more; without it fewer than 10,000 rows are never too few
     * @throws AccreteException bad data: more of them are bad than the share allows
     */
    public void requireShare(long read, long bad, boolean ended) {
        if (isSkip() && (ended || read >= JUDGED_AFTER)) {
            requireShare(read, bad, "");
        }
    }

    private void requireShare(long read, long bad, String last) {
        if (bad > share * read) {
            throw AccreteException.badData(bad + " of " + read + " rows are bad, more than " + percent(share) + " %"
                    + "; if they may be dropped, allow more of them: --bad-rows skip=" + percent(enough(read, bad))
                    + (keeper.isPresent() ? "%,quarantine=FILE" : "%")
                    + last);
        }
    }

    /** {@return a round share that is large enough for the rows so far} */
    private static double enough(long read, long bad) {
        double needed = (double) bad / read;
        for (double round : new double[] {0.01, 0.02, 0.05, 0.1, 0.2, 0.5}) {
            if (needed <= round) {
                return round;
            }
        }
        return 1;
    }

    private static String percent(double part) {
        return BigDecimal.valueOf(part).movePointRight(2).stripTrailingZeros().toPlainString();
    }
}
