package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ProbabilisticClassifier;

/** Linear functions that were trained by a loss whose decision values tell probabilities. */
final class ProbabilisticLinearClassifier extends LinearClassifier implements ProbabilisticClassifier {
    private final Link share;

    ProbabilisticLinearClassifier(Schema schema, List<String> classes, LinearWeights weights, Link share) {
        super(schema, classes, weights);
        this.share = share;
    }

    @Override
    public void probabilities(double[] decisions, int rows, int count, double[] out) {
        if (count == 1) {
            Arrays.fill(out, 0, rows, 1.0);
        } else if (count == 2) {
            for (int row = 0; row < rows; row++) {
                out[2 * row] = share.ofOne(-decisions[row]);
                out[2 * row + 1] = share.ofOne(decisions[row]);
            }
        } else if (count > 2) {
            System.arraycopy(decisions, 0, out, 0, rows * count);
            for (int row = 0; row < rows; row++) {
                share.ofMany(out, row * count, count);
            }
        }
    }
}
