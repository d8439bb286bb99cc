package org.accrete.testkit;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** {@link Means} that can be merged, behind a scaler too. */
class MergingMeans extends Means implements RescalableLearner {
    private final Params params;
    /** By how much more the prediction is where a column is larger by 1. */
    double[] slopes;

    MergingMeans(Schema schema, Params params) {
        super(schema);
        this.params = params;
        this.slopes = new double[width];
        Arrays.setAll(slopes, j -> 0.01 * (j + 1));
    }

    @Override
    void load(State state) {
        super.load(state);
        slopes = state.doubles("slopes", width);
    }

    /** Refuses what cannot be merged. */
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
            slopes[j] = mine * slopes[j] + theirs * other.slopes[j];
            sums[j] += other.sums[j];
        }
        weight += other.weight;
        target += other.target;
        rows += other.rows;
    }

    @Override
    public void rescale(Scaling scaling) {
        double[] centre = scaling.centre();
        double[] scale = scaling.scale();
        for (int j = 0; j < width; j++) {
            sums[j] = (sums[j] - weight * centre[j]) / scale[j];
            slopes[j] *= scale[j];
        }
    }

    @Override
    public Model view() {
        return new Slopes(this, sums, slopes);
    }

    @Override
    public Model snapshot() {
        return new Slopes(this, sums.clone(), slopes.clone());
    }

    @Override
    public State state() {
        return State.builder().all(super.state()).doubles("slopes", slopes).build();
    }

    private static final class Slopes implements Regressor {
        private final Schema schema;
        private final double[] sums;
        private final double[] slopes;
        private final double weight;
        private final double target;

        Slopes(MergingMeans learner, double[] sums, double[] slopes) {
            this.schema = learner.schema;
            this.sums = sums;
            this.slopes = slopes;
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
                double[] cells = Rows.cells(chunk, row);
                out[row] = mean(target);
                for (int j = 0; j < cells.length; j++) {
                    out[row] += slopes[j] * (cells[j] - mean(sums[j]));
                }
            }
        }
    }
}
