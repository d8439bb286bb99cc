package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.kernels.Exp;

/**
 * Classifies by trees, each of which votes with its probabilities and a weight. Decision values are differences of
 * probabilities for two classes, else probabilities.
 */
final class TreeModel implements ProbabilisticClassifier, ExplainableModel, ImportanceModel, ExportableModel {
    private final Features features;
    private final List<String> classes;
    private final LeafPrediction prediction;
    private final List<Voter<ClassLeaf>> voters;

    TreeModel(Features features, List<String> classes, LeafPrediction prediction, List<Voter<ClassLeaf>> voters) {
        this.features = features;
        this.classes = classes;
        this.prediction = prediction;
        this.voters = voters;
    }

    @Override
    public Schema schema() {
        return features.schema();
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public void decide(Chunk chunk, double[] out) {
        features.schema().require(chunk.schema());
        int known = classes.size();
        Rows row = new Rows(features, 1);
        double[] logs = new double[known];
        double[] one = new double[known];
        double[] sum = new double[known];
        int at = 0;
        for (int i = 0; i < chunk.rows(); i++) {
            features.read(chunk, i, false, row, 0);
            Arrays.fill(sum, 0);
            double weights = 0;
            for (int t = 0; t < voters.size(); t++) {
                Voter<ClassLeaf> voter = voters.get(t);
                ClassTree.predict(features, prediction, voter.nodes(), voter.leaves(), row, 0, known, logs, one, 0);
                for (int c = 0; c < known; c++) {
                    sum[c] += voter.weight() * one[c];
                }
                weights += voter.weight();
            }
            for (int c = 0; c < known; c++) {
                sum[c] /= weights;
            }
            at = TreeClassifier.differences(sum, 0, known, out, at);
        }
    }

    @Override
    public void probabilities(double[] decisions, int rows, int known, double[] out) {
        if (known > 2) {
            System.arraycopy(decisions, 0, out, 0, rows * known);
        } else if (known == 2) {
            for (int row = 0; row < rows; row++) {
                out[2 * row] = (1 - decisions[row]) / 2;
                out[2 * row + 1] = (1 + decisions[row]) / 2;
            }
        } else if (known == 1) {
            Arrays.fill(out, 0, rows, 1.0);
        }
    }

    /** By the leaf of each tree: shares of classes, and the parameters of naive Bayes where it predicts. */
    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        int known = classes.size();
        if (known < 2) {
            return TreeGraph.ofOneClass(graph, schema(), rows);
        }
        TreeGraph trees = new TreeGraph(graph, features, rows);
        List<Nodes> nodes = voters.stream().map(Voter::nodes).toList();
        double[] shares = new double[TreeGraph.leaves(nodes) * known];
        double[] factors = new double[TreeGraph.leaves(nodes)];
        // The place of each leaf among those of naive Bayes; 0 is that of all others.
        long[] places = new long[factors.length];
        List<ClassLeaf> bayes = new ArrayList<>();
        bayes.add(ClassLeaf.INNER);
        double weights = voters.stream().mapToDouble(Voter::weight).sum();
        int next = 0;
        for (Voter<ClassLeaf> voter : voters) {
            double weight = voter.weight() / weights;
            for (int node = 0; node < voter.nodes().size; node++) {
                if (voter.nodes().feature[node] >= 0) {
                    continue;
                }
                ClassLeaf leaf = voter.leaves()[node];
                double share = leaf.shareOfShares(prediction);
                leaf.shares(shares, next * known, known);
                for (int c = 0; c < known; c++) {
                    shares[next * known + c] *= weight * share;
                }
                factors[next] = weight * (1 - share);
                if (leaf.exportsBayes(prediction)) {
                    places[next] = bayes.size();
                    bayes.add(leaf);
                }
                next++;
            }
        }
        Value leaves = trees.find(nodes);
        Value votes = trees.ofLeaves(leaves, shares, factors.length, known);
        if (bayes.size() > 1) {
            Value place = graph.apply("Gather", graph.constant(places, places.length), leaves);
            Value powers = graph.apply("Softmax", Map.of("axis", 2L), logs(graph, trees, place, bayes, known));
            votes = graph.apply(
                    "Add", votes, graph.apply("Mul", trees.ofLeaves(leaves, factors, factors.length, 1), powers));
        }
        Value sum = trees.sum(votes, 1);
        if (known > 2) {
            Value shared = graph.apply("Min", sum, graph.constant(1));
            return List.of(shared, shared);
        }
        Value difference = graph.apply("Sub", graph.columns(sum, 1), graph.columns(sum, 0));
        difference = graph.apply("Max", graph.apply("Min", difference, graph.constant(1)), graph.constant(-1));
        Value half = graph.apply("Mul", difference, graph.constant(0.5));
        return List.of(
                difference,
                graph.ofTwo(
                        graph.apply("Sub", graph.constant(0.5), half),
                        graph.apply("Add", graph.constant(0.5), half),
                        known));
    }

