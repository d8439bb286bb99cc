package org.accrete.learners.trees;

import java.util.Arrays;
import org.accrete.kernels.Exp;

/**
 * Looks for the split of a leaf that lowers the loss most, by its second-order approximation: with G and H the sums of
 * first and second derivatives on a side, a split gains
 *
 * <pre>{@code
 * G_left^2 / (H_left + l2) + G_right^2 / (H_right + l2) - G^2 / (H + l2)
 * }</pre>
 *
 * <p>Source: Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016, section 2.2. Where a split says
 * nothing, this over the variance of gradients per H has about a chi-squared distribution of one degree, and a split is
 * made when it is larger than that is with probability {@code delta}. Values of a one-hot block are ordered by G / H,
 * and each part of that order is tried. No allocation but for splits. Not thread-safe.
 */
final class GradientSplitter {
    private static final double LEAST_SHARE = 0.01;
    /** Curvature added to values of one-hot blocks before they are ordered, so that rare ones are not at the ends. */
    private static final double SMOOTHING = 5;
    /** Outputs by which the values of a one-hot block are ordered, at most. */
    private static final int ORDERS = 8;

    private final Features features;
    private final double l2;
    private final double delta;

    /** The best split found: its feature, −1 where there is none. */
    int feature;

    double threshold;
    /** Sums that go left and right, of the rows that have the feature. */
    double[] left = {};

    double[] right = {};
    private double best;
    private int block;
    private int orderedBy;
    private int ordered;
    private boolean leftIsLarger;

    private double[] tryLeft = {};
    private double[] present = {};
    private long[] order = {};

    GradientSplitter(Features features, double l2, double delta) {
        this.features = features;
        this.l2 = l2;
        this.delta = delta;
    }

    /** Searches all features that a leaf looks at; {@link #feature} is −1 if none is surely worth a split. */
    void search(GradientLeaf leaf) {
        int width = leaf.sums.length;
        if (left.length != width) {
            left = new double[width];
            right = new double[width];
            tryLeft = new double[width];
            present = new double[width];
        }
        feature = -1;
        best = 0;
        double curvature = 0;
        for (int k = 1; k < width; k += 2) {
            curvature += leaf.sums[k];
        }
        if (!(curvature > 0)) {
            return;
        }
        double noise = leaf.squares / curvature;
        int outputs = width / 2;
        double free = Math.max(0, outputs - 2);
        double needed = noise * (-2 * Exp.log(delta) + free);
        for (int i = 0; i < leaf.numeric.length; i++) {
            searchNumber(leaf, i, width, needed);
        }
        for (int b = 0; b < leaf.nominal.length; b++) {
            searchValues(leaf, b, width, noise, free);
        }
    }

    private void searchNumber(GradientLeaf leaf, int i, int width, double needed) {
        double[] bins = leaf.bins();
        int from = leaf.binsFrom(i);
        Arrays.fill(present, 0);
        for (int part = 0; part <= GradientLeaf.CUTS; part++) {
            for (int k = 0; k < width; k++) {
                present[k] += bins[from + part * width + k];
            }
        }
        double before = score(present) + needed;
        Arrays.fill(tryLeft, 0);
        for (int c = 0; c < GradientLeaf.CUTS; c++) {
            for (int k = 0; k < width; k++) {
                tryLeft[k] += bins[from + c * width + k];
            }
            if (gain(before) > best && leaf.cut(i, c) < Double.POSITIVE_INFINITY) {
                best = gain(before);
                feature = leaf.numeric[i];
                threshold = leaf.cut(i, c);
                keep();
            }
        }
    }

    private void searchValues(GradientLeaf leaf, int b, int width, double noise, double free) {
        double[] values = leaf.values(b);
        int known = values.length / width;
        Arrays.fill(present, 0);
        int seen = 0;
        for (int v = 0; v < known; v++) {
            seen += curvature(values, v * width, width) > 0 ? 1 : 0;
            for (int k = 0; k < width; k++) {
                present[k] += values[v * width + k];
            }
        }
        if (seen < 2) {
            return;
        }
        if (order.length < known) {
            order = new long[Math.max(known, 2 * order.length)];
        }
        // As many values as there are would gain this by chance, once they are put in order.
        double needed = noise * (-2 * Exp.log(delta) + (seen - 1) + free);
        double before = score(present) + needed;
        for (int by = 0; by < Math.min(width / 2, ORDERS); by++) {
            int count = order(values, known, width, by);
            Arrays.fill(tryLeft, 0);
            for (int o = 0; o < count - 1; o++) {
                int v = (int) order[o];
                for (int k = 0; k < width; k++) {
                    tryLeft[k] += values[v * width + k];
                }
                if (gain(before) > best) {
                    best = gain(before);
                    feature = features.numbers + leaf.nominal[b];
                    threshold = known;
                    block = b;
                    orderedBy = by;
                    ordered = o + 1;
                    keep();
                    leftIsLarger = curvature(left, 0, width) >= curvature(right, 0, width);
                }
            }
        }
    }

    /** Orders the values that were seen by gradient over curvature; {@return how many there are} */
    private int order(double[] values, int known, int width, int by) {
        int count = 0;
        for (int v = 0; v < known; v++) {
            if (curvature(values, v * width, width) > 0) {
                float ratio = (float) (values[v * width + 2 * by] / (values[v * width + 2 * by + 1] + SMOOTHING));
                order[count++] = Splitter.key(ratio, v);
            }
        }
        Arrays.sort(order, 0, count);
        return count;
    }

    /** {@return a bit for each known value that goes left; none for a number} Unknown ones go with the larger part. */
    long[] bits(GradientLeaf leaf) {
        if (feature < features.numbers) {
            return Splitter.NO_BITS;
        }
        int known = (int) threshold;
        int count = order(leaf.values(block), known, left.length, orderedBy);
        return Splitter.bits(order, ordered, count, known, leftIsLarger);
    }

    private void keep() {
        for (int k = 0; k < left.length; k++) {
            left[k] = tryLeft[k];
            right[k] = present[k] - tryLeft[k];
        }
    }

    private static double curvature(double[] sums, int at, int width) {
        double sum = 0;
        for (int k = 1; k < width; k += 2) {
            sum += sums[at + k];
        }
        return sum;
    }

    private double score(double[] sums) {
        double score = 0;
        for (int k = 0; k < sums.length; k += 2) {
            score += sums[k] * sums[k] / (sums[k + 1] + l2);
        }
        return score;
    }

    /** {@return what splitting off {@link #tryLeft} gains beyond what is needed; 0 where a side is too small} */
    private double gain(double before) {
        double score = 0;
        double hLeft = 0;
        double hRight = 0;
        for (int k = 0; k < tryLeft.length; k += 2) {
            double g = present[k] - tryLeft[k];
            double h = present[k + 1] - tryLeft[k + 1];
            hLeft += tryLeft[k + 1];
            hRight += h;
            score += tryLeft[k] * tryLeft[k] / (tryLeft[k + 1] + l2) + g * g / (h + l2);
        }
        return Math.min(hLeft, hRight) < LEAST_SHARE * (hLeft + hRight) ? 0 : score - before;
    }
}
