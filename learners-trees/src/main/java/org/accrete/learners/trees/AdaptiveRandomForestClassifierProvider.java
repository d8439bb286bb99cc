package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes adaptive random forests: Hoeffding trees on Poisson weights and random features, each replaced when its errors
 * rise. Source: Gomes et al., "Adaptive random forests for evolving data stream classification", Machine Learning 106,
 * 2017.
 */
public final class AdaptiveRandomForestClassifierProvider extends TreeProvider {
    /** Makes the provider. */
    public AdaptiveRandomForestClassifierProvider() {
        super(
                "adaptive-random-forest-classifier",
                "forest of Hoeffding trees that are replaced when their errors rise, for any number of classes",
                Target.Kind.CATEGORICAL,
                List.of(
                        ForestParams.N_ESTIMATORS,
                        ForestParams.MAX_FEATURES,
                        ForestParams.MEAN_WEIGHT,
                        ForestParams.GRACE_PERIOD,
                        ForestParams.DELTA,
                        TreeParams.TAU,
                        TreeParams.LEAF_PREDICTION,
                        TreeParams.MAX_DEPTH,
                        ForestParams.WARNING_DELTA,
                        ForestParams.DRIFT_DELTA,
                        ForestParams.SEED,
                        ForestParams.THREADS,
                        TreeParams.MAX_BYTES,
                        ClassList.NEW_CLASSES,
                        ClassList.MAX_CLASSES));
    }

    @Override
    long fixedBytes(Schema schema, Params values) {
        return ForestParams.detectorBytes(values);
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new AdaptiveRandomForestClassifier(features, labels, values, ForestParams.of(values, features));
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new AdaptiveRandomForestClassifier(features, values, ForestParams.of(values, features), state);
    }
}
