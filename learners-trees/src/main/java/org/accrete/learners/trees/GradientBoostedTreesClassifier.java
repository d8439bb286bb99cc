package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Learns {@link GradientBoosting} of the log-loss. */
final class GradientBoostedTreesClassifier extends TreeClassifier {
    private final GradientBoosting boosting;

    GradientBoostedTreesClassifier(Features features, List<String> labels, Params values) {
        super(features, labels, values);
        boosting = new GradientBoosting(features, BoostingParams.of(values, features), labels);
    }

    GradientBoostedTreesClassifier(Features features, Params values, State state) {
        super(features, values, state);
        boosting = new GradientBoosting(features, BoostingParams.of(values, features), labels(), state);
    }

    @Override
    void begin(List<String> labels) {
        boosting.classes(labels);
    }

    @Override
    void learn(Rows rows, int count, int[] targets, double[] weights, int[] known, int stride, double[] out) {
        for (int i = 0; i < count; i++) {
            boosting.learn(rows, i, targets[i], weights[i], known[i], out, i * stride);
        }
    }

    @Override
    int decide(double[] scores, int from, int known, double[] decisions, int at) {
        if (known < 2) {
            decisions[at] = -known;
            return at + 1;
        }
        int count = known == 2 ? 1 : known;
        System.arraycopy(scores, from, decisions, at, count);
        return at + count;
    }

    @Override
    void write(State.Builder state) {
        boosting.write(state);
    }

    @Override
    public ProbabilisticClassifier view() {
        return new BoostedClassifier(boosting.view(), labels());
    }

    @Override
    public ProbabilisticClassifier snapshot() {
        return new BoostedClassifier(boosting.snapshot(), labels());
    }
}
