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

/** Makes networks that tell any number of classes apart, which may come up as it goes. */
public final class MlpClassifierProvider implements WarmStartProvider {
    /** Makes the provider. */
    public MlpClassifierProvider() {}

    @Override
    public String name() {
        return "mlp-classifier";
    }

    @Override
    public String summary() {
        return "fully connected network that tells classes apart, trained batch by batch";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return MlpParams.CLASSIFIER;
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
        return MlpParams.memoryBytes(
                schema, params, Math.max(2, schema.target().classes().size()));
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return MlpClassifier.create(checked(schema), params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return MlpClassifier.restore(checked(schema), params, state);
    }

    @Override
    public Learner createWithWeights(Schema schema, Params params, State weights, boolean head) {
        return MlpClassifier.begin(checked(schema), params, weights, head);
    }

    private Schema checked(Schema schema) {
        MlpLearner.requireTarget(schema, Target.Kind.CATEGORICAL, name());
        return schema;
    }
}
