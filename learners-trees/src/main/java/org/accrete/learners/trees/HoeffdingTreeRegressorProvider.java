package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes regression trees (FIMT-DD) with linear functions in their leaves. Source: Ikonomovska, Gama, Dzeroski,
 * "Learning model trees from evolving data streams", Data Mining and Knowledge Discovery 23, 2011.
 */
public final class HoeffdingTreeRegressorProvider extends TreeProvider {
    private static final ParamSpec<Double> DELTA = TreeParams.DELTA.withDefault(0.01);

    /** Makes the provider. */
    public HoeffdingTreeRegressorProvider() {
        super(
                "hoeffding-tree-regressor",
                "regression tree that grows row by row, with linear functions in its leaves",
                Target.Kind.NUMERIC,
                List.of(
                        TreeParams.GRACE_PERIOD,
                        DELTA,
                        TreeParams.TAU,
                        RegressionTree.LEAF_PREDICTION,
                        TreeParams.MAX_DEPTH,
                        TreeParams.MAX_BYTES));
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new HoeffdingTreeRegressor(features, params(values), values.get(RegressionTree.LEAF_PREDICTION));
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new HoeffdingTreeRegressor(features, params(values), values.get(RegressionTree.LEAF_PREDICTION), state);
    }

    private static TreeParams params(Params values) {
        return TreeParams.of(values, TreeParams.GRACE_PERIOD, DELTA, 0, TreeParams.maxBytes(values), 0);
    }
}
