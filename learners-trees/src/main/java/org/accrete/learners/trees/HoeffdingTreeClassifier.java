package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Learns one {@link ClassTree}. */
final class HoeffdingTreeClassifier extends TreeClassifier {
    private final LeafPrediction prediction;
    private final ClassTree tree;

    HoeffdingTreeClassifier(Features features, List<String> labels, Params values, TreeParams params) {
        super(features, labels, values);
        this.prediction = values.get(TreeParams.LEAF_PREDICTION);
        this.tree = new ClassTree(features, params, prediction, new Splitter(features), new SeededRandom(0));
    }

    HoeffdingTreeClassifier(Features features, Params values, TreeParams params, State state) {
        super(features, values, state);
        this.prediction = values.get(TreeParams.LEAF_PREDICTION);
        TreeReader in = new TreeReader(state);
        this.tree = new ClassTree(
                features, params, prediction, new Splitter(features), new SeededRandom(0), labels().size(), in);
        in.requireEnd();
    }

    @Override
    void learn(Rows rows, int count, int[] targets, double[] weights, int[] known, int stride, double[] out) {
        for (int i = 0; i < count; i++) {
            int leaf = tree.predict(rows, i, known[i], out, i * stride);
            if (weights[i] > 0) {
                tree.learn(leaf, rows, i, targets[i], weights[i]);
            }
        }
    }

    @Override
    void write(State.Builder state) {
        TreeWriter out = ClassTree.writer();
        tree.write(out);
        out.writeTo(state);
    }

    @Override
    public ProbabilisticClassifier view() {
        return new TreeModel(features, labels(), prediction, List.of(tree.view()));
    }

    @Override
    public ProbabilisticClassifier snapshot() {
        return new TreeModel(features, labels(), prediction, List.of(tree.snapshot()));
    }
}
