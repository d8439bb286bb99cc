package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Learns {@link GradientBoosting} of the squared error. */
final class GradientBoostedTreesRegressor extends TreeRegressor {
    private final GradientBoosting boosting;

    GradientBoostedTreesRegressor(Features features, Params values) {
        super(features);
        boosting = new GradientBoosting(features, BoostingParams.of(values, features), List.of());
    }

    GradientBoostedTreesRegressor(Features features, Params values, State state) {
        super(features, state);
        boosting = new GradientBoosting(features, BoostingParams.of(values, features), List.of(), state);
    }

    @Override
    void learn(Rows rows, int count, double[] targets, double[] weights, double[] predictions) {
        for (int i = 0; i < count; i++) {
            boosting.learn(rows, i, targets[i], weights[i], 0, predictions, i);
        }
    }

    @Override
    void writeTo(State.Builder state) {
        boosting.write(state);
    }

    @Override
    public Regressor view() {
        return new BoostedRegressor(boosting.view());
    }

    @Override
    public Regressor snapshot() {
        return new BoostedRegressor(boosting.snapshot());
    }
}
