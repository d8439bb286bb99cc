package org.accrete.learners.trees;

import java.util.Arrays;

/**
 * What a leaf of a boosted tree knows of the rows that reached it: sums of the loss's first and second derivatives in
 * the score, and, while it may be split, the same sums for parts of each feature that it looks at. A number is cut at
 * values that the leaf's first rows had; a one-hot block has sums for each value.
 *
 * <p>Sums are stored in pairs, gradient and curvature, for each output.
 */
final class GradientLeaf {
    /** Values at which a number may be cut. */
    static final int CUTS = 16;

    /** Rows of which one gives cuts, so that not all come from neighbours. */
    private static final int SPREAD = 2;

    private static final int[] NOTHING = {};
    private static final double[] NONE = {};
    private static final int FACTS = 7;

    static final String LEAF = "boosting.leaf";
    static final String SUMS = "boosting.sums";
    static final String FEATURES = "boosting.leaf_features";
    static final String CUT_VALUES = "boosting.cuts";
    static final String BINS = "boosting.bins";
    static final String VALUE_SUMS = "boosting.value_sums";

    /** Stands where a node is no leaf. */
    static final GradientLeaf INNER = new GradientLeaf(0, 0, NOTHING, NOTHING);

    final int depth;
    private int outputs;
    /** Sums that fade, of which the leaf's value follows. */
    double[] faded;

    /** Weight of the rows whose sums were taken, since the cuts are known. */
    double observed;
    /** Of {@link #observed}, when the next attempt to split is made. */
    double nextAttempt;
    /** Sum of weight × squared gradient of these rows, of all outputs. */
    double squares;
    /** Sums of these rows. */
    double[] sums;

    private boolean watches;
    private int offered;
    private int cutsKnown;
    /** The numbers that are looked at, ascending. */
    int[] numeric;
    /** The one-hot blocks that are looked at, from 0. */
    int[] nominal;
    /** Per number its cuts, ascending once all are known. */
    private double[] cuts;
    /** Per number the sums of each part between cuts. */
    private double[] bins;
    /** Per block the sums of each value. */
    private double[][] values;

    GradientLeaf(int depth, int outputs, int[] numeric, int[] nominal) {
        this.depth = depth;
        this.outputs = outputs;
        this.faded = new double[2 * outputs];
        this.numeric = numeric;
        this.nominal = nominal;
        this.watches = numeric.length + nominal.length > 0;
        this.sums = watches ? new double[2 * outputs] : NONE;
        this.cutsKnown = numeric.length == 0 ? CUTS : 0;
        this.cuts = new double[numeric.length * CUTS];
        this.bins = new double[numeric.length * (CUTS + 1) * 2 * outputs];
        this.values = new double[nominal.length][0];
    }

    /** {@return whether it may be split some day} */
    boolean watches() {
        return watches;
    }

    /** Forgets what only a split needs. */
    void sleep() {
        watches = false;
        numeric = NOTHING;
        nominal = NOTHING;
        sums = NONE;
        cuts = NONE;
        bins = NONE;
        values = new double[0][];
    }

    /** {@return about how many bytes of memory it takes} */
    long bytes() {
        long numbers = faded.length + sums.length + cuts.length + bins.length;
        for (double[] of : values) {
            numbers += of.length + 2;
        }
        return 8 * numbers + 4L * (numeric.length + nominal.length) + 160;
    }

    /**
     * Adds a row to the sums that a split is searched in.
     *
     * @return by how many bytes it grew
     */
    long observe(Rows rows, int slot, int numbers, int nominals, double[] pairs, double weight) {
        int width = 2 * outputs;
        double[] x = rows.numbers;
        int at = slot * numbers;
        if (cutsKnown < CUTS) {
            if (offered++ % SPREAD == 0) {
                cut(x, at);
            }
            return 0;
        }
        observed += weight;
        for (int k = 0; k < width; k += 2) {
            sums[k] += weight * pairs[k];
            sums[k + 1] += weight * pairs[k + 1];
            squares += weight * pairs[k] * pairs[k];
        }
        for (int i = 0; i < numeric.length; i++) {
            double value = x[at + numeric[i]];
            if (value != value) {
                continue;
            }
            int from = i * CUTS;
            int part = 0;
            for (int c = from; c < from + CUTS; c++) {
                part += value > cuts[c] ? 1 : 0;
            }
            add(bins, (i * (CUTS + 1) + part) * width, pairs, weight);
        }
        long grown = 0;
        for (int b = 0; b < nominal.length; b++) {
            int value = rows.values[slot * nominals + nominal[b]];
            if (value >= 0) {
                int known = values[b].length / width;
                if (value >= known) {
                    int more = Math.max(value + 1, Math.min(2 * known, Features.MOST_VALUES));
                    values[b] = Arrays.copyOf(values[b], more * width);
                    grown += 8L * (more - known) * width;
                }
                add(values[b], value * width, pairs, weight);
            }
        }
        return grown;
    }

