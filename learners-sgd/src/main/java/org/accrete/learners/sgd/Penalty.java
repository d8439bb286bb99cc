package org.accrete.learners.sgd;

/** What keeps weights small. */
enum Penalty {
    /** Half of alpha times the sum of squared weights. */
    L2,
    /** Nothing. */
    NONE
}
