package org.accrete.learners.trees;

import java.util.Arrays;

/** A tree with another one in the place of a node and of all below it; nodes are numbered anew, parents first. */
final class Grafting {
    private final ClassTree into;
    private final int at;
    private final ClassTree other;
    private final Nodes nodes;
    private ClassLeaf[] leaves;
    private int[] origins;

    Grafting(ClassTree into, int at, ClassTree other) {
        this.into = into;
        this.at = at;
        this.other = other;
        nodes = into.nodes.empty();
        leaves = new ClassLeaf[4];
        origins = new int[4];
        copy(into, 0, nodes.add(), 0);
        leaves = Arrays.copyOf(leaves, nodes.size);
    }

    /** Copies a node to the number {@code to}, and all below it. */
    private void copy(ClassTree from, int node, int to, int depth) {
        if (from == into && node == at) {
            copy(other, 0, to, depth);
            origins[to] = -1;
            return;
        }
        if (to >= leaves.length) {
            leaves = Arrays.copyOf(leaves, 2 * to);
            origins = Arrays.copyOf(origins, 2 * to);
        }
        origins[to] = from == into ? node : -1;
        if (from.nodes.feature[node] < 0) {
            leaves[to] = from.leaves[node].copy(0, depth);
            return;
        }
        leaves[to] = ClassLeaf.INNER;
        int left = nodes.add();
        int right = nodes.add();
        nodes.set(to, from.nodes, node, left, right);
        copy(from, from.nodes.left[node], left, depth + 1);
        copy(from, from.nodes.right[node], right, depth + 1);
    }

    /** {@return the new tree} */
    ClassTree tree() {
        return into.with(nodes, leaves);
    }

    /** {@return the old number of a node; −1 if it is new} */
    int origin(int node) {
        return origins[node];
    }
}
