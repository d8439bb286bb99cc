package org.accrete.learners.trees;

import java.util.List;
import java.util.Locale;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.Regressor;

/** Predicts numbers by trees: the weighted mean of what they say. */
final class RegressionModel implements Regressor, ExplainableModel, ImportanceModel {
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
