package org.accrete.learners.trees;

import java.util.Arrays;

/**
 * What a leaf of a regression tree knows of the rows that reached it: the mean of their targets, a linear function of
 * their numbers, and for splits a histogram of each number and the weight and sum of targets of each value. Readers
 * need the first two only, so copies share what splits look at.
 *
 * <p>Sums are of distances from the origin, about where the targets of the leaf lie, so that no digits are lost.
 */
final class RegressionLeaf extends Leaf<RegressionLeaf> {
    /** Numbers about a leaf that are stored one by one. */
    private static final int FACTS = 13;

    /** Stands where a node is no leaf. */
    static final RegressionLeaf INNER = new RegressionLeaf(0, 0, new LinearModel(0, 0), NOTHING, NOTHING);

    /** How far predictions may lie beyond the targets that there were, as a share of their range. */
    private static final double MARGIN = 0.5;

    /** Weight of the rows, with what the split gave, and the mean of their targets. */
    double total;

    double mean;
    private LinearModel linear;
    /** Least and greatest target here and, before the split, in the leaf above. */
    private double least = Double.POSITIVE_INFINITY;

    private double greatest = Double.NEGATIVE_INFINITY;
    /** Weight of rows whose predictions were judged, and their squared errors, the latest ones counting most. */
    private double judged;

    private double meanError;
    private double linearError;

    private double origin;
    /** Of the rows observed here the sum of distances and of their squares. */
    private double sum;

    private double squares;
    private Bins[] bins;
    /** Per observed block and value the weight of rows and the sum of their distances. */
    private double[][] values;
    /** Per observed feature, numbers first, of rows without it the weight, sum and squares. */
    private double[] gaps;

