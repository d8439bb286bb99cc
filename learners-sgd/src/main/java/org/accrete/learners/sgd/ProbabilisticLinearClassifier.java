package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.learners.sgd.loss.Link;
import org.accrete.learners.sgd.weights.LinearWeights;

/** Classifies by linear functions whose loss makes decision values probabilities. */
final class ProbabilisticLinearClassifier extends LinearClassifier implements ProbabilisticClassifier {
    private final Link link;

    ProbabilisticLinearClassifier(Schema schema, List<String> classes, LinearWeights weights, Link link) {
        super(schema, classes, weights);
        this.link = link;
    }

    @Override
    public void probabilities(double[] decisions, int rows, int count, double[] out) {
        if (count == 1) {
            Arrays.fill(out, 0, rows, 1.0);
        } else if (count == 2) {
            for (int row = 0; row < rows; row++) {
                out[2 * row] = link.ofOne(-decisions[row]);
                out[2 * row + 1] = link.ofOne(decisions[row]);
            }
        } else if (count > 2) {
            System.arraycopy(decisions, 0, out, 0, rows * count);
            for (int row = 0; row < rows; row++) {
                link.ofMany(out, row * count, count);
            }
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        Value decisions = super.export(graph, rows).get(0);
        int count = classes().size();
        if (link == Link.SOFTMAX || (link == Link.LOGISTIC && count <= 2)) {
            return List.of(decisions, graph.probabilities(decisions, count));
        }
        if (count <= 2) {
            return List.of(
                    decisions,
                    graph.ofTwo(ofOne(graph, graph.apply("Neg", decisions)), ofOne(graph, decisions), count));
        }
        Value each = ofOne(graph, decisions);
        Value sum = graph.apply("ReduceSum", Map.of("keepdims", 1L), each, graph.constant(new long[] {1}, 1));
        Value isNone = graph.apply("Equal", sum, graph.constant(0));
        return List.of(
                decisions, graph.apply("Where", isNone, graph.constant(1.0 / count), graph.apply("Div", each, sum)));
    }

    private Value ofOne(ModelGraph graph, Value decisions) {
        if (link != Link.CLIPPED_LINEAR) {
            return graph.apply("Sigmoid", decisions);
        }
        Value clipped = graph.apply("Clip", decisions, graph.constant(-1), graph.constant(1));
        return graph.apply("Div", graph.apply("Add", clipped, graph.constant(1)), graph.constant(2));
    }
}
