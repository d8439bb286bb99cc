package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The shape of one tree: per node what it asks, in flat arrays. Node 0 is the root; children come after their parent. A
 * number up to the threshold goes left; of a one-hot block the values whose bit is set. A missing number, or a value
 * that had not appeared when the node was made, goes where more weight went.
 *
 * <p>A copy for readers shares the arrays; whoever changes them afterwards copies them first.
 */
final class Nodes {
    static final int LEAF = -1;

    private static final long[] NO_BITS = {};
    static final String FEATURE = "tree.feature";
    static final String THRESHOLD = "tree.threshold";
    static final String LEFT = "tree.left";
    static final String RIGHT = "tree.right";
    static final String MISSING = "tree.missing";
    static final String SUBSET = "tree.subset";
    static final String NODES = "tree.nodes";

    private final Features features;
    private final int numbers;
    int size;
    int[] feature;
    double[] threshold;
    int[] left;
    int[] right;
    /** The child of rows without the number or value. */
    int[] missing;
    /** Per node on a one-hot block a bit for each value: whether it goes left. */
    long[][] subset;

    private boolean shared;

    /** Makes a tree of one leaf. */
    Nodes(Features features) {
        this.features = features;
        this.numbers = features.numbers;
        size = 1;
        allocate(4);
        feature[0] = LEAF;
    }

    private Nodes(Nodes other) {
        features = other.features;
        numbers = other.numbers;
        size = other.size;
        feature = other.feature;
        threshold = other.threshold;
        left = other.left;
        right = other.right;
        missing = other.missing;
        subset = other.subset;
    }

    private void allocate(int length) {
        feature = new int[length];
        threshold = new double[length];
        left = new int[length];
        right = new int[length];
        missing = new int[length];
        subset = new long[length][];
        Arrays.fill(subset, NO_BITS);
    }

    /** {@return this tree as it is now, for readers; O(1)} */
    Nodes share() {
        shared = true;
        return new Nodes(this);
    }

    /** {@return the leaf that a row reaches} */
    int find(double[] x, int at, int[] values, int valuesAt) {
        int node = 0;
        int f = feature[0];
        while (f >= 0) {
            if (f < numbers) {
                double value = x[at + f];
                double limit = threshold[node];
                node = value <= limit ? left[node] : value > limit ? right[node] : missing[node];
            } else {
                node = child(node, values[valuesAt + f - numbers]);
            }
            f = feature[node];
        }
        return node;
    }

    /** {@return the child that a row goes to} */
    int next(int node, double[] x, int at, int[] values, int valuesAt) {
        int f = feature[node];
        if (f >= numbers) {
            return child(node, values[valuesAt + f - numbers]);
        }
        double value = x[at + f];
        return value <= threshold[node] ? left[node] : value > threshold[node] ? right[node] : missing[node];
    }

    private int child(int node, int value) {
        if (value < 0 || value >= threshold[node]) {
            return missing[node];
        }
        return (subset[node][value >> 6] >>> value & 1) != 0 ? left[node] : right[node];
    }

    /** {@return whether a value of the one-hot block that a node asks for goes left} */
    boolean goesLeft(int node, int value) {
        return child(node, value) == left[node];
    }

    /**
     * Splits a leaf in two.
     *
     * @param bits of a one-hot block the values that go left, of which {@code limit} are known
     * @return the left child; the right one is the next
     */
    int split(int leaf, int on, double limit, long[] bits, boolean missingLeft) {
        own(size + 2);
        int child = size;
        size += 2;
        feature[leaf] = on;
        threshold[leaf] = limit;
        subset[leaf] = bits;
        left[leaf] = child;
        right[leaf] = child + 1;
        missing[leaf] = missingLeft ? child : child + 1;
        for (int c = child; c < child + 2; c++) {
            feature[c] = LEAF;
            threshold[c] = 0;
            left[c] = 0;
            right[c] = 0;
            missing[c] = 0;
            subset[c] = NO_BITS;
        }
        return child;
    }

    /** {@return a tree of the same features without a node, to be built by {@link #add} and {@link #set}} */
    Nodes empty() {
        Nodes empty = new Nodes(features);
        empty.size = 0;
        return empty;
    }

    /** {@return the number of a new leaf} */
    int add() {
        own(size + 1);
        feature[size] = LEAF;
        subset[size] = NO_BITS;
        return size++;
    }

    /** Makes a leaf ask what a node of another tree asks. */
    void set(int leaf, Nodes from, int node, int leftChild, int rightChild) {
        feature[leaf] = from.feature[node];
        threshold[leaf] = from.threshold[node];
        subset[leaf] = from.subset[node];
        left[leaf] = leftChild;
        right[leaf] = rightChild;
        missing[leaf] = from.missing[node] == from.left[node] ? leftChild : rightChild;
    }

