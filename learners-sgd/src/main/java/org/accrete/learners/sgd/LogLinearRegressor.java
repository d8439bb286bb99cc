package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Regressor;
import org.accrete.kernels.Exp;
import org.accrete.learners.sgd.weights.LinearWeights;

/**
 * Predicts by the exponential of a linear function.
 *
 * @param schema what the columns of a chunk must be
 * @param weights the function
 */
record LogLinearRegressor(Schema schema, LinearWeights weights) implements Regressor, ExportableModel {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
        predictFrom(out, chunk.rows());
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        Value sum = graph.linear(schema, rows, weights.effective(), weights.intercepts());
        return List.of(graph.apply("Min", graph.apply("Exp", sum), graph.constant(Double.MAX_VALUE)));
    }

    /** Turns values of the function into predictions. */
    static void predictFrom(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.min(Exp.exp(values[i]), Double.MAX_VALUE);
        }
    }
}
