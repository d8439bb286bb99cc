package org.accrete.api.learn;

import java.util.List;
import org.accrete.api.AccreteException;

/**
 * A model that writes what it computes as a graph of standard operations, so that programs without this library can
 * predict with it. It knows no file format: see {@link ModelGraph}.
 *
 * <p>Rows enter as tensors: first the numbers, rows × columns, all columns of the schema that are not in a one-hot
 * block, from left to right; then for each one-hot block the column within the block, one {@code long} per row, −1 for
 * a row that has none. Where every block is one-hot, the numbers must not be used.
 *
 * <p>The results are
 *
 * <ul>
 *   <li>of a {@link Classifier} the decision values, rows × {@link Classifier#decisions()}, then, of a
 *       {@link ProbabilisticClassifier}, the probabilities, rows × classes;
 *   <li>of a {@link Regressor} the predictions, rows × 1;
 *   <li>of a {@link Transformer} the transformed rows, in the form in which rows enter;
 *   <li>of a {@link Clusterer} the distances, rows × clusters;
 *   <li>of an {@link AnomalyScorer} the scores, rows × 1.
 * </ul>
 *
 * <p>They are what the model computes for the same rows, but for rounding; a row that it refuses may have any result.
 */
public interface ExportableModel extends Model {
    /**
     * Writes the operations.
     *
     * @param graph receives them
     * @param rows the rows, as above
     * @return the results, as above
     * @throws AccreteException bad argument: this model has something that no operation says
     */
    List<ModelGraph.Value> export(ModelGraph graph, List<ModelGraph.Value> rows);
}
