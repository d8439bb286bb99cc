package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.List;

/**
 * Boosted trees of numbers alone, in one set of arrays. A row goes down four trees at a time, since each step waits for
 * the one before it, and without a branch that could be predicted wrongly: a leaf's child is the leaf itself. The
 * result has the bits of {@link GradientTree.Step}, tree by tree.
 */
final class PackedTrees {
    private static final int AT_A_TIME = 4;

    private final int[] roots;
    private final int[] feature;
    private final double[] limit;
    /** The left child; the right one is the next. */
    private final int[] left;
    /** Per node and output what it adds. */
    private final double[] values;

    private final int outputs;

    PackedTrees(List<GradientTree.Step> steps, int outputs) {
        this.outputs = outputs;
        int size = steps.stream().mapToInt(step -> step.nodes().size).sum();
        roots = new int[steps.size()];
        feature = new int[size];
        limit = new double[size];
        left = new int[size];
        values = new double[size * outputs];
        int at = 0;
        for (int t = 0; t < roots.length; t++) {
            GradientTree.Step step = steps.get(t);
            Nodes nodes = step.nodes();
            roots[t] = at;
            Arrays.fill(limit, at, at + nodes.size, Double.POSITIVE_INFINITY);
            for (int node = 0; node < nodes.size; node++) {
                left[at + node] = at + node;
                if (nodes.feature[node] >= 0) {
                    feature[at + node] = nodes.feature[node];
                    limit[at + node] = nodes.threshold[node];
                    left[at + node] = at + nodes.left[node];
                }
            }
            for (int k = 0; k < nodes.size * outputs; k++) {
                values[at * outputs + k] = step.factor() * step.values()[k];
            }
            at += nodes.size;
        }
    }

    /** Adds what all trees say of a row that lacks no number. */
    void add(double[] x, int at, double[] out, int to) {
        int t = 0;
        for (; t + AT_A_TIME <= roots.length; t += AT_A_TIME) {
            int a = roots[t];
            int b = roots[t + 1];
            int c = roots[t + 2];
            int d = roots[t + 3];
            int moved = 1;
            while (moved != 0) {
                int nextA = next(a, x, at);
                int nextB = next(b, x, at);
                int nextC = next(c, x, at);
                int nextD = next(d, x, at);
                moved = (nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d);
                a = nextA;
                b = nextB;
                c = nextC;
                d = nextD;
            }
            addValues(a, out, to);
            addValues(b, out, to);
            addValues(c, out, to);
            addValues(d, out, to);
        }
        for (; t < roots.length; t++) {
            int node = roots[t];
            int before = -1;
            while (node != before) {
                before = node;
                node = next(node, x, at);
            }
            addValues(node, out, to);
        }
    }

    private int next(int node, double[] x, int at) {
        // The sign of the distance says on which side the number is.
        return left[node] + (int) (Double.doubleToRawLongBits(limit[node] - x[at + feature[node]]) >>> 63);
    }

    private void addValues(int node, double[] out, int to) {
        for (int o = 0; o < outputs; o++) {
            out[to + o] += values[node * outputs + o];
        }
    }
}
