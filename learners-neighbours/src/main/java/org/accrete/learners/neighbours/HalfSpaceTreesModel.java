package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/** Scores rows by a {@link HalfSpaceForest}. */
final class HalfSpaceTreesModel implements AnomalyScorer, ExportableModel {
    /** No more columns are described. */
    private static final int MOST_LINES = 10;

    private final Schema schema;
    private final NumericFeatures numbers;
    private final HalfSpaceForest forest;
    private final int windowSize;
    private final int windowRows;
    private final boolean waits;

    HalfSpaceTreesModel(
            Schema schema,
            NumericFeatures numbers,
            HalfSpaceForest forest,
            int windowSize,
            int windowRows,
            boolean waits) {
        this.schema = schema;
        this.numbers = numbers;
        this.forest = forest;
        this.windowSize = windowSize;
        this.windowRows = windowRows;
        this.waits = waits;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void score(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        double[] x = new double[numbers.count()];
        for (int row = 0; row < chunk.rows(); row++) {
            numbers.read(chunk, row, x, 0);
            out[row] = forest.score(x, 0);
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        if (!forest.hasReference()) {
            throw AccreteException.badArgument("the model cannot be exported: it has no score yet; train it with the "
                    + windowSize + " rows of a window first");
        }
        return List.of(forest.export(graph, rows.get(0), NumericFeatures.places(schema)));
    }

    @Override
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        if (!forest.hasReference()) {
            lines.add("no score yet: " + windowRows + " of the " + windowSize + " rows of the first window are there"
                    + (waits ? ", and they are in the model" : ""));
            return lines;
        }
        lines.add(forest.trees + " trees of height " + forest.height
                + "; scores compare a row with the last whole window of " + windowSize + " rows");
        int[] splits = new int[numbers.count()];
        for (int feature : forest.feature) {
            splits[feature]++;
        }
        for (int j = 0; j < Math.min(splits.length, MOST_LINES); j++) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%s has %.1f %% of the splits",
                    schema.columnName(numbers.columns[j]),
                    100.0 * splits[j] / forest.feature.length));
        }
        if (splits.length > MOST_LINES) {
            lines.add("… and " + (splits.length - MOST_LINES) + " more columns");
        }
        return lines;
    }
}
