package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/** A classifier that also gives the probability of each class. */
public interface ProbabilisticClassifier extends Classifier {
    /**
     * Writes the probability of every class; each row sums to 1. An untrained model gives uniform ones.
     *
     * @param chunk rows
     * @param out receives rows × {@link #classes() classes}, row-major
     */
    void probabilities(Chunk chunk, double[] out);
}
