package org.accrete.learners.trees;

import java.util.Arrays;

/**
 * Looks for the split of a leaf that takes most off the variance of targets: of numbers at the limits of bins, of a
 * one-hot block between values ordered by their mean target, of whose cuts the best is the best of all subsets (Breiman
 * et al., "Classification and Regression Trees", 1984, section 8.8). The gain of a block is lowered by what as many
 * random values would gain. Not thread-safe; no allocation once it has seen as many values as there are.
 */
final class RegressionSplitter {
    private static final double LEAST_SHARE = 0.01;
    /** Least weight of each part, at least. */
    private static final double LEAST_WEIGHT = 5;
    /** Gain times weight that chance hardly reaches. */
    private static final double LEAST_GAIN = 10;

    // The best split found by the last search.
    /** Feature, or −1 where there is none. */
    int feature;

    /** Share of the variance that the split takes off, and the best one on another feature. */
    double gain;

    double second;
    double threshold;
    /** Weight of what goes left and right, and the mean of its targets. */
    double left;

    double right;
    double leftMean;
    double rightMean;

    // Of a one-hot block: which of those observed, and how many values go left.
    private int block;
    private int ordered;
    private long[] order = {};

    private final Features features;

    RegressionSplitter(Features features) {
        this.features = features;
    }

    /** Searches all features that a leaf observes. */
    void search(RegressionLeaf leaf) {
        feature = -1;
        gain = 0;
        second = 0;
        for (int i = 0; i < leaf.numeric.length; i++) {
            searchNumber(leaf, i);
        }
        for (int b = 0; b < leaf.nominal.length; b++) {
            searchValues(leaf, b);
        }
        if (gain * leaf.observed < LEAST_GAIN) {
            feature = -1;
        }
    }

    private void searchNumber(RegressionLeaf leaf, int i) {
        Bins bins = leaf.bins(i);
        double n = leaf.present(i);
        double sum = leaf.presentSum(i);
        double scatter = leaf.scatter(i);
        if (!(scatter > 0)) {
            return;
        }
        double least = Math.max(LEAST_WEIGHT, LEAST_SHARE * n);
        double share = n / leaf.observed;
        double found = 0;
        double weightLeft = 0;
        double sumLeft = 0;
        for (int k = 0; k + 1 < bins.size(); k++) {
            weightLeft += bins.weight(k);
            sumLeft += bins.sum(k);
            if (Math.min(weightLeft, n - weightLeft) < least) {
                continue;
            }
            double more = share * gain(n, sum, weightLeft, sumLeft, scatter);
            if (more > found) {
                found = more;
                if (more > gain) {
                    keep(leaf, leaf.numeric[i], more, bins.limit(k), n, sum, weightLeft, sumLeft);
                }
            }
        }
        ranked(leaf.numeric[i], found);
    }

    private void searchValues(RegressionLeaf leaf, int b) {
        int at = leaf.numeric.length + b;
        double n = leaf.present(at);
        double sum = leaf.presentSum(at);
        double scatter = leaf.scatter(at);
        if (!(scatter > 0)) {
            return;
        }
        int count = order(leaf, b, sum / n, Math.sqrt(scatter / n));
        double least = Math.max(LEAST_WEIGHT, LEAST_SHARE * n);
        double share = n / leaf.observed;
        double chance = (count - 1) / n;
        double found = 0;
        double weightLeft = 0;
        double sumLeft = 0;
        int on = features.numbers + leaf.nominal[b];
        for (int k = 0; k + 1 < count; k++) {
            int v = (int) order[k];
            weightLeft += leaf.weight(b, v);
            sumLeft += leaf.sum(b, v);
            if (Math.min(weightLeft, n - weightLeft) < least) {
                continue;
            }
            double more = share * gain(n, sum, weightLeft, sumLeft, scatter) - chance;
            if (more > found) {
                found = more;
                if (more > gain) {
                    keep(leaf, on, more, leaf.known(b), n, sum, weightLeft, sumLeft);
                    block = b;
                    ordered = k + 1;
                }
            }
        }
        ranked(on, found);
    }

    /**
     * Orders the values that were seen by their mean target.
     *
     * @return how many there are
     */
    private int order(RegressionLeaf leaf, int b, double mean, double deviation) {
        int known = leaf.known(b);
        if (order.length < known) {
            order = new long[Math.max(known, 2 * order.length)];
        }
        int count = 0;
        for (int v = 0; v < known; v++) {
            double of = leaf.weight(b, v);
            if (of > 0) {
                order[count++] = Splitter.key((float) ((leaf.sum(b, v) / of - mean) / deviation), v);
            }
        }
        Arrays.sort(order, 0, count);
        return count;
    }

    /** {@return a bit for each known value that goes left; none for a number} */
    long[] bits(RegressionLeaf leaf) {
        if (feature < features.numbers) {
            return Splitter.NO_BITS;
        }
        int at = leaf.numeric.length + block;
        double n = leaf.present(at);
        int count = order(leaf, block, leaf.presentSum(at) / n, Math.sqrt(leaf.scatter(at) / n));
        return Splitter.bits(order, ordered, count, (int) threshold, left >= right);
    }

    private void keep(
            RegressionLeaf leaf,
            int on,
            double more,
            double limit,
            double n,
            double sum,
            double weightLeft,
            double sumLeft) {
        if (feature >= 0 && feature != on) {
            second = Math.max(second, gain);
        }
        feature = on;
        gain = more;
        threshold = limit;
        left = weightLeft;
        right = n - weightLeft;
        leftMean = leaf.origin() + sumLeft / left;
        rightMean = leaf.origin() + (sum - sumLeft) / right;
    }

    private void ranked(int on, double found) {
        if (on != feature) {
            second = Math.max(second, found);
        }
    }

    /** {@return the share of the scatter that lies between the two parts} */
    private static double gain(double n, double sum, double left, double sumLeft, double scatter) {
        double right = n - left;
        double apart = sumLeft / left - (sum - sumLeft) / right;
        return Math.min(1, apart * apart * (left / n * right) / scatter);
    }
}
