package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes adaptive Hoeffding trees: each node watches its errors, and where they rise another tree grows beside it.
 * Source: Bifet and Gavaldà, "Adaptive Learning from Evolving Data Streams", IDA 2009.
 */
public final class HoeffdingAdaptiveTreeClassifierProvider extends TreeProvider {
    private static final ParamSpec<Double> GRACE_PERIOD = TreeParams.GRACE_PERIOD.withDefault(100.0);
    private static final ParamSpec<Double> DELTA = TreeParams.DELTA.withDefault(1e-3);
    private static final ParamSpec<Double> DRIFT_DELTA = ParamSpec.real(
            "drift-delta", 0.05, new Range(0, true, 1, true), "delta of the adwin that watches each node");

    /** Makes the provider. */
    public HoeffdingAdaptiveTreeClassifierProvider() {
        super(
                "hoeffding-adaptive-tree-classifier",
                "decision tree whose parts are replaced when their errors rise, for any number of classes",
                Target.Kind.CATEGORICAL,
                List.of(
                        GRACE_PERIOD,
                        DELTA,
                        TreeParams.TAU,
                        TreeParams.LEAF_PREDICTION,
                        TreeParams.MAX_DEPTH,
                        DRIFT_DELTA,
                        TreeParams.MAX_BYTES,
                        ClassList.NEW_CLASSES,
                        ClassList.MAX_CLASSES));
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new HoeffdingAdaptiveTreeClassifier(features, labels, values, params(values), values.get(DRIFT_DELTA));
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new HoeffdingAdaptiveTreeClassifier(features, values, params(values), values.get(DRIFT_DELTA), state);
    }

    private static TreeParams params(Params values) {
        // The tree and those that grow beside it have equal parts.
        long each = TreeParams.maxBytes(values) / (1 + AdaptiveTree.MOST_ALTERNATES);
        return TreeParams.of(values, GRACE_PERIOD, DELTA, 0, each, AdaptiveTree.WATCH_BYTES);
    }
}
