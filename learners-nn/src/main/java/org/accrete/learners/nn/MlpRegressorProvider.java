package org.accrete.learners.nn;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes networks that predict a number. */
public final class MlpRegressorProvider implements WarmStartProvider {
    /** Makes the provider. */
    public MlpRegressorProvider() {}

    @Override
    public String name() {
        return "mlp-regressor";
    }

    @Override
    public String summary() {
        return "fully connected network that predicts a number, trained batch by batch";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return MlpParams.REGRESSOR;
    }

    @Override
    public Set<Target.Kind> targets() {
        return Set.of(Target.Kind.NUMERIC);
    }

    @Override
    public List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return MlpParams.memoryBytes(schema, params, 1);
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return MlpRegressor.create(checked(schema), params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return MlpRegressor.restore(checked(schema), params, state);
    }

    @Override
    public Learner createWithWeights(Schema schema, Params params, State weights, boolean head) {
        return MlpRegressor.begin(checked(schema), params, weights, head);
    }

    private Schema checked(Schema schema) {
        MlpLearner.requireTarget(schema, Target.Kind.NUMERIC, name());
        return schema;
    }
}
