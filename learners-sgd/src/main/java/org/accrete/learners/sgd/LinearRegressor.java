package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.kernels.Exp;
import org.accrete.learners.sgd.weights.LinearWeights;

/**
 * Predicts by one linear function, or by its exponential.
 *
 * @param schema what the columns of a chunk must be
 * @param weights the function
 * @param logLink whether the prediction is the exponential of the function
 */
record LinearRegressor(Schema schema, LinearWeights weights, boolean logLink) implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
        predictFrom(out, chunk.rows(), logLink);
    }

    /** Turns decision values into predictions. */
    static void predictFrom(double[] values, int count, boolean logLink) {
        for (int i = 0; logLink && i < count; i++) {
            values[i] = Math.min(Exp.exp(values[i]), Double.MAX_VALUE);
        }
    }
}
