package org.accrete.testkit;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;

/**
 * A minimal correct learner: the weighted mean of the targets and of each column. Mutants override its methods to break
 * a law.
 */
class Means implements Learner {
    final Schema schema;
    final int width;
    double[] sums;
    private double[] next;
    double weight;
    double target;
    long rows;

    Means(Schema schema) {
        this.schema = schema;
        this.width = schema.width();
        this.sums = new double[width];
        this.next = new double[width];
    }

    /** Restores the learner from a state. */
    void load(State state) {
        sums = state.doubles("sums", width);
        weight = state.number("weight");
        target = state.number("target");
        rows = state.whole("rows_seen");
    }

    @Override
    public Schema schema() {
        return schema;
    }

    void checkSchema(Chunk chunk) {
        schema.require(chunk.schema());
    }

    void checkCell(int row, int column, double value) {
        if (!Double.isFinite(value)) {
            throw AccreteException.badRow(row, "'" + schema.columnName(column) + "' must be finite but was " + value);
        }
    }

    void checkTarget(int row, double value) {
        if (!Double.isFinite(value)) {
            throw AccreteException.badRow(row, "a target must be finite but was " + value);
        }
    }

    void checkWeight(int row, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw AccreteException.badRow(row, "a weight must be finite and >= 0 but was " + value);
        }
    }

    double targetOf(Chunk chunk, int row) {
        return chunk.hasTargets() ? chunk.target(row) : Double.NaN;
    }

    double weightOf(Chunk chunk, int row) {
        return chunk.weight(row);
    }

    void checkSums(double[] numbers, double sum) {
        double largest = Double.isNaN(sum) ? sum : Math.abs(sum);
        for (double number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        if (!(largest < 1e150)) {
            throw AccreteException.badData("the rows are too large to add up; scale them");
        }
    }

    @Override
    public void partialFit(Chunk chunk) {
        checkSchema(chunk);
        System.arraycopy(sums, 0, next, 0, width);
        double nextWeight = weight;
        double nextTarget = target;
        for (int row = 0; row < chunk.rows(); row++) {
            double w = weightOf(chunk, row);
            checkWeight(row, w);
            if (chunk instanceof DenseChunk dense) {
                for (int j = 0; j < width; j++) {
                    add(row, j, dense.values()[dense.offset(row) + j], w);
                }
            } else if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    add(row, sparse.indices()[k], sparse.values()[k], w);
                }
            }
            if (schema.target().kind() == Target.Kind.NUMERIC) {
                double y = targetOf(chunk, row);
                checkTarget(row, y);
                nextTarget += w * y;
            }
            nextWeight += w;
        }
        checkSums(next, nextTarget);
        double[] swap = sums;
        sums = next;
        next = swap;
        weight = nextWeight;
        target = nextTarget;
        rows += chunk.rows();
    }

    void add(int row, int column, double value, double w) {
        checkCell(row, column, value);
        next[column] += w * value;
    }

    @Override
    public long rowsSeen() {
        return rows;
    }

    @Override
    public Model view() {
        return new MeansModel(this, true);
    }

    @Override
    public Model snapshot() {
        return new MeansModel(this, false);
    }

    @Override
    public State state() {
        return State.builder()
                .doubles("sums", sums)
                .number("weight", weight)
                .number("target", target)
                .whole("rows_seen", rows)
                .build();
    }

    /** Predicts the mean target plus a small multiple of each column's distance from its mean. */
    static class MeansModel implements Regressor, ExplainableModel, ImportanceModel {
        private final Means learner;
        private final boolean view;
        private final double[] sums;
        private final double weight;
        private final double target;

        MeansModel(Means learner, boolean view) {
            this.learner = learner;
            this.view = view;
            this.sums = view ? learner.sums : Arrays.copyOf(learner.sums, learner.width);
            this.weight = learner.weight;
            this.target = learner.target;
        }

        @Override
        public Schema schema() {
            return learner.schema;
        }

        void checkSchema(Chunk chunk) {
            schema().require(chunk.schema());
        }

        double mean(double sum) {
            double all = view ? learner.weight : weight;
            return all == 0 ? 0 : sum / all;
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            checkSchema(chunk);
            for (int row = 0; row < chunk.rows(); row++) {
                double[] cells = ChunkCopy.cells(chunk, row);
                double sum = mean(view ? learner.target : target);
                for (int j = 0; j < Math.min(cells.length, sums.length); j++) {
                    sum += 0.01 * (j + 1) * (cells[j] - mean(sums[j]));
                }
                out[row] = sum;
            }
        }

        @Override
        public void explain(Chunk chunk, int row, int decision, Contributions out) {
            out.clear(mean(view ? learner.target : target));
            double[] cells = ChunkCopy.cells(chunk, row);
            for (int j = 0; j < Math.min(cells.length, sums.length); j++) {
                out.add(j, 0.01 * (j + 1) * (cells[j] - mean(sums[j])));
            }
        }

        @Override
        public double[] importances() {
            double[] shares = new double[sums.length];
            for (int j = 0; j < shares.length; j++) {
                shares[j] = 2 * (j + 1.0) / (shares.length * (shares.length + 1.0));
            }
            return shares;
        }
    }
}
