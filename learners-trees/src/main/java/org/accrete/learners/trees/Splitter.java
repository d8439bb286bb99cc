package org.accrete.learners.trees;

import java.util.Arrays;
import org.accrete.kernels.Exp;

/**
 * Looks for the split of a leaf with the highest information gain. Numbers are split at points between their least and
 * greatest, where normal distributions say how much of each class goes left; values of a one-hot block are ordered by
 * their share of a class, and each part of that order is tried. The gain of a one-hot block is lowered by what as many
 * random values would gain.
 *
 * <p>Source of the order: Breiman et al., "Classification and Regression Trees", 1984, section 4.2; it is optimal for
 * two classes. Not thread-safe; no allocation once it has seen as many classes and values as there are.
 */
final class Splitter {
    private static final double BITS = 1 / 0.6931471805599453;
    private static final int POINTS = 10;
    private static final double LEAST_SHARE = 0.01;
    /** Classes by whose share the values of a one-hot block are ordered, at most. */
    private static final int ORDERS = 8;

    static final long[] NO_BITS = {};

    // The best split found by the last search.
    /** Feature, or −1 where there is none. */
    int feature;

    double gain;
    /** Gain of the best split on another feature. */
    double second;

    double threshold;
    /** Weights of the classes that go left and right. */
    double[] left = {};

    double[] right = {};

    // Of a one-hot block: which of those observed, and the values that go left.
    private int block;
    private int orderedBy;
    private int ordered;
    private boolean leftIsLarger;

    private double[] tryLeft = {};
    private double[] all = {};
    private long[] order = {};

    private final Features features;

    Splitter(Features features) {
        this.features = features;
    }

    /** Searches all features that a leaf observes. */
    void search(ClassLeaf leaf) {
        int classes = leaf.classes();
        if (left.length < classes) {
            left = new double[classes];
            right = new double[classes];
            tryLeft = new double[classes];
            all = new double[classes];
        }
        feature = -1;
        gain = 0;
        second = 0;
        for (int i = 0; i < leaf.numeric.length; i++) {
            searchNumber(leaf, i, classes);
        }
        for (int b = 0; b < leaf.nominal.length; b++) {
            searchValues(leaf, b, classes);
        }
    }

