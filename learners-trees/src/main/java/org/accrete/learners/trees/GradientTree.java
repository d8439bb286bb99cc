package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.accrete.api.SeededRandom;

/**
 * One tree of boosted trees: a step that lowers the loss of the score before it. A leaf's value is the Newton step of
 * the rows that reached it, the latest ones counting most.
 */
final class GradientTree {
    private static final String FACTS = "boosting.tree";
    private static final String VALUE = Leaf.VALUE;
    /** What the leaf's weight grows by before another attempt at the latest. */
    private static final double LATEST = 1.25;

    private static final int[] NONE = {};

    private final Features features;
    private final BoostingParams params;
    private final GradientSplitter splitter;
    private final SeededRandom random;
    /** What a row counts once another has come. */
    private final double kept;

    private Nodes nodes;
    private GradientLeaf[] leaves;
    /** Per node and output its value. */
    private double[] values;

    private int outputs;
    /** What {@link #counted} says, kept up to date. */
    private long bytes;
    /** How much the values lowered the loss, and how much they promised to, of the latest rows. */
    private double lowered;

    private double promised;

    GradientTree(
            Features features,
            BoostingParams params,
            GradientSplitter splitter,
            SeededRandom random,
            int number,
            int outputs) {
        this.features = features;
        this.params = params;
        this.splitter = splitter;
        this.random = random;
        this.outputs = outputs;
        this.kept = 1 - 1 / params.memory(number);
        nodes = new Nodes(features);
        leaves = new GradientLeaf[] {leaf(0)};
        values = new double[outputs];
        bytes = counted();
    }

    private GradientLeaf leaf(int depth) {
        if (depth >= params.maxDepth()) {
            return new GradientLeaf(depth, outputs, NONE, NONE);
        }
        int[] drawn = features.draw(random, params.featuresPerLeaf());
        int split = 0;
        while (split < drawn.length && drawn[split] < features.numbers) {
            split++;
        }
        int[] nominal = Arrays.copyOfRange(drawn, split, drawn.length);
        for (int b = 0; b < nominal.length; b++) {
            nominal[b] -= features.numbers;
        }
        return new GradientLeaf(depth, outputs, Arrays.copyOf(drawn, split), nominal);
    }

    /**
     * {@return what its values count: the share of what they promise that they keep, from 0 to 1} This is the line
     * search of Friedman, "Greedy function approximation: a gradient boosting machine", 2001, over the latest rows.
     *
     * @param unit what both have in common with a tree that has not shown anything, which counts 1
     */
    double factor(double unit) {
        // Where the score has always been right there is nothing to be judged by.
        return promised + unit > 0 ? Math.max(0, Math.min(1, (lowered + unit) / (promised + unit))) : 1;
    }

    int find(Rows rows, int slot) {
        return nodes.find(rows.numbers, slot * features.numbers, rows.values, slot * features.nominals);
    }

    /** Adds what a node says to scores. */
    void add(int node, double factor, double[] scores) {
        for (int o = 0; o < outputs; o++) {
            scores[o] += factor * values[node * outputs + o];
        }
    }

    /** Judges how well the values of a node fit a row, of which the gradients and curvatures are known. */
    void judge(int node, double[] pairs, double weight, double judged) {
        double gain = 0;
        double step = 0;
        for (int o = 0; o < outputs; o++) {
            double value = values[node * outputs + o];
            gain -= pairs[2 * o] * value;
            step += pairs[2 * o + 1] * value * value;
        }
        lowered = lowered * judged + weight * gain;
        promised = promised * judged + weight * step;
    }

    /**
     * Learns a row that has reached a leaf.
     *
     * @return whether it split the leaf
     */
    boolean learn(int node, Rows rows, int slot, double[] pairs, double weight) {
        GradientLeaf leaf = leaves[node];
        double old = Leaf.kept(kept, weight);
        for (int o = 0; o < outputs; o++) {
            double g = leaf.faded[2 * o] * old + weight * pairs[2 * o];
            double h = leaf.faded[2 * o + 1] * old + weight * pairs[2 * o + 1];
            leaf.faded[2 * o] = g;
            leaf.faded[2 * o + 1] = h;
            values[node * outputs + o] = -g / (h + params.l2());
        }
        if (!leaf.watches()) {
            return false;
        }
        bytes += leaf.observe(rows, slot, features.numbers, features.nominals, pairs, weight);
        if (leaf.observed < Math.max(leaf.nextAttempt, params.gracePeriod())) {
            return false;
        }
        splitter.search(leaf);
        if (splitter.feature >= 0) {
            split(node, leaf);
            return true;
        }
        leaf.nextAttempt = Math.max(leaf.observed + params.gracePeriod(), LATEST * leaf.observed);
        return false;
    }

