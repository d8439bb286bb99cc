package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Target;
import org.accrete.api.store.State;
import org.accrete.kernels.Exp;

/**
 * Trees each of which lowers the loss that the score of those before it leaves, and what they begin with. Of a row the
 * score is computed tree by tree, and each tree learns the gradient and curvature of the loss at the score that it
 * finds. The first trees remember the most rows and the last ones the fewest, so that what lasts and what is new are
 * learned side by side.
 *
 * <p>Source: Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 2001, and
 * "Stochastic gradient boosting", 2002; row by row as in Gunasekara et al., "Gradient boosted trees for evolving data
 * streams", Machine Learning 113, 2024. The linear start, the memories and the line search row by row are ours.
 */
final class GradientBoosting {
    private static final String FACTS = "boosting.facts";
    private static final String DRAWS = "boosting.draws";

    /** What the judgement of a row counts one row later. */
    private static final double JUDGED = 1 - 1.0 / 2_000;

    /** Mean squared gradients that a tree's factor begins with. */
    private static final double UNIT = 5;

    private static final double LEAST_CURVATURE = 1e-6;

    private final Features features;
    private final BoostingParams params;
    private final SeededRandom random;
    private final GradientSplitter splitter;
    private final Optional<LinearStart> start;
    private final GradientTree[] trees;
    private final boolean categorical;
    private int outputs;
    private double[] scores;
    private double[] pairs;
    private double[] probabilities;
    /** Squared gradients at the start of the trees, and weights, of the latest rows. */
    private double squares;

    private double weights;

    GradientBoosting(Features features, BoostingParams params, List<String> labels) {
        this(
                features,
                params,
                labels.size(),
                0,
                params.startsLinear() ? Optional.of(new LinearStart(features, labels)) : Optional.empty());
        for (int t = 0; t < trees.length; t++) {
            trees[t] = new GradientTree(features, params, splitter, random, t, outputs);
        }
    }

    private GradientBoosting(
            Features features, BoostingParams params, int known, long draws, Optional<LinearStart> start) {
        this.features = features;
        this.params = params;
        this.start = start;
        categorical = features.schema().target().kind() == Target.Kind.CATEGORICAL;
        random = new SeededRandom(params.seed(), draws);
        splitter = new GradientSplitter(features, params.l2(), params.delta());
        trees = new GradientTree[params.trees()];
        outputs = outputs(known);
        scores = new double[outputs];
        pairs = new double[2 * outputs];
        probabilities = new double[outputs];
    }

    private int outputs(int known) {
        return categorical && known > 2 ? known : 1;
    }

    void classes(List<String> labels) {
        start.ifPresent(linear -> linear.classes(labels));
    }

    /**
     * Predicts a row and then learns it, unless its weight is 0.
     *
     * @param target the number, or the number of the class
     * @param known how many classes are known
     * @param out receives the scores of the classes, or one score for up to two classes, or the number
     */
    void learn(Rows rows, int slot, double target, double weight, int known, double[] out, int from) {
        Arrays.fill(scores, 0);
        if (start.isPresent()) {
            double[] linear = start.get().learn(rows, slot, target, weight);
            System.arraycopy(linear, 0, scores, 0, outputs);
        }
        boolean learns = weight > 0 && (!categorical || known > 1);
        double unit = unit();
        boolean grew = false;
        for (int t = 0; t < trees.length; t++) {
            GradientTree tree = trees[t];
            int node = tree.find(rows, slot);
            double factor = params.learningRate() * tree.factor(unit);
            if (learns) {
                differentiate(target, known);
                if (t == 0) {
                    judge(weight);
                }
                tree.judge(node, pairs, weight, Leaf.kept(JUDGED, weight));
            }
            tree.add(node, factor, scores);
            if (learns && random.nextDouble() < params.subsample()) {
                grew |= tree.learn(node, rows, slot, pairs, weight);
            }
        }
        System.arraycopy(scores, 0, out, from, outputs);
        if (grew) {
            keepWithinBounds();
        }
        if (categorical && target + 1 > known) {
            grow(outputs((int) target + 1));
        }
    }

