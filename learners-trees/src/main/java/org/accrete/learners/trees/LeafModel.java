package org.accrete.learners.trees;

/** How a leaf predicts a number. */
enum LeafModel {
    /** The mean of the leaf. */
    MEAN,
    /** A linear function of the numbers of a row. */
    LINEAR,
    /** Whichever of both had the smaller errors of late. */
    ADAPTIVE
}
