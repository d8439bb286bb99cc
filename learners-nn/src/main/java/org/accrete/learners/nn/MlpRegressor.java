package org.accrete.learners.nn;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A network with one output: the target in standard deviations from its mean. */
final class MlpRegressor extends MlpLearner {
    /** Makes a learner with weights of 0. */
    MlpRegressor(Schema schema, Params params) {
        super(
                schema,
                params,
                MlpParams.regressorBackpropagation(MlpParams.network(schema, params, 1), params),
                new TargetMoments(true));
    }

    @Override
    boolean isTarget(float target) {
        return true;
    }

    @Override
    int check(Chunk chunk) {
        FloatChecks.requireTargets(chunk);
        return 1;
    }

    @Override
    int outputsFor(double target) {
        return 1;
    }

    @Override
    void accept(Chunk chunk, int classes) {}

    @Override
    void readFrom(State state) {
        target.read(state);
    }

    @Override
    void putInto(State.Builder state) {
        target.put(state);
    }

    @Override
    public Regressor view() {
        return new NetworkRegressor(schema, network, target, () -> buffers);
    }

    @Override
    public Regressor snapshot() {
        return new NetworkRegressor(schema, network.copy(), target.copy(), PredictionBuffers::new);
    }
}
