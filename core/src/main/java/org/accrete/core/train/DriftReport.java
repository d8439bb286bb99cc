package org.accrete.core.train;

import java.util.List;

/**
 * What a run found of drift, and did about it.
 *
 * @param marks where, of this run and those before it that it resumed; at most the last 1,000
 * @param rowsHeld rows that this run scored but did not learn, because the model was held
 * @param rowsTakenBack rows that this run had learned and took back
 * @param isHeld whether the model is held at the end
 */
public record DriftReport(List<DriftMark> marks, long rowsHeld, long rowsTakenBack, boolean isHeld) {
    // Copies the list.
    public DriftReport {
        marks = List.copyOf(marks);
    }
}
