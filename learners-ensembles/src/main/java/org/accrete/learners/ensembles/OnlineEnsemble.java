package org.accrete.learners.ensembles;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.learn.OnlineLearner;

/** An ensemble whose members are all row-wise. */
final class OnlineEnsemble extends Ensemble implements OnlineLearner {
    private final OneRow row;
    private List<String> offered = List.of();
    private double[] decisionsOfOne = {};

    OnlineEnsemble(MemberMaker maker, Members members) {
        super(maker, members);
        this.row = new OneRow(maker.schema());
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        schema().require(chunk.schema());
        int needed = members.decisionsOf(chunk);
        if (decisions.length < needed) {
            throw AccreteException.badArgument(
                    "the array of decision values must have room for " + needed + " but has " + decisions.length);
        }
        learn(chunk, decisions);
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, labels()));
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, labels()));
    }

    private double[] learnOne(Chunk chunk) {
        int length = members.decisionsOf(chunk);
        if (decisionsOfOne.length != length) {
            decisionsOfOne = new double[length];
        }
        learn(chunk, decisionsOfOne);
        return decisionsOfOne;
    }

    @Override
    public void classes(List<String> labels) {
        offered = labels.equals(members.classes()) ? List.of() : List.copyOf(labels);
    }

    private List<String> labels() {
        return offered.isEmpty() ? members.classes() : offered;
    }
}
