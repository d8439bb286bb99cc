package org.accrete.learners.nn;

import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;

/**
 * A network with one output, which is the prediction.
 *
 * @param schema what the columns of a chunk must be
 * @param network the network
 * @param scratch gives memory for one call
 */
record NetworkRegressor(Schema schema, Network network, Supplier<Scratch> scratch) implements Regressor {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        network.predict(chunk, scratch.get(), (from, rows, outputs, stride) -> {
            for (int row = 0; row < rows; row++) {
                out[from + row] = Rows.checked(outputs[row * stride], from + row);
            }
        });
    }
}
