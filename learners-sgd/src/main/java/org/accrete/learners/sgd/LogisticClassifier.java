package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.kernels.Kernels;

/**
 * Linear functions that were trained by the log-loss. The logistic function of a decision value is a probability; several
 * classes, each trained against the rest, share 1 in proportion to theirs.
 */
final class LogisticClassifier extends LinearClassifier implements ProbabilisticClassifier {
    LogisticClassifier(Schema schema, List<String> classes, Weights weights) {
        super(schema, classes, weights);
    }

    @Override
    public void probabilities(Chunk chunk, double[] out) {
        schema().require(chunk.schema());
        int rows = chunk.rows();
        int count = classes().size();
        if (count == 1) {
            Arrays.fill(out, 0, rows, 1.0);
        } else if (count == 2) {
            Kernels kernels = Kernels.best();
            for (int row = 0; row < rows; row++) {
                double decision = weights.decision(kernels, 0, chunk, row);
                out[2 * row] = Kernels.logistic(-decision);
                out[2 * row + 1] = Kernels.logistic(decision);
            }
        } else if (count > 2) {
            weights.decide(chunk, out);
            for (int row = 0; row < rows; row++) {
                share(out, row * count, count);
            }
        }
    }

    private static void share(double[] out, int from, int count) {
        double sum = 0;
        for (int c = from; c < from + count; c++) {
            out[c] = Kernels.logistic(out[c]);
            sum += out[c];
        }
        for (int c = from; c < from + count; c++) {
            out[c] = sum == 0 ? 1.0 / count : out[c] / sum;
        }
    }
}
