package org.accrete.core.online;

import java.util.List;

/**
 * A prediction that awaits its label, with what is needed to score it and to learn its record.
 *
 * @param cells of the record, in the order of the raw columns; that of the target is empty
 * @param known how many classes the model knew; 0 for a number
 * @param decisions what the model said; not changed
 * @param noChange what the baseline {@code no_change} said
 * @param usual what the other baseline said
 */
@SuppressWarnings("ArrayRecordComponent")
record Awaiting(List<String> cells, int known, double[] decisions, double noChange, double usual) {}
