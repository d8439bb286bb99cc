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
record LinearRegressor(Schema schema, LinearWeights weights, boolean logLink) implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
        say(out, chunk.rows(), logLink);
    }

    /** Turns values of the function into predictions. */
    static void say(double[] values, int count, boolean logLink) {
        for (int i = 0; logLink && i < count; i++) {
            values[i] = Math.min(Kernels.exp(values[i]), Double.MAX_VALUE);
        }
    }
}
