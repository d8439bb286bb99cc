package org.accrete.api.learn;

/**
 * A transformer that only shifts and scales columns, but for values that are missing; the columns stay what they are.
 */
public interface ScalingTransformer extends Transformer {
    /** {@return by how much it shifts and scales each column} */
    Scaling scaling();
}
