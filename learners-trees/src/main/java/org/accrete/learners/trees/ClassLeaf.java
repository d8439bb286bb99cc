package org.accrete.learners.trees;

import java.util.Arrays;
import org.accrete.kernels.Exp;
import org.accrete.kernels.SoftmaxPath;

/**
 * What a leaf of a classification tree knows of the rows that reached it: the weight of each class, and per class and
 * feature a normal distribution or the weight of each value. A leaf that sleeps has the weights of classes alone.
 *
 * <p>Naive Bayes gives class c the logarithm
 *
 * <pre>{@code
 * ln n - 1/2 (n q + ln p - m ln n)     q = sum of (x - mean)^2 / s,  p = product of s
 *                                      s = n variance, at least n floor
 * }</pre>
 *
 * over its m numbers, so that there is one logarithm for all of them. A one-hot block counts with Laplace's rule.
 */
final class ClassLeaf extends Leaf<ClassLeaf> {
    /** Least variance of a class, as a share of the variance of all. */
    private static final double FLOOR_SHARE = 1e-3;

    private static final double HUGE = 1e200;
    private static final double TINY = 1e-200;

    /** A variance up to this share of the squared mean is rounding: standard deviations of 1e-15 of the mean. */
    private static final double ROUNDING = 1e-30;

    /** The logarithm of a class without rows, in a graph; its power is 0. */
    private static final double UNSEEN = -1e300;

    /** Numbers about a leaf that are stored one by one. */
    private static final int FACTS = 10;

    // The numbers of each class begin with its weight; then so many of each kind as there are observed numbers.
    private static final int KINDS = 5;
    private static final int MEAN = 0;
    private static final int SQUARES = 1;
    private static final int LEAST = 2;
    private static final int GREATEST = 3;
    private static final int GAPS = 4;

    static final String CLASSES = "trees.leaf_classes";
    static final String STATISTICS = "trees.statistics";
    static final String FLOOR = "trees.floor";

    /** Stands where a node is no leaf. */
    static final ClassLeaf INNER = new ClassLeaf(0, 0, 0, NOTHING, NOTHING);

    /** Weight of each class, with what the split gave. */
    double[] counts;

    double total;
    /** The class of most weight. */
    int best;
    /** Weight of the rows that each kind of prediction got right, and of all, the latest ones counting most. */
    double majorityRight;

    double bayesRight;
    double judged;
    private boolean anyGaps;

    private double[] statistics;
    /** Least variance of each observed number. */
    private double[] floor;
    /** Per observed block and value the weight of each class, and of all: value × (classes + 1) + class. */
    private double[][] values;
    /** How many classes there is room for. */
    private int classes;

    ClassLeaf(int generation, int depth, int classes, int[] numeric, int[] nominal) {
        super(generation, depth, numeric, nominal);
        this.classes = classes;
        this.counts = new double[classes];
        this.statistics = new double[classes * stride()];
        this.floor = new double[numeric.length];
        this.values = new double[nominal.length][0];
        for (int c = 0; c < classes; c++) {
            begin(c);
        }
    }

    private ClassLeaf(ClassLeaf other, int generation, int depth) {
        super(other, generation, depth);
        counts = other.counts.clone();
        total = other.total;
        best = other.best;
        majorityRight = other.majorityRight;
        bayesRight = other.bayesRight;
        judged = other.judged;
        anyGaps = other.anyGaps;
        statistics = other.statistics.clone();
        floor = other.floor.clone();
        values = other.values.clone();
        for (int b = 0; b < values.length; b++) {
            values[b] = values[b].clone();
        }
        classes = other.classes;
    }

    @Override
    ClassLeaf copy(int ofGeneration) {
        return copy(ofGeneration, depth);
    }

    /** {@return a copy at another depth} */
    ClassLeaf copy(int ofGeneration, int atDepth) {
        return new ClassLeaf(this, ofGeneration, atDepth);
    }

    private int stride() {
        return 1 + KINDS * numeric.length;
    }

