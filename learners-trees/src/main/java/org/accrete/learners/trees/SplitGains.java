package org.accrete.learners.trees;

import java.util.function.IntToDoubleFunction;

/**
 * How much the splits of trees gained: by how much they reduced the impurity of the rows, weighted by rows. The share
 * of a feature is its importance (Breiman et al., "Classification and Regression Trees", 1984).
 */
final class SplitGains {
    private SplitGains() {}

    /**
     * Adds the share that each feature has of what a tree's splits gained; nothing if they gained nothing.
     *
     * @param impurity of a node, times the weight of its rows, but for what all ways to split have in common; of
     *     children together not more than of the node
     * @param factor what the tree counts
     * @param out receives sums, per feature
     * @return what was added, the factor or 0
     */
    static double add(Nodes nodes, int features, IntToDoubleFunction impurity, double factor, double[] out) {
        double[] gains = new double[features];
        double all = 0;
        for (int node = 0; node < nodes.size; node++) {
            int feature = nodes.feature[node];
            if (feature >= 0) {
                double gain = impurity.applyAsDouble(node)
                        - impurity.applyAsDouble(nodes.left[node])
                        - impurity.applyAsDouble(nodes.right[node]);
                if (gain > 0) {
                    gains[feature] += gain;
                    all += gain;
                }
            }
        }
        if (!(all > 0)) {
            return 0;
        }
        for (int feature = 0; feature < features; feature++) {
            out[feature] += factor * (gains[feature] / all);
        }
        return factor;
    }
}
