package org.accrete.learners.sgd.optimizer;

/** Names of the optimizers, as a user chooses them. */
public enum OptimizerName {
    /** {@link AdaGradMixture}. */
    ADAGRAD_MIXTURE(7),
    /** {@link AdaGrad}. */
    ADAGRAD(1),
    /** {@link Ftrl}. */
    FTRL(2),
    /** {@link Sgd}. */
    SGD(0);

    private final int accumulators;

    OptimizerName(int accumulators) {
        this.accumulators = accumulators;
    }

    /** {@return how many numbers are kept for each weight besides the weight} */
    public int accumulators() {
        return accumulators;
    }
}