    private void judge(double weight) {
        double sum = 0;
        for (int o = 0; o < outputs; o++) {
            sum += pairs[2 * o] * pairs[2 * o];
        }
        double kept = Leaf.kept(JUDGED, weight);
        squares = squares * kept + weight * sum;
        weights = weights * kept + weight;
    }

    private double unit() {
        return weights > 0 ? UNIT * squares / weights : 1;
    }

    /** Computes gradient and curvature of the loss at the scores. */
    private void differentiate(double target, int known) {
        if (!categorical) {
            pairs[0] = scores[0] - target;
            pairs[1] = 1;
        } else if (outputs == 1) {
            double p = Exp.logistic(scores[0]);
            pairs[0] = p - target;
            pairs[1] = Math.max(LEAST_CURVATURE, p * (1 - p));
        } else {
            Exp.softmax(scores, 0, known, probabilities, 0);
            for (int c = 0; c < known; c++) {
                double p = probabilities[c];
                pairs[2 * c] = p - (c == target ? 1 : 0);
                pairs[2 * c + 1] = Math.max(LEAST_CURVATURE, p * (1 - p));
            }
        }
    }

    private void grow(int more) {
        if (more > outputs) {
            for (GradientTree tree : trees) {
                tree.grow(more);
            }
            outputs = more;
            scores = new double[more];
            pairs = new double[2 * more];
            probabilities = new double[more];
        }
    }

    /**
     * Lets the leaves that the fewest rows reach look for splits no more, until nine tenths of the memory are taken.
     */
    private void keepWithinBounds() {
        long bytes = bytes();
        if (bytes <= params.maxBytes()) {
            return;
        }
        while (bytes > params.maxBytes() / 10 * 9) {
            GradientTree least = trees[0];
            int leaf = -1;
            for (GradientTree tree : trees) {
                int of = tree.leastLeaf();
                if (of >= 0 && (leaf < 0 || tree.curvature(of) < least.curvature(leaf))) {
                    least = tree;
                    leaf = of;
                }
            }
            if (leaf < 0) {
                return;
            }
            least.sleep(leaf);
            bytes = bytes();
        }
    }

    /** {@return about how many bytes of memory the trees take; O(trees)} */
    long bytes() {
        long bytes = 0;
        for (GradientTree tree : trees) {
            bytes += tree.bytes();
        }
        return bytes;
    }

    /** {@return the same, counted anew; O(nodes)} */
    long counted() {
        long bytes = 0;
        for (GradientTree tree : trees) {
            bytes += tree.counted();
        }
        return bytes;
    }

    // --- readers and state

    BoostedScores view() {
        List<GradientTree.Step> steps = new ArrayList<>();
        for (GradientTree tree : trees) {
            steps.add(tree.view(params.learningRate() * tree.factor(unit())));
        }
        return new BoostedScores(features, start.map(LinearStart::view), steps, outputs);
    }

    BoostedScores snapshot() {
        List<GradientTree.Step> steps = new ArrayList<>();
        for (GradientTree tree : trees) {
            steps.add(tree.snapshot(params.learningRate() * tree.factor(unit())));
        }
        return new BoostedScores(features, start.map(LinearStart::snapshot), steps, outputs);
    }

    void write(State.Builder state) {
        state.doubles(FACTS, new double[] {squares, weights}).whole(DRAWS, random.counter());
        TreeWriter out = GradientTree.writer();
        for (GradientTree tree : trees) {
            tree.write(out);
        }
        out.writeTo(state);
        start.ifPresent(linear -> linear.write(state));
    }

    GradientBoosting(Features features, BoostingParams params, List<String> labels, State state) {
        this(
                features,
                params,
                labels.size(),
                state.whole(DRAWS),
                params.startsLinear() ? Optional.of(new LinearStart(features, labels, state)) : Optional.empty());
        double[] facts = state.doubles(FACTS, 2);
        squares = facts[0];
        weights = facts[1];
        TreeReader.require(
                squares >= 0 && squares <= Double.MAX_VALUE && weights >= 0 && weights <= Double.MAX_VALUE,
                "squared gradients");
        TreeReader in = new TreeReader(state);
        for (int t = 0; t < trees.length; t++) {
            trees[t] = new GradientTree(features, params, splitter, random, t, outputs, in);
        }
        in.requireEnd();
    }
}
