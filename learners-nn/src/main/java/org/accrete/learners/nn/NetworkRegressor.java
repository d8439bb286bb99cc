package org.accrete.learners.nn;

import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;

/**
 * A model with one output.
 *
 * @param schema of the chunks
 * @param network the network
 * @param target whose units the predictions are in
 * @param buffers gives working memory for one call
 */
record NetworkRegressor(Schema schema, Network network, TargetMoments target, Supplier<PredictionBuffers> buffers)
        implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        network.predict(chunk, buffers.get(), (first, rows, outputs, stride) -> {
            for (int row = 0; row < rows; row++) {
                out[first + row] = target.restore(FloatChecks.requireOutput(outputs[row * stride], first + row));
            }
        });
    }
}
