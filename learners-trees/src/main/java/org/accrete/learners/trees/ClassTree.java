package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.kernels.Exp;

/**
 * One Hoeffding tree that tells classes apart.
 *
 * <p>Source of adaptive leaves: Holmes, Kirkby, Pfahringer, "Stress-Testing Hoeffding Trees", PKDD 2005. O(depth +
 * classes × features) per row, and O(classes × features) each grace period of a leaf. Not thread-safe.
 */
final class ClassTree extends HoeffdingTree<ClassLeaf> {
    private final LeafPrediction prediction;
    private final Splitter splitter;
    private double[] logs = {};
    /** What the last prediction said: by the weights of classes, by naive Bayes, and in all. */
    private int majority;

    private int bayes;

    /**
     * Makes a tree of one leaf.
     *
     * @param random draws the features of leaves where they do not have all
     */
    ClassTree(Features features, TreeParams params, LeafPrediction prediction, Splitter splitter, SeededRandom random) {
        this(features, params, prediction, splitter, random, new Nodes(features), new ClassLeaf[1]);
        leaves[0] = leaf(0);
    }

    private ClassTree(
            Features features,
            TreeParams params,
            LeafPrediction prediction,
            Splitter splitter,
            SeededRandom random,
            Nodes nodes,
            ClassLeaf[] leaves) {
        super(features, params, random, nodes, leaves, ClassLeaf.INNER);
        this.prediction = prediction;
        this.splitter = splitter;
    }

    @Override
    ClassLeaf leaf(int ofGeneration, int depth, int[] numeric, int[] nominal) {
        return new ClassLeaf(ofGeneration, depth, 0, numeric, nominal);
    }

    // --- prediction

    /**
     * Predicts a row, and keeps what {@link #learn} judges the leaf by.
     *
     * @param known how many classes there are
     * @param out receives their probabilities from {@code from}
     * @return the leaf
     */
    int predict(Rows rows, int slot, int known, double[] out, int from) {
        int node = find(rows, slot);
        ClassLeaf leaf = leaves[node];
        if (logs.length < known) {
            logs = new double[Math.max(known, 2 * logs.length)];
        }
        majority = leaf.best;
        bayes = -1;
        if (prediction != LeafPrediction.MAJORITY && !leaf.asleep) {
            bayes = leaf.bayes(rows, slot, features.numbers, features.nominals, logs);
        }
        if (bayes >= 0 && leaf.usesBayes(prediction)) {
            leaf.mix(logs, out, from, known);
        } else {
            leaf.shares(out, from, known);
        }
        return node;
    }

    /** Predicts a row as {@link #predict} does, with arrays of the reader's own; any thread on a snapshot. */
    static void predict(
            Features features,
            LeafPrediction prediction,
            Nodes nodes,
            ClassLeaf[] leaves,
            Rows rows,
            int slot,
            int known,
            double[] logs,
            double[] out,
            int from) {
        int node = nodes.find(rows.numbers, slot * features.numbers, rows.values, slot * features.nominals);
        ClassLeaf leaf = leaves[node];
        if (leaf.usesBayes(prediction) && leaf.bayes(rows, slot, features.numbers, features.nominals, logs) >= 0) {
            leaf.mix(logs, out, from, known);
        } else {
            leaf.shares(out, from, known);
        }
    }

    /** {@return whether the most probable class, the first of equals, is a row's class} */
    static boolean isRight(double[] probabilities, int from, int known, int target) {
        int winner = 0;
        for (int c = 1; c < known; c++) {
            winner = probabilities[from + c] > probabilities[from + winner] ? c : winner;
        }
        return known > 0 && winner == target;
    }

    // --- learning

    /**
     * Learns the row that was predicted last.
     *
     * @param node what {@link #predict} returned
     * @param c its class
     * @param weight above 0
     */
    void learn(int node, Rows rows, int slot, int c, double weight) {
        ClassLeaf leaf = own(node);
        if (leaf.total > 0) {
            leaf.judge(majority == c, bayes == c, weight);
        }
        leaf.learn(rows, slot, features.numbers, features.nominals, c, weight);
        grow(node, leaf);
    }

    @Override
    boolean search(ClassLeaf leaf) {
        if (!leaf.isMixed()) {
            return false;
        }
        splitter.search(leaf);
        int seen = 0;
        for (int c = 0; c < leaf.classes(); c++) {
            seen += leaf.seen(c) > 0 ? 1 : 0;
        }
        range = Exp.log(seen) / 0.6931471805599453;
        lead = splitter.gain - splitter.second;
        return splitter.feature >= 0;
    }

    @Override
    void split(int node, ClassLeaf leaf) {
        int classes = leaf.classes();
        double left = 0;
        double right = 0;
        for (int c = 0; c < classes; c++) {
            left += splitter.left[c];
            right += splitter.right[c];
        }
        int child = nodes.split(node, splitter.feature, splitter.threshold, splitter.bits(leaf), left >= right);
        replace(node, child, child(leaf, splitter.left), child(leaf, splitter.right));
    }

    private ClassLeaf child(ClassLeaf leaf, double[] weights) {
        ClassLeaf child = leaf(leaf.depth + 1);
        child.expect(Arrays.copyOf(weights, leaf.classes()));
        child.inheritFloor(leaf);
        return child;
    }

    /** Forgets all rows of a leaf. */
    void beginAnew(int node) {
        ClassLeaf leaf = leaf(leaves[node].depth);
        leaf.expect(new double[leaves[node].classes()]);
        leaves[node] = leaf;
    }

    /** {@return a tree of the same features and parameters with other nodes; snapshots of this one stay as they are} */
    ClassTree with(Nodes otherNodes, ClassLeaf[] otherLeaves) {
        return new ClassTree(features, params, prediction, splitter, random, otherNodes, otherLeaves);
    }

    // --- state

    /** {@return what {@link #write} writes to} */
    static TreeWriter writer() {
        return writer(List.of(), List.of());
    }

    /** {@return the same, with further tensors of numbers and of whole numbers} */
    static TreeWriter writer(List<String> moreNumbers, List<String> moreWholes) {
        List<String> numbers = new ArrayList<>(List.of(
                Nodes.THRESHOLD,
                ClassLeaf.VALUE,
                ClassLeaf.LEAF,
                ClassLeaf.STATISTICS,
                ClassLeaf.FLOOR,
                ClassLeaf.VALUES));
        numbers.addAll(moreNumbers);
        List<String> wholes = new ArrayList<>(List.of(
                Nodes.NODES,
                Nodes.FEATURE,
                Nodes.LEFT,
                Nodes.RIGHT,
                Nodes.MISSING,
                Nodes.SUBSET,
                ClassLeaf.CLASSES,
                ClassLeaf.FEATURES));
        wholes.addAll(moreWholes);
        return new TreeWriter(numbers, wholes);
    }

    ClassTree(
            Features features,
            TreeParams params,
            LeafPrediction prediction,
            Splitter splitter,
            SeededRandom random,
            int known,
            TreeReader in) {
        this(features, params, prediction, splitter, random, new Nodes(features, in), new ClassLeaf[0]);
        leaves = new ClassLeaf[nodes.size];
        Arrays.fill(leaves, ClassLeaf.INNER);
        for (int node = 0; node < nodes.size; node++) {
            if (nodes.feature[node] < 0) {
                leaves[node] = new ClassLeaf(features, known, in);
            }
        }
    }
}
