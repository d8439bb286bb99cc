package org.accrete.learners.trees;

/**
 * What every kind of tree keeps of a leaf: what it observes, and when a split is tried next. Observing ends when it
 * falls asleep; it goes on predicting and learning how.
 *
 * @param <L> the kind of leaf
 */
abstract class Leaf<L extends Leaf<L>> {
    static final int[] NOTHING = {};

    static final String VALUE = "tree.value";
    static final String LEAF = "trees.leaf";
    static final String FEATURES = "trees.leaf_features";
    static final String VALUES = "trees.leaf_values";

    /** What the judgement of a row counts one row later. */
    static final double KEPT = 0.99;

    /** How many nodes are above it. */
    int depth;

    /** Snapshots older than this share the leaf with readers: it is copied before it is changed. */
    final int generation;

    /** Weight of the rows that were observed here, and at which the next attempt to split is made. */
    double observed;

    double nextAttempt;
    boolean asleep;

    /** The numbers that are observed, ascending. */
    int[] numeric;
    /** The one-hot blocks that are observed, ascending, from 0. */
    int[] nominal;

    Leaf(int generation, int depth, int[] numeric, int[] nominal) {
        this.generation = generation;
        this.depth = depth;
        this.numeric = numeric;
        this.nominal = nominal;
    }

    /** Makes one that is still to be read. */
    Leaf() {
        this(0, 0, NOTHING, NOTHING);
    }

    /** Copies what is kept here. */
    Leaf(Leaf<L> other, int generation, int depth) {
        this(generation, depth, other.numeric, other.nominal);
        observed = other.observed;
        nextAttempt = other.nextAttempt;
        asleep = other.asleep;
    }

    /** {@return what judgements of earlier rows still count after a row of some weight} */
    static double kept(double weight) {
        return kept(KEPT, weight);
    }

    /**
     * {@return what earlier rows still count after a row of some weight, where they count {@code kept} after one of 1}
     */
    static double kept(double kept, double weight) {
        return weight == 1 ? kept : 1 / (1 + weight * (1 / kept - 1));
    }

    /** {@return a copy that may be changed} */
    abstract L copy(int ofGeneration);

    /** {@return about how many bytes of memory it takes} */
    abstract long bytes();

    /** {@return what may be gained by splitting it, compared with other leaves} */
    abstract double promise();

    /** Brings up to date what it predicts by; called once each grace period. */
    void refresh() {}

    /** Forgets what only splits need. */
    void sleep() {
        asleep = true;
        numeric = NOTHING;
        nominal = NOTHING;
    }

    abstract void write(TreeWriter out);

    final void writeFeatures(TreeWriter out) {
        out.whole(FEATURES, numeric.length);
        out.whole(FEATURES, nominal.length);
        for (int feature : numeric) {
            out.whole(FEATURES, feature);
        }
        for (int feature : nominal) {
            out.whole(FEATURES, feature);
        }
    }

    final void readFeatures(Features features, TreeReader in) {
        int numbers = in.whole(FEATURES, 0, features.numbers);
        int blocks = in.whole(FEATURES, 0, features.nominals);
        numeric = ascending(in, numbers, features.numbers);
        nominal = ascending(in, blocks, features.nominals);
    }

    private static int[] ascending(TreeReader in, int size, int most) {
        int[] all = new int[size];
        for (int i = 0; i < size; i++) {
            all[i] = in.whole(FEATURES, i == 0 ? 0 : all[i - 1] + 1L, most - 1L);
        }
        return all;
    }

    /** {@return the next numbers of a tensor, which must be at least 0} */
    static double[] positive(TreeReader in, String name, long count) {
        double[] next = in.numbers(name, count);
        for (double value : next) {
            if (value < 0) {
                throw TreeReader.misfit("numbers >= 0 in " + name);
            }
        }
        return next;
    }
}