    RegressionLeaf(int generation, int depth, LinearModel linear, int[] numeric, int[] nominal) {
        super(generation, depth, numeric, nominal);
        this.linear = linear;
        bins = new Bins[numeric.length];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = new Bins();
        }
        values = new double[nominal.length][0];
        gaps = new double[3 * (numeric.length + nominal.length)];
    }

    private RegressionLeaf(RegressionLeaf other, LinearModel linear, int generation) {
        super(other, generation, other.depth);
        this.linear = linear;
        total = other.total;
        mean = other.mean;
        least = other.least;
        greatest = other.greatest;
        judged = other.judged;
        meanError = other.meanError;
        linearError = other.linearError;
        origin = other.origin;
        sum = other.sum;
        squares = other.squares;
        bins = other.bins;
        values = other.values;
        gaps = other.gaps;
    }

    @Override
    RegressionLeaf copy(int ofGeneration) {
        return new RegressionLeaf(this, linear.copy(), ofGeneration);
    }

    @Override
    long bytes() {
        long bytes = 240 + linear.bytes() + 8L * gaps.length + 4L * (numeric.length + nominal.length);
        for (Bins of : bins) {
            bytes += of.bytes() + 8;
        }
        for (double[] of : values) {
            bytes += 8L * of.length + 24;
        }
        return bytes;
    }

    /** {@inheritDoc} It is the sum of squared errors, as they are of late. */
    @Override
    double promise() {
        return judged > 0 ? observed * (Math.min(meanError, linearError) / judged) : 0;
    }

    @Override
    void sleep() {
        super.sleep();
        bins = new Bins[0];
        values = new double[0][];
        gaps = new double[0];
    }

    /**
     * Begins with a share of what its parent had.
     *
     * @param weight of the rows
     * @param itsMean of their targets
     */
    RegressionLeaf inherit(RegressionLeaf parent, double weight, double itsMean) {
        linear = parent.linear.child();
        total = weight;
        mean = itsMean;
        origin = itsMean;
        least = parent.least;
        greatest = parent.greatest;
        if (parent.judged > 0) {
            judged = 1;
            meanError = parent.meanError / parent.judged;
            linearError = parent.linearError / parent.judged;
        }
        return this;
    }

    // --- prediction

    /** {@return whether the linear function is what predicts} */
    boolean usesLinear(LeafModel model) {
        return model == LeafModel.LINEAR || model == LeafModel.ADAPTIVE && linearError < meanError;
    }

    /** {@return the prediction for a row} */
    double predict(LeafModel model, double[] x, int at) {
        return usesLinear(model) ? linear(x, at) : mean;
    }

    /**
     * Writes what it predicts by behind what others do: the sum of an intercept and of coefficients times distances,
     * within bounds.
     */
    void export(
            LeafModel model,
            int at,
            double[] coefficients,
            double[] centers,
            double[] intercepts,
            double[] low,
            double[] high) {
        boolean isLinear = usesLinear(model);
        intercepts[at] = isLinear ? linear.export(coefficients, centers, at) : mean;
        low[at] = isLinear ? within(Double.NEGATIVE_INFINITY) : mean;
        high[at] = isLinear ? within(Double.POSITIVE_INFINITY) : mean;
    }

    /** {@return the prediction for a row of which nothing is known} */
    double valueOfNothing(LeafModel model) {
        return usesLinear(model) ? within(linear.ofNothing()) : mean;
    }

    /**
     * Adds what each number makes of the prediction, beyond {@link #valueOfNothing}: nothing where the mean predicts.
     * What the bounds of predictions take from the linear function is shared in proportion.
     *
     * @param factor what it counts
     * @param out receives sums, per number
     */
    void explain(LeafModel model, double[] x, int at, int numbers, double factor, double[] out) {
        if (!usesLinear(model) || numbers == 0) {
            return;
        }
        double[] terms = new double[numbers];
        linear.terms(x, at, terms);
        double sum = 0;
        double all = 0;
        for (double term : terms) {
            sum += term;
            all += Math.abs(term);
        }
        double rest = predict(model, x, at) - valueOfNothing(model) - sum;
        for (int j = 0; j < numbers; j++) {
            out[j] += factor * (terms[j] + rest * (all > 0 ? Math.abs(terms[j]) / all : 1.0 / numbers));
        }
    }

    /** {@return what the linear function says, within the targets that there were} */
    private double linear(double[] x, int at) {
        return within(linear.predict(x, at));
    }

    private double within(double value) {
        double more = MARGIN * (greatest - least);
        return total > 0 ? Math.max(least - more, Math.min(greatest + more, value)) : 0;
    }

    // --- learning

    void learn(LeafModel model, Rows rows, int slot, int numbers, int nominals, double target, double weight) {
        int at = slot * numbers;
        double[] x = rows.numbers;
        if (!(total > 0)) {
            origin = target;
        }
        if (model == LeafModel.ADAPTIVE && total > 0) {
            double byMean = target - mean;
            double byLinear = target - linear(x, at);
            judged = judged * KEPT + weight;
            meanError = meanError * KEPT + weight * byMean * byMean;
            linearError = linearError * KEPT + weight * byLinear * byLinear;
        }
        total += weight;
        mean += weight / total * (target - mean);
        least = Math.min(least, target);
        greatest = Math.max(greatest, target);
        if (model != LeafModel.MEAN) {
            linear.learn(x, at, target, weight);
        }
        if (!asleep) {
            observe(rows, slot, numbers, nominals, target - origin, weight);
        }
    }

    private void observe(Rows rows, int slot, int numbers, int nominals, double distance, double weight) {
        observed += weight;
        double more = weight * distance;
        double square = more * distance;
        sum += more;
        squares += square;
        int at = slot * numbers;
        for (int i = 0; i < bins.length; i++) {
            double value = rows.numbers[at + numeric[i]];
            if (value == value) {
                bins[i].add(value, weight, more);
            } else {
                addGap(i, weight, more, square);
            }
        }
        for (int b = 0; b < nominal.length; b++) {
            int value = rows.values[slot * nominals + nominal[b]];
            if (value < 0) {
                addGap(bins.length + b, weight, more, square);
                continue;
            }
            double[] of = values[b];
            if (2 * value >= of.length) {
                int known = Math.max(value + 1, Math.min(of.length, Features.MOST_VALUES));
                of = Arrays.copyOf(of, 2 * known);
                values[b] = of;
            }
            of[2 * value] += weight;
            of[2 * value + 1] += more;
        }
    }

    private void addGap(int feature, double weight, double more, double square) {
        gaps[3 * feature] += weight;
        gaps[3 * feature + 1] += more;
        gaps[3 * feature + 2] += square;
    }

    // --- what a split looks at: targets are distances from the origin

    double origin() {
        return origin;
    }

    Bins bins(int i) {
        return bins[i];
    }

    /** {@return how many values of an observed block there is room for} */
    int known(int b) {
        return values[b].length / 2;
    }

    double weight(int b, int value) {
        return values[b][2 * value];
    }

    double sum(int b, int value) {
        return values[b][2 * value + 1];
    }

    /** {@return the weight of rows that have a feature; blocks are counted on after the numbers} */
    double present(int feature) {
        return observed - gaps[3 * feature];
    }

    /** {@return the sum of distances of rows that have a feature} */
    double presentSum(int feature) {
        return sum - gaps[3 * feature + 1];
    }

    /** {@return the sum of squared distances from the mean, of rows that have a feature} */
    double scatter(int feature) {
        double n = present(feature);
        double s = presentSum(feature);
        return n > 0 ? squares - gaps[3 * feature + 2] - s / n * s : 0;
    }

    // --- state

    @Override
    void write(TreeWriter out) {
        out.number(VALUE, mean);
        for (double fact : new double[] {
            total,
            depth,
            observed,
            nextAttempt,
            asleep ? 1 : 0,
            total > 0 ? least : 0,
            total > 0 ? greatest : 0,
            judged,
            meanError,
            linearError,
            origin,
            sum,
            squares
        }) {
            out.number(LEAF, fact);
        }
        writeFeatures(out);
        linear.write(out);
        for (Bins of : bins) {
            of.write(out);
        }
        out.numbers(VALUES, gaps);
        for (double[] of : values) {
            out.whole(FEATURES, of.length / 2);
            out.numbers(VALUES, of);
        }
    }

    RegressionLeaf(Features features, LinearModel linear, TreeReader in) {
        mean = in.number(VALUE);
        double[] facts = in.numbers(LEAF, FACTS);
        total = facts[0];
        depth = (int) facts[1];
        observed = facts[2];
        nextAttempt = facts[3];
        asleep = facts[4] != 0;
        if (total > 0) {
            least = facts[5];
            greatest = facts[6];
        }
        judged = facts[7];
        meanError = facts[8];
        linearError = facts[9];
        origin = facts[10];
        sum = facts[11];
        squares = facts[12];
        TreeReader.require(
                total >= 0 && depth >= 0 && observed >= 0 && judged >= 0 && meanError >= 0 && linearError >= 0,
                "weights and errors of leaves");
        readFeatures(features, in);
        this.linear = linear;
        bins = new Bins[numeric.length];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = new Bins(in);
        }
        gaps = in.numbers(VALUES, asleep ? 0 : 3L * (numeric.length + nominal.length));
        values = new double[nominal.length][];
        for (int b = 0; b < values.length; b++) {
            values[b] = in.numbers(VALUES, 2L * in.whole(FEATURES, 0, Features.MOST_VALUES));
        }
    }
}
