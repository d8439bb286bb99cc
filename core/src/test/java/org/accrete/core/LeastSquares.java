package org.accrete.core;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The simplest learner of a number: one gradient step per row. */
public record LeastSquares(Schema schema, double[] weights, long[] count) implements Learner, Regressor {
    public record Provider() implements LearnerProvider {
        @Override
        public String name() {
            return "least-squares";
        }

        @Override
        public String summary() {
            return "plain least squares";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public Set<Target.Kind> targets() {
            return Set.of(Target.Kind.NUMERIC);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 8L * schema.width();
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new LeastSquares(schema, new double[schema.width() + 1], new long[1]);
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            return new LeastSquares(
                    schema, state.doubles("coef", schema.width() + 1), state.longs("least-squares.rows_seen", 1));
        }
    }

    @Override
    public void partialFit(Chunk chunk) {
        schema.require(chunk.schema());
        DenseChunk dense = (DenseChunk) chunk;
        int width = schema.width();
        for (int row = 0; row < chunk.rows(); row++) {
            double step = 0.01 * (chunk.target(row) - predict(dense, row));
            for (int j = 0; j < width; j++) {
                weights[j] += step * dense.values()[dense.offset(row) + j];
            }
            weights[width] += step;
        }
        count[0] += chunk.rows();
    }

    private double predict(DenseChunk chunk, int row) {
        double sum = weights[schema.width()];
        for (int j = 0; j < schema.width(); j++) {
            sum += weights[j] * chunk.values()[chunk.offset(row) + j];
        }
        return sum;
    }

    @Override
    public void predict(Chunk chunk, double[] out) {
        for (int row = 0; row < chunk.rows(); row++) {
            out[row] = predict((DenseChunk) chunk, row);
        }
    }

    @Override
    public long rowsSeen() {
        return count[0];
    }

    @Override
    public LeastSquares view() {
        return this;
    }

    @Override
    public LeastSquares snapshot() {
        return new LeastSquares(schema, weights.clone(), count.clone());
    }

    @Override
    public State state() {
        return State.builder()
                .doubles("coef", weights)
                .longs("least-squares.rows_seen", count)
                .build();
    }
}
