package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Learns one {@link AdaptiveTree}. */
final class HoeffdingAdaptiveTreeClassifier extends TreeClassifier {
    private final LeafPrediction prediction;
    private final AdaptiveTree tree;

    HoeffdingAdaptiveTreeClassifier(
            Features features, List<String> labels, Params values, TreeParams params, double delta) {
        super(features, labels, values);
        this.prediction = values.get(TreeParams.LEAF_PREDICTION);
        this.tree = new AdaptiveTree(features, params, prediction, delta);
    }

    HoeffdingAdaptiveTreeClassifier(Features features, Params values, TreeParams params, double delta, State state) {
        super(features, values, state);
        this.prediction = values.get(TreeParams.LEAF_PREDICTION);
        TreeReader in = new TreeReader(state);
        this.tree = new AdaptiveTree(features, params, prediction, delta, labels().size(), in);
        in.requireEnd();
    }

    @Override
    void learn(Rows rows, int count, int[] targets, double[] weights, int[] known, int stride, double[] out) {
        for (int i = 0; i < count; i++) {
            tree.learn(rows, i, targets[i], weights[i], known[i], out, i * stride);
        }
    }

    @Override
    void write(State.Builder state) {
        TreeWriter out = AdaptiveTree.writer();
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
