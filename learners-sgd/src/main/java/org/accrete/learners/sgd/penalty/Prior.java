package org.accrete.learners.sgd.penalty;

/** Where a penalty pulls the weights to. */
public enum Prior {
    /** To 0. */
    ZERO,
    /** To the weights that training began from. */
    SOURCE
}
