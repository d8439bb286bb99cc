package org.accrete.api.data;

import java.util.List;
import org.accrete.api.AccreteException;

/**
 * Turns raw rows into rows of a chunk, by a plan and a header. Grows the list of labels as rows bring new ones. Not
 * thread-safe.
 */
public final class RowEncoder {
    private final ColumnPlan plan;

    /**
     * Makes an encoder.
     *
     * @param plan how columns become numbers
     * @param header names of the raw columns, in the order of the fields of a row; more than the plan has are ignored
     * @param targetNeeded whether a row without a target is refused; when false the target column may be absent
     * @throws AccreteException bad data: the header lacks a column of the plan; the message names it
     */
    public RowEncoder(ColumnPlan plan, List<String> header, boolean targetNeeded) {
        this.plan = plan;
    }

    /** {@return the plan} */
    public ColumnPlan plan() {
        return plan;
    }
}
