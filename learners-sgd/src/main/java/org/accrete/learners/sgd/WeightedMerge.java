package org.accrete.learners.sgd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the functions of two learners become those of the merged one: each is the mean of what both know of it, weighed
 * by the rows each has seen; what only one knows stays as it is. A function that told two classes apart counts, with
 * its sign, for each of them.
 *
 * <p>Numbers of a function change sign with it (weights), or do not (what is owed): {@link #odd} and {@link #even}.
 */
final class WeightedMerge {
    /** The functions of one learner. */
    private static final class Side {
        /** By merged function: which of this learner's functions it comes from, −1 for none; with what factor. */
        final int[] from;

        final double[] factor;
        final double rows;

        Side(int[] from, double[] factor, double rows) {
            this.from = from;
            this.factor = factor;
            this.rows = rows;
        }
    }

    private final Side mine;
    private final Side theirs;

    private WeightedMerge(Side mine, Side theirs) {
        this.mine = mine;
        this.theirs = theirs;
    }

    /** {@return the blend of one function with another, by the rows of each} */
    static WeightedMerge ofOne(double mine, double theirs) {
        return new WeightedMerge(
                new Side(new int[1], new double[] {1}, mine), new Side(new int[1], new double[] {1}, theirs));
    }

    /**
     * {@return the blend of two classifiers}
     *
     * @param mine labels of the one, in class order
     * @param theirs labels of the other
     * @param joined labels of the merged one
     * @param half how much of the one function of two classes each of them gets when there are more
     * @param myRows rows the one has seen
     * @param theirRows rows the other has seen
     */
    static WeightedMerge ofClasses(
            List<String> mine, List<String> theirs, List<String> joined, double half, double myRows, double theirRows) {
        return new WeightedMerge(side(mine, joined, half, myRows), side(theirs, joined, half, theirRows));
    }

    private static Side side(List<String> labels, List<String> joined, double half, double rows) {
        int count = SgdClassifier.functions(joined.size());
        int[] from = new int[count];
        double[] factor = new double[count];
        Map<String, Integer> numbers = numbers(labels);
        boolean shared = labels.size() <= 2;
        if (count == 1) {
            // One function that is positive for the second class: of its own labels there, of the joined ones here.
            boolean turned = (labels.size() == 2 && joined.indexOf(labels.get(1)) == 0)
                    || (labels.size() == 1 && joined.indexOf(labels.get(0)) == 1);
            factor[0] = turned ? -1 : 1;
            return new Side(from, factor, rows);
        }
        for (int k = 0; k < count; k++) {
            int own = numbers.getOrDefault(joined.get(k), -1);
            from[k] = shared && own >= 0 ? 0 : own;
            factor[k] = !shared ? 1 : own == 0 ? -half : half;
        }
        return new Side(from, factor, rows);
    }

    /** {@return the same for numbers that are means over other counts of rows} */
    WeightedMerge by(double myRows, double theirRows) {
        return new WeightedMerge(
                new Side(mine.from, mine.factor, myRows), new Side(theirs.from, theirs.factor, theirRows));
    }

    /** {@return how many functions the merged learner has} */
    int count() {
        return mine.from.length;
    }

    /**
     * {@return merged vectors that change sign with their functions}
     *
     * @param my vectors of the one learner, one after the other
     * @param their vectors of the other
     * @param width length of each
     */
    double[] odd(double[] my, double[] their, int width) {
        return mean(my, their, width, false);
    }

    /** {@return merged vectors that do not change sign with their functions; otherwise as {@link #odd}} */
    double[] even(double[] my, double[] their, int width) {
        return mean(my, their, width, true);
    }

    /** {@return sums of numbers that each function has of its own, whatever its sign} */
    double[] sum(double[] my, double[] their, int width) {
        double[] sum = new double[count() * width];
        for (int k = 0; k < count(); k++) {
            add(sum, k, my, mine, width);
            add(sum, k, their, theirs, width);
        }
        return sum;
    }

    private static void add(double[] sum, int k, double[] vectors, Side side, int width) {
        for (int j = 0; j < width && side.from[k] >= 0; j++) {
            sum[k * width + j] += vectors[side.from[k] * width + j];
        }
    }

    private double[] mean(double[] my, double[] their, int width, boolean even) {
        double[] merged = new double[count() * width];
        for (int k = 0; k < count(); k++) {
            double myShare = share(mine, theirs, k);
            add(merged, k, my, mine, myShare, width, even);
            add(merged, k, their, theirs, share(theirs, mine, k), width, even);
        }
        return merged;
    }

    private static double share(Side side, Side other, int k) {
        boolean known = side.from[k] >= 0;
        if (known && other.from[k] >= 0) {
            double rows = side.rows + other.rows;
            return rows > 0 ? side.rows / rows : 0.5;
        }
        return known ? 1 : 0;
    }

    private static void add(
            double[] merged, int k, double[] vectors, Side side, double share, int width, boolean even) {
        if (share == 0) {
            return;
        }
        double factor = share * (even ? Math.abs(side.factor[k]) : side.factor[k]);
        int from = side.from[k] * width;
        int to = k * width;
        for (int j = 0; j < width; j++) {
            merged[to + j] += factor * vectors[from + j];
        }
    }

    /** {@return the sums by label of numbers that each learner has one of for each of its labels} */
    static double[] sums(List<String> mine, double[] my, List<String> theirs, double[] their, List<String> joined) {
        Map<String, Integer> myNumbers = numbers(mine);
        Map<String, Integer> theirNumbers = numbers(theirs);
        double[] sums = new double[joined.size()];
        for (int k = 0; k < sums.length; k++) {
            int own = myNumbers.getOrDefault(joined.get(k), -1);
            int other = theirNumbers.getOrDefault(joined.get(k), -1);
            sums[k] = (own < 0 ? 0 : my[own]) + (other < 0 ? 0 : their[other]);
        }
        return sums;
    }

    private static Map<String, Integer> numbers(List<String> labels) {
        Map<String, Integer> numbers = new HashMap<>();
        labels.forEach(label -> numbers.put(label, numbers.size()));
        return numbers;
    }
}
