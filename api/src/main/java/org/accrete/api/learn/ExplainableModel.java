package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/**
 * A classifier or regressor that says what each column of a row contributed to its prediction.
 *
 * <ul>
 *   <li>The base value and all contributions add up to the decision value, or to the predicted number, but for
 *       rounding.
 *   <li>The base value does not depend on the row.
 *   <li>A one-hot block that is one feature for the model contributes as one, by the column of the row's value; by its
 *       first column where the row has none.
 * </ul>
 */
public interface ExplainableModel extends Model {
    /**
     * Explains one number of a row.
     *
     * @param chunk rows
     * @param row which of them, from 0
     * @param decision which decision value of the row: of a {@link Classifier} from 0 to {@link Classifier#decisions()}
     *     − 1, of a {@link Regressor} 0, its prediction
     * @param out cleared, then filled
     */
    void explain(Chunk chunk, int row, int decision, Contributions out);
}