    /** {@return what naive Bayes says in the leaf of each tree, rows × trees × classes} */
    private Value logs(ModelGraph graph, TreeGraph trees, Value place, List<ClassLeaf> leaves, int known) {
        int numbers = features.numbers;
        int size = leaves.size();
        double[] base = new double[size * known];
        double[] centre = new double[size * known * numbers];
        double[] factor = new double[centre.length];
        double[] constant = new double[centre.length];
        for (int leaf = 1; leaf < size; leaf++) {
            leaves.get(leaf).export(known, numbers, leaf, base, centre, factor, constant);
        }
        Value logs = trees.ofLeaves(place, base, size, known);
        if (numbers > 0) {
            Value x = trees.numbers(1, 2);
            Value distance = graph.apply("Sub", x, trees.ofLeaves(place, centre, size, known, numbers));
            Value squares = graph.apply("Mul", distance, distance);
            Value terms = graph.apply(
                    "Add",
                    graph.apply("Mul", squares, trees.ofLeaves(place, factor, size, known, numbers)),
                    trees.ofLeaves(place, constant, size, known, numbers));
            terms = graph.apply("Where", graph.apply("IsNaN", x), graph.constant(0), terms);
            logs = graph.apply("Add", logs, trees.sum(terms, 3));
        }
        for (int b = 0; b < features.nominals; b++) {
            // Each leaf has a row of zeros, for the value -1, and then one for each value.
            int values = features.values(b) + 1;
            double[] table = new double[size * values * known];
            for (int leaf = 1; leaf < size; leaf++) {
                for (int value = 0; value < values - 1; value++) {
                    for (int c = 0; c < known; c++) {
                        table[(leaf * values + value + 1) * known + c] =
                                leaves.get(leaf).logShare(b, value, c);
                    }
                }
            }
            Value own = graph.apply("Add", trees.value(b), graph.constant(new long[] {1}));
            Value at = graph.apply(
                    "Add",
                    graph.apply("Mul", place, graph.constant(new long[] {values})),
                    graph.apply("Unsqueeze", own, graph.constant(new long[] {1}, 1)));
            logs = graph.apply("Add", logs, trees.ofLeaves(at, table, (long) size * values, known));
        }
        return logs;
    }

    /**
     * The mean of what {@link TreeShapley} says of each tree, weighted as their votes, and what naive Bayes makes of
     * each feature in the leaf that the row reaches.
     */
    @Override
    public void explain(Chunk chunk, int row, int decision, Contributions out) {
        features.schema().require(chunk.schema());
        int known = classes.size();
        out.clear(known < 2 ? -known : 0);
        if (known < 2) {
            return;
        }
        Rows rows = new Rows(features, 1);
        features.read(chunk, row, false, rows, 0);
        TreeShapley shapley = new TreeShapley(features, rows, 0);
        double[] sums = new double[features.size()];
        double[] said = new double[known];
        double weights = voters.stream().mapToDouble(Voter::weight).sum();
        for (Voter<ClassLeaf> voter : voters) {
            double factor = voter.weight() / weights;
            ClassLeaf[] leaves = voter.leaves();
            out.addToBase(shapley.add(
                    voter.nodes(),
                    leaf -> leaves[leaf].total,
                    leaf -> valueOfNothing(leaves[leaf], decision, known),
                    factor,
                    sums));
            ClassLeaf reached = leaves[voter.nodes().find(rows.numbers, 0, rows.values, 0)];
            ClassTree.predict(features, prediction, voter.nodes(), leaves, rows, 0, known, new double[known], said, 0);
            for (int c = 0; c < known; c++) {
                double sign = known > 2 ? (c == decision ? 1 : 0) : 2 * c - 1;
                if (sign != 0) {
                    double change = said[c] - reached.valueOfNothing(c, known, prediction);
                    reached.explain(rows, 0, features, prediction, c, change, sign * factor, sums);
                }
            }
        }
        for (int feature = 0; feature < sums.length; feature++) {
            out.add(features.columnOf(feature, rows, 0), sums[feature]);
        }
    }

    private double valueOfNothing(ClassLeaf leaf, int decision, int known) {
        return known == 2
                ? leaf.valueOfNothing(1, known, prediction) - leaf.valueOfNothing(0, known, prediction)
                : leaf.valueOfNothing(decision, known, prediction);
    }

    /** Entropy gained by splits, of each tree as shares, weighted as their votes. What leaves learn does not count. */
    @Override
    public double[] importances() {
        double[] shares = new double[features.size()];
        double all = 0;
        for (Voter<ClassLeaf> voter : voters) {
            double[][] counts = new double[classes.size()][];
            for (int c = 0; c < counts.length; c++) {
                int label = c;
                counts[c] = TreeShapley.sums(voter.nodes(), leaf -> voter.leaves()[leaf].count(label));
            }
            all += SplitGains.add(
                    voter.nodes(), features.size(), node -> entropy(counts, node), voter.weight(), shares);
        }
        double[] importances = new double[features.schema().width()];
        for (int feature = 0; feature < shares.length && all > 0; feature++) {
            importances[features.column(feature)] = shares[feature] / all;
        }
        return importances;
    }

    /** {@return the entropy of the classes in a node, times their weight} */
    private static double entropy(double[][] counts, int node) {
        double sum = 0;
        double logs = 0;
        for (double[] ofClass : counts) {
            double count = ofClass[node];
            sum += count;
            logs += count > 0 ? count * Exp.log(count) : 0;
        }
        return sum > 0 ? sum * Exp.log(sum) - logs : 0;
    }

    @Override
    public List<String> describe() {
        return Voter.describe(voters, this::leaf);
    }

    private String leaf(ClassLeaf leaf) {
        if (classes.isEmpty() || !(leaf.total > 0)) {
            return "no rows yet";
        }
        return String.format(
                Locale.ROOT,
                "%s: %.1f %% of %.0f rows%s",
                classes.get(leaf.best),
                100 * leaf.counts[leaf.best] / leaf.total,
                leaf.total,
                leaf.usesBayes(prediction) ? ", by naive Bayes" : leaf.asleep ? ", asleep" : "");
    }
}
