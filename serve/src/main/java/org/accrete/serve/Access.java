package org.accrete.serve;

/** What a caller may do; who may do more may do what comes before. */
enum Access {
    /** Asks whether the server lives: no token is needed. */
    OPEN,
    /** Predicts, and looks at models. */
    READ,
    /** Changes what answers, or teaches. */
    WRITE
}
