package org.accrete.learners.sgd.penalty;

/** Weights that a penalty acts on the difference from: biased regularization. */
public enum Prior {
    /** 0. */
    ZERO,
    /** The weights of the version that training starts from. */
    SOURCE
}
