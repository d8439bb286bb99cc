package org.accrete.api.data;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * What a source is asked for when it is opened.
 *
 * @param location what follows the source's name: a path, a glob, {@code -}, or a word that only the source
 *     understands; may be empty
 * @param target name of the target column, if one was asked for
 * @param targetKind kind of target that the learner needs, if it needs one: whole numbers are then read as that kind
 * @param columns columns whose kind the user gives; the others are inferred
 * @param keys columns whose texts are handed on as {@linkplain ChunkBuffer#key keys} beside what they are encoded as
 * @param plan the stored plan to encode by, instead of inferring one; {@code target}, {@code targetKind},
 *     {@code columns} and {@code keys} are then not read
 * @param targetNeeded whether there must be a target column, whose cells are usable or missing; when false it may be
 *     absent
 * @param mayGrow whether the rows may go on later from where they end now, so that a last line without its end is left
 *     for then; when false it is read as it is
 * @param follow whether to wait for further rows where they end now, as {@code tail -F} does
 * @param maxWait how long a source that {@linkplain ChunkSource#maxWait waits for rows} waits for further ones once it
 *     has one; empty for {@link #MAX_WAIT}
 * @param where which rows are handed out; the others are {@linkplain DroppedRows#filtered counted}. Empty for all
 * @param badRows what to do with rows that cannot be used
 */
public record SourceRequest(
        String location,
        Optional<String> target,
        Optional<Target.Kind> targetKind,
        List<Column> columns,
        List<String> keys,
        Optional<ColumnPlan> plan,
        boolean targetNeeded,
        boolean mayGrow,
        boolean follow,
        Optional<Duration> maxWait,
        Optional<RowFilter> where,
        BadRows badRows) {
    /** How long a source that waits for rows waits for further ones, unless something else is asked for: 1 s. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(1);

    // Checks the time and copies the lists.
    public SourceRequest {
        maxWait.ifPresent(SourceRequest::requireWait);
        columns = List.copyOf(columns);
        keys = List.copyOf(keys);
    }

    /**
     * Refuses a time that a source cannot wait.
     *
     * @param maxWait from 0, for no longer than the rows at hand take, to one day
     * @throws AccreteException bad argument: another one
     */
    public static void requireWait(Duration maxWait) {
        if (maxWait.isNegative() || maxWait.compareTo(Duration.ofDays(1)) > 0) {
            throw AccreteException.badArgument(
                    "max-wait must be from 0s to 86400s but was " + maxWait.toMillis() + "ms");
        }
    }

    /**
     * Makes a request of rows that have an end, for a learner of any kind of target.
     *
     * @param location what follows the source's name
     * @param target name of the target column, if one was asked for
     * @param columns columns whose kind the user gives; the others are inferred
     * @param plan the stored plan to encode by, instead of inferring one
     * @param targetNeeded whether a row without a target is a bad row
     * @param badRows what to do with rows that cannot be used
     */
    public SourceRequest(
            String location,
            Optional<String> target,
            List<Column> columns,
            Optional<ColumnPlan> plan,
            boolean targetNeeded,
            BadRows badRows) {
        this(
                location,
                target,
                Optional.empty(),
                columns,
                List.of(),
                plan,
                targetNeeded,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                badRows);
    }

    /**
     * {@return a request that infers everything, has no target and stops at a bad row}
     *
     * @param location what follows the source's name
     */
    public static SourceRequest of(String location) {
        return new SourceRequest(location, Optional.empty(), List.of(), Optional.empty(), true, BadRows.stop());
    }

    /**
     * {@return the same request of other rows}
     *
     * @param other what follows the source's name
     */
    public SourceRequest withLocation(String other) {
        return new SourceRequest(
                other, target, targetKind, columns, keys, plan, targetNeeded, mayGrow, follow, maxWait, where, badRows);
    }

    /**
     * {@return the same request with a target}
     *
     * @param name name of the target column
     */
    public SourceRequest withTarget(String name) {
        return new SourceRequest(
                location,
                Optional.of(name),
                targetKind,
                columns,
                keys,
                plan,
                targetNeeded,
                mayGrow,
                follow,
                maxWait,
                where,
                badRows);
    }

    /**
     * {@return the same request for a learner of one kind of target}
     *
     * @param kind the kind, or empty for any
     */
    public SourceRequest withTargetKind(Optional<Target.Kind> kind) {
        return new SourceRequest(
                location, target, kind, columns, keys, plan, targetNeeded, mayGrow, follow, maxWait, where, badRows);
    }

    /**
     * {@return the same request with some columns given}
     *
     * @param given the columns
     */
    public SourceRequest withColumns(List<Column> given) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                given,
                keys,
                plan,
                targetNeeded,
                mayGrow,
                follow,
                maxWait,
                where,
                badRows);
    }

    /**
     * {@return the same request with the texts of some columns handed on}
     *
     * @param names the columns
     */
    public SourceRequest withKeys(List<String> names) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                columns,
                names,
                plan,
                targetNeeded,
                mayGrow,
                follow,
                maxWait,
                where,
                badRows);
    }

    /**
     * {@return the same request with a stored plan}
     *
     * @param stored the plan
     * @param needTarget whether there must be a target column
     */
    public SourceRequest withPlan(ColumnPlan stored, boolean needTarget) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                columns,
                keys,
                Optional.of(stored),
                needTarget,
                mayGrow,
                follow,
                maxWait,
                where,
                badRows);
    }

    /**
     * {@return the same request, of rows that may or may not go on later}
     *
     * @param grows whether a last line without its end is left for later
     */
    public SourceRequest withMayGrow(boolean grows) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                columns,
                keys,
                plan,
                targetNeeded,
                grows,
                follow,
                maxWait,
                where,
                badRows);
    }

    /**
     * {@return the same request, of rows that are waited for where they end now, or not}
     *
     * @param follows whether they are
     */
    public SourceRequest withFollow(boolean follows) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                columns,
                keys,
                plan,
                targetNeeded,
                mayGrow,
                follows,
                maxWait,
                where,
                badRows);
    }

    /**
     * {@return the same request with another time to wait for further rows}
     *
     * @param wait from 0 to one day, or empty for {@link #MAX_WAIT}
     */
    public SourceRequest withMaxWait(Optional<Duration> wait) {
        return new SourceRequest(
                location, target, targetKind, columns, keys, plan, targetNeeded, mayGrow, follow, wait, where, badRows);
    }

    /**
     * {@return the same request with another policy for bad rows}
     *
     * @param policy what to do with rows that cannot be used
     */
    public SourceRequest withBadRows(BadRows policy) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                columns,
                keys,
                plan,
                targetNeeded,
                mayGrow,
                follow,
                maxWait,
                where,
                policy);
    }

    /**
     * {@return the same request for those rows only that pass a condition}
     *
     * @param condition the condition, or empty for all rows
     */
    public SourceRequest withWhere(Optional<RowFilter> condition) {
        return new SourceRequest(
                location,
                target,
                targetKind,
                columns,
                keys,
                plan,
                targetNeeded,
                mayGrow,
                follow,
                maxWait,
                condition,
                badRows);
    }
}
