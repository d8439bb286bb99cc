package org.accrete.learners.sgd;

/** Where a penalty pulls the weights to. */
enum Prior {
    /** To 0. */
    ZERO,
    /** To the weights that training began from. */
    SOURCE
}
