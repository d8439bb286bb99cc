package org.accrete.learners.trees;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.kernels.Exp;

/**
 * One tree that grows with its rows. A leaf is split once its best split is ahead of the second best by the Hoeffding
 * bound, so that with probability 1 − delta it is the one that all rows to come would choose.
 *
 * <p>Source: Domingos and Hulten, "Mining High-Speed Data Streams", KDD 2000. Not thread-safe.
 *
 * @param <L> the kind of its leaves
 */
abstract class HoeffdingTree<L extends Leaf<L>> {
    /** What a leaf's weight grows by before another attempt at the latest. */
    private static final double LATEST = 1.25;

    final Features features;
    final TreeParams params;
    final SeededRandom random;
    private final L inner;
    private final int[] everyNumber;
    private final int[] everyBlock;

    Nodes nodes;
    L[] leaves;
    private int generation;

    /** What the last search found: how far ahead the best split is, and the range of the numbers compared. */
    double lead;

    double range;

    /**
     * Makes a tree whose leaves are still to be set.
     *
     * @param random draws the features of leaves where they do not have all
     * @param inner stands where a node is no leaf
     */
    HoeffdingTree(Features features, TreeParams params, SeededRandom random, Nodes nodes, L[] leaves, L inner) {
        this.features = features;
        this.params = params;
        this.random = random;
        this.nodes = nodes;
        this.leaves = leaves;
        this.inner = inner;
        everyNumber = upTo(features.numbers);
        everyBlock = upTo(features.nominals);
    }

    private static int[] upTo(int size) {
        int[] all = new int[size];
        Arrays.setAll(all, i -> i);
        return all;
    }

    /** {@return a new leaf that observes some features} */
    abstract L leaf(int ofGeneration, int depth, int[] numeric, int[] nominal);

    /** {@return a new leaf that observes all features, or those drawn for it} */
    final L leaf(int depth) {
        if (params.subspace() == 0 || params.subspace() >= features.size()) {
            return leaf(generation, depth, everyNumber, everyBlock);
        }
        int[] drawn = features.draw(random, params.subspace());
        int split = 0;
        while (split < drawn.length && drawn[split] < features.numbers) {
            split++;
        }
        int[] numeric = Arrays.copyOf(drawn, split);
        int[] nominal = Arrays.copyOfRange(drawn, split, drawn.length);
        for (int i = 0; i < nominal.length; i++) {
            nominal[i] -= features.numbers;
        }
        return leaf(generation, depth, numeric, nominal);
    }

    /** {@return the leaf that a row reaches} */
    final int find(Rows rows, int slot) {
        return nodes.find(rows.numbers, slot * features.numbers, rows.values, slot * features.nominals);
    }

    /** {@return the leaf of a node, which no reader has} */
    final L own(int node) {
        L leaf = leaves[node];
        if (leaf.generation != generation) {
            leaf = leaf.copy(generation);
            leaves[node] = leaf;
        }
        return leaf;
    }

    // --- growth

    /**
     * Searches the best split of a leaf, and sets {@link #lead} and {@link #range}.
     *
     * @return whether there is one
     */
    abstract boolean search(L leaf);

    /** Makes the split that was found, by {@link #replace}. */
    abstract void split(int node, L leaf);

    /**
     * Splits a leaf if it is time to try and the best split is sure. Else the next attempt is made when the bound would
     * reach the present lead, or {@code tau}, after García-Martín et al., "Hoeffding Trees with nmin adaptation", DSAA
     * 2018; but once the weight has grown by a quarter, since gains change.
     */
    final void grow(int node, L leaf) {
        if (leaf.asleep || leaf.observed < Math.max(leaf.nextAttempt, params.gracePeriod())) {
            return;
        }
        leaf.nextAttempt = leaf.observed + params.gracePeriod();
        leaf.refresh();
        if (leaf.depth >= params.maxDepth() || !search(leaf)) {
            return;
        }
        double needed = range * range * -Exp.log(params.delta()) / 2;
        double bound = Math.sqrt(needed / leaf.observed);
        if (lead > bound || bound < params.tau()) {
            split(node, leaf);
            keepWithinBounds();
            return;
        }
        double limit = Math.max(lead, params.tau());
        leaf.nextAttempt = Math.max(leaf.nextAttempt, Math.min(needed / (limit * limit), LATEST * leaf.observed));
    }

    /** Puts two leaves below the node of one; the left one is {@code child}, as {@link Nodes#split} says. */
    final void replace(int node, int child, L left, L right) {
        if (child + 2 > leaves.length) {
            leaves = Arrays.copyOf(leaves, Math.max(child + 2, 2 * leaves.length));
        }
        leaves[child] = left;
        leaves[child + 1] = right;
        leaves[node] = inner;
    }

    /** Puts the least promising leaves to sleep, until the rest takes nine tenths of the memory allowed. */
    private void keepWithinBounds() {
        long bytes = bytes();
        if (bytes <= params.maxBytes()) {
            return;
        }
        while (bytes > params.maxBytes() / 10 * 9) {
            int least = -1;
            for (int node = 0; node < nodes.size; node++) {
                L leaf = leaves[node];
                if (nodes.feature[node] < 0
                        && !leaf.asleep
                        && (least < 0 || leaf.promise() < leaves[least].promise())) {
                    least = node;
                }
            }
            if (least < 0) {
                return;
            }
            L leaf = own(least);
            bytes -= leaf.bytes();
            leaf.sleep();
            bytes += leaf.bytes();
        }
    }

    /** {@return about how many bytes of memory it takes} */
    final long bytes() {
        long bytes = nodes.bytes() + (long) params.nodeBytes() * nodes.size;
        for (int node = 0; node < nodes.size; node++) {
            bytes += nodes.feature[node] < 0 ? leaves[node].bytes() : 0;
        }
        return bytes;
    }

    // --- readers and state

    /** {@return the tree as it is now, until the next row} */
    final Voter<L> view() {
        return new Voter<>(nodes, leaves, 1, 0);
    }

    /** {@return the tree as it is now; leaves are copied before they change; O(nodes)} */
    final Voter<L> snapshot() {
        generation++;
        return new Voter<>(nodes.share(), Arrays.copyOf(leaves, nodes.size), 1, 0);
    }

    final void write(TreeWriter out) {
        nodes.write(out);
        for (int node = 0; node < nodes.size; node++) {
            if (nodes.feature[node] < 0) {
                leaves[node].write(out);
            }
        }
    }
}
