package org.accrete.learners.nn;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Predicts a number by the one output of a network. */
final class MlpRegressor extends MlpLearner {
    private MlpRegressor(Schema schema, Params params, Network network) {
        super(schema, params, MlpParams.regressorTrainer(network, params));
    }

    /** {@return a learner that has seen nothing} */
    static MlpRegressor create(Schema schema, Params params) {
        Network network = MlpParams.network(schema, params, 1);
        MlpParams.draw(network, params);
        return new MlpRegressor(schema, params, network);
    }

    /** {@return a learner that has seen nothing and begins with weights from elsewhere} */
    static MlpRegressor begin(Schema schema, Params params, State weights, boolean head) {
        Network network = MlpParams.network(schema, params, 1);
        MlpParams.draw(network, params);
        Tensors.begin(weights, network, head);
        return new MlpRegressor(schema, params, network);
    }

    /** {@return a learner that goes on from a state} */
    static MlpRegressor restore(Schema schema, Params params, State state) {
        MlpRegressor learner = new MlpRegressor(schema, params, MlpParams.network(schema, params, 1));
        learner.restore(state);
        return learner;
    }

    @Override
    boolean isTarget(float target) {
        return true;
    }

    @Override
    int check(Chunk chunk) {
        Rows.requireTargets(chunk);
        return 1;
    }

    @Override
    int outputsFor(double target) {
        return 1;
    }

    @Override
    void accept(Chunk chunk, int checked) {}

    @Override
    void putInto(State.Builder state) {}

    @Override
    public Regressor view() {
        return new NetworkRegressor(schema, network, () -> scratch);
    }

    @Override
    public Regressor snapshot() {
        return new NetworkRegressor(schema, network.copy(), Scratch::new);
    }
}
