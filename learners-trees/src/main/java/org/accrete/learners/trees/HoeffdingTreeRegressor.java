package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;

/** Learns one {@link RegressionTree}. */
final class HoeffdingTreeRegressor extends TreeRegressor {
    private static final double BIAS_RATE = 0.03;

    private final LeafModel model;
    private final RegressionTree tree;

    HoeffdingTreeRegressor(Features features, TreeParams params, LeafModel model) {
        super(features);
        this.model = model;
        tree = new RegressionTree(
                features, params, model, BIAS_RATE, new RegressionSplitter(features), new SeededRandom(0));
    }

    HoeffdingTreeRegressor(Features features, TreeParams params, LeafModel model, State state) {
        super(features, state);
        this.model = model;
        TreeReader in = new TreeReader(state);
        tree = new RegressionTree(
                features, params, model, BIAS_RATE, new RegressionSplitter(features), new SeededRandom(0), in);
        in.requireEnd();
    }

    @Override
    void learn(Rows rows, int count, double[] targets, double[] weights, double[] predictions) {
        for (int i = 0; i < count; i++) {
            int leaf = tree.find(rows, i);
            predictions[i] = tree.predict(leaf, rows, i);
            if (weights[i] > 0) {
                tree.learn(leaf, rows, i, targets[i], weights[i]);
            }
        }
    }

    @Override
    void writeTo(State.Builder state) {
        TreeWriter out = RegressionTree.writer(List.of(), List.of());
        tree.write(out);
        out.writeTo(state);
    }

    @Override
    public Regressor view() {
        return new RegressionModel(features, model, List.of(tree.view()));
    }

    @Override
    public Regressor snapshot() {
        return new RegressionModel(features, model, List.of(tree.snapshot()));
    }
}
