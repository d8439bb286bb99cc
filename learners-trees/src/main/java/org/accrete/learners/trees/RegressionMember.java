package org.accrete.learners.trees;

/** A tree of a forest that predicts numbers. Its vote is weighted by how small its errors were of late. */
final class RegressionMember extends ForestMember<RegressionTree, RegressionLeaf> {
    /** Errors of this many standard deviations of the target, and larger ones, count as 1 for its detectors. */
    private static final double WORST = 3;
    /** Keeps the weights of votes within what can be added up. */
    private static final double LEAST_SHARE = 1e-12;
    /** Trees of a forest follow the latest errors faster than a single one, as their mean evens out what that costs. */
    private static final double BIAS_RATE = 0.3;

    private final LeafModel model;
    private final RegressionSplitter splitter;
    /** Weight of the rows that the tree predicted, and their squared errors, the latest ones counting most. */
    private double seen;

    private double squares;
    /** Weight of all rows, the mean of their targets and the sum of squared distances from it. */
    private double total;

    private double mean;
    private double scatter;

    RegressionMember(Features features, ForestParams params, LeafModel model, int number) {
        super(features, params, number);
        this.model = model;
        splitter = new RegressionSplitter(features);
        tree = newTree();
    }

    @Override
    RegressionTree newTree() {
        return new RegressionTree(features, params.tree(), model, BIAS_RATE, splitter, random);
    }

    /**
     * {@inheritDoc} It is the inverse square of the mean squared error of late, as a share of the target's variance.
     */
    @Override
    double weight() {
        if (!(scatter > 0) || !(seen > 0)) {
            return 1;
        }
        double share = squares / seen / (scatter / total);
        double bounded = Math.max(LEAST_SHARE, Math.min(1 / LEAST_SHARE, share));
        return 1 / (bounded * bounded);
    }

    @Override
    void forget() {
        seen = 0;
        squares = 0;
    }

    /**
     * Predicts and learns some rows.
     *
     * @param predictions receives that of each row
     * @param votes receives {@link #weight} at each row
     */
    void learn(Rows rows, int count, double[] targets, double[] weights, double[] predictions, double[] votes) {
        for (int i = 0; i < count; i++) {
            int leaf = tree.find(rows, i);
            predictions[i] = tree.predict(leaf, rows, i);
            votes[i] = weight();
            if (weights[i] > 0) {
                learn(rows, i, leaf, targets[i], targets[i] - predictions[i], weights[i]);
            }
        }
    }

    private void learn(Rows rows, int i, int leaf, double target, double error, double weight) {
        total += weight;
        double above = target - mean;
        mean += weight / total * above;
        scatter += weight * above * (target - mean);
        seen = seen * Leaf.KEPT + weight;
        squares = squares * Leaf.KEPT + weight * error * error;
        double drawn = draw(weight);
        if (drawn > 0) {
            if (background.isPresent()) {
                RegressionTree other = background.get();
                other.learn(other.find(rows, i), rows, i, target, drawn);
            }
            tree.learn(leaf, rows, i, target, drawn);
        }
        double worst = WORST * Math.sqrt(scatter / total);
        watch(worst > 0 ? Math.min(1, Math.abs(error) / worst) : 0);
    }

    // --- state

    static TreeWriter writer() {
        return RegressionTree.writer(NUMBERS, WHOLES);
    }

    @Override
    void write(TreeWriter out) {
        for (double fact : new double[] {seen, squares, total, mean, scatter}) {
            out.number(FACTS, fact);
        }
        super.write(out);
    }

    RegressionMember(Features features, ForestParams params, LeafModel model, int number, TreeReader in) {
        super(features, params, number, in);
        this.model = model;
        splitter = new RegressionSplitter(features);
        double[] facts = in.numbers(FACTS, 5);
        seen = facts[0];
        squares = facts[1];
        total = facts[2];
        mean = facts[3];
        scatter = facts[4];
        TreeReader.require(seen >= 0 && squares >= 0 && total >= 0 && scatter >= 0, "errors of members");
        readTrees(in, () -> new RegressionTree(features, params.tree(), model, BIAS_RATE, splitter, random, in));
    }
}
