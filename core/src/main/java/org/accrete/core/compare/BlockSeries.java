package org.accrete.core.compare;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.TTest;

/*
 * Neighbours in time are not independent: a run of hard rows makes both models wrong, a drift makes one of them wrong
 * for thousands of rows. A test over rows would count each of them as news. This one counts blocks.
 *
 * 1. A score of all rows is cut into one value per block, by the jackknife: B * (score of all) - (B - 1) * (score of
 *    all but the block). For a mean over blocks of one length these values are the means of the blocks (the method of
 *    batch means); for RMSE, R2 and AUC they are Tukey's pseudo-values.
 * 2. Blocks must be longer than the memory of the losses. While the values of neighbouring blocks correlate by more
 *    than 0.1, each two become one; at least 6 are left. If those still correlate, that is said.
 * 3. Student's t over the values, with one degree of freedom less than there are blocks.
 *
 * The trials behind 0.1 and 6 are in docs/decisions/compare.md.
 */

/**
 * One value per block of neighbouring rows, from which an interval and a test of a mean follow that do not count rows
 * of one block as independent.
 */
final class BlockSeries {
    /** Two blocks become one only if that leaves at least so many. */
    static final int FEWEST = 6;

    /** Larger correlations of neighbours make blocks longer. */
    static final double CORRELATION = 0.1;

    /** Blocks whose neighbours correlate by more, when there are too few to make them longer, are told. */
    private static final double STILL_CORRELATED = 0.3;

    private static final double COVERAGE = 0.975;

    private final double[] values;
    private final long length;

    /**
     * Makes a series that keeps the array.
     *
     * @param values one per block, in the order of the rows
     * @param length rows of a block
     */
    BlockSeries(double[] values, long length) {
        this.values = values;
        this.length = length;
    }

    /**
     * {@return the jackknife's values of a score}
     *
     * @param blocks how many blocks of one length there are
     * @param length rows of a block
     * @param all the score of all these blocks
     * @param without the score of all but one of them
     */
    static BlockSeries jackknife(int blocks, long length, double all, IntToDoubleFunction without) {
        double[] values = new double[blocks];
        for (int g = 0; g < blocks; g++) {
            values[g] = blocks * all - (blocks - 1) * without.applyAsDouble(g);
        }
        return new BlockSeries(values, length);
    }

    /** {@return how many blocks there are} */
    int blocks() {
        return values.length;
    }

    /** {@return rows of a block} */
    long length() {
        return length;
    }

    /** {@return what is left of these values when others are subtracted, block by block} */
    BlockSeries minus(BlockSeries other) {
        double[] left = new double[values.length];
        Arrays.setAll(left, g -> values[g] - other.values[g]);
        return new BlockSeries(left, length);
    }

    /** {@return the series whose blocks are so long that neighbours hardly correlate, as far as there are enough} */
    BlockSeries longEnough() {
        BlockSeries series = this;
        while (series.values.length >= 2 * FEWEST && series.correlation() > CORRELATION) {
            double[] joined = new double[series.values.length / 2];
            double[] from = series.values;
            Arrays.setAll(joined, g -> (from[2 * g] + from[2 * g + 1]) / 2);
            series = new BlockSeries(joined, 2 * series.length);
        }
        return series;
    }

    /** {@return the correlation of neighbouring blocks; 0 if all are equal} */
    double correlation() {
        double mean = StatUtils.mean(values);
        double squares = 0;
        double products = 0;
        for (int g = 0; g < values.length; g++) {
            double here = values[g] - mean;
            squares += here * here;
            products += g == 0 ? 0 : here * (values[g - 1] - mean);
        }
        return squares > 0 ? products / squares : 0;
    }

    /** {@return whether neighbouring blocks correlate so much that a test says more than it should} */
    boolean isCorrelated() {
        return isEnough() && correlation() > STILL_CORRELATED;
    }

    /** {@return whether there are enough blocks for an interval and a test} */
    boolean isEnough() {
        return values.length >= FEWEST && Arrays.stream(values).allMatch(Double::isFinite);
    }

    /**
     * {@return a score with its interval}
     *
     * @param score of all rows
     */
    Estimate around(double score) {
        if (!isEnough()) {
            return Estimate.of(score);
        }
        int blocks = values.length;
        double width = new TDistribution(blocks - 1).inverseCumulativeProbability(COVERAGE)
                * Math.sqrt(StatUtils.variance(values) / blocks);
        return new Estimate(score, score - width, score + width);
    }

    /** {@return the probability of values as far from 0 as these if their mean were 0; NaN for too few blocks} */
    double pValue() {
        if (!isEnough()) {
            return Double.NaN;
        }
        if (StatUtils.variance(values) == 0) {
            return values[0] == 0 ? 1 : 0;
        }
        return new TTest().tTest(0, values);
    }
}
