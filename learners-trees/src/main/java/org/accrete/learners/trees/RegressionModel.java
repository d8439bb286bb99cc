package org.accrete.learners.trees;

import java.util.List;
import java.util.Locale;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Regressor;

/** Predicts numbers by trees: the weighted mean of what they say. */
final class RegressionModel implements Regressor, ExplainableModel, ImportanceModel, ExportableModel {
    private final Features features;
    private final LeafModel model;
    private final List<Voter<RegressionLeaf>> voters;

    RegressionModel(Features features, LeafModel model, List<Voter<RegressionLeaf>> voters) {
        this.features = features;
        this.model = model;
        this.voters = voters;
    }

    @Override
    public Schema schema() {
        return features.schema();
    }

    @Override
    public void predict(Chunk chunk, double[] out) {
        features.schema().require(chunk.schema());
        Rows row = new Rows(features, 1);
        for (int i = 0; i < chunk.rows(); i++) {
            features.read(chunk, i, false, row, 0);
            double sum = 0;
            double weights = 0;
            for (int t = 0; t < voters.size(); t++) {
                Voter<RegressionLeaf> voter = voters.get(t);
                RegressionLeaf leaf = voter.leaves()[voter.nodes().find(row.numbers, 0, row.values, 0)];
                sum += voter.weight() * leaf.predict(model, row.numbers, 0);
                weights += voter.weight();
            }
            out[i] = sum / weights;
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        TreeGraph trees = new TreeGraph(graph, features, rows);
        List<Nodes> nodes = voters.stream().map(Voter::nodes).toList();
        int size = TreeGraph.leaves(nodes);
        int numbers = features.numbers;
        double[] coefficients = new double[size * numbers];
        double[] centers = new double[size * numbers];
        double[] intercepts = new double[size];
        double[] low = new double[size];
        double[] high = new double[size];
        double[] shares = new double[size];
        double weights = voters.stream().mapToDouble(Voter::weight).sum();
        int next = 0;
        for (Voter<RegressionLeaf> voter : voters) {
            for (int node = 0; node < voter.nodes().size; node++) {
                if (voter.nodes().feature[node] < 0) {
                    voter.leaves()[node].export(model, next, coefficients, centers, intercepts, low, high);
                    shares[next++] = voter.weight() / weights;
                }
            }
        }
        Value leaves = trees.find(nodes);
        Value values = trees.ofLeaves(leaves, intercepts, size);
        if (numbers > 0) {
            Value x = trees.numbers(1);
            Value distance = graph.apply("Sub", x, trees.ofLeaves(leaves, centers, size, numbers));
            Value terms = graph.apply("Mul", distance, trees.ofLeaves(leaves, coefficients, size, numbers));
            terms = graph.apply("Where", graph.apply("IsNaN", x), graph.constant(0), terms);
            values = graph.apply("Add", values, trees.sum(terms, 2));
            values = graph.apply("Min", values, trees.ofLeaves(leaves, high, size));
            values = graph.apply("Max", values, trees.ofLeaves(leaves, low, size));
        }
        Value weighted = graph.apply("Mul", values, trees.ofLeaves(leaves, shares, size));
        return List.of(graph.apply("Unsqueeze", trees.sum(weighted, 1), graph.constant(new long[] {1}, 1)));
    }

    /**
     * The mean of what {@link TreeShapley} says of each tree, weighted as their votes, and what each number adds to the
     * linear function of the leaf that the row reaches.
     */
    @Override
    public void explain(Chunk chunk, int row, int decision, Contributions out) {
        features.schema().require(chunk.schema());
        Rows rows = new Rows(features, 1);
        features.read(chunk, row, false, rows, 0);
        out.clear(0);
        TreeShapley shapley = new TreeShapley(features, rows, 0);
        double[] sums = new double[features.size()];
        double weights = voters.stream().mapToDouble(Voter::weight).sum();
        for (Voter<RegressionLeaf> voter : voters) {
            double factor = voter.weight() / weights;
            RegressionLeaf[] leaves = voter.leaves();
            out.addToBase(shapley.add(
                    voter.nodes(),
                    leaf -> leaves[leaf].total,
                    leaf -> leaves[leaf].valueOfNothing(model),
                    factor,
                    sums));
            leaves[voter.nodes().find(rows.numbers, 0, rows.values, 0)].explain(
                    model, rows.numbers, 0, features.numbers, factor, sums);
        }
        for (int feature = 0; feature < sums.length; feature++) {
            out.add(features.columnOf(feature, rows, 0), sums[feature]);
        }
    }

    /** Variance of the means that splits took away, of each tree as shares, weighted as their votes. */
    @Override
    public double[] importances() {
        double[] shares = new double[features.size()];
        double all = 0;
        for (Voter<RegressionLeaf> voter : voters) {
            RegressionLeaf[] leaves = voter.leaves();
            double[] weights = TreeShapley.sums(voter.nodes(), leaf -> leaves[leaf].total);
            double[] sums = TreeShapley.sums(voter.nodes(), leaf -> leaves[leaf].total * leaves[leaf].mean);
            double origin = weights[0] > 0 ? sums[0] / weights[0] : 0;
            double[] distances =
                    TreeShapley.sums(voter.nodes(), leaf -> leaves[leaf].total * (leaves[leaf].mean - origin));
            all += SplitGains.add(
                    voter.nodes(),
                    features.size(),
                    node -> weights[node] > 0 ? -distances[node] / weights[node] * distances[node] : 0,
                    voter.weight(),
                    shares);
        }
        double[] importances = new double[features.schema().width()];
        for (int feature = 0; feature < shares.length && all > 0; feature++) {
            importances[features.column(feature)] = shares[feature] / all;
        }
        return importances;
    }

    @Override
    public List<String> describe() {
        return Voter.describe(voters, this::leaf);
    }

    private String leaf(RegressionLeaf leaf) {
        if (!(leaf.total > 0)) {
            return "no rows yet";
        }
        return String.format(
                Locale.ROOT,
                "%.6g: mean of %.0f rows%s%s",
                leaf.mean,
                leaf.total,
                leaf.usesLinear(model) ? ", by a linear function" : "",
                leaf.asleep ? ", asleep" : "");
    }
}
