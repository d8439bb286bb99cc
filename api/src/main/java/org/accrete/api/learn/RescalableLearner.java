package org.accrete.api.learn;

/**
 * A learner that can tell what it knows in columns that were shifted and scaled, and so can be merged behind a step
 * whose {@link ScalingTransformer} moves with the rows, such as {@code standard-scaler}.
 *
 * <ul>
 *   <li>What the model says of a row after {@link #rescale} is, to rounding, what it said before of the row as it was.
 *   <li>What only training needs follows: what is measured in a weight's unit is scaled as the weight is.
 * </ul>
 */
public interface RescalableLearner extends MergeableLearner {
    /**
     * Goes over to other columns, in which the rows so far would have been {@code (x - centre) / scale}. A
     * {@link #view()} from before is no longer to be used. O(width) for each vector that is kept.
     *
     * @param scaling the change, as wide as {@link #schema()}
     * @throws org.accrete.api.AccreteException bad state: the model would overflow; nothing is changed
     */
    void rescale(Scaling scaling);
}
