package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes gradient boosted trees of numbers that grow row by row, on the errors of a linear model. Source: Friedman,
 * "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 2001; for streams Gunasekara
 * et al., "Gradient boosted trees for evolving data streams", Machine Learning 113, 2024.
 */
public final class GradientBoostedTreesRegressorProvider extends TreeProvider {
    /** Makes the provider. */
    public GradientBoostedTreesRegressorProvider() {
        super(
                "gradient-boosted-trees-regressor",
                "trees that each correct those before, after a linear model",
                Target.Kind.NUMERIC,
                BoostingParams.ALL);
    }

    @Override
    long fixedBytes(Schema schema, Params values) {
        return LinearStart.bytes(schema);
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new GradientBoostedTreesRegressor(features, values);
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new GradientBoostedTreesRegressor(features, values, state);
    }
}
