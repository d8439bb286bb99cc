package org.accrete.learners.sgd;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes linear regressors that learn row by row: of a mean, a quantile or a count, with more or less robust losses. */
public final class SgdRegressorProvider implements WarmStartProvider {
    /** Makes the provider. */
    public SgdRegressorProvider() {}

    @Override
    public String name() {
        return "sgd-regressor";
    }

    @Override
    public String summary() {
        return "linear regressor by stochastic gradient descent";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return SgdParams.REGRESSOR;
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
        return SgdLearner.memoryBytes(schema, params, 1);
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return ChunkDependentLearner.wrapIfDependent(new SgdRegressor(checked(schema), params), params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return ChunkDependentLearner.wrapIfDependent(new SgdRegressor(checked(schema), params, state, false), params);
    }

    @Override
    public Learner beginFrom(Schema schema, Params params, State state) {
        return ChunkDependentLearner.wrapIfDependent(new SgdRegressor(checked(schema), params, state, true), params);
    }

    /** {@inheritDoc} It takes {@code coef} and {@code intercept}, or scikit-learn's attributes. */
    @Override
    public Learner createWithWeights(Schema schema, Params params, State weights, boolean head) {
        SgdRegressor learner = new SgdRegressor(checked(schema), params);
        learner.startFrom(GivenWeights.of(schema, weights, name(), head));
        return ChunkDependentLearner.wrapIfDependent(learner, params);
    }

    private Schema checked(Schema schema) {
        schema.requireTarget(Target.Kind.NUMERIC, name());
        return schema;
    }
}