    private void split(int node, GradientLeaf leaf) {
        double left = 0;
        double right = 0;
        double all = 0;
        for (int k = 1; k < 2 * outputs; k += 2) {
            left += splitter.left[k];
            right += splitter.right[k];
            all += leaf.sums[k];
        }
        bytes -= bytes(node);
        int child = nodes.split(node, splitter.feature, splitter.threshold, splitter.bits(leaf), left >= right);
        if (child + 2 > leaves.length) {
            leaves = Arrays.copyOf(leaves, Math.max(child + 2, 2 * leaves.length));
        }
        if ((child + 2) * outputs > values.length) {
            values = Arrays.copyOf(values, Math.max((child + 2) * outputs, 2 * values.length));
        }
        // No more than rows that fade would leave.
        double most = all / leaf.observed / (1 - kept);
        for (int side = 0; side < 2; side++) {
            GradientLeaf fresh = leaf(leaf.depth + 1);
            double[] sums = side == 0 ? splitter.left : splitter.right;
            double of = side == 0 ? left : right;
            double share = of > most ? most / of : 1;
            for (int o = 0; o < outputs; o++) {
                double g = share * sums[2 * o];
                double h = Math.max(0, share * sums[2 * o + 1]);
                fresh.faded[2 * o] = g;
                fresh.faded[2 * o + 1] = h;
                values[(child + side) * outputs + o] = -g / (h + params.l2());
            }
            leaves[child + side] = fresh;
        }
        leaves[node] = GradientLeaf.INNER;
        bytes += bytes(node) + bytes(child) + bytes(child + 1);
    }

    /** Makes room for more outputs; see {@link GradientLeaf#grow}. */
    void grow(int more) {
        double[] grown = new double[nodes.size * more];
        for (int node = 0; node < nodes.size; node++) {
            if (outputs == 1) {
                grown[node * more] = -values[node] / 2;
                grown[node * more + 1] = values[node] / 2;
            } else {
                System.arraycopy(values, node * outputs, grown, node * more, outputs);
            }
            if (nodes.feature[node] < 0) {
                leaves[node].grow(more);
            }
        }
        values = grown;
        outputs = more;
        bytes = counted();
    }

    /** {@return the leaf that watches for a split with the fewest rows; −1 if none does} */
    int leastLeaf() {
        int least = -1;
        for (int node = 0; node < nodes.size; node++) {
            if (nodes.feature[node] < 0
                    && leaves[node].watches()
                    && (least < 0 || curvature(node) < curvature(least))) {
                least = node;
            }
        }
        return least;
    }

    /** {@return how much of the latest rows reached a leaf} */
    double curvature(int node) {
        double sum = 0;
        for (int k = 1; k < 2 * outputs; k += 2) {
            sum += leaves[node].faded[k];
        }
        return sum;
    }

    void sleep(int node) {
        bytes -= bytes(node);
        leaves[node].sleep();
        bytes += bytes(node);
    }

    /**
     * {@return about how many bytes of memory it takes; O(1)} Arrays count by what is in them, not by the room that
     * they have, so that a tree that was read from a state counts the same.
     */
    long bytes() {
        return bytes;
    }

    /** {@return what {@link #bytes} is to be; O(nodes)} */
    long counted() {
        long sum = 0;
        for (int node = 0; node < nodes.size; node++) {
            sum += bytes(node);
        }
        return sum;
    }

    private long bytes(int node) {
        return nodes.bytes(node) + 8L * outputs + (nodes.feature[node] < 0 ? leaves[node].bytes() : 0);
    }

    // --- readers and state

    /**
     * A tree at one moment.
     *
     * @param values per node and output what it adds to the score
     * @param factor of the values
     * @param weights of the latest rows of each leaf
     */
    record Step(Nodes nodes, double[] values, double factor, IntToDoubleFunction weights) {}

    /** {@return the tree as it is now, until the next row} */
    Step view(double factor) {
        return new Step(nodes, values, factor, this::curvature);
    }

    /** {@return the tree as it is now; copies its values, O(nodes)} */
    Step snapshot(double factor) {
        double[] weights = new double[nodes.size];
        for (int node = 0; node < nodes.size; node++) {
            weights[node] = nodes.feature[node] < 0 ? curvature(node) : 0;
        }
        return new Step(nodes.share(), Arrays.copyOf(values, nodes.size * outputs), factor, leaf -> weights[leaf]);
    }

    static TreeWriter writer() {
        return new TreeWriter(
                List.of(
                        Nodes.THRESHOLD,
                        VALUE,
                        FACTS,
                        GradientLeaf.LEAF,
                        GradientLeaf.SUMS,
                        GradientLeaf.CUT_VALUES,
                        GradientLeaf.BINS,
                        GradientLeaf.VALUE_SUMS),
                List.of(
                        Nodes.NODES,
                        Nodes.FEATURE,
                        Nodes.LEFT,
                        Nodes.RIGHT,
                        Nodes.MISSING,
                        Nodes.SUBSET,
                        GradientLeaf.FEATURES));
    }

    void write(TreeWriter out) {
        nodes.write(out);
        out.number(FACTS, lowered);
        out.number(FACTS, promised);
        out.numbers(VALUE, Arrays.copyOf(values, nodes.size * outputs));
        for (int node = 0; node < nodes.size; node++) {
            if (nodes.feature[node] < 0) {
                leaves[node].write(out);
            }
        }
    }

    GradientTree(
            Features features,
            BoostingParams params,
            GradientSplitter splitter,
            SeededRandom random,
            int number,
            int outputs,
            TreeReader in) {
        this.features = features;
        this.params = params;
        this.splitter = splitter;
        this.random = random;
        this.outputs = outputs;
        this.kept = 1 - 1 / params.memory(number);
        nodes = new Nodes(features, in);
        lowered = in.number(FACTS);
        promised = in.number(FACTS);
        values = in.numbers(VALUE, (long) nodes.size * outputs);
        leaves = new GradientLeaf[nodes.size];
        Arrays.fill(leaves, GradientLeaf.INNER);
        for (int node = 0; node < nodes.size; node++) {
            if (nodes.feature[node] < 0) {
                leaves[node] = new GradientLeaf(features, outputs, in);
            }
        }
        bytes = counted();
    }
}