    private void begin(int c) {
        int from = c * stride() + 1;
        int m = numeric.length;
        Arrays.fill(statistics, from + LEAST * m, from + (LEAST + 1) * m, Double.POSITIVE_INFINITY);
        Arrays.fill(statistics, from + GREATEST * m, from + (GREATEST + 1) * m, Double.NEGATIVE_INFINITY);
    }

    private void grow(int size) {
        int before = classes;
        classes = size;
        counts = Arrays.copyOf(counts, size);
        if (asleep) {
            return;
        }
        statistics = Arrays.copyOf(statistics, size * stride());
        for (int c = before; c < size; c++) {
            begin(c);
        }
        for (int b = 0; b < values.length; b++) {
            int known = values[b].length / (before + 1);
            double[] wider = new double[known * (size + 1)];
            for (int v = 0; v < known; v++) {
                System.arraycopy(values[b], v * (before + 1), wider, v * (size + 1), before);
                wider[v * (size + 1) + size] = values[b][v * (before + 1) + before];
            }
            values[b] = wider;
        }
    }

    @Override
    long bytes() {
        long numbers = statistics.length + counts.length + floor.length;
        for (double[] of : values) {
            numbers += of.length + 2;
        }
        return 8 * numbers + 4L * (numeric.length + nominal.length) + 160;
    }

    /** {@inheritDoc} It is the weight of the rows that it got wrong. */
    @Override
    double promise() {
        return total - (total > 0 ? counts[best] : 0);
    }

    /** Forgets everything but the weights of the classes. */
    @Override
    void sleep() {
        super.sleep();
        statistics = new double[0];
        floor = new double[0];
        values = new double[0][];
    }

    /** {@return whether more than one class was observed} */
    boolean isMixed() {
        int seen = 0;
        int stride = stride();
        for (int c = 0; c < classes && seen < 2; c++) {
            seen += statistics[c * stride] > 0 ? 1 : 0;
        }
        return seen > 1;
    }

    /** Begins with a share of what its parent had, of each class. */
    void expect(double[] shares) {
        if (shares.length > classes) {
            grow(shares.length);
        }
        for (int c = 0; c < shares.length; c++) {
            count(c, shares[c]);
        }
    }

    private void count(int c, double weight) {
        counts[c] += weight;
        total += weight;
        if (counts[c] > counts[best]) {
            best = c;
        }
    }

    // --- learning

    /**
     * Counts which kinds of prediction were right. Older rows count less, so that the leaf changes to the kind that is
     * right now.
     */
    void judge(boolean isMajorityRight, boolean isBayesRight, double weight) {
        double kept = kept(weight);
        judged = judged * kept + weight;
        majorityRight = majorityRight * kept + (isMajorityRight ? weight : 0);
        bayesRight = bayesRight * kept + (isBayesRight ? weight : 0);
    }

    /** Learns a row. */
    void learn(Rows rows, int slot, int numbers, int nominals, int c, double weight) {
        if (c >= classes) {
            grow(c + 1);
        }
        count(c, weight);
        if (asleep) {
            return;
        }
        observed += weight;
        int m = numeric.length;
        int base = c * stride();
        double n = statistics[base] + weight;
        statistics[base] = n;
        int mean = base + 1;
        double[] x = rows.numbers;
        int at = slot * numbers;
        if (anyGaps || rows.gaps[slot]) {
            learnWithGaps(x, at, mean, n, weight);
        } else {
            double[] s = statistics;
            double rate = weight / n;
            for (int i = 0; i < m; i++) {
                double value = x[at + numeric[i]];
                double delta = value - s[mean + i];
                double moved = s[mean + i] + rate * delta;
                s[mean + i] = moved;
                s[mean + SQUARES * m + i] += weight * delta * (value - moved);
                if (value < s[mean + LEAST * m + i]) {
                    s[mean + LEAST * m + i] = value;
                }
                if (value > s[mean + GREATEST * m + i]) {
                    s[mean + GREATEST * m + i] = value;
                }
            }
        }
        for (int b = 0; b < nominal.length; b++) {
            int value = rows.values[slot * nominals + nominal[b]];
            if (value >= 0) {
                int width = classes + 1;
                int length = values[b].length / width;
                if (value >= length) {
                    int more = Math.max(value + 1, Math.min(2 * length, Features.MOST_VALUES));
                    values[b] = Arrays.copyOf(values[b], more * width);
                }
                values[b][value * width + c] += weight;
                values[b][value * width + classes] += weight;
            }
        }
    }

