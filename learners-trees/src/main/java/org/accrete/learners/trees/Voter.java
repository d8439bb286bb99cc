package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A tree at one moment.
 *
 * @param nodes its shape
 * @param leaves per node its leaf
 * @param weight of its vote, above 0
 * @param replaced how often it, or a part of it, was replaced
 * @param <L> the kind of its leaves
 */
record Voter<L extends Leaf<L>>(Nodes nodes, L[] leaves, double weight, long replaced) {
    private static final int MOST_LINES = 60;

    Voter<L> with(double otherWeight, long times) {
        return new Voter<>(nodes, leaves, otherWeight, times);
    }

    /**
     * {@return a drawing of one tree, or a line about each of several}
     *
     * @param text tells of a leaf
     */
    static <L extends Leaf<L>> List<String> describe(List<Voter<L>> voters, Function<L, String> text) {
        int nodes = voters.stream().mapToInt(voter -> voter.nodes.size).sum();
        List<String> lines = new ArrayList<>();
        lines.add(voters.size() + (voters.size() == 1 ? " tree of " : " trees of ") + nodes + " nodes, "
                + (nodes + voters.size()) / 2 + " of them leaves");
        for (int t = 0; t < voters.size() && voters.size() > 1; t++) {
            Voter<L> voter = voters.get(t);
            lines.add(String.format(
                    Locale.ROOT,
                    "tree %d: %d nodes, replaced %d times, its vote counts %.3f",
                    t + 1,
                    voter.nodes.size,
                    voter.replaced,
                    voter.weight));
        }
        if (voters.size() == 1) {
            Voter<L> voter = voters.get(0);
            if (voter.replaced > 0) {
                lines.add(voter.replaced + " times a part of it was replaced");
            }
            voter.nodes.draw(node -> text.apply(voter.leaves[node]), MOST_LINES, lines);
        }
        return List.copyOf(lines);
    }
}
