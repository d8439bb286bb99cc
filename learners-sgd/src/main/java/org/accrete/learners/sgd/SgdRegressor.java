package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.optimizer.DecisionSink;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.RowChecks;

/** Learns to predict a number by one linear function, or by its exponential. */
final class SgdRegressor extends SgdLearner {
    private final boolean logLink;

    SgdRegressor(Schema schema, Params params) {
        super(schema, params, SgdParams.regressor(params, schema.width()));
        this.logLink = SgdParams.regressorLoss(params).hasLogLink();
    }

    SgdRegressor(Schema schema, Params params, State state, boolean starts) {
        super(schema, params, SgdParams.regressor(params, schema.width()), state, starts);
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
    void learn(Chunk chunk, int checked, double t, DecisionSink sink) {
        learnRows(chunk, 0, chunk.rows(), t, sink);
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
    void predictFrom(double[] values, int count) {
        if (logLink) {
            LogLinearRegressor.predictFrom(values, count);
        }
    }

    @Override
    void write(State.Builder state) {}

    @Override
    public Regressor view() {
        return model(optimizer.model());
    }

    @Override
    public Regressor snapshot() {
        return model(optimizer.model().copy());
    }

    private Regressor model(LinearWeights weights) {
        return logLink ? new LogLinearRegressor(schema, weights) : new LinearRegressor(schema, weights);
    }
}