    private void learnWithGaps(double[] x, int at, int mean, double n, double weight) {
        int m = numeric.length;
        double[] s = statistics;
        for (int i = 0; i < m; i++) {
            double value = x[at + numeric[i]];
            if (value != value) {
                s[mean + GAPS * m + i] += weight;
                anyGaps = true;
                continue;
            }
            // Beside weights that are much larger the row's own can round away.
            double present = Math.max(weight, n - s[mean + GAPS * m + i]);
            double delta = value - s[mean + i];
            double moved = s[mean + i] + weight / present * delta;
            s[mean + i] = moved;
            s[mean + SQUARES * m + i] += weight * delta * (value - moved);
            s[mean + LEAST * m + i] = Math.min(s[mean + LEAST * m + i], value);
            s[mean + GREATEST * m + i] = Math.max(s[mean + GREATEST * m + i], value);
        }
    }

    // --- prediction

    /** Writes the share of each class, by Laplace's rule, so that none is 0. */
    void shares(double[] out, int from, int known) {
        double add = 1.0 / known;
        double scale = 1 / (total + 1);
        for (int c = 0; c < known; c++) {
            out[from + c] = ((c < classes ? counts[c] : 0) + add) * scale;
        }
    }

    /**
     * Writes the logarithm of naive Bayes for each class, less their maximum.
     *
     * @return the class of the maximum; −1 where nothing was observed
     */
    int bayes(Rows rows, int slot, int numbers, int nominals, double[] out) {
        int m = numeric.length;
        int stride = stride();
        int winner = -1;
        double most = Double.NEGATIVE_INFINITY;
        double[] s = statistics;
        double[] x = rows.numbers;
        int at = slot * numbers;
        boolean gaps = anyGaps || rows.gaps[slot];
        for (int c = 0; c < classes; c++) {
            if (asleep || !(s[c * stride] > 0)) {
                out[c] = Double.NEGATIVE_INFINITY;
                continue;
            }
            double n = s[c * stride];
            int mean = c * stride + 1;
            double q = 0;
            double p = 1;
            double logs = 0;
            int used = 0;
            for (int i = 0; i < m; i++) {
                double value = x[at + numeric[i]];
                double present = gaps ? n - s[mean + GAPS * m + i] : n;
                double scatter = s[mean + SQUARES * m + i] + present * floor[i];
                double centre = s[mean + i];
                if (!spreads(scatter, present, centre) || gaps && (value != value || !(present > 0))) {
                    continue;
                }
                double delta = value - centre;
                if (gaps) {
                    scatter *= n / present;
                }
                q += delta * delta / scatter;
                double next = p * scatter;
                used++;
                if (next < HUGE && next > TINY) {
                    p = next;
                } else {
                    logs += Exp.log(p) + Exp.log(scatter);
                    p = 1;
                }
            }
            for (int b = 0; b < nominal.length; b++) {
                int value = rows.values[slot * nominals + nominal[b]];
                double[] of = values[b];
                int index = value * (classes + 1);
                // A value that was not seen here says nothing.
                if (value >= 0 && index < of.length && of[index + classes] > 0) {
                    double share = (of[index + c] + 1) / (n + of.length / (classes + 1));
                    double next = p / (share * share);
                    if (next < HUGE && next > TINY) {
                        p = next;
                    } else {
                        logs += Exp.log(p) - 2 * Exp.log(share);
                        p = 1;
                    }
                }
            }
            double log = Exp.log(n) * (1 + 0.5 * used) - 0.5 * (n * q + logs + Exp.log(p));
            out[c] = log;
            if (log > most) {
                most = log;
                winner = c;
            }
        }
        for (int c = 0; c < classes; c++) {
            out[c] -= most;
        }
        return winner;
    }

