package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.SgdClassifierProvider;
import org.accrete.learners.sgd.SgdRegressorProvider;

/**
 * The linear model whose errors boosted trees learn. It sees numbers less their mean and over their standard deviation
 * so far, a missing one as 0, and the values of one-hot blocks that trees tell apart.
 */
final class LinearStart {
    private static final String PREFIX = "linear.";
    private static final String MEAN = "boosting.mean";
    private static final String SCATTER = "boosting.scatter";
    private static final String WEIGHT = "boosting.weight";

    /** Standard deviations from the mean beyond which all numbers are alike. */
    private static final double FARTHEST = 100;

    private final Features features;
    private final OnlineLearner learner;
    /** Features in the order of their first columns. */
    private final int[] byColumn;

    private final double[] mean;
    private final double[] scatter;
    private double weight;
    private final int[] indices;
    private final double[] values;

    LinearStart(Features features, List<String> labels) {
        this(features, provider(features), labels, State.builder().build(), false);
    }

    LinearStart(Features features, List<String> labels, State state) {
        this(features, provider(features), labels, state, true);
    }

    private LinearStart(
            Features features, LearnerProvider provider, List<String> labels, State state, boolean isStored) {
        this.features = features;
        byColumn = features.byColumn();
        indices = new int[byColumn.length];
        values = new double[byColumn.length];
        Params params = Params.parse(provider.params(), Map.of());
        Schema schema = features.schema().withClasses(labels);
        if (isStored) {
            mean = state.doubles(MEAN, features.numbers);
            scatter = state.doubles(SCATTER, features.numbers);
            weight = state.number(WEIGHT);
            TreeReader.require(
                    weight >= 0
                            && Arrays.stream(mean).allMatch(Double::isFinite)
                            && Arrays.stream(scatter).allMatch(of -> of >= 0 && of <= Double.MAX_VALUE),
                    "means and scatters");
            learner = (OnlineLearner) provider.restore(schema, params, state.part(PREFIX));
        } else {
            mean = new double[features.numbers];
            scatter = new double[features.numbers];
            learner = (OnlineLearner) provider.create(schema, params);
        }
    }

    private static LearnerProvider provider(Features features) {
        return features.schema().target().kind() == Target.Kind.NUMERIC
                ? new SgdRegressorProvider()
                : new SgdClassifierProvider();
    }

    /** {@return about how many bytes it takes, with a state and a snapshot} */
    static long bytes(Schema schema) {
        LearnerProvider provider = schema.target().kind() == Target.Kind.NUMERIC
                ? new SgdRegressorProvider()
                : new SgdClassifierProvider();
        return provider.memoryBytes(schema, Params.parse(provider.params(), Map.of()));
    }

    void classes(List<String> labels) {
        learner.classes(labels);
    }

    /**
     * Predicts a row and then learns it.
     *
     * @return what it predicted: the scores of classes, or the number; valid until the next call
     */
    double[] learn(Rows rows, int slot, double target, double rowWeight) {
        int count = encode(features, byColumn, mean, scatter, weight, features.known(), rows, slot, indices, values, 0);
        if (rowWeight > 0) {
            weight += rowWeight;
            double rate = rowWeight / weight;
            int at = slot * features.numbers;
            for (int i = 0; i < mean.length; i++) {
                double x = rows.numbers[at + i];
                if (x == x) {
                    double delta = x - mean[i];
                    mean[i] += rate * delta;
                    // Far numbers can round to less than nothing.
                    scatter[i] += Math.max(0, rowWeight * delta * (x - mean[i]));
                }
            }
        }
        return learner.learnOne(indices, values, count, target, rowWeight);
    }

