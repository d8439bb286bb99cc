package org.accrete.api.learn;

/**
 * A transformer that only shifts and scales columns, except that missing values may be replaced and values far from the
 * others clipped; the schema stays the same.
 */
public interface ScalingTransformer extends Transformer {
    /** {@return by how much it shifts and scales each column} */
    Scaling scaling();
}
