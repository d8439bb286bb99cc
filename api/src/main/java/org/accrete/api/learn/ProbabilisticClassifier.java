package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/** A classifier that also gives the probability of each class. */
public interface ProbabilisticClassifier extends Classifier {
    /**
     * Turns decision values into the probability of every class; each row sums to 1. An untrained model gives uniform
     * ones. No row is looked at again, so that decisions and probabilities together cost one pass over the rows.
     *
     * @param decisions as {@link #decide} wrote them
     * @param rows how many rows they are of
     * @param classes how many classes they tell apart: those of this model, or fewer for rows decided when only the
     *     first of them were known (see {@link OnlineLearner})
     * @param out receives rows × classes, row-major; another array than the decisions
     */
    void probabilities(double[] decisions, int rows, int classes, double[] out);

    /**
     * Writes the probability of every class for each row of a chunk: {@link #decide}, then the other method. For hot
     * code that one is meant, since this one makes an array at each call.
     *
     * @param chunk rows
     * @param out receives rows × {@link #classes() classes}, row-major
     */
    default void probabilities(Chunk chunk, double[] out) {
        double[] decisions = new double[chunk.rows() * decisions()];
        decide(chunk, decisions);
        probabilities(decisions, chunk.rows(), classes().size(), out);
    }
}
