package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes adaptive random forests that predict numbers. Source: Gomes et al., "Adaptive random forests for data stream
 * regression", ESANN 2018.
 */
public final class AdaptiveRandomForestRegressorProvider extends TreeProvider {
    private static final ParamSpec<Double> DELTA = ForestParams.DELTA.withDefault(0.01);
    private static final ParamSpec<Double> WARNING_DELTA = ForestParams.WARNING_DELTA.withDefault(0.3);
    private static final ParamSpec<Double> DRIFT_DELTA = ForestParams.DRIFT_DELTA.withDefault(0.1);

    /** Makes the provider. */
    public AdaptiveRandomForestRegressorProvider() {
        super(
                "adaptive-random-forest-regressor",
                "forest of regression trees that are replaced when their errors rise",
                Target.Kind.NUMERIC,
                List.of(
                        ForestParams.N_ESTIMATORS,
                        ForestParams.MAX_FEATURES,
                        ForestParams.MEAN_WEIGHT,
                        TreeParams.GRACE_PERIOD,
                        DELTA,
                        TreeParams.TAU,
                        RegressionTree.LEAF_PREDICTION,
                        TreeParams.MAX_DEPTH,
                        WARNING_DELTA,
                        DRIFT_DELTA,
                        ForestParams.SEED,
                        ForestParams.THREADS,
                        TreeParams.MAX_BYTES));
    }

    @Override
    long fixedBytes(Schema schema, Params values) {
        return ForestParams.detectorBytes(values);
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new AdaptiveRandomForestRegressor(
                features, ForestParams.of(values, features), values.get(RegressionTree.LEAF_PREDICTION));
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new AdaptiveRandomForestRegressor(
                features, ForestParams.of(values, features), values.get(RegressionTree.LEAF_PREDICTION), state);
    }
}
