package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Regressor;

/** Predicts numbers by the scores of boosted trees. */
record BoostedRegressor(BoostedScores scores) implements Regressor, ExplainableModel, ExportableModel {
    @Override
    public Schema schema() {
        return scores.features().schema();
    }

    @Override
    public void predict(Chunk chunk, double[] out) {
        scores.write(chunk, List.of(), out);
    }

    @Override
    public void explain(Chunk chunk, int row, int decision, Contributions out) {
        scores.explain(chunk, row, List.of(), 0, out);
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        return List.of(scores.export(graph, rows));
    }

    @Override
    public List<String> describe() {
        return scores.describe();
    }
}
