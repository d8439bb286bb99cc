package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/** A model that predicts numbers. */
public interface Regressor extends Model {
    /**
     * Predicts each row's target.
     *
     * @param chunk rows
     * @param out receives one number per row
     */
    void predict(Chunk chunk, double[] out);
}