    private void own(int least) {
        if (shared || least > feature.length) {
            int length = least > feature.length ? Math.max(least, 2 * feature.length) : feature.length;
            feature = Arrays.copyOf(feature, length);
            threshold = Arrays.copyOf(threshold, length);
            left = Arrays.copyOf(left, length);
            right = Arrays.copyOf(right, length);
            missing = Arrays.copyOf(missing, length);
            subset = Arrays.copyOf(subset, length);
            shared = false;
        }
    }

    /** {@return about how many bytes of memory it takes} */
    long bytes() {
        long bytes = 0;
        for (int node = 0; node < size; node++) {
            bytes += bytes(node);
        }
        return bytes;
    }

    /** {@return about how many bytes of memory one node takes} */
    long bytes(int node) {
        return 32 + 8L * subset[node].length;
    }

    void write(TreeWriter out) {
        out.whole(NODES, size);
        for (int node = 0; node < size; node++) {
            boolean leaf = feature[node] < 0;
            out.whole(FEATURE, leaf ? LEAF : features.column(feature[node]));
            out.number(THRESHOLD, threshold[node]);
            out.whole(LEFT, left[node]);
            out.whole(RIGHT, right[node]);
            out.whole(MISSING, missing[node]);
            for (long bits : subset[node]) {
                out.whole(SUBSET, bits);
            }
        }
    }

    Nodes(Features features, TreeReader in) {
        this.features = features;
        this.numbers = features.numbers;
        size = in.whole(NODES, 1, 1 << 24);
        // Grows with what is there, so that a wrong size takes no memory.
        allocate(Math.min(size, 64));
        for (int node = 0; node < size; node++) {
            own(node + 1);
            long column = in.whole(FEATURE);
            feature[node] = column == LEAF ? LEAF : features.featureAt(column);
            TreeReader.require(column == LEAF || feature[node] >= 0, "columns of features in " + FEATURE);
            threshold[node] = in.number(THRESHOLD);
            subset[node] = NO_BITS;
            boolean leaf = feature[node] < 0;
            left[node] = in.whole(LEFT, leaf ? 0 : node + 1, leaf ? 0 : size - 1);
            right[node] = in.whole(RIGHT, leaf ? 0 : node + 1, leaf ? 0 : size - 1);
            missing[node] = in.whole(MISSING, leaf ? 0 : node + 1, leaf ? 0 : size - 1);
            if (feature[node] >= numbers) {
                double known = threshold[node];
                TreeReader.require(
                        known >= 1 && known <= Features.MOST_VALUES && known == (int) known, "known values of nodes");
                long[] bits = new long[((int) known + 63) / 64];
                for (int i = 0; i < bits.length; i++) {
                    bits[i] = in.whole(SUBSET);
                }
                subset[node] = bits;
            }
        }
    }

    /**
     * Adds a line for each node, until there are too many to read.
     *
     * @param leaf tells of a leaf
     * @param most lines in all
     */
    void draw(IntFunction<String> leaf, int most, List<String> lines) {
        draw(0, "", leaf, most, lines);
    }

    private void draw(int node, String indent, IntFunction<String> leaf, int most, List<String> lines) {
        if (lines.size() >= most) {
            return;
        }
        if (lines.size() == most - 1) {
            lines.add("…");
            return;
        }
        if (feature[node] < 0) {
            lines.add(indent + leaf.apply(node));
            return;
        }
        String name = features.name(feature[node]);
        boolean isNumber = feature[node] < numbers;
        int toLeft = 0;
        for (long bits : subset[node]) {
            toLeft += Long.bitCount(bits);
        }
        int toRight = (int) threshold[node] - toLeft;
        lines.add(indent
                + (isNumber
                        ? name + " <= " + threshold[node]
                        : name + " is one of " + toLeft + " of " + (toLeft + toRight) + " values"));
        draw(left[node], indent + "|   ", leaf, most, lines);
        if (lines.size() < most) {
            lines.add(indent + (isNumber ? name + " > " + threshold[node] : name + " is one of the other " + toRight));
        }
        draw(right[node], indent + "|   ", leaf, most, lines);
    }

    /** {@return per node the node above it; −1 for the root} */
    int[] parents() {
        int[] parents = new int[size];
        Arrays.fill(parents, -1);
        for (int node = 0; node < size; node++) {
            if (feature[node] >= 0) {
                parents[left[node]] = node;
                parents[right[node]] = node;
            }
        }
        return parents;
    }
}
