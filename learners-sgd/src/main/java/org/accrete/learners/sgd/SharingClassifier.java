package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.kernels.Kernels;

/** Linear functions that were trained by a loss whose decision values tell probabilities. */
final class SharingClassifier extends LinearClassifier implements ProbabilisticClassifier {
    private final Share share;

    SharingClassifier(Schema schema, List<String> classes, Weights weights, Share share) {
        super(schema, classes, weights);
        this.share = share;
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
                out[2 * row] = share.ofOne(-decision);
                out[2 * row + 1] = share.ofOne(decision);
            }
        } else if (count > 2) {
            weights.decide(chunk, out);
            for (int row = 0; row < rows; row++) {
                share.ofMany(out, row * count, count);
            }
        }
    }
}
