package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Regressor;
import org.accrete.learners.sgd.weights.LinearWeights;

/**
 * Predicts by one linear function.
 *
 * @param schema what the columns of a chunk must be
 * @param weights the function
 */
record LinearRegressor(Schema schema, LinearWeights weights) implements Regressor, ExplainableModel, ExportableModel {
    @Override
    public void predict(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
    }

    @Override
    public void explain(Chunk chunk, int row, int decision, Contributions out) {
        schema.require(chunk.schema());
        weights.explain(0, chunk, row, out);
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        return List.of(graph.linear(schema, rows, weights.effective(), weights.intercepts()));
    }
}
