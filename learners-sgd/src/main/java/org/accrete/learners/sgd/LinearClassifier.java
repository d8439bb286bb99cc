package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.learners.sgd.weights.LinearWeights;

/** Classifies by linear functions: one for up to two classes, else one for each. */
sealed class LinearClassifier implements Classifier, ExplainableModel, ExportableModel
        permits ProbabilisticLinearClassifier {
    private final Schema schema;
    private final List<String> classes;
    private final LinearWeights weights;

    LinearClassifier(Schema schema, List<String> classes, LinearWeights weights) {
        this.schema = schema;
        this.classes = classes;
        this.weights = weights;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final List<String> classes() {
        return classes;
    }

    @Override
    public final void decide(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        weights.decide(chunk, out);
    }

    @Override
    public final void explain(Chunk chunk, int row, int decision, Contributions out) {
        schema.require(chunk.schema());
        weights.explain(decision, chunk, row, out);
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        return List.of(graph.linear(schema, rows, weights.effective(), weights.intercepts()));
    }
}
