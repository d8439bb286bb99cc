package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/**
 * A transformer that says which of its input columns stand behind what its output columns contributed to a number.
 *
 * <ul>
 *   <li>Nothing is lost: the base value and all contributions have the same sum before and after, but for rounding.
 *   <li>A contribution goes to the columns that the output column was made of in this row; what was made of none goes
 *       to the base value.
 * </ul>
 */
public interface ExplainableTransformer extends Transformer {
    /**
     * Shares what output columns contributed among the input columns.
     *
     * @param chunk rows, not transformed
     * @param row which of them, from 0
     * @param outputs what the columns of {@link #outputSchema()} contributed; not changed
     * @param inputs cleared, then filled with what the columns of {@link #schema()} contributed
     */
    void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs);

    /**
     * Copies contributions, for a transformer that makes each column of itself.
     *
     * @param outputs not changed
     * @param inputs cleared, then filled
     */
    static void sameColumns(Contributions outputs, Contributions inputs) {
        inputs.clear(outputs.base());
        for (int i = 0; i < outputs.size(); i++) {
            inputs.add(outputs.column(i), outputs.amount(i));
        }
    }
}
