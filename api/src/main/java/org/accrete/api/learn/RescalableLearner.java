package org.accrete.api.learn;

/**
 * A learner whose model can be expressed in columns that were shifted and scaled, so that it can be merged behind a
 * step whose {@link ScalingTransformer} changes with the rows, such as {@code standard-scaler}.
 *
 * <ul>
 *   <li>After {@link #rescale} the model's prediction for a rescaled row is, up to rounding, the one from before for
 *       the original row.
 *   <li>The training state follows: what is measured in a weight's unit is scaled like the weight.
 * </ul>
 */
public interface RescalableLearner extends MergeableLearner {
    /**
     * Changes to columns in which the rows so far would have been {@code (x - centre) / scale}. A {@link #view()} from
     * before must no longer be used. O(width) for each vector that is kept.
     *
     * @param scaling the change, as wide as {@link #schema()}
     * @throws org.accrete.api.AccreteException bad state: the model would overflow; nothing is changed
     */
    void rescale(Scaling scaling);
}
