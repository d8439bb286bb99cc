package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Predicts a number by one linear function, or by the exponential of one. */
final class SgdRegressor extends SgdLearner {
    private final boolean logLink;

    SgdRegressor(Schema schema, Params params) {
        super(schema, params, SgdParams.regressorDescent(params), 1);
        this.logLink = SgdParams.regressorLoss(params).hasLogLink();
    }

    SgdRegressor(Schema schema, Params params, State state, boolean begins) {
        super(schema, params, SgdParams.regressorDescent(params), 1, state, begins);
        this.logLink = SgdParams.regressorLoss(params).hasLogLink();
    }

    @Override
    int check(Chunk chunk) {
        RowChecks.requireFiniteTargets(chunk);
        if (logLink) {
            RowChecks.requireCounts(chunk);
        }
        return 1;
    }

    @Override
    void learn(Chunk chunk, int checked, double t) {
        descent.learn(weights, chunk, 0, chunk.rows(), t);
    }

    @Override
    void accept(Chunk chunk, int checked) {}

    @Override
    List<String> offered() {
        return List.of();
    }

    @Override
    public void classes(List<String> labels) {}

    @Override
    List<String> labels() {
        return List.of();
    }

    @Override
    List<String> joined(List<String> theirs) {
        return theirs;
    }

    @Override
    void become(List<String> joined) {}

    @Override
    void say(double[] values, int count) {
        LinearRegressor.say(values, count, logLink);
    }

    @Override
    void putInto(State.Builder state) {}

    @Override
    public Regressor view() {
        return new LinearRegressor(schema, weights.readable(), logLink);
    }

    @Override
    public Regressor snapshot() {
        return new LinearRegressor(schema, weights.readable().copy(), logLink);
    }
}
