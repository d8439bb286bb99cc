package org.accrete.learners.trees;

/** How a leaf predicts. */
enum LeafPrediction {
    /** The shares of the classes in the leaf. */
    MAJORITY,
    /** Naive Bayes on the rows of the leaf. */
    NAIVE_BAYES,
    /** Whichever of both was right more often in the leaf. */
    ADAPTIVE
}
