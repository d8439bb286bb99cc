package org.accrete.learners.nn;

import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes networks that predict a number. */
public final class MlpRegressorProvider extends MlpProvider {
    /** Makes the provider. */
    public MlpRegressorProvider() {
        super(
                "mlp-regressor",
                "fully connected network that predicts a number, trained batch by batch",
                MlpParams.REGRESSOR,
                Target.Kind.NUMERIC);
    }

    @Override
    MlpLearner newLearner(Schema schema, Params params) {
        return new MlpRegressor(schema, params);
    }

    @Override
    MlpLearner newLearner(Schema schema, Params params, State state) {
        return newLearner(schema, params);
    }

    @Override
    int outputs(Schema schema) {
        return 1;
    }
}
