package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Says what each feature of a row contributed to the value of the leaf that it reaches: the exact Shapley values of the
 * game in which a tree that does not know a feature follows both children, by the weight of the rows that went there.
 * That game is the "path-dependent" one of TreeSHAP. Not thread-safe.
 *
 * <p>The value of a leaf counts by a product over the features on its path: 1 or 0 for a known feature that leads there
 * or elsewhere, else the share of rows. With features known with probability t each, the expected value is therefore a
 * polynomial of t, and a Shapley value is the integral of its derivative from 0 to 1 (Owen). Gauss and Legendre's rule
 * with half as many points as features on a path gives that integral exactly. At each point, the sums below a node are
 * all that the features above need, so one pass over the nodes is enough. O(nodes × least of depth and features).
 *
 * <p>Sources: Lundberg et al., "From Local Explanations to Global Understanding with Explainable AI for Trees", Nature
 * Machine Intelligence 2, 2020; Owen, "Multilinear Extensions of Games", Management Science 18, 1972; Yu et al.,
 * "Linear TreeShap", NeurIPS 2022, for one pass with polynomials.
 */
final class TreeShapley {
    private final Features features;
    private final Rows rows;
    private final int slot;
    /** Per feature whether the row goes this way, and the share of rows that do, over the nodes above. */
    private final double[] ones;

    private final double[] shares;

    private Nodes nodes;
    private double[] weights = {};
    private double[] values = {};
    private double[] t = {};
    private double[] rule = {};
    private double[][] products = {};
    private double[][] sums = {};
    private double scale;
    private double[] out = {};

    /**
     * Makes what explains one row by any number of trees.
     *
     * @param slot which of the rows
     */
    TreeShapley(Features features, Rows rows, int slot) {
        this.features = features;
        this.rows = rows;
        this.slot = slot;
        this.nodes = new Nodes(features);
        this.ones = new double[features.size()];
        this.shares = new double[features.size()];
        Arrays.fill(ones, 1);
        Arrays.fill(shares, 1);
    }

    /**
     * {@return per node the sum over the leaves below it}
     *
     * @param ofLeaf a number for each leaf
     */
    static double[] sums(Nodes nodes, IntToDoubleFunction ofLeaf) {
        double[] sums = new double[nodes.size];
        for (int node = nodes.size - 1; node >= 0; node--) {
            sums[node] = nodes.feature[node] < 0
                    ? ofLeaf.applyAsDouble(node)
                    : sums[nodes.left[node]] + sums[nodes.right[node]];
        }
        return sums;
    }

    /**
     * Adds what the features contributed to the value of one tree.
     *
     * @param weightOf weight of the rows of each leaf, at least 0
     * @param valueOf value of each leaf
     * @param factor what the tree counts
     * @param contributions receives sums, per feature
     * @return the mean value of the leaves, by weight, times the factor: the value for a row of which nothing is known
     */
    double add(
            Nodes tree,
            IntToDoubleFunction weightOf,
            IntToDoubleFunction valueOf,
            double factor,
            double[] contributions) {
        nodes = tree;
        weights = sums(tree, weightOf);
        values = new double[tree.size];
        for (int node = tree.size - 1; node >= 0; node--) {
            if (tree.feature[node] < 0) {
                values[node] = valueOf.applyAsDouble(node);
            } else {
                double share = share(node, tree.left[node]);
                values[node] = share * values[tree.left[node]] + (1 - share) * values[tree.right[node]];
            }
        }
        scale = factor;
        out = contributions;
        int depth = depth(tree);
        int points = Math.max(1, (Math.min(depth, features.size()) + 1) / 2);
        if (points > t.length) {
            t = new double[points];
            rule = new double[points];
            gaussLegendre(t, rule);
            products = new double[0][];
        }
        if (depth + 1 > products.length) {
            products = new double[depth + 1][t.length];
            sums = new double[depth + 1][t.length];
        }
        Arrays.fill(products[0], 1);
        visit(0, 0);
        return factor * values[0];
    }

    private double share(int node, int child) {
        return weights[node] > 0 ? weights[child] / weights[node] : 0.5;
    }

    private static int depth(Nodes tree) {
        int[] depths = new int[tree.size];
        int most = 0;
        for (int node = 0; node < tree.size; node++) {
            most = Math.max(most, depths[node]);
            if (tree.feature[node] >= 0) {
                depths[tree.left[node]] = depths[node] + 1;
                depths[tree.right[node]] = depths[node] + 1;
            }
        }
        return most;
    }

    /**
     * Writes to {@code sums[depth]}, per point, the sum over the leaves below of value times product; adds to the
     * contributions of the features that are asked from here on. {@code products[depth]} is the product of what is
     * above.
     */
    private void visit(int node, int depth) {
        double[] product = products[depth];
        double[] sum = sums[depth];
        int feature = nodes.feature[node];
        if (feature < 0) {
            for (int q = 0; q < t.length; q++) {
                sum[q] = values[node] * product[q];
            }
            return;
        }
        int next = nodes.next(node, rows.numbers, slot * features.numbers, rows.values, slot * features.nominals);
        Arrays.fill(sum, 0);
        double one = ones[feature];
        double share = shares[feature];
        for (int side = 0; side < 2; side++) {
            int child = side == 0 ? nodes.left[node] : nodes.right[node];
            double childOne = child == next ? one : 0;
            double childShare = share * share(node, child);
            if (childOne == 0 && childShare == 0) {
                // Never reached, whatever is known.
                continue;
            }
            double[] below = products[depth + 1];
            for (int q = 0; q < t.length; q++) {
                below[q] = product[q] / factor(q, one, share) * factor(q, childOne, childShare);
            }
            ones[feature] = childOne;
            shares[feature] = childShare;
            visit(child, depth + 1);
            double[] from = sums[depth + 1];
            double integral = 0;
            for (int q = 0; q < t.length; q++) {
                // What the same feature contributed above does not hold below this node.
                double derivative = (childOne - childShare) / factor(q, childOne, childShare)
                        - (one - share) / factor(q, one, share);
                integral += rule[q] * from[q] * derivative;
                sum[q] += from[q];
            }
            out[feature] += scale * integral;
        }
        ones[feature] = one;
        shares[feature] = share;
    }

    private double factor(int q, double one, double share) {
        return t[q] * one + (1 - t[q]) * share;
    }

    /** Writes points in (0, 1) and their weights, exact for polynomials of degree 2 × points − 1. */
    static void gaussLegendre(double[] points, double[] weights) {
        int n = points.length;
        for (int i = 0; i < n; i++) {
            double x = StrictMath.cos(Math.PI * (i + 0.75) / (n + 0.5));
            double derivative = 0;
            for (int step = 0; step < 100; step++) {
                double before = 0;
                double p = 1;
                for (int k = 1; k <= n; k++) {
                    double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                    before = p;
                    p = next;
                }
                derivative = n * (before - x * p) / (1 - x * x);
                double move = p / derivative;
                x -= move;
                if (Math.abs(move) < 1e-16) {
                    break;
                }
            }
            points[i] = 0.5 * (1 - x);
            weights[i] = 1 / ((1 - x * x) * derivative * derivative);
        }
    }
}
