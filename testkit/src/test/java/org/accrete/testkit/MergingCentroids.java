package org.accrete.testkit;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.param.Params;

/** A mergeable variant of {@link Centroids}. */
class MergingCentroids extends Centroids implements MergeableLearner {
    private final Params params;

    MergingCentroids(Schema schema, Params params) {
        super(schema, params);
        this.params = params;
    }

    @Override
    public void merge(Learner other) {
        if (!(other instanceof MergingCentroids theirs)) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is " + other.getClass());
        }
        schema.require(other.schema());
        params.requireSame(theirs.params);
        if (theirs.rows > 0) {
            take(theirs, rows == 0 ? theirs.classes.labels() : joined(theirs.classes.labels()));
        }
    }

    List<String> joined(List<String> theirs) {
        return classes.joined(theirs);
    }

    void take(MergingCentroids other, List<String> joined) {
        double[] allCounts = new double[joined.size()];
        double[] allSums = new double[joined.size() * width];
        for (MergingCentroids learner : List.of(this, other)) {
            List<String> labels = learner.classes.labels();
            for (int k = 0; k < labels.size(); k++) {
                int at = joined.indexOf(labels.get(k));
                for (int j = 0; j < width && at >= 0; j++) {
                    allSums[at * width + j] += learner.sums[k * width + j];
                }
                if (at >= 0) {
                    allCounts[at] += learner.counts[k];
                }
            }
        }
        counts = allCounts;
        sums = allSums;
        classes.become(joined);
        rows += other.rows;
    }
}
