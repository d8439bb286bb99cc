package org.accrete.testkit;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A mergeable and rescalable variant of {@link Means}. */
class MergingMeans extends Means implements RescalableLearner, DivisibleLearner {
    private final Params params;
    /** The coefficient of each column in the prediction. */
    double[] coefs;

    MergingMeans(Schema schema, Params params) {
        super(schema);
        this.params = params;
        this.coefs = new double[width];
        Arrays.setAll(coefs, j -> 0.01 * (j + 1));
    }

    @Override
    void load(State state) {
        super.load(state);
        coefs = state.doubles("coefs", width);
    }

    /** Throws if the other learner cannot be merged. */
    void check(Learner other) {
        if (!(other instanceof MergingMeans)) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is " + other.getClass());
        }
        schema.require(other.schema());
        params.requireSame(((MergingMeans) other).params);
    }

    @Override
    public void merge(Learner other) {
        check(other);
        take((MergingMeans) other);
    }

    void take(MergingMeans other) {
        if (other.rows == 0) {
            return;
        }
        double mine = (double) rows / (rows + other.rows);
        double theirs = (double) other.rows / (rows + other.rows);
        for (int j = 0; j < width; j++) {
            coefs[j] = mine * coefs[j] + theirs * other.coefs[j];
            sums[j] += other.sums[j];
        }
        weight += other.weight;
        target += other.target;
        rows += other.rows;
    }

    @Override
    public void keepPart(int part, int parts) {
        Arrays.setAll(sums, j -> sums[j] / parts);
        weight /= parts;
        target /= parts;
        rows = DivisibleLearner.share(rows, part, parts);
    }

    @Override
    public void rescale(Scaling scaling) {
        double[] centre = scaling.centre();
        double[] scale = scaling.scale();
        for (int j = 0; j < width; j++) {
            sums[j] = (sums[j] - weight * centre[j]) / scale[j];
            coefs[j] *= scale[j];
        }
    }

    @Override
    public Model view() {
        return new LinearModel(this, sums, coefs);
    }

    @Override
    public Model snapshot() {
        return new LinearModel(this, sums.clone(), coefs.clone());
    }

    @Override
    public State state() {
        return State.builder().all(super.state()).doubles("coefs", coefs).build();
    }

    private static final class LinearModel implements Regressor {
        private final Schema schema;
        private final double[] sums;
        private final double[] coefs;
        private final double weight;
        private final double target;

        LinearModel(MergingMeans learner, double[] sums, double[] coefs) {
            this.schema = learner.schema;
            this.sums = sums;
            this.coefs = coefs;
            this.weight = learner.weight;
            this.target = learner.target;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        private double mean(double sum) {
            return weight == 0 ? 0 : sum / weight;
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            schema.require(chunk.schema());
            for (int row = 0; row < chunk.rows(); row++) {
                double[] cells = ChunkCopy.cells(chunk, row);
                out[row] = mean(target);
                for (int j = 0; j < cells.length; j++) {
                    out[row] += coefs[j] * (cells[j] - mean(sums[j]));
                }
            }
        }
    }
}
