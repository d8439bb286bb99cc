package org.accrete.core.compare;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;

/**
 * McNemar's test of two classifiers on the same rows (McNemar 1947): of the rows that only one of them predicts right,
 * each would have half if they were equally good. It takes rows as independent.
 *
 * @param onlyFirst rows that only the first predicts right
 * @param onlySecond rows that only the second predicts right
 */
public record McNemar(long onlyFirst, long onlySecond) {
    /** Up to so many rows the exact test is used, above it the normal approximation with continuity correction. */
    private static final int EXACT = 1_000;

    /** {@return the probability of shares as uneven as these if both were equally good} */
    public double pValue() {
        long both = onlyFirst + onlySecond;
        if (both == 0) {
            return 1;
        }
        if (both <= EXACT) {
            return Math.min(
                    1,
                    new BinomialTest()
                            .binomialTest(
                                    (int) both,
                                    (int) Math.min(onlyFirst, onlySecond),
                                    0.5,
                                    AlternativeHypothesis.TWO_SIDED));
        }
        double apart = (double) Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
        return 2 * new NormalDistribution(null, 0, 1).cumulativeProbability(-apart / Math.sqrt((double) both));
    }
}