    private void searchNumber(ClassLeaf leaf, int i, int classes) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        double n = 0;
        for (int c = 0; c < classes; c++) {
            all[c] = leaf.present(c, i);
            if (all[c] > 0) {
                n += all[c];
                least = Math.min(least, leaf.least(c, i));
                greatest = Math.max(greatest, leaf.greatest(c, i));
            }
        }
        if (!(least < greatest)) {
            return;
        }
        double before = information(all, classes, n);
        double present = n / leaf.observed;
        double found = 0;
        for (int s = 1; s <= POINTS; s++) {
            double t = least + (greatest - least) * s / (POINTS + 1);
            double nLeft = 0;
            for (int c = 0; c < classes; c++) {
                tryLeft[c] = all[c] > 0 ? all[c] * below(leaf, c, i, t) : 0;
                nLeft += tryLeft[c];
            }
            if (Math.min(nLeft, n - nLeft) < LEAST_SHARE * n) {
                continue;
            }
            double more = present * gain(before, n, nLeft, classes);
            if (more > found) {
                found = more;
                if (more > gain) {
                    keep(leaf.numeric[i], more, t, classes);
                }
            }
        }
        ranked(leaf.numeric[i], found);
    }

    /** {@return the share of a class that lies at or below a threshold} */
    private static double below(ClassLeaf leaf, int c, int i, double t) {
        if (t < leaf.least(c, i)) {
            return 0;
        }
        if (t >= leaf.greatest(c, i)) {
            return 1;
        }
        double variance = leaf.variance(c, i);
        if (!(variance > 0)) {
            return t >= leaf.mean(c, i) ? 1 : 0;
        }
        return normal((t - leaf.mean(c, i)) / Math.sqrt(variance));
    }

    /**
     * The distribution function of the standard normal distribution, with an error below 1e-7: Abramowitz and Stegun,
     * "Handbook of Mathematical Functions", 26.2.17.
     */
    static double normal(double x) {
        double a = Math.abs(x);
        double t = 1 / (1 + 0.2316419 * a);
        double tail = 0.3989422804014327
                * Exp.exp(-0.5 * a * a)
                * t
                * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return x > 0 ? 1 - tail : tail;
    }

    private void searchValues(ClassLeaf leaf, int b, int classes) {
        int known = leaf.known(b);
        if (order.length < known) {
            order = new long[Math.max(known, 2 * order.length)];
        }
        Arrays.fill(all, 0, classes, 0);
        double n = 0;
        int seen = 0;
        for (int v = 0; v < known; v++) {
            for (int c = 0; c < classes; c++) {
                all[c] += leaf.weight(b, v, c);
            }
            double of = leaf.weight(b, v, classes);
            n += of;
            seen += of > 0 ? 1 : 0;
        }
        if (seen < 2) {
            return;
        }
        int present = 0;
        for (int c = 0; c < classes; c++) {
            present += all[c] > 0 ? 1 : 0;
        }
        double chance = BITS * (seen - 1) * (present - 1) / (2 * n);
        double before = information(all, classes, n);
        double share = n / leaf.observed;
        double found = 0;
        int on = features.numbers + leaf.nominal[b];
        int orders = present <= 2 ? 1 : Math.min(classes, ORDERS);
        for (int by = 0; by < orders; by++) {
            if (!(all[by] > 0)) {
                orders = Math.min(classes, orders + 1);
                continue;
            }
            int count = order(leaf, b, by);
            Arrays.fill(tryLeft, 0, classes, 0);
            double nLeft = 0;
            for (int k = 0; k < count - 1; k++) {
                int v = (int) order[k];
                for (int c = 0; c < classes; c++) {
                    tryLeft[c] += leaf.weight(b, v, c);
                }
                nLeft += leaf.weight(b, v, classes);
                if (Math.min(nLeft, n - nLeft) < LEAST_SHARE * n) {
                    continue;
                }
                double more = share * gain(before, n, nLeft, classes) - chance;
                if (more > found) {
                    found = more;
                    if (more > gain) {
                        keep(on, more, known, classes);
                        block = b;
                        orderedBy = by;
                        ordered = k + 1;
                        leftIsLarger = nLeft >= n - nLeft;
                    }
                }
            }
        }
        ranked(on, found);
    }

    /**
     * Orders the values that were seen by their share of a class.
     *
     * @return how many there are
     */
    private int order(ClassLeaf leaf, int b, int by) {
        int known = leaf.known(b);
        int classes = leaf.classes();
        int count = 0;
        for (int v = 0; v < known; v++) {
            double of = leaf.weight(b, v, classes);
            if (of > 0) {
                float part = (float) (leaf.weight(b, v, by) / of);
                order[count++] = key(part, v);
            }
        }
        Arrays.sort(order, 0, count);
        return count;
    }

    /** {@return a key by which values are in the order of a number, and in their own where that is equal} */
    static long key(float number, int value) {
        int bits = Float.floatToIntBits(number);
        // Of numbers below 0 the bits are in the other order.
        return (long) (bits ^ bits >> 31 & Integer.MAX_VALUE) << 32 | value;
    }

    /**
     * {@return a bit for each known value that goes left; none for a number} With the larger part go those that the
     * leaf has not seen.
     */
    long[] bits(ClassLeaf leaf) {
        if (feature < features.numbers) {
            return NO_BITS;
        }
        int count = order(leaf, block, orderedBy);
        return bits(order, ordered, count, (int) threshold, leftIsLarger);
    }

    /**
     * {@return a bit for each known value that goes left} With the larger part go those that are not in the order.
     *
     * @param order values in order, of which the first {@code ordered} go left and the rest up to {@code count} right
     */
    static long[] bits(long[] order, int ordered, int count, int known, boolean leftIsLarger) {
        long[] bits = new long[(known + 63) / 64];
        if (leftIsLarger) {
            for (int v = 0; v < known; v++) {
                bits[v >> 6] |= 1L << v;
            }
            for (int k = ordered; k < count; k++) {
                int v = (int) order[k];
                bits[v >> 6] &= ~(1L << v);
            }
        } else {
            for (int k = 0; k < ordered; k++) {
                int v = (int) order[k];
                bits[v >> 6] |= 1L << v;
            }
        }
        return bits;
    }

    private void keep(int on, double more, double t, int classes) {
        if (feature >= 0 && feature != on) {
            second = Math.max(second, gain);
        }
        feature = on;
        gain = more;
        threshold = t;
        for (int c = 0; c < classes; c++) {
            left[c] = tryLeft[c];
            right[c] = all[c] - tryLeft[c];
        }
    }

    private void ranked(int on, double found) {
        if (on != feature) {
            second = Math.max(second, found);
        }
    }

    /** {@return the gain in bits of splitting off {@link #tryLeft}} */
    private double gain(double before, double n, double nLeft, int classes) {
        double sum = times(nLeft) + times(n - nLeft);
        for (int c = 0; c < classes; c++) {
            if (all[c] > 0) {
                sum -= times(tryLeft[c]) + times(all[c] - tryLeft[c]);
            }
        }
        return before - BITS * sum / n;
    }

    /** {@return the entropy in bits} */
    private static double information(double[] weights, int classes, double n) {
        double sum = times(n);
        for (int c = 0; c < classes; c++) {
            sum -= times(weights[c]);
        }
        return BITS * sum / n;
    }

    private static double times(double n) {
        return n > 1e-300 ? n * Exp.log(n) : 0;
    }
}
