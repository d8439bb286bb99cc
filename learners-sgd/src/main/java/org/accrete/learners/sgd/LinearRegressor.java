package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;

/**
 * One linear function.
 *
 * @param schema what the columns of a chunk must be
 * @param weights the function
 */
record LinearRegressor(Schema schema, Weights weights) implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
    }
}
