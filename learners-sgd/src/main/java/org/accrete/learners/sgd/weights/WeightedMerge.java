package org.accrete.learners.sgd.weights;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges the functions of two learners: each function becomes the mean of both, weighted by the rows each learner has
 * seen; a function that only one learner knows stays as it is. A function that tells two classes apart counts, with its
 * sign, for each of the two.
 *
 * <p>Numbers that change sign with their function, such as weights, are merged by {@link #odd}, others by
 * {@link #even}.
 */
public final class WeightedMerge {
    /** The functions of one learner. */
    private static final class Side {
        /** For each merged function, the function of this learner that it comes from, −1 for none. */
        final int[] from;
        /** For each merged function, the factor of that function. */
        final double[] factor;

        final double rows;

        Side(int[] from, double[] factor, double rows) {
            this.from = from;
            this.factor = factor;
            this.rows = rows;
        }

        Side by(double otherRows) {
            return new Side(from, factor, otherRows);
        }
    }

    private final Side mine;
    private final Side theirs;
    private final List<String> labels;
    private final Map<String, Integer> myNumbers;
    private final Map<String, Integer> theirNumbers;

    private WeightedMerge(
            Side mine,
            Side theirs,
            List<String> labels,
            Map<String, Integer> myNumbers,
            Map<String, Integer> theirNumbers) {
        this.mine = mine;
        this.theirs = theirs;
        this.labels = labels;
        this.myNumbers = myNumbers;
        this.theirNumbers = theirNumbers;
    }

    /** {@return the merge of one function with another, given the rows of each} */
    public static WeightedMerge ofOne(double myRows, double theirRows) {
        return new WeightedMerge(one(myRows), one(theirRows), List.of(), Map.of(), Map.of());
    }

    private static Side one(double rows) {
        return new Side(new int[1], new double[] {1}, rows);
    }

    /**
     * {@return the merge of two classifiers}
     *
     * @param mine labels of the one, in class order
     * @param theirs labels of the other
     * @param joined labels of the merged one
     * @param share factor of the one function of two classes in each of them, where there are more afterwards
     * @param myRows rows the one has seen
     * @param theirRows rows the other has seen
     */
    public static WeightedMerge ofClasses(
            List<String> mine,
            List<String> theirs,
            List<String> joined,
            double share,
            double myRows,
            double theirRows) {
        return new WeightedMerge(
                side(mine, joined, share, myRows),
                side(theirs, joined, share, theirRows),
                joined,
                numbers(mine),
                numbers(theirs));
    }

    private static Side side(List<String> labels, List<String> joined, double share, double rows) {
        int count = LinearWeights.functions(joined.size());
        int[] from = new int[count];
        double[] factor = new double[count];
        Map<String, Integer> numbers = numbers(labels);
        boolean shared = labels.size() <= 2;
        if (count == 1) {
            // The one function is positive for the second class: of its own labels before, of the joined ones after.
            boolean turned = (labels.size() == 2 && joined.indexOf(labels.get(1)) == 0)
                    || (labels.size() == 1 && joined.indexOf(labels.get(0)) == 1);
            factor[0] = turned ? -1 : 1;
            return new Side(from, factor, rows);
        }
        for (int k = 0; k < count; k++) {
            int own = numbers.getOrDefault(joined.get(k), -1);
            from[k] = shared && own >= 0 ? 0 : own;
            factor[k] = !shared ? 1 : own == 0 ? -share : share;
        }
        return new Side(from, factor, rows);
    }

    private static Map<String, Integer> numbers(List<String> labels) {
        Map<String, Integer> numbers = new HashMap<>();
        labels.forEach(label -> numbers.put(label, numbers.size()));
        return numbers;
    }

    /** {@return the same merge of numbers that are means over other counts of rows} */
    public WeightedMerge by(double myRows, double theirRows) {
        return new WeightedMerge(mine.by(myRows), theirs.by(theirRows), labels, myNumbers, theirNumbers);
    }

    /** {@return number of functions of the merged learner} */
    public int count() {
        return mine.from.length;
    }

    /** {@return labels of the merged learner in class order, empty if there are no classes} */
    public List<String> labels() {
        return labels;
    }

    /**
     * {@return weighted means of vectors that change sign with their functions}
     *
     * @param my vectors of the one learner, one after the other
     * @param their vectors of the other
     * @param width length of each
     */
    public double[] odd(double[] my, double[] their, int width) {
        return mean(my, their, width, false);
    }

    /** {@return weighted means of vectors that keep their sign; otherwise as {@link #odd}} */
    public double[] even(double[] my, double[] their, int width) {
        return mean(my, their, width, true);
    }

    /** {@return sums of vectors that each function has one of, whatever its sign; otherwise as {@link #odd}} */
    public double[] sum(double[] my, double[] their, int width) {
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
            double myPart = part(mine, theirs, k);
            add(merged, k, my, mine, myPart, width, even);
            add(merged, k, their, theirs, part(theirs, mine, k), width, even);
        }
        return merged;
    }

    /** {@return the weight of one side in the mean of function k} */
    private static double part(Side side, Side other, int k) {
        boolean known = side.from[k] >= 0;
        if (known && other.from[k] >= 0) {
            double rows = side.rows + other.rows;
            return rows > 0 ? side.rows / rows : 0.5;
        }
        return known ? 1 : 0;
    }

    private static void add(double[] merged, int k, double[] vectors, Side side, double part, int width, boolean even) {
        if (part == 0) {
            return;
        }
        double factor = part * (even ? Math.abs(side.factor[k]) : side.factor[k]);
        int from = side.from[k] * width;
        int to = k * width;
        for (int j = 0; j < width; j++) {
            merged[to + j] += factor * vectors[from + j];
        }
    }

    /** {@return by merged label, the sum of numbers that each learner has one of for each of its labels} */
    public double[] sumByLabel(double[] my, double[] their) {
        double[] sums = new double[labels.size()];
        for (int k = 0; k < sums.length; k++) {
            int own = myNumbers.getOrDefault(labels.get(k), -1);
            int other = theirNumbers.getOrDefault(labels.get(k), -1);
            sums[k] = (own < 0 ? 0 : my[own]) + (other < 0 ? 0 : their[other]);
        }
        return sums;
    }
}
