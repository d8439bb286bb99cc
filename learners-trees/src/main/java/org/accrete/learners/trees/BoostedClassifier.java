package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.kernels.Exp;

/** Classifies by the scores of boosted trees, which are log-odds. */
final class BoostedClassifier implements ProbabilisticClassifier, ExplainableModel, ExportableModel {
    private final BoostedScores scores;
    private final List<String> classes;

    BoostedClassifier(BoostedScores scores, List<String> classes) {
        this.scores = scores;
        this.classes = classes;
    }

    @Override
    public Schema schema() {
        return scores.features().schema();
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public void decide(Chunk chunk, double[] out) {
        if (classes.size() < 2) {
            schema().require(chunk.schema());
            Arrays.fill(out, 0, chunk.rows(), -classes.size());
        } else {
            scores.write(chunk, classes, out);
        }
    }

    @Override
    public void explain(Chunk chunk, int row, int decision, Contributions out) {
        if (classes.size() < 2) {
            schema().require(chunk.schema());
            out.clear(-classes.size());
        } else {
            scores.explain(chunk, row, classes, decision, out);
        }
    }

    @Override
    public void probabilities(double[] decisions, int rows, int known, double[] out) {
        if (known == 1) {
            Arrays.fill(out, 0, rows, 1.0);
        } else if (known == 2) {
            for (int row = 0; row < rows; row++) {
                double p = Exp.logistic(decisions[row]);
                out[2 * row] = 1 - p;
                out[2 * row + 1] = p;
            }
        } else if (known > 2) {
            for (int from = 0; from < rows * known; from += known) {
                Exp.softmax(decisions, from, known, out, from);
            }
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        if (classes.size() < 2) {
            return TreeGraph.ofOneClass(graph, schema(), rows);
        }
        Value decisions = scores.export(graph, rows);
        return List.of(decisions, graph.probabilities(decisions, classes.size()));
    }

    @Override
    public List<String> describe() {
        return scores.describe();
    }
}
