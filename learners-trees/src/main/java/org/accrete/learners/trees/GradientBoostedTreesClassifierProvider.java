package org.accrete.learners.trees;

import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes gradient boosted trees that grow row by row, on the errors of a linear model. Source: Friedman, "Greedy
 * function approximation: a gradient boosting machine", Annals of Statistics 29, 2001; for streams Gunasekara et al.,
 * "Gradient boosted trees for evolving data streams", Machine Learning 113, 2024.
 */
public final class GradientBoostedTreesClassifierProvider extends TreeProvider {
    /** Makes the provider. */
    public GradientBoostedTreesClassifierProvider() {
        super(
                "gradient-boosted-trees-classifier",
                "trees that each correct those before, after a linear model, for any number of classes",
                Target.Kind.CATEGORICAL,
                Stream.concat(BoostingParams.ALL.stream(), Stream.of(ClassList.NEW_CLASSES, ClassList.MAX_CLASSES))
                        .toList());
    }

    @Override
    long fixedBytes(Schema schema, Params values) {
        return LinearStart.bytes(schema);
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new GradientBoostedTreesClassifier(features, labels, values);
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new GradientBoostedTreesClassifier(features, values, state);
    }
}