    private static void add(double[] to, int at, double[] pairs, double weight) {
        for (int k = 0; k < pairs.length; k++) {
            to[at + k] += weight * pairs[k];
        }
    }

    private void cut(double[] x, int at) {
        for (int i = 0; i < numeric.length; i++) {
            double value = x[at + numeric[i]];
            // No row lies above this cut.
            cuts[i * CUTS + cutsKnown] = value == value ? value : Double.POSITIVE_INFINITY;
        }
        cutsKnown++;
        if (cutsKnown == CUTS) {
            for (int i = 0; i < numeric.length; i++) {
                Arrays.sort(cuts, i * CUTS, (i + 1) * CUTS);
            }
        }
    }

    /** {@return a cut of the i-th number looked at} */
    double cut(int i, int number) {
        return cuts[i * CUTS + number];
    }

    /** {@return the sums of parts of the i-th number looked at; they begin at {@link #binsFrom}} */
    double[] bins() {
        return bins;
    }

    int binsFrom(int i) {
        return i * (CUTS + 1) * 2 * outputs;
    }

    /** {@return the sums of values of the b-th block looked at} */
    double[] values(int b) {
        return values[b];
    }

    /** Makes room for more outputs: what told two classes apart becomes half of it for each of them, with its sign. */
    void grow(int more) {
        faded = grown(faded, outputs, more);
        if (watches) {
            sums = grown(sums, outputs, more);
            bins = grown(bins, outputs, more);
            for (int b = 0; b < values.length; b++) {
                values[b] = grown(values[b], outputs, more);
            }
        }
        outputs = more;
    }

    private static double[] grown(double[] pairs, int before, int after) {
        int count = pairs.length / (2 * before);
        double[] grown = new double[count * 2 * after];
        for (int i = 0; i < count; i++) {
            int to = i * 2 * after;
            if (before == 1) {
                grown[to] = -pairs[2 * i];
                grown[to + 1] = pairs[2 * i + 1];
                grown[to + 2] = pairs[2 * i];
                grown[to + 3] = pairs[2 * i + 1];
            } else {
                System.arraycopy(pairs, i * 2 * before, grown, to, 2 * before);
            }
        }
        return grown;
    }

    // --- state

    void write(TreeWriter out) {
        out.whole(FEATURES, numeric.length);
        out.whole(FEATURES, nominal.length);
        for (int i : numeric) {
            out.whole(FEATURES, i);
        }
        for (int b : nominal) {
            out.whole(FEATURES, b);
        }
        for (int b = 0; b < nominal.length; b++) {
            out.whole(FEATURES, values[b].length / (2 * outputs));
            out.numbers(VALUE_SUMS, values[b]);
        }
        out.number(LEAF, depth);
        out.number(LEAF, watches ? 1 : 0);
        out.number(LEAF, offered);
        out.number(LEAF, cutsKnown);
        out.number(LEAF, observed);
        out.number(LEAF, nextAttempt);
        out.number(LEAF, squares);
        out.numbers(SUMS, faded);
        out.numbers(SUMS, sums);
        out.numbers(CUT_VALUES, cuts);
        out.numbers(BINS, bins);
    }

    GradientLeaf(Features features, int outputs, TreeReader in) {
        this.outputs = outputs;
        int width = 2 * outputs;
        numeric = new int[in.whole(FEATURES, 0, features.numbers)];
        nominal = new int[in.whole(FEATURES, 0, features.nominals)];
        read(numeric, features.numbers, in);
        read(nominal, features.nominals, in);
        values = new double[nominal.length][];
        for (int b = 0; b < nominal.length; b++) {
            int known = in.whole(FEATURES, 0, Features.MOST_VALUES);
            values[b] = in.numbers(VALUE_SUMS, (long) known * width);
        }
        double[] facts = in.numbers(LEAF, FACTS);
        depth = (int) facts[0];
        watches = facts[1] != 0;
        offered = (int) facts[2];
        cutsKnown = (int) facts[3];
        observed = facts[4];
        nextAttempt = facts[5];
        squares = facts[6];
        TreeReader.require(
                depth >= 0
                        && offered >= 0
                        && cutsKnown >= 0
                        && cutsKnown <= CUTS
                        && (watches || numeric.length + nominal.length == 0),
                "facts about leaves");
        faded = in.numbers(SUMS, width);
        sums = in.numbers(SUMS, watches ? width : 0);
        cuts = in.anyNumbers(CUT_VALUES, (long) numeric.length * CUTS);
        bins = in.numbers(BINS, (long) numeric.length * (CUTS + 1) * width);
    }

    private static void read(int[] features, int limit, TreeReader in) {
        for (int i = 0; i < features.length; i++) {
            features[i] = in.whole(FEATURES, i == 0 ? 0 : features[i - 1] + 1, limit - 1L);
        }
    }
}
