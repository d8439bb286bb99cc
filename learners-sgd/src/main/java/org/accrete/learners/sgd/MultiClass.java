package org.accrete.learners.sgd;

/** How more than two classes are told apart. */
enum MultiClass {
    /** Each against the rest, by a function that knows nothing of the others. */
    OVR,
    /** All at once, by the multinomial log-loss: −log of the row's own share of the exponentials of all functions. */
    SOFTMAX;

    /**
     * {@return how much of the one function that told two classes apart each of them gets, the first with the opposite
     * sign, when there are more; so that what is said of the two stays}
     */
    double half() {
        return this == SOFTMAX ? 0.5 : 1;
    }
}
