package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Schema;
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
}
