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

/** The common part of both providers. */
abstract sealed class MlpProvider implements WarmStartProvider permits MlpClassifierProvider, MlpRegressorProvider {
    private final String name;
    private final String summary;
    private final List<ParamSpec<?>> params;
    private final Target.Kind target;

    MlpProvider(String name, String summary, List<ParamSpec<?>> params, Target.Kind target) {
        this.name = name;
        this.summary = summary;
        this.params = params;
        this.target = target;
    }

    /** {@return a learner for a new model, with weights of 0} */
    abstract MlpLearner newLearner(Schema schema, Params params);

    /** {@return a learner that {@link MlpLearner#restore} can fill from the state, with weights of 0} */
    abstract MlpLearner newLearner(Schema schema, Params params, State state);

    /** {@return the number of outputs to reserve memory for} */
    abstract int outputs(Schema schema);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final List<ParamSpec<?>> params() {
        return params;
    }

    @Override
    public final Set<Target.Kind> targets() {
        return Set.of(target);
    }

    @Override
    public final List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    @Override
    public final long memoryBytes(Schema schema, Params params) {
        return MlpParams.memoryBytes(schema, params, outputs(schema));
    }

    @Override
    public final Learner create(Schema schema, Params params) {
        return initialized(schema, params);
    }

    @Override
    public final Learner createWithWeights(Schema schema, Params params, State weights, boolean head) {
        MlpLearner learner = initialized(schema, params);
        learner.warmStart(weights, head);
        return learner;
    }

    private MlpLearner initialized(Schema schema, Params params) {
        schema.requireTarget(target, name);
        MlpLearner learner = newLearner(schema, params);
        MlpParams.initialize(learner.network, params);
        return learner;
    }

    @Override
    public final Learner restore(Schema schema, Params params, State state) {
        schema.requireTarget(target, name);
        MlpLearner learner = newLearner(schema, params, state);
        learner.restore(state);
        return learner;
    }
}
