package org.accrete.api.data;

import java.util.List;
import java.util.Optional;

/**
 * What a source is asked for when it is opened.
 *
 * @param location what follows the source's name: a path, a glob, {@code -}, or a word that only the source
 *     understands; may be empty
 * @param target name of the target column, if one was asked for
 * @param columns columns whose kind the user gives; the others are inferred
 * @param plan the stored plan to encode by, instead of inferring one; {@code target} and {@code columns} are then not
 *     read
 * @param targetNeeded whether a row without a target is a bad row; when false the target column may be absent
 * @param badRows what to do with rows that cannot be used
 */
public record SourceRequest(
        String location,
        Optional<String> target,
        List<Column> columns,
        Optional<ColumnPlan> plan,
        boolean targetNeeded,
        BadRows badRows) {
    // Copies the list.
    public SourceRequest {
        columns = List.copyOf(columns);
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
     * {@return the same request with a target}
     *
     * @param name name of the target column
     */
    public SourceRequest withTarget(String name) {
        return new SourceRequest(location, Optional.of(name), columns, plan, targetNeeded, badRows);
    }

    /**
     * {@return the same request with some columns given}
     *
     * @param given the columns
     */
    public SourceRequest withColumns(List<Column> given) {
        return new SourceRequest(location, target, given, plan, targetNeeded, badRows);
    }

    /**
     * {@return the same request with a stored plan}
     *
     * @param stored the plan
     * @param needTarget whether a row without a target is a bad row
     */
    public SourceRequest withPlan(ColumnPlan stored, boolean needTarget) {
        return new SourceRequest(location, target, columns, Optional.of(stored), needTarget, badRows);
    }

    /**
     * {@return the same request with another policy for bad rows}
     *
     * @param policy what to do with rows that cannot be used
     */
    public SourceRequest withBadRows(BadRows policy) {
        return new SourceRequest(location, target, columns, plan, targetNeeded, policy);
    }
}
