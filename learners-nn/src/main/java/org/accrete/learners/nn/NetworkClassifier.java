package org.accrete.learners.nn;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.kernels.Exp;

/**
 * A network with one output per class. Of two classes the decision value is the second output minus the first.
 *
 * @param schema what the columns of a chunk must be
 * @param classes the labels
 * @param network the network
 * @param scratch gives memory for one call
 */
record NetworkClassifier(Schema schema, List<String> classes, Network network, Supplier<Scratch> scratch)
        implements ProbabilisticClassifier {
    @Override
    public void decide(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        int count = classes.size();
        network.predict(chunk, scratch.get(), (from, rows, outputs, stride) -> {
            for (int row = 0; row < rows; row++) {
                int at = row * stride;
                if (count == 2) {
                    out[from + row] = Rows.checked(outputs[at + 1], from + row) - Rows.checked(outputs[at], from + row);
                } else if (count < 2) {
                    out[from + row] = 0;
                } else {
                    for (int c = 0; c < count; c++) {
                        out[(from + row) * count + c] = Rows.checked(outputs[at + c], from + row);
                    }
                }
            }
        });
    }

    /** A softmax; of two classes, whose decision value is a difference, that is the logistic function. */
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
                softmax(decisions, from, count, out);
            }
        }
    }

    private static void softmax(double[] decisions, int from, int count, double[] out) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = from; c < from + count; c++) {
            highest = Math.max(highest, decisions[c]);
        }
        double sum = 0;
        for (int c = from; c < from + count; c++) {
            out[c] = Exp.exp(decisions[c] - highest);
            sum += out[c];
        }
        for (int c = from; c < from + count; c++) {
            out[c] /= sum;
        }
    }
}
