package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.kernels.Exp;

/**
 * Answers by the nearest rows of a {@link RowWindow}. The share of a class is that of the weights of its neighbours;
 * one more neighbour is divided among all classes, so that no probability is 0. A number is the weighted mean of those
 * of the neighbours.
 */
final class NearestNeighbours {
    private final Schema schema;
    private final NumericFeatures numbers;
    private final RowWindow window;
    private final int most;
    private final boolean byDistance;

    // Scratch of one caller.
    private final double[] x;
    private final RowWindow.Found found;
    private double[] votes = {};

    NearestNeighbours(Schema schema, NumericFeatures numbers, RowWindow window, int most, boolean byDistance) {
        this.schema = schema;
        this.numbers = numbers;
        this.window = window;
        this.most = most;
        this.byDistance = byDistance;
        this.x = new double[numbers.count()];
        this.found = new RowWindow.Found(Math.min(most, window.size()));
    }

    /** {@return the same with scratch of its own} */
    NearestNeighbours forOneCaller() {
        return new NearestNeighbours(schema, numbers, window, most, byDistance);
    }

    private void search(Chunk chunk, int row) {
        numbers.read(chunk, row, x, 0);
        window.search(x, found);
    }

    /** {@return how much a neighbour counts} */
    private double weight(int i) {
        double weight = window.weight(found.rows[i]);
        if (!byDistance) {
            return weight;
        }
        if (found.distances[0] == 0) {
            return found.distances[i] == 0 ? weight : 0;
        }
        return weight / Math.sqrt(found.distances[i]);
    }

    /** Writes decision values: ln P(second) − ln P(first) of up to two classes, else ln P of each. */
    void decide(Chunk chunk, int row, int classes, double[] out, int at) {
        if (votes.length < classes) {
            votes = new double[classes];
        }
        search(chunk, row);
        Arrays.fill(votes, 0, classes, 0);
        double sum = 0;
        for (int i = 0; i < found.count; i++) {
            double weight = weight(i);
            votes[(int) window.y(found.rows[i])] += weight;
            sum += weight;
        }
        double scale = sum > 0 ? found.count / sum : 0;
        double even = 1.0 / Math.max(1, classes);
        if (classes <= 2) {
            out[at] = classes < 2 ? 0 : Exp.log(votes[1] * scale + even) - Exp.log(votes[0] * scale + even);
            return;
        }
        double logTotal = Exp.log(found.count + 1.0);
        for (int c = 0; c < classes; c++) {
            out[at + c] = Exp.log(votes[c] * scale + even) - logTotal;
        }
    }

    /** {@return the predicted number; 0 before the first row} */
    double predict(Chunk chunk, int row) {
        search(chunk, row);
        double total = 0;
        double mean = 0;
        for (int i = 0; i < found.count; i++) {
            double weight = weight(i);
            if (weight > 0) {
                total += weight;
                mean += (window.y(found.rows[i]) - mean) * (weight / total);
            }
        }
        return mean;
    }

    // --- export

    /** Refuses a model that has no rows. */
    private void requireRows() {
        if (window.rows() == 0) {
            throw AccreteException.badArgument("the model cannot be exported: it has no rows yet; train it first");
        }
    }

    /** Neighbours of the rows of a graph: their places in the window and how much each counts, rows × neighbours. */
    private record InGraph(Value places, Value weights, int count) {}

    private InGraph search(ModelGraph graph, List<Value> rows) {
        requireRows();
        int count = Math.min(most, window.rows());
        Value distances = window.distances(graph, rows.get(0), NumericFeatures.places(schema));
        // The smallest, in order, and of equals the one that is older.
        List<Value> top =
                graph.apply(2, "TopK", Map.of("largest", 0L), distances, graph.constant(new long[] {count}, 1));
        Value found = top.get(0);
        Value places = top.get(1);
        Value weights = graph.apply("Gather", window.weights(graph), places);
        if (byDistance) {
            Value zero = graph.constant(0);
            Value isSame = graph.apply("Equal", found, zero);
            Value ofSame = graph.apply("Where", isSame, weights, zero);
            Value ofOthers = graph.apply("Div", weights, graph.apply("Sqrt", found));
            weights = graph.apply("Where", graph.columns(isSame, 0), ofSame, ofOthers);
        }
        return new InGraph(places, weights, count);
    }