    /**
     * {@return whether it is known how far a number spreads: one that never varied says nothing, and the rounding of
     * its mean would say more than all others}
     */
    private static boolean spreads(double scatter, double present, double mean) {
        return scatter > present * (ROUNDING * mean * mean) + TINY;
    }

    /**
     * Turns what {@link #bayes} wrote into probabilities, mixed with the shares of the classes as often as naive Bayes
     * was wrong here, because it is surer than it is right.
     */
    void mix(double[] logs, double[] out, int from, int known) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            double power = logs[c] < -700 ? 0 : Exp.exp(logs[c]);
            logs[c] = power;
            sum += power;
        }
        double wrong = wrong();
        double scale = (1 - wrong) / sum;
        shares(out, from, known);
        for (int c = 0; c < known; c++) {
            out[from + c] = wrong * out[from + c] + (c < classes ? scale * logs[c] : 0);
        }
    }

    /** {@return how often naive Bayes is wrong here} */
    private double wrong() {
        return (judged - bayesRight + 1) / (judged + 2);
    }

    // --- export

    /** {@return whether naive Bayes predicts, and has observed something} */
    boolean exportsBayes(LeafPrediction prediction) {
        return usesBayes(prediction) && seen() > 0;
    }

    /** {@return what {@link #mix} multiplies the shares of classes by; 1 where they predict alone} */
    double shareOfShares(LeafPrediction prediction) {
        return exportsBayes(prediction) ? wrong() : 1;
    }

    /**
     * Writes what {@link #bayes} computes with: the logarithm of a class is its base, and for each number that a row
     * has {@code constant + factor (x - centre)^2}, and for each value that occurred here {@link #logShare}.
     *
     * @param known how many classes there are
     * @param numbers how many numbers a row has
     * @param leaf where to write: classes come after those of {@code leaf} others
     */
    void export(int known, int numbers, int leaf, double[] base, double[] centre, double[] factor, double[] constant) {
        int m = numeric.length;
        for (int c = 0; c < known; c++) {
            int row = leaf * known + c;
            double n = c < classes ? statistics[c * stride()] : 0;
            base[row] = n > 0 ? Exp.log(n) : UNSEEN;
            int from = c * stride() + 1;
            for (int i = 0; i < m && n > 0; i++) {
                double present = n - statistics[from + GAPS * m + i];
                double scatter = statistics[from + SQUARES * m + i] + present * floor[i];
                if (spreads(scatter, present, statistics[from + i]) && present > 0) {
                    scatter *= n / present;
                    int at = row * numbers + numeric[i];
                    centre[at] = statistics[from + i];
                    factor[at] = -0.5 * n / scatter;
                    constant[at] = 0.5 * (Exp.log(n) - Exp.log(scatter));
                }
            }
        }
    }

    /** {@return what a value of a one-hot block adds to the logarithm of a class} */
    double logShare(int block, int value, int c) {
        int b = Arrays.binarySearch(nominal, block);
        if (b < 0 || c >= classes || !(seen(c) > 0)) {
            return 0;
        }
        double[] of = values[b];
        int index = value * (classes + 1);
        if (index >= of.length || !(of[index + classes] > 0)) {
            return 0;
        }
        return Exp.log((of[index + c] + 1) / (statistics[c * stride()] + of.length / (classes + 1)));
    }

    // --- explanation

    /**
     * {@return what the leaf says of a class for a row of which it knows nothing: what {@link #shares} or {@link #mix}
     * would write if no feature told classes apart}
     *
     * @param known how many classes there are
     */
    double valueOfNothing(int c, int known, LeafPrediction prediction) {
        double share = (count(c) + 1.0 / known) / (total + 1);
        double seen = usesBayes(prediction) ? seen() : 0;
        if (!(seen > 0)) {
            return share;
        }
        double wrong = wrong();
        return wrong * share + (1 - wrong) * (c < classes ? seen(c) / seen : 0);
    }

    private double seen() {
        double seen = 0;
        for (int c = 0; c < classes; c++) {
            seen += seen(c);
        }
        return seen;
    }

    /**
     * Adds what each feature makes naive Bayes say of a class: nothing unless naive Bayes predicts. Terms of the
     * logarithm of each class share the change of the probability by {@link SoftmaxPath}. What rounding takes from that
     * is shared in proportion.
     *
     * @param change what the leaf says, less {@link #valueOfNothing}
     * @param factor what it counts
     * @param out receives sums, per feature
     */
    void explain(
            Rows rows,
            int slot,
            Features features,
            LeafPrediction prediction,
            int c,
            double change,
            double factor,
            double[] out) {
        int m = numeric.length;
        int size = m + nominal.length;
        if (size == 0 || !usesBayes(prediction) || c >= classes || !(seen(c) > 0)) {
            return;
        }
        double[] shares = new double[size];
        double sum = 0;
        double all = 0;
        shares(rows, slot, features, c, shares);
        for (double share : shares) {
            sum += share;
            all += Math.abs(share);
        }
        for (int i = 0; i < size; i++) {
            double part = all > 0 ? Math.abs(shares[i]) / all : 1.0 / size;
            out[i < m ? numeric[i] : features.numbers + nominal[i - m]] += factor * (shares[i] + part * (change - sum));
        }
    }

    /** Writes what each observed feature makes of the probability of a class. */
    private void shares(Rows rows, int slot, Features features, int c, double[] out) {
        double[] ofClass = new double[out.length];
        terms(rows, slot, features, c, ofClass);
        double[][] terms = new double[classes][out.length];
        double[] from = new double[classes];
        double[] to = new double[classes];
        for (int k = 0; k < classes; k++) {
            from[k] = seen(k) > 0 ? Exp.log(seen(k)) - Exp.log(seen(c)) : Double.NEGATIVE_INFINITY;
            to[k] = from[k];
            if (k != c && seen(k) > 0) {
                terms(rows, slot, features, k, terms[k]);
                for (int i = 0; i < out.length; i++) {
                    terms[k][i] -= ofClass[i];
                    to[k] += terms[k][i];
                }
            }
        }
        double[] factors = new double[classes];
        SoftmaxPath.factors(from, to, classes, c, factors);
        double scale = 1 - wrong();
        for (int k = 0; k < classes; k++) {
            for (int i = 0; i < out.length; i++) {
                out[i] += scale * factors[k] * terms[k][i];
            }
        }
    }

    /** Writes what each number, then each one-hot block, adds to the logarithm that {@link #bayes} gives a class. */
    private void terms(Rows rows, int slot, Features features, int c, double[] out) {
        int m = numeric.length;
        double[] s = statistics;
        double n = seen(c);
        int mean = c * stride() + 1;
        boolean gaps = anyGaps || rows.gaps[slot];
        for (int i = 0; i < m; i++) {
            double value = rows.numbers[slot * features.numbers + numeric[i]];
            double present = gaps ? n - s[mean + GAPS * m + i] : n;
            double scatter = s[mean + SQUARES * m + i] + present * floor[i];
            if (spreads(scatter, present, s[mean + i]) && value == value && present > 0) {
                double delta = value - s[mean + i];
                scatter *= gaps ? n / present : 1;
                out[i] = Math.max(-HUGE, 0.5 * (Exp.log(n) - n * (delta * delta / scatter) - Exp.log(scatter)));
            }
        }
        for (int b = 0; b < nominal.length; b++) {
            int value = rows.values[slot * features.nominals + nominal[b]];
            double[] of = values[b];
            int index = value * (classes + 1);
            if (value >= 0 && index < of.length && of[index + classes] > 0) {
                out[m + b] = Exp.log((of[index + c] + 1) / (n + of.length / (classes + 1)));
            }
        }
    }

    /** {@return whether naive Bayes is what predicts} */
    boolean usesBayes(LeafPrediction prediction) {
        return !asleep
                && (prediction == LeafPrediction.NAIVE_BAYES
                        || prediction == LeafPrediction.ADAPTIVE && bayesRight > majorityRight);
    }

    // --- what a split looks at

    /** {@return how many classes there are statistics for} */
    int classes() {
        return classes;
    }

    /** {@return the weight of a class, with what the split gave} */
    double count(int c) {
        return c < classes ? counts[c] : 0;
    }

    /** {@return the weight of a class that was observed here} */
    double seen(int c) {
        return statistics[c * stride()];
    }

    /** {@return the weight of a class whose number was present} */
    double present(int c, int i) {
        int m = numeric.length;
        int base = c * stride();
        return statistics[base] - statistics[base + 1 + GAPS * m + i];
    }

    double mean(int c, int i) {
        return statistics[c * stride() + 1 + i];
    }

    double variance(int c, int i) {
        int m = numeric.length;
        double present = present(c, i);
        // The squares of far numbers can round to less than nothing.
        return present > 0 ? Math.max(0, statistics[c * stride() + 1 + SQUARES * m + i]) / present : 0;
    }

    double least(int c, int i) {
        return statistics[c * stride() + 1 + LEAST * numeric.length + i];
    }

    double greatest(int c, int i) {
        return statistics[c * stride() + 1 + GREATEST * numeric.length + i];
    }

    /** {@return how many values of an observed block there is room for} */
    int known(int b) {
        return values[b].length / (classes + 1);
    }

    /** {@return the weight of a value of an observed block in a class; in all for the number of classes} */
    double weight(int b, int value, int c) {
        return values[b][value * (classes + 1) + c];
    }

    /** {@return the variance of a number over all classes} */
    double variance(int i) {
        double n = 0;
        double mean = 0;
        double squares = 0;
        for (int c = 0; c < classes; c++) {
            double more = present(c, i);
            if (more > 0) {
                double delta = mean(c, i) - mean;
                double all = n + more;
                squares += variance(c, i) * more + delta * delta * (n / all * more);
                mean += delta * more / all;
                n = all;
            }
        }
        return n > 0 ? squares / n : 0;
    }

    /** Sets the least variances by what was observed. */
    @Override
    void refresh() {
        for (int i = 0; i < floor.length; i++) {
            floor[i] = FLOOR_SHARE * variance(i);
        }
    }

    /** Takes the least variances of a parent, as far as it observed the same numbers. */
    void inheritFloor(ClassLeaf parent) {
        for (int i = 0; i < floor.length; i++) {
            int at = Arrays.binarySearch(parent.numeric, numeric[i]);
            floor[i] = at < 0 ? 0 : parent.floor[at];
        }
    }

    // --- state

    @Override
    void write(TreeWriter out) {
        out.whole(CLASSES, classes);
        out.numbers(VALUE, counts);
        for (double fact : new double[] {
            total,
            majorityRight,
            bayesRight,
            judged,
            observed,
            nextAttempt,
            depth,
            best,
            asleep ? 1 : 0,
            anyGaps ? 1 : 0
        }) {
            out.number(LEAF, fact);
        }
        writeFeatures(out);
        out.numbers(STATISTICS, statistics);
        out.numbers(FLOOR, floor);
        for (double[] of : values) {
            out.whole(FEATURES, of.length);
            out.numbers(VALUES, of);
        }
    }

    ClassLeaf(Features features, int known, TreeReader in) {
        classes = in.whole(CLASSES, 0, known);
        counts = positive(in, VALUE, classes);
        double[] facts = positive(in, LEAF, FACTS);
        total = facts[0];
        majorityRight = facts[1];
        bayesRight = facts[2];
        judged = facts[3];
        observed = facts[4];
        nextAttempt = facts[5];
        depth = (int) facts[6];
        TreeReader.require(facts[7] <= Math.max(0, classes - 1), "classes of leaves");
        best = (int) facts[7];
        asleep = facts[8] != 0;
        anyGaps = facts[9] != 0;
        readFeatures(features, in);
        statistics = in.anyNumbers(STATISTICS, asleep ? 0 : (long) classes * stride());
        floor = positive(in, FLOOR, numeric.length);
        values = new double[nominal.length][];
        for (int b = 0; b < values.length; b++) {
            int size = in.whole(FEATURES, 0, Features.MOST_VALUES * (classes + 1L));
            TreeReader.require(size % (classes + 1) == 0, "values of leaves");
            values[b] = positive(in, VALUES, size);
        }
    }
}
