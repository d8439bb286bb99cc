package org.accrete.learners.nn;

import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes networks that classify. Rows of new classes may appear during training. */
public final class MlpClassifierProvider extends MlpProvider {
    /** Makes the provider. */
    public MlpClassifierProvider() {
        super(
                "mlp-classifier",
                "fully connected network that predicts a class, trained batch by batch",
                MlpParams.CLASSIFIER,
                Target.Kind.CATEGORICAL);
    }

    @Override
    MlpLearner newLearner(Schema schema, Params params) {
        return MlpClassifier.of(schema, params);
    }

    @Override
    MlpLearner newLearner(Schema schema, Params params, State state) {
        return MlpClassifier.of(schema, params, state);
    }

    @Override
    int outputs(Schema schema) {
        return Math.max(2, schema.target().classes().size());
    }
}
