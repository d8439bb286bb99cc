package org.accrete.core.pipeline;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Step;

/**
 * A pipeline whose parts are all row-wise. A row's decision values are those of the learner for the row that the steps
 * hand on; a row without a target has none.
 */
final class OnlinePipeline extends Pipeline implements OnlineLearner {
    private final OneRow row;
    private List<String> offered = List.of();
    private double[] decisions = {};

    /** Made once, so that a row allocates nothing. */
    private final LearnerCall learnRow = (learner, rows) -> fit(learner, rows, decisions);

    OnlinePipeline(ResolvedSpec spec, Schema schema, Step[] steps, OnlineLearner learner) {
        super(spec, schema, steps, learner);
        this.row = new OneRow(schema);
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        fit(chunk, (learner, rows) -> fit(learner, rows, decisions));
    }

    private void fit(Learner learner, Chunk rows, double[] decisions) {
        ((OnlineLearner) learner).partialFit(rows, decisions);
        transform().inverse(decisions, rows.rows());
    }

    @Override
    void forgetOffered() {
        offered = List.of();
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        requireOneThread();
        return learnOne(row.dense(x, target, weight, labels()));
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        requireOneThread();
        return learnOne(row.sparse(indices, values, count, target, weight, labels()));
    }

    private double[] learnOne(Chunk chunk) {
        int length = OnlineLearner.decisions(schema().target().kind(), classes().size());
        if (decisions.length != length) {
            decisions = new double[length];
        }
        if (chunk.hasTargets() && Double.isNaN(chunk.target(0))) {
            Arrays.fill(decisions, Double.NaN);
        }
        fit(chunk, learnRow);
        return decisions;
    }

    @Override
    public void classes(List<String> labels) {
        offered = labels.equals(classes()) ? List.of() : List.copyOf(labels);
    }

    private List<String> labels() {
        return offered.isEmpty() ? classes() : offered;
    }
}
