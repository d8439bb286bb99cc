package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Learns a forest whose trees differ by the weights they learn rows with and by the features their leaves look at.
 * Trees are independent of each other, so that any number of threads gives the same bits.
 */
final class AdaptiveRandomForestClassifier extends TreeClassifier implements EnsembleLearner {
    private final LeafPrediction prediction;
    private final List<ClassMember> members = new ArrayList<>();
    private final double[][] votes;
    private final Workers workers;
    /** The members that learn. */
    private int first;

    private int end;

    AdaptiveRandomForestClassifier(Features features, List<String> labels, Params values, ForestParams params) {
        super(features, labels, values);
        this.prediction = values.get(TreeParams.LEAF_PREDICTION);
        for (int t = 0; t < params.members(); t++) {
            members.add(new ClassMember(features, params, prediction, t));
        }
        votes = new double[params.members()][0];
        workers = params.workers();
        end = votes.length;
    }

    AdaptiveRandomForestClassifier(Features features, Params values, ForestParams params, State state) {
        super(features, values, state);
        this.prediction = values.get(TreeParams.LEAF_PREDICTION);
        TreeReader in = new TreeReader(state);
        for (int t = 0; t < params.members(); t++) {
            members.add(new ClassMember(features, params, prediction, t, labels().size(), in));
        }
        in.requireEnd();
        votes = new double[params.members()][0];
        workers = params.workers();
        end = votes.length;
    }

    @Override
    void learn(Rows rows, int count, int[] targets, double[] weights, int[] known, int stride, double[] out) {
        int size = count * stride;
        if (votes[0].length < size) {
            for (int t = 0; t < votes.length; t++) {
                votes[t] = new double[size];
            }
        }
        if (workers.threads() == 1 || count == 1) {
            for (int t = first; t < end; t++) {
                members.get(t).learn(rows, count, targets, weights, known, stride, votes[t]);
            }
        } else {
            workers.run(
                    end - first,
                    t -> members.get(first + t).learn(rows, count, targets, weights, known, stride, votes[first + t]));
        }
        Arrays.fill(out, 0, size, 0);
        for (int t = first; t < end; t++) {
            for (int i = 0; i < size; i++) {
                out[i] += votes[t][i];
            }
        }
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int c = 0; c < known[i]; c++) {
                sum += out[i * stride + c];
            }
            for (int c = 0; c < known[i]; c++) {
                out[i * stride + c] /= sum;
            }
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
        List<ClassMember> theirs = ((AdaptiveRandomForestClassifier) other).members;
        for (int t = from; t < to; t++) {
            members.set(t, theirs.get(t));
        }
    }

    @Override
    void write(State.Builder state) {
        TreeWriter out = ClassMember.writer();
        members.forEach(member -> member.write(out));
        out.writeTo(state);
    }

    @Override
    public ProbabilisticClassifier view() {
        return model(members.stream().map(ClassMember::view).toList());
    }

    @Override
    public ProbabilisticClassifier snapshot() {
        return model(members.stream().map(ClassMember::snapshot).toList());
    }

    private ProbabilisticClassifier model(List<Voter<ClassLeaf>> voters) {
        return new TreeModel(features, labels(), prediction, voters);
    }
}
