package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/** Divides rows among {@link Centres}. */
final class KMeansModel implements Clusterer, ExportableModel {
    /** No more clusters, and no more columns of each, are described. */
    private static final int MOST_LINES = 20;

    private static final int MOST_COLUMNS = 5;

    private final Schema schema;
    private final NumericFeatures numbers;
    private final Centres centres;
    private final int waiting;

    KMeansModel(Schema schema, NumericFeatures numbers, Centres centres, int waiting) {
        this.schema = schema;
        this.numbers = numbers;
        this.centres = centres;
        this.waiting = waiting;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public int clusters() {
        return centres.count;
    }

    @Override
    public void distances(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        double[] x = new double[numbers.count()];
        int count = centres.count;
        for (int row = 0; row < chunk.rows(); row++) {
            numbers.read(chunk, row, x, 0);
            for (int c = 0; c < count; c++) {
                double square = centres.squaredDistance(x, 0, c);
                // Rows to predict may hold numbers that could not be learned.
                out[row * count + c] = Math.min(Double.MAX_VALUE, Math.sqrt(square));
            }
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        int width = numbers.count();
        double[] points = Arrays.copyOf(centres.points, centres.count * width);
        Value x = graph.apply(
                "Unsqueeze",
                graph.columns(rows.get(0), NumericFeatures.places(schema)),
                graph.constant(new long[] {1}, 1));
        Value difference = graph.apply("Sub", x, graph.constant(points, 1, centres.count, width));
        Value isMissing = graph.apply("IsNaN", x);
        Value squares = graph.apply("Where", isMissing, graph.constant(0), graph.apply("Mul", difference, difference));
        Value present = graph.apply("Where", isMissing, graph.constant(0), graph.constant(1));
        Value factor =
                graph.apply("Div", graph.constant(width), graph.apply("Max", sum(graph, present), graph.constant(1)));
        return List.of(graph.apply("Sqrt", graph.apply("Mul", sum(graph, squares), factor)));
    }

    private static Value sum(ModelGraph graph, Value terms) {
        return graph.apply("ReduceSum", Map.of("keepdims", 0L), terms, graph.constant(new long[] {2}, 1));
    }

    @Override
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        if (waiting > 0) {
            lines.add(waiting + " rows are in the model, from which the first centres are found; those below are of the"
                    + " rows so far");
        }
        double total = 0;
        for (int c = 0; c < centres.count; c++) {
            total += centres.weights[c];
        }
        for (int c = 0; c < Math.min(centres.count, MOST_LINES); c++) {
            List<String> parts = new ArrayList<>();
            for (int j = 0; j < Math.min(centres.width, MOST_COLUMNS); j++) {
                parts.add(String.format(
                        Locale.ROOT,
                        "%s %.4g",
                        schema.columnName(numbers.columns[j]),
                        centres.points[c * centres.width + j]));
            }
            lines.add(String.format(
                    Locale.ROOT,
                    "cluster %d has %.2f %% of the weight: %s%s",
                    c,
                    total > 0 ? 100 * centres.weights[c] / total : 0,
                    String.join(", ", parts),
                    centres.width > MOST_COLUMNS ? ", …" : ""));
        }
        if (centres.count > MOST_LINES) {
            lines.add("… and " + (centres.count - MOST_LINES) + " more clusters");
        }
        return lines;
    }
}
