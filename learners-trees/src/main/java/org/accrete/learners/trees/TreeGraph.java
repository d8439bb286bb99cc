package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/**
 * The rows of a graph as trees see them, and the leaves that they reach.
 *
 * <p>All trees are one operation, whose result is the number of a leaf for each tree: what leaves compute is looked up
 * by it. Leaves are numbered tree by tree, in the order of their nodes. A node that asks for values of a one-hot block
 * asks for a number instead, which a table has for each value: 0 where it goes left, 1 where it goes right.
 */
final class TreeGraph {
    private static final long DOUBLE = 11;
    private static final long INT64 = 7;

    private final ModelGraph graph;
    private final Features features;
    private final List<Value> rows;

    TreeGraph(ModelGraph graph, Features features, List<Value> rows) {
        this.graph = graph;
        this.features = features;
        this.rows = new ArrayList<>(rows);
        if (features.numbers > 0) {
            Value least = graph.constant(-Features.LARGEST);
            this.rows.set(
                    0, graph.apply("Min", graph.apply("Max", rows.get(0), least), graph.constant(Features.LARGEST)));
        }
    }

    /** {@return the rows, with numbers as {@link Features} takes them} */
    List<Value> rows() {
        return rows;
    }

    /** {@return the decision values and the probabilities of a model that knows one class} */
    static List<Value> ofOneClass(ModelGraph graph, Schema schema, List<Value> rows) {
        return List.of(graph.everywhere(schema, rows, -1), graph.everywhere(schema, rows, 1));
    }

    /** {@return the number of each row's value of a one-hot block; −1 where it has none that appeared} */
    Value value(int nominal) {
        return lookUp(nominal, features.numbersOfValues(nominal));
    }

    /** {@return a whole number for each column of a one-hot block; −1 where a row has none} */
    Value lookUp(int nominal, long[] perColumn) {
        long[] table = Arrays.copyOf(perColumn, perColumn.length + 1);
        table[perColumn.length] = Features.MISSING;
        return graph.apply("Gather", graph.constant(table, table.length), rows.get(nominal + 1));
    }

    /** {@return how many leaves trees have} */
    static int leaves(List<Nodes> trees) {
        int leaves = 0;
        for (Nodes nodes : trees) {
            leaves += (nodes.size + 1) / 2;
        }
        return leaves;
    }

    /** {@return the number of the leaf that each row reaches in each tree, rows × trees} */
    Value find(List<Nodes> trees) {
        int inner =
                trees.stream().mapToInt(nodes -> Math.max(1, nodes.size / 2)).sum();
        long[] feature = new long[inner];
        double[] split = new double[inner];
        long[] yes = new long[inner];
        long[] yesIsLeaf = new long[inner];
        long[] no = new long[inner];
        long[] noIsLeaf = new long[inner];
        long[] missingIsYes = new long[inner];
        int leaves = leaves(trees);
        int alone = (int) trees.stream().filter(nodes -> nodes.size == 1).count();
        double[] numbers = new double[leaves + alone];
        long[] targets = new long[leaves + alone];
        long[] roots = new long[trees.size()];
        List<List<Nodes>> askedOf = new ArrayList<>();
        List<List<Integer>> asked = new ArrayList<>();
        List<List<Integer>> places = new ArrayList<>();
        for (int b = 0; b < features.nominals; b++) {
            askedOf.add(new ArrayList<>());
            asked.add(new ArrayList<>());
            places.add(new ArrayList<>());
        }
        int nextNode = 0;
        int nextLeaf = 0;
        int copy = leaves + alone;
        for (int t = 0; t < roots.length; t++) {
            Nodes nodes = trees.get(t);
            int[] place = new int[nodes.size];
            int firstNode = nextNode;
            for (int node = 0; node < nodes.size; node++) {
                if (nodes.feature[node] < 0) {
                    numbers[nextLeaf] = nextLeaf;
                    targets[nextLeaf] = t;
                    place[node] = nextLeaf++;
                } else {
                    place[node] = nextNode++;
                }
            }
            roots[t] = firstNode;
            if (nodes.size == 1) {
                // A tree has a node that asks. Both answers lead to the leaf, but one to a copy, or it would count
                // twice.
                yesIsLeaf[nextNode] = 1;
                noIsLeaf[nextNode] = 1;
                yes[nextNode] = place[0];
                no[nextNode++] = --copy;
                numbers[copy] = place[0];
                targets[copy] = t;
            }
            for (int node = 0; node < nodes.size; node++) {
                int on = nodes.feature[node];
                if (on < 0) {
                    continue;
                }
                int at = place[node];
                yes[at] = place[nodes.left[node]];
                yesIsLeaf[at] = nodes.feature[nodes.left[node]] < 0 ? 1 : 0;
                no[at] = place[nodes.right[node]];
                noIsLeaf[at] = nodes.feature[nodes.right[node]] < 0 ? 1 : 0;
                if (on < features.numbers) {
                    feature[at] = on;
                    split[at] = nodes.threshold[node];
                    missingIsYes[at] = nodes.missing[node] == nodes.left[node] ? 1 : 0;
                } else {
                    split[at] = 0.5;
                    askedOf.get(on - features.numbers).add(nodes);
                    asked.get(on - features.numbers).add(node);
                    places.get(on - features.numbers).add(at);
                }
            }
        }
        List<Value> parts = new ArrayList<>();
        int column = features.numbers;
        if (column > 0) {
            parts.add(rows.get(0));
        }
        for (int b = 0; b < features.nominals; b++) {
            int count = asked.get(b).size();
            if (count == 0) {
                continue;
            }
            int known = features.values(b);
            double[] sides = new double[(known + 1) * count];
            for (int k = 0; k < count; k++) {
                feature[places.get(b).get(k)] = column++;
                for (int value = 0; value <= known; value++) {
                    boolean isLeft = askedOf.get(b).get(k).goesLeft(asked.get(b).get(k), value < known ? value : -1);
                    sides[value * count + k] = isLeft ? 0 : 1;
                }
            }
            parts.add(graph.apply("Gather", graph.constant(sides, known + 1, count), value(b)));
        }
        if (parts.isEmpty()) {
            Value any = graph.apply("Unsqueeze", rows.get(1), graph.constant(new long[] {1}, 1));
            parts.add(graph.apply("Cast", Map.of("to", DOUBLE), any));
        }
        ModelGraph.Trees all = new ModelGraph.Trees(
                roots, feature, split, false, yes, yesIsLeaf, no, noIsLeaf, missingIsYes, targets, numbers);
        Value found = graph.trees(graph.beside(parts), all, roots.length);
        return graph.apply("Cast", Map.of("to", INT64), found);
    }

    /** {@return the numbers of a row of a table for each leaf found, rows × trees × the rest of the shape} */
    Value ofLeaves(Value leaves, double[] table, long... shape) {
        return graph.apply("Gather", graph.constant(table, shape), leaves);
    }

    /** {@return sums over one axis, which falls away} */
    Value sum(Value terms, long axis) {
        return graph.apply("ReduceSum", Map.of("keepdims", 0L), terms, graph.constant(new long[] {axis}, 1));
    }

    /** {@return the numbers of the rows beside trees and what leaves have: rows × 1 × … × numbers} */
    Value numbers(long... axes) {
        return graph.apply("Unsqueeze", rows.get(0), graph.constant(axes, axes.length));
    }
}
