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
import org.accrete.learners.sgd.weights.LinearWeights;

/** Makes linear classifiers that learn row by row; new classes may appear while they learn. */
public final class SgdClassifierProvider implements WarmStartProvider {
    /** Makes the provider. */
    public SgdClassifierProvider() {}

    @Override
    public String name() {
        return "sgd-classifier";
    }

    @Override
    public String summary() {
        return "linear classifier by stochastic gradient descent, for any number of classes";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return SgdParams.CLASSIFIER;
    }

    @Override
    public Set<Target.Kind> targets() {
        return Set.of(Target.Kind.CATEGORICAL);
    }

    @Override
    public List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return SgdLearner.memoryBytes(
                schema,
                params,
                LinearWeights.functions(schema.target().classes().size()));
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return ChunkDependentLearner.wrapIfDependent(new SgdClassifier(checked(schema), params), params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return ChunkDependentLearner.wrapIfDependent(new SgdClassifier(checked(schema), params, state, false), params);
    }

    @Override
    public Learner beginFrom(Schema schema, Params params, State state) {
        return ChunkDependentLearner.wrapIfDependent(new SgdClassifier(checked(schema), params, state, true), params);
    }

    /** {@inheritDoc} It takes {@code coef} and {@code intercept}, or scikit-learn's attributes. */
    @Override
    public Learner createWithWeights(Schema schema, Params params, State weights, boolean head) {
        SgdClassifier learner = new SgdClassifier(checked(schema), params);
        learner.startFrom(GivenWeights.of(schema, weights, name(), head));
        return ChunkDependentLearner.wrapIfDependent(learner, params);
    }

    private Schema checked(Schema schema) {
        schema.requireTarget(Target.Kind.CATEGORICAL, name());
        return schema;
    }
}
