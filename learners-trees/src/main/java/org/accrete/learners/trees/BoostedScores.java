package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/** What boosted trees say of a row. */
final class BoostedScores {
    /** Rows that are decoded at once. */
    private static final int BLOCK = 256;
    /** Rows after which packing the trees pays. */
    private static final int PACKED_AFTER = 32;

    private final Features features;
    private final Optional<LinearStart.Reader> start;
    private final List<GradientTree.Step> steps;
    private final int outputs;
    /** Rows predicted, as far as threads see each other's. */
    private int predicted;

    private volatile Optional<PackedTrees> packed = Optional.empty();

    /**
     * Makes the scores of trees.
     *
     * @param outputs how many scores there are
     */
    BoostedScores(Features features, Optional<LinearStart.Reader> start, List<GradientTree.Step> steps, int outputs) {
        this.features = features;
        this.start = start;
        this.steps = List.copyOf(steps);
        this.outputs = outputs;
    }

    Features features() {
        return features;
    }

    /** Writes the scores of the rows of a chunk; any thread on a snapshot. */
    void write(Chunk chunk, List<String> labels, double[] out) {
        features.schema().require(chunk.schema());
        int rows = chunk.rows();
        Rows block = new Rows(features, Math.min(rows, BLOCK));
        double[] part = new double[Math.min(rows, BLOCK) * outputs];
        predicted += rows;
        if (packed.isEmpty() && features.nominals == 0 && predicted >= PACKED_AFTER) {
            packed = Optional.of(new PackedTrees(steps, outputs));
        }
        Optional<PackedTrees> quick = packed;
        for (int from = 0; from < rows; from += BLOCK) {
            int count = Math.min(BLOCK, rows - from);
            for (int i = 0; i < count; i++) {
                features.read(chunk, from + i, false, block, i);
            }
            if (start.isPresent()) {
                start.get().predict(block, count, labels, part);
            } else {
                Arrays.fill(part, 0);
            }
            for (int i = 0; i < count; i++) {
                if (quick.isPresent() && !block.gaps[i]) {
                    quick.get().add(block.numbers, i * features.numbers, part, i * outputs);
                } else {
                    add(block, i, part);
                }
            }
            System.arraycopy(part, 0, out, from * outputs, count * outputs);
        }
    }

    private void add(Rows block, int i, double[] part) {
        for (GradientTree.Step step : steps) {
            int node = step.nodes().find(block.numbers, i * features.numbers, block.values, i * features.nominals);
            for (int o = 0; o < outputs; o++) {
                part[i * outputs + o] += step.factor() * step.values()[node * outputs + o];
            }
        }
    }

    /** {@return the scores of the rows of a graph, rows × outputs} */
    Value export(ModelGraph graph, List<Value> rows) {
        TreeGraph trees = new TreeGraph(graph, features, rows);
        List<Nodes> nodes = steps.stream().map(GradientTree.Step::nodes).toList();
        int size = TreeGraph.leaves(nodes);
        double[] values = new double[size * outputs];
        int next = 0;
        for (GradientTree.Step step : steps) {
            for (int node = 0; node < step.nodes().size; node++) {
                for (int o = 0; o < outputs && step.nodes().feature[node] < 0; o++) {
                    values[next++] = step.factor() * step.values()[node * outputs + o];
                }
            }
        }
        Value sum = trees.sum(trees.ofLeaves(trees.find(nodes), values, size, outputs), 1);
        return start.isPresent() ? graph.apply("Add", start.get().export(graph, trees), sum) : sum;
    }

    /** Says what columns contribute to a score: by the linear model, and to the value of each tree. */
    void explain(Chunk chunk, int row, List<String> labels, int output, Contributions out) {
        features.schema().require(chunk.schema());
        Rows rows = new Rows(features, 1);
        features.read(chunk, row, false, rows, 0);
        out.clear(0);
        if (start.isPresent()) {
            start.get().explain(rows, labels, output, out);
        }
        TreeShapley shapley = new TreeShapley(features, rows, 0);
        double[] sums = new double[features.size()];
        for (GradientTree.Step step : steps) {
            double[] values = step.values();
            out.addToBase(shapley.add(
                    step.nodes(), step.weights(), leaf -> values[leaf * outputs + output], step.factor(), sums));
        }
        for (int feature = 0; feature < sums.length; feature++) {
            out.add(features.columnOf(feature, rows, 0), sums[feature]);
        }
    }

    List<String> describe() {
        int nodes = steps.stream().mapToInt(step -> step.nodes().size).sum();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d boosted trees of %d nodes, %d of them leaves, %s",
                steps.size(),
                nodes,
                (nodes + steps.size()) / 2,
                start.isPresent() ? "after a linear model" : "from the score 0"));
        for (int t = 0; t < steps.size(); t++) {
            lines.add(String.format(
                    Locale.ROOT,
                    "tree %d: %d nodes, %.3f of its values count",
                    t + 1,
                    steps.get(t).nodes().size,
                    steps.get(t).factor()));
        }
        return List.copyOf(lines);
    }
}