    /** {@return what {@link #decide} writes, rows × decision values} */
    private Value decisions(ModelGraph graph, List<Value> rows, int classes) {
        InGraph found = search(graph, rows);
        double[] table = new double[window.rows() * classes];
        double[] targets = window.targets();
        for (int i = 0; i < targets.length; i++) {
            table[i * classes + (int) targets[i]] = 1;
        }
        Value ofClass = graph.apply("Gather", graph.constant(table, targets.length, classes), found.places);
        Value each = graph.apply("Unsqueeze", found.weights, graph.constant(new long[] {2}, 1));
        Value votes = graph.apply(
                "ReduceSum",
                Map.of("keepdims", 0L),
                graph.apply("Mul", ofClass, each),
                graph.constant(new long[] {1}, 1));
        Value scale = graph.apply("Div", graph.constant(found.count), sum(graph, found.weights));
        Value logs =
                graph.apply("Log", graph.apply("Add", graph.apply("Mul", votes, scale), graph.constant(1.0 / classes)));
        return classes == 2
                ? graph.apply("Sub", graph.columns(logs, 1), graph.columns(logs, 0))
                : graph.apply("Sub", logs, graph.constant(Exp.log(found.count + 1.0)));
    }

    /** {@return what {@link #predict} says, rows × 1} */
    private Value predictions(ModelGraph graph, List<Value> rows) {
        InGraph found = search(graph, rows);
        Value targets = graph.apply("Gather", graph.constant(window.targets(), window.rows()), found.places);
        return graph.apply("Div", sum(graph, graph.apply("Mul", targets, found.weights)), sum(graph, found.weights));
    }

    private static Value sum(ModelGraph graph, Value terms) {
        return graph.apply("ReduceSum", terms, graph.constant(new long[] {1}, 1));
    }

    List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add("the last " + window.rows() + " rows are in the model, with their targets; it keeps up to "
                + window.size());
        lines.add("the nearest " + most + (most == 1 ? " is" : " are") + " asked"
                + (byDistance ? ", weighted by 1 / distance" : ""));
        return lines;
    }

    /** The common part of both models. */
    private abstract static sealed class OfWindow implements ExportableModel permits OfClasses, OfNumbers {
        final NearestNeighbours neighbours;

        OfWindow(NearestNeighbours neighbours) {
            this.neighbours = neighbours;
        }

        @Override
        public final Schema schema() {
            return neighbours.schema;
        }

        @Override
        public final List<String> describe() {
            return neighbours.describe();
        }
    }

    /** A classifier; thread-safe, because each call has scratch of its own. */
    static final class OfClasses extends OfWindow implements ProbabilisticClassifier {
        private final List<String> labels;

        OfClasses(NearestNeighbours neighbours, List<String> labels) {
            super(neighbours);
            this.labels = labels;
        }

        @Override
        public List<String> classes() {
            return labels;
        }

        @Override
        public void decide(Chunk chunk, double[] out) {
            schema().require(chunk.schema());
            NearestNeighbours one = neighbours.forOneCaller();
            int perRow = decisions();
            for (int row = 0; row < chunk.rows(); row++) {
                one.decide(chunk, row, labels.size(), out, row * perRow);
            }
        }

        @Override
        public void probabilities(double[] decisions, int rows, int classes, double[] out) {
            LogOdds.probabilities(decisions, rows, classes, out);
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            if (labels.size() < 2) {
                return List.of(graph.everywhere(schema(), rows, 0), graph.everywhere(schema(), rows, 1));
            }
            Value decisions = neighbours.decisions(graph, rows, labels.size());
            return List.of(decisions, graph.probabilities(decisions, labels.size()));
        }

        @Override
        public int winner(double[] decisions, int row) {
            return Classifier.winner(decisions, row, labels.size());
        }
    }

    /** A regressor; thread-safe, because each call has scratch of its own. */
    static final class OfNumbers extends OfWindow implements Regressor {
        OfNumbers(NearestNeighbours neighbours) {
            super(neighbours);
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            schema().require(chunk.schema());
            NearestNeighbours one = neighbours.forOneCaller();
            for (int row = 0; row < chunk.rows(); row++) {
                out[row] = one.predict(chunk, row);
            }
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            return List.of(neighbours.predictions(graph, rows));
        }
    }
}
