package org.accrete.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A correct online classifier that scores a row by the mean row of each class. Mutants override its methods. */
class Centroids implements OnlineLearner {
    final Schema schema;
    final int width;
    private final Means check;
    ClassList classes;
    double[] counts = {};
    double[] sums = {};
    long rows;
    private final OneRow row;
    private final double[] cells;
    private List<String> offered = List.of();

    Centroids(Schema schema, Params params) {
        this.schema = schema;
        this.width = schema.width();
        this.check = new Means(schema);
        this.row = new OneRow(schema);
        this.cells = new double[width];
        this.classes = new ClassList(schema.target().classes(), params);
        resize(classes.size());
    }

    void load(State state, Params params) {
        List<String> labels = state.list("classes");
        classes = new ClassList(labels, params);
        counts = state.doubles("counts", labels.size());
        sums = state.doubles("sums", labels.size(), width);
        rows = state.whole("rows_seen");
    }

    private void resize(int size) {
        counts = Arrays.copyOf(counts, size);
        sums = Arrays.copyOf(sums, size * width);
    }

    int check(Chunk chunk) {
        schema.require(chunk.schema());
        for (int row = 0; row < chunk.rows(); row++) {
            ChunkCopy.readCells(chunk, row, cells);
            for (int j = 0; j < width; j++) {
                check.checkCell(row, j, cells[j]);
                if (Math.abs(cells[j]) > 1e100) {
                    throw AccreteException.badRow(row, "'" + schema.columnName(j) + "' is too large");
                }
            }
        }
        return classes.check(chunk);
    }

    void grow(Chunk chunk, int size) {
        classes.grow(chunk, size);
    }

    @Override
    public void partialFit(Chunk chunk) {
        learn(chunk, Optional.empty());
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        learn(chunk, Optional.of(decisions));
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, labels()));
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, labels()));
    }

    private double[] learnOne(Chunk chunk) {
        double[] decisions = new double[classes.size() <= 2 ? 1 : classes.size()];
        partialFit(chunk, decisions);
        return decisions;
    }

    @Override
    public void classes(List<String> labels) {
        offered = labels;
    }

    List<String> labels() {
        return offered.size() > classes.size() ? offered : classes.labels();
    }

    /** {@return the decision values of a row while a number of classes is known} */
    double[] decisionValues(Chunk chunk, int row, int known) {
        Scorer model = new Scorer(schema, chunk.classes().subList(0, known), counts, sums);
        double[] decisions = new double[model.decisions()];
        model.decide(chunk.slice(row, row + 1), decisions);
        return decisions;
    }

    private void learn(Chunk chunk, Optional<double[]> out) {
        int size = check(chunk);
        int known = classes.size();
        int written = 0;
        grow(chunk, size);
        resize(classes.size());
        for (int row = 0; row < chunk.rows(); row++) {
            if (out.isPresent()) {
                double[] decisions = decisionValues(chunk, row, known);
                System.arraycopy(decisions, 0, out.get(), written, decisions.length);
                written += decisions.length;
                known = Math.max(known, (int) chunk.target(row) + 1);
            }
            int k = Math.max(0, Math.min(classes.size() - 1, (int) chunk.target(row)));
            ChunkCopy.readCells(chunk, row, cells);
            counts[k]++;
            for (int j = 0; j < width; j++) {
                sums[k * width + j] += cells[j];
            }
        }
        rows += chunk.rows();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public long rowsSeen() {
        return rows;
    }

    @Override
    public Model view() {
        return new Scorer(schema, classes.labels(), counts, sums);
    }

    @Override
    public Model snapshot() {
        return new Scorer(schema, classes.labels(), counts.clone(), sums.clone());
    }

    @Override
    public State state() {
        return State.builder()
                .doubles("counts", counts)
                .doubles("sums", sums, counts.length, width)
                .list("classes", new ArrayList<>(classes.labels()))
                .whole("rows_seen", rows)
                .build();
    }

    static class Scorer implements ProbabilisticClassifier {
        private final Schema schema;
        private final List<String> labels;
        private final double[] counts;
        private final double[] sums;

        Scorer(Schema schema, List<String> labels, double[] counts, double[] sums) {
            this.schema = schema;
            this.labels = labels;
            this.counts = counts;
            this.sums = sums;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public List<String> classes() {
            return labels;
        }

        private double[] scores(Chunk chunk, int row) {
            double[] cells = ChunkCopy.cells(chunk, row);
            double[] scores = new double[labels.size()];
            for (int k = 0; k < scores.length; k++) {
                for (int j = 0; j < cells.length && counts[k] > 0; j++) {
                    double mean = sums[k * cells.length + j] / counts[k];
                    scores[k] += mean * (cells[j] - mean / 2);
                }
            }
            return scores;
        }

        @Override
        public void decide(Chunk chunk, double[] out) {
            schema.require(chunk.schema());
            int count = decisions();
            for (int row = 0; row < chunk.rows(); row++) {
                double[] scores = scores(chunk, row);
                if (count == 1) {
                    out[row] = scores.length < 2 ? 0 : scores[1] - scores[0];
                } else {
                    System.arraycopy(scores, 0, out, row * count, count);
                }
            }
        }

        @Override
        public void probabilities(double[] decisions, int rows, int classes, double[] out) {
            for (int row = 0; row < rows; row++) {
                double[] scores = classes <= 2
                        ? Arrays.copyOf(new double[] {0, decisions[row]}, classes)
                        : Arrays.copyOfRange(decisions, row * classes, (row + 1) * classes);
                double highest = Arrays.stream(scores).max().orElse(0);
                double sum = 0;
                for (int k = 0; k < scores.length; k++) {
                    scores[k] = StrictMath.exp(scores[k] - highest);
                    sum += scores[k];
                }
                for (int k = 0; k < scores.length; k++) {
                    out[row * scores.length + k] = scores[k] / sum;
                }
            }
        }
    }
}
