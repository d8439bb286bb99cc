package org.accrete.learners.sgd.loss;

/** How more than two classes are told apart. */
public enum MultiClass {
    /** One against the rest: each class has a binary loss of its own. */
    OVR,
    /** All classes at once: the multinomial log-loss, −log of the row's softmax probability of its own class. */
    SOFTMAX;

    /**
     * {@return the factor by which two classes share their one function when a third class appears, the first with the
     * opposite sign; the probabilities of the two stay the same}
     */
    public double share() {
        return this == SOFTMAX ? 0.5 : 1;
    }
}
