package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.kernels.Exp;
import org.accrete.learners.sgd.weights.LinearWeights;

/**
 * Predicts by the exponential of a linear function.
 *
 * @param schema what the columns of a chunk must be
 * @param weights the function
 */
record LogLinearRegressor(Schema schema, LinearWeights weights) implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
        predictFrom(out, chunk.rows());
    }

    /** Turns values of the function into predictions. */
    static void predictFrom(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.min(Exp.exp(values[i]), Double.MAX_VALUE);
        }
    }
}