    /** Writes columns and values of a row; {@return where those of the next row go} */
    private static int encode(
            Features features,
            int[] byColumn,
            double[] mean,
            double[] scatter,
            double weight,
            int[] known,
            Rows rows,
            int slot,
            int[] indices,
            double[] to,
            int at) {
        int next = at;
        for (int feature : byColumn) {
            if (feature < features.numbers) {
                // Mean and variance as they would be with this row, so that no number is far from all.
                double delta = rows.numbers[slot * features.numbers + feature] - mean[feature];
                double share = weight / (weight + 1);
                double z = delta * share / Math.sqrt((scatter[feature] + delta * delta * share) / (weight + 1));
                // Neither where it is missing nor where it has always been the same.
                if (Math.abs(z) > 0) {
                    indices[next] = features.column(feature);
                    to[next++] = Math.max(-FARTHEST, Math.min(FARTHEST, z));
                }
            } else {
                int block = feature - features.numbers;
                int value = rows.values[slot * features.nominals + block];
                if (value >= 0 && value < known[block]) {
                    indices[next] = features.valueColumn(block, value);
                    to[next++] = 1;
                }
            }
        }
        return next;
    }

    void write(State.Builder state) {
        state.doubles(MEAN, mean).doubles(SCATTER, scatter).number(WEIGHT, weight);
        state.all(PREFIX, learner.state());
    }

    // --- readers

    /** {@return what it predicts now, until the next row} */
    Reader view() {
        return new Reader(features, byColumn, mean, scatter, weight, features.known(), learner.view());
    }

    /** {@return what it predicts now} */
    Reader snapshot() {
        return new Reader(
                features,
                byColumn,
                mean.clone(),
                scatter.clone(),
                weight,
                features.known().clone(),
                learner.snapshot());
    }

    /**
     * Predicts rows that are decoded.
     *
     * @param known how many values of each one-hot block had appeared
     */
    record Reader(
            Features features,
            int[] byColumn,
            double[] mean,
            double[] scatter,
            double weight,
            int[] known,
            Model model) {
        /** Writes the scores of each row, or its number. */
        void predict(Rows rows, int count, List<String> labels, double[] out) {
            Chunk chunk = encoded(rows, count, labels);
            if (model instanceof Classifier classifier) {
                classifier.decide(chunk, out);
            } else {
                ((Regressor) model).predict(chunk, out);
            }
        }

        /** {@return the scores, or the number, of the rows of a graph} */
        Value export(ModelGraph graph, TreeGraph trees) {
            List<Value> encoded = new ArrayList<>(trees.rows());
            int numbers = features.numbers;
            double share = weight / (weight + 1);
            if (numbers > 0) {
                Value delta = graph.apply("Sub", encoded.get(0), graph.constant(mean, 1, numbers));
                Value squares = graph.apply("Mul", graph.apply("Mul", delta, delta), graph.constant(share));
                Value variance = graph.apply(
                        "Div",
                        graph.apply("Add", squares, graph.constant(scatter, 1, numbers)),
                        graph.constant(weight + 1));
                Value z = graph.apply(
                        "Div", graph.apply("Mul", delta, graph.constant(share)), graph.apply("Sqrt", variance));
                Value isThere = graph.apply("Greater", graph.apply("Abs", z), graph.constant(0));
                z = graph.apply("Where", isThere, z, graph.constant(0));
                encoded.set(0, graph.apply("Clip", z, graph.constant(-FARTHEST), graph.constant(FARTHEST)));
            }
            for (int block = 0; block < features.nominals; block++) {
                long[] columns = features.numbersOfValues(block);
                for (int k = 0; k < columns.length; k++) {
                    columns[k] = columns[k] >= 0 && columns[k] < known[block] ? k : Features.MISSING;
                }
                encoded.set(block + 1, trees.lookUp(block, columns));
            }
            return ((ExportableModel) model).export(graph, encoded).get(0);
        }

        /** Says what the columns of the first row contribute to a score. */
        void explain(Rows rows, List<String> labels, int output, Contributions out) {
            ((ExplainableModel) model).explain(encoded(rows, 1, labels), 0, output, out);
        }

        private Chunk encoded(Rows rows, int count, List<String> labels) {
            int[] starts = new int[count + 1];
            int[] indices = new int[count * byColumn.length];
            double[] values = new double[indices.length];
            for (int i = 0; i < count; i++) {
                starts[i + 1] =
                        encode(features, byColumn, mean, scatter, weight, known, rows, i, indices, values, starts[i]);
            }
            return new SparseChunk(features.schema(), starts, indices, values, new double[0], new double[0], labels);
        }
    }
}
