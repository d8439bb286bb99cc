package org.accrete.learners.nn;

/** By which rule slopes become steps. */
enum Rule {
    /** Adam: D. Kingma, J. Ba (2015). */
    ADAM,
    /** Adam with decay of the weights apart from the slopes: I. Loshchilov, F. Hutter (2019). */
    ADAMW,
    /** Stochastic gradient descent with momentum, Nesterov's if wanted. */
    SGD,
    /** RMSProp: T. Tieleman, G. Hinton (2012). */
    RMSPROP;

    /** {@return whether a running mean of slopes is kept} */
    boolean hasFirst() {
        return this != RMSPROP;
    }

    /** {@return whether a running mean of squared slopes is kept} */
    boolean hasSecond() {
        return this != SGD;
    }
}
