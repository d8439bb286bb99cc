package org.accrete.learners.sgd.penalty;

/** What keeps weights small. */
public enum Penalty {
    /** Half of alpha times the sum of squared weights. */
    L2,
    /** Alpha times the sum of absolute weights, which makes many of them 0: see {@link CumulativeL1}. */
    L1,
    /** Both: l1-ratio of L1 and the rest of L2. */
    ELASTICNET,
    /** Nothing. */
    NONE;

    /** {@return the share of alpha in the L1 penalty} */
    public double l1(double l1Ratio) {
        return this == L1 ? 1 : this == ELASTICNET ? l1Ratio : 0;
    }

    /** {@return the share of alpha in the L2 penalty} */
    public double l2(double l1Ratio) {
        return this == L2 ? 1 : this == ELASTICNET ? 1 - l1Ratio : 0;
    }
}
