package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;

/** Classifies rows by prepared {@link ClassScores}. */
final class NaiveBayesModel implements ProbabilisticClassifier, ExplainableModel, ExportableModel {
    /** No more classes or columns are described. */
    private static final int MOST_LINES = 10;

    private final Schema schema;
    private final List<String> labels;
    private final ClassStatistics statistics;
    private final ClassScores scores;

    NaiveBayesModel(Schema schema, List<String> labels, ClassStatistics statistics, ClassScores scores) {
        this.schema = schema;
        this.labels = labels;
        this.statistics = statistics;
        this.scores = scores;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public List<String> classes() {
        return labels;
    }

    @Override
    public void decide(Chunk chunk, double[] out) {
        schema.require(chunk.schema());
        int perRow = decisions();
        int known = labels.size();
        for (int row = 0; row < chunk.rows(); row++) {
            scores.decide(chunk, row, known, out, row * perRow);
        }
    }

    @Override
    public void explain(Chunk chunk, int row, int decision, Contributions out) {
        schema.require(chunk.schema());
        scores.explain(chunk, row, labels.size(), decision, out);
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        Value decisions = scores.export(graph, rows, labels.size());
        return List.of(decisions, graph.probabilities(decisions, labels.size()));
    }

    @Override
    public void probabilities(double[] decisions, int rows, int classes, double[] out) {
        LogOdds.probabilities(decisions, rows, classes, out);
    }

    @Override
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        double total = statistics.totalWeight();
        for (int c = 0; c < Math.min(labels.size(), MOST_LINES); c++) {
            lines.add(String.format(
                    Locale.ROOT,
                    "class '%s' has %.2f %% of the weight",
                    labels.get(c),
                    total > 0 ? 100 * statistics.classWeight[c] / total : 0));
        }
        if (labels.size() > MOST_LINES) {
            lines.add("… and " + (labels.size() - MOST_LINES) + " more classes");
        }
        describeMeasured(lines);
        describeCounted(lines);
        describeExponents(lines);
        return lines;
    }

    private void describeExponents(List<String> lines) {
        List<String> parts = new ArrayList<>();
        for (int c = 0; c < Math.min(labels.size(), MOST_LINES); c++) {
            if (scores.exponent(c) < 1) {
                parts.add(String.format(Locale.ROOT, "%s %.4g", labels.get(c), scores.exponent(c)));
            }
        }
        if (!parts.isEmpty()) {
            lines.add("all these probabilities together are taken to a power, by the class that is predicted: "
                    + String.join(", ", parts));
        }
    }

    private void describeMeasured(List<String> lines) {
        int measured = statistics.kinds.measuredCount();
        double[] variances = scores.variances();
        for (int m = 0; m < Math.min(measured, MOST_LINES); m++) {
            List<String> parts = new ArrayList<>();
            for (int c = 0; c < Math.min(labels.size(), MOST_LINES); c++) {
                int at = c * measured + m;
                parts.add(
                        statistics.weight[at] > 0
                                ? String.format(
                                        Locale.ROOT,
                                        "%s %.4g ± %.4g",
                                        labels.get(c),
                                        statistics.mean[at],
                                        Math.sqrt(variances[at]))
                                : labels.get(c) + " no value");
            }
            lines.add(schema.columnName(statistics.kinds.measured[m]) + ", mean and standard deviation: "
                    + String.join(", ", parts));
        }
        if (measured > MOST_LINES) {
            lines.add("… and " + (measured - MOST_LINES) + " more columns of numbers");
        }
        if (measured > 0) {
            lines.add(String.format(Locale.ROOT, "added to each variance: %.4g", scores.added()));
        }
    }

    private void describeCounted(List<String> lines) {
        int b = 0;
        for (Block block : schema.blocks()) {
            if (block.kind().isSparse()) {
                lines.add(block.name() + ": " + statistics.seenOfBlock[b]
                        + (block.kind() == Block.Kind.ONE_HOT ? " categories" : " columns above 0") + " occurred, of "
                        + block.width());
                b++;
            }
        }
    }
}
