package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;

/**
 * Learns a forest that predicts numbers: the mean of its trees, weighted by how small their errors are. Trees are
 * independent of each other, so that any number of threads gives the same bits.
 */
final class AdaptiveRandomForestRegressor extends TreeRegressor implements EnsembleLearner {
    private final LeafModel model;
    private final List<RegressionMember> members = new ArrayList<>();
    private final double[][] each;
    private final double[][] votes;
    private final double[] weightsOfVotes = new double[BLOCK];
    private final Workers workers;
    /** The members that learn. */
    private int first;

    private int end;

    AdaptiveRandomForestRegressor(Features features, ForestParams params, LeafModel model) {
        super(features);
        this.model = model;
        for (int t = 0; t < params.members(); t++) {
            members.add(new RegressionMember(features, params, model, t));
        }
        each = new double[params.members()][BLOCK];
        votes = new double[params.members()][BLOCK];
        workers = params.workers();
        end = votes.length;
    }

    AdaptiveRandomForestRegressor(Features features, ForestParams params, LeafModel model, State state) {
        super(features, state);
        this.model = model;
        TreeReader in = new TreeReader(state);
        for (int t = 0; t < params.members(); t++) {
            members.add(new RegressionMember(features, params, model, t, in));
        }
        in.requireEnd();
        each = new double[params.members()][BLOCK];
        votes = new double[params.members()][BLOCK];
        workers = params.workers();
        end = votes.length;
    }

    @Override
    void learn(Rows rows, int count, double[] targets, double[] weights, double[] predictions) {
        if (workers.threads() == 1 || count == 1) {
            for (int t = first; t < end; t++) {
                members.get(t).learn(rows, count, targets, weights, each[t], votes[t]);
            }
        } else {
            workers.run(
                    end - first,
                    t -> members.get(first + t)
                            .learn(rows, count, targets, weights, each[first + t], votes[first + t]));
        }
        Arrays.fill(predictions, 0, count, 0);
        Arrays.fill(weightsOfVotes, 0, count, 0);
        for (int t = first; t < end; t++) {
            for (int i = 0; i < count; i++) {
                predictions[i] += votes[t][i] * each[t][i];
                weightsOfVotes[i] += votes[t][i];
            }
        }
        for (int i = 0; i < count; i++) {
            predictions[i] /= weightsOfVotes[i];
        }
    }

    @Override
    public int members() {
        return members.size();
    }

    @Override
    public void learnOnly(int from, int to) {
        first = from;
        end = to;
    }

    @Override
    public void takeMembers(Learner other, int from, int to) {
        List<RegressionMember> theirs = ((AdaptiveRandomForestRegressor) other).members;
        for (int t = from; t < to; t++) {
            members.set(t, theirs.get(t));
        }
    }

    @Override
    void writeTo(State.Builder state) {
        TreeWriter out = RegressionMember.writer();
        members.forEach(member -> member.write(out));
        out.writeTo(state);
    }

    @Override
    public Regressor view() {
        return new RegressionModel(
                features, model, members.stream().map(ForestMember::view).toList());
    }

    @Override
    public Regressor snapshot() {
        return new RegressionModel(
                features, model, members.stream().map(ForestMember::snapshot).toList());
    }
}
