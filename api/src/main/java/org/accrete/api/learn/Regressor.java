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

    /**
     * {@return the prediction of each row, in a new array}
     *
     * @param chunk rows
     */
    default double[] predict(Chunk chunk) {
        double[] out = new double[chunk.rows()];
        predict(chunk, out);
        return out;
    }
}
