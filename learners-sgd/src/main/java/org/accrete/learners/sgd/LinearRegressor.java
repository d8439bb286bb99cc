package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.kernels.Kernels;

/**
 * One linear function, or the exponential of one.
 *
 * @param schema what the columns of a chunk must be
 * @param weights the function
 * @param logLink whether a prediction is its exponential
 */
record LinearRegressor(Schema schema, Weights weights, boolean logLink) implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
        for (int row = 0; logLink && row < chunk.rows(); row++) {
            out[row] = Math.min(Kernels.exp(out[row]), Double.MAX_VALUE);
        }
    }
}
