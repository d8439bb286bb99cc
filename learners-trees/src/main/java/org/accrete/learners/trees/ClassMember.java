package org.accrete.learners.trees;

/** A tree of a forest that tells classes apart. Its vote is weighted by how often it was right of late. */
final class ClassMember extends ForestMember<ClassTree, ClassLeaf> {
    private static final double LEAST_SHARE = 1e-3;

    private final LeafPrediction prediction;
    private final Splitter splitter;
    /** Weight of rows that the tree predicted, and that it got right, the latest ones counting most. */
    private double seen;

    private double right;
    private double[] unused = {};

    ClassMember(Features features, ForestParams params, LeafPrediction prediction, int number) {
        super(features, params, number);
        this.prediction = prediction;
        splitter = new Splitter(features);
        tree = newTree();
    }

    @Override
    ClassTree newTree() {
        return new ClassTree(features, params.tree(), prediction, splitter, random);
    }

    /** {@inheritDoc} It is the tenth power of the share of the latest rows that it got right. */
    @Override
    double weight() {
        // Not so small that the votes of all could be 0.
        double share = Math.max(LEAST_SHARE, (right + 1) / (seen + 2));
        double fifth = share * share * (share * share) * share;
        return fifth * fifth;
    }

    @Override
    void forget() {
        seen = 0;
        right = 0;
    }

    /**
     * Predicts and learns some rows.
     *
     * @param known classes before each row
     * @param stride distance of two rows in {@code votes}
     * @param votes receives probabilities times {@link #weight}
     */
    void learn(Rows rows, int count, int[] targets, double[] weights, int[] known, int stride, double[] votes) {
        for (int i = 0; i < count; i++) {
            int classes = known[i];
            int at = i * stride;
            int leaf = tree.predict(rows, i, classes, votes, at);
            boolean isRight = ClassTree.isRight(votes, at, classes, targets[i]);
            double weight = weight();
            for (int c = 0; c < classes; c++) {
                votes[at + c] *= weight;
            }
            if (weights[i] > 0) {
                learn(rows, i, leaf, targets[i], isRight, weights[i], classes);
            }
        }
    }

    private void learn(Rows rows, int i, int leaf, int target, boolean isRight, double weight, int classes) {
        double drawn = draw(weight);
        double kept = Leaf.kept(weight);
        seen = seen * kept + weight;
        right = right * kept + (isRight ? weight : 0);
        if (drawn > 0) {
            if (background.isPresent()) {
                if (unused.length < classes) {
                    unused = new double[classes];
                }
                ClassTree other = background.get();
                other.learn(other.predict(rows, i, classes, unused, 0), rows, i, target, drawn);
            }
            tree.learn(leaf, rows, i, target, drawn);
        }
        watch(isRight ? 0 : 1);
    }

    // --- state

    static TreeWriter writer() {
        return ClassTree.writer(NUMBERS, WHOLES);
    }

    @Override
    void write(TreeWriter out) {
        out.number(FACTS, seen);
        out.number(FACTS, right);
        super.write(out);
    }

    ClassMember(
            Features features, ForestParams params, LeafPrediction prediction, int number, int known, TreeReader in) {
        super(features, params, number, in);
        this.prediction = prediction;
        splitter = new Splitter(features);
        seen = in.number(FACTS);
        right = in.number(FACTS);
        TreeReader.require(right >= 0 && seen >= right, "accuracies of members");
        readTrees(in, () -> new ClassTree(features, params.tree(), prediction, splitter, random, known, in));
    }
}
