package org.accrete.learners.nn;

import java.util.List;
import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
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
        implements Regressor, ExportableModel {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        network.predict(chunk, buffers.get(), (first, rows, outputs, stride) -> {
            for (int row = 0; row < rows; row++) {
                out[first + row] = target.restore(FloatChecks.requireOutput(outputs[row * stride], first + row));
            }
        });
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        Value outputs = network.export(graph, schema, rows);
        double origin = target.restore(0);
        return List.of(graph.apply(
                "Add",
                graph.apply("Mul", outputs, graph.constant(target.restore(1) - origin)),
                graph.constant(origin)));
    }
}
