package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes Hoeffding trees (VFDT): a decision tree that grows with the stream and never looks at a row twice. Source:
 * Domingos and Hulten, "Mining High-Speed Data Streams", KDD 2000.
 */
public final class HoeffdingTreeClassifierProvider extends TreeProvider {
    /** Makes the provider. */
    public HoeffdingTreeClassifierProvider() {
        super(
                "hoeffding-tree-classifier",
                "decision tree that grows row by row, for any number of classes",
                Target.Kind.CATEGORICAL,
                List.of(
                        TreeParams.GRACE_PERIOD,
                        TreeParams.DELTA,
                        TreeParams.TAU,
                        TreeParams.LEAF_PREDICTION,
                        TreeParams.MAX_DEPTH,
                        TreeParams.MAX_BYTES,
                        ClassList.NEW_CLASSES,
                        ClassList.MAX_CLASSES));
    }

    @Override
    Learner create(Features features, List<String> labels, Params values) {
        return new HoeffdingTreeClassifier(features, labels, values, params(values));
    }

    @Override
    Learner restore(Features features, Params values, State state) {
        return new HoeffdingTreeClassifier(features, values, params(values), state);
    }

    private static TreeParams params(Params values) {
        return TreeParams.of(values, TreeParams.GRACE_PERIOD, TreeParams.DELTA, 0, TreeParams.maxBytes(values), 0);
    }
}
