package org.accrete.learners.nn;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.kernels.Exp;

/**
 * A model with one output per class. With two classes, the decision value is the second output minus the first.
 *
 * @param schema of the chunks
 * @param classes the labels
 * @param network the network
 * @param buffers gives working memory for one call
 */
record NetworkClassifier(Schema schema, List<String> classes, Network network, Supplier<PredictionBuffers> buffers)
        implements ProbabilisticClassifier, ExportableModel {
    @Override
    public void decide(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        int count = classes.size();
        network.predict(chunk, buffers.get(), (first, rows, outputs, stride) -> {
            for (int row = 0; row < rows; row++) {
                int at = row * stride;
                if (count == 2) {
                    out[first + row] = FloatChecks.requireOutput(outputs[at + 1], first + row)
                            - FloatChecks.requireOutput(outputs[at], first + row);
                } else if (count < 2) {
                    out[first + row] = 0;
                } else {
                    for (int c = 0; c < count; c++) {
                        out[(first + row) * count + c] = FloatChecks.requireOutput(outputs[at + c], first + row);
                    }
                }
            }
        });
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        int count = classes.size();
        if (count < 2) {
            return List.of(graph.everywhere(schema, rows, 0), graph.everywhere(schema, rows, 1));
        }
        Value outputs = network.export(graph, schema, rows);
        Value decisions =
                count == 2 ? graph.apply("Sub", graph.columns(outputs, 1), graph.columns(outputs, 0)) : outputs;
        return List.of(decisions, graph.probabilities(decisions, count));
    }

    /** The softmax; with two classes, whose decision value is a difference, the logistic function. */
    @Override
    public void probabilities(double[] decisions, int rows, int count, double[] out) {
        if (count == 1) {
            Arrays.fill(out, 0, rows, 1.0);
        } else if (count == 2) {
            for (int row = 0; row < rows; row++) {
                out[2 * row] = Exp.logistic(-decisions[row]);
                out[2 * row + 1] = Exp.logistic(decisions[row]);
            }
        } else if (count > 2) {
            for (int from = 0; from < rows * count; from += count) {
                Exp.softmax(decisions, from, count, out, from);
            }
        }
    }
}
