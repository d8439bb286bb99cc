package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.param.ParamSpec;

/**
 * One tree that predicts numbers (FIMT-DD). A leaf is split where the targets' variance falls most; the Hoeffding bound
 * is on the ratio of the second best fall to the best. The linear function of a new leaf is that of its parent.
 *
 * <p>Source: Ikonomovska, Gama, Dzeroski, "Learning model trees from evolving data streams", Data Mining and Knowledge
 * Discovery 23, 2011. O(depth + features × log bins) per row, and O(features × bins) each grace period of a leaf. Not
 * thread-safe.
 */
final class RegressionTree extends HoeffdingTree<RegressionLeaf> {
    static final ParamSpec<LeafModel> LEAF_PREDICTION =
            ParamSpec.choice("leaf-prediction", LeafModel.class, LeafModel.ADAPTIVE, "how a leaf predicts");

    private final LeafModel model;
    private final double biasRate;
    private final RegressionSplitter splitter;

    /**
     * Makes a tree of one leaf.
     *
     * @param biasRate of linear functions: what a row's error counts in their bias
     * @param random draws the features of leaves where they do not have all
     */
    RegressionTree(
            Features features,
            TreeParams params,
            LeafModel model,
            double biasRate,
            RegressionSplitter splitter,
            SeededRandom random) {
        super(features, params, random, new Nodes(features), new RegressionLeaf[1], RegressionLeaf.INNER);
        this.model = model;
        this.biasRate = biasRate;
        this.splitter = splitter;
        leaves[0] = leaf(0);
    }

    @Override
    RegressionLeaf leaf(int ofGeneration, int depth, int[] numeric, int[] nominal) {
        return new RegressionLeaf(ofGeneration, depth, new LinearModel(inputs(), biasRate), numeric, nominal);
    }

    /** {@return how many numbers linear functions are of} */
    private int inputs() {
        return model == LeafModel.MEAN ? 0 : features.numbers;
    }

    /** {@return the prediction for a row, from before it is learned} */
    double predict(int node, Rows rows, int slot) {
        return leaves[node].predict(model, rows.numbers, slot * features.numbers);
    }

    /**
     * Learns a row.
     *
     * @param node what {@link #find} returned
     * @param weight above 0
     */
    void learn(int node, Rows rows, int slot, double target, double weight) {
        RegressionLeaf leaf = own(node);
        leaf.learn(model, rows, slot, features.numbers, features.nominals, target, weight);
        grow(node, leaf);
    }

    @Override
    boolean search(RegressionLeaf leaf) {
        splitter.search(leaf);
        range = 1;
        lead = splitter.feature >= 0 ? 1 - splitter.second / splitter.gain : 0;
        return splitter.feature >= 0;
    }

    @Override
    void split(int node, RegressionLeaf leaf) {
        int child = nodes.split(
                node, splitter.feature, splitter.threshold, splitter.bits(leaf), splitter.left >= splitter.right);
        replace(
                node,
                child,
                leaf(leaf.depth + 1).inherit(leaf, splitter.left, splitter.leftMean),
                leaf(leaf.depth + 1).inherit(leaf, splitter.right, splitter.rightMean));
    }

    // --- state

    /** {@return what {@link #write} writes to, with further tensors of numbers and of whole numbers} */
    static TreeWriter writer(List<String> moreNumbers, List<String> moreWholes) {
        List<String> numbers = new ArrayList<>(List.of(
                Nodes.THRESHOLD,
                Leaf.VALUE,
                Leaf.LEAF,
                Leaf.VALUES,
                LinearModel.COEF,
                LinearModel.CENTER,
                LinearModel.INTERCEPT,
                LinearModel.COVARIANCE,
                LinearModel.RATES,
                Bins.BINS));
        numbers.addAll(moreNumbers);
        List<String> wholes = new ArrayList<>(List.of(
                Nodes.NODES, Nodes.FEATURE, Nodes.LEFT, Nodes.RIGHT, Nodes.MISSING, Nodes.SUBSET, Leaf.FEATURES));
        wholes.addAll(moreWholes);
        return new TreeWriter(numbers, wholes);
    }

    RegressionTree(
            Features features,
            TreeParams params,
            LeafModel model,
            double biasRate,
            RegressionSplitter splitter,
            SeededRandom random,
            TreeReader in) {
        super(features, params, random, new Nodes(features, in), new RegressionLeaf[0], RegressionLeaf.INNER);
        this.model = model;
        this.biasRate = biasRate;
        this.splitter = splitter;
        leaves = new RegressionLeaf[nodes.size];
        Arrays.fill(leaves, RegressionLeaf.INNER);
        for (int node = 0; node < nodes.size; node++) {
            if (nodes.feature[node] < 0) {
                leaves[node] = new RegressionLeaf(features, new LinearModel(inputs(), biasRate, in), in);
            }
        }
    }
}
