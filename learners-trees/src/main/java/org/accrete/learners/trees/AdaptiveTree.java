package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftLevel;
import org.accrete.drift.Adwin;

/**
 * A Hoeffding tree whose every node watches the errors of the rows that pass it. Where they rise, a leaf begins anew,
 * and at a node above leaves another tree begins to grow beside what is there. It takes its place once its errors are
 * surely fewer, and is given up once they are surely more.
 *
 * <p>Source: Bifet and Gavaldà, "Adaptive Learning from Evolving Data Streams", IDA 2009. The test of both errors uses
 * their windows in ADWIN, as there; leaves that begin anew are ours.
 */
final class AdaptiveTree {
    static final String ALTERNATES = "trees.alternates";

    /** Rows that both must have seen before they are compared. */
    private static final int LEAST_ROWS = 300;
    /** Probability that two trees which are equally good are told apart, about. */
    private static final double LEVEL = 0.05;
    /** The most trees that grow beside nodes. */
    static final int MOST_ALTERNATES = 4;

    /** About what the detector of a node takes once it has seen many rows. */
    static final int WATCH_BYTES = 2_048;

    /** Rows between two comparisons. */
    private static final int CLOCK = 32;

    private final Features features;
    private final TreeParams params;
    private final LeafPrediction prediction;
    private final Watches detectors;
    private final Splitter splitter;
    private final SeededRandom random = new SeededRandom(0);
    private ClassTree tree;
    /** Per node its errors. */
    private DriftDetector[] watches;
    /** The trees that may take the places of nodes, few. */
    private List<Alternate> alternates = new ArrayList<>();

    private long replaced;
    private double[] unused = {};
    private int[] path = new int[16];

    private static final class Alternate {
        private final int node;
        private final ClassTree tree;
        private final DriftDetector errors;
        private long rows;

        Alternate(int node, ClassTree tree, DriftDetector errors, long rows) {
            this.node = node;
            this.tree = tree;
            this.errors = errors;
            this.rows = rows;
        }

        /** {@return the same beside a node that is numbered anew} */
        Alternate at(int number) {
            return new Alternate(number, tree, errors, rows);
        }
    }

    AdaptiveTree(Features features, TreeParams params, LeafPrediction prediction, double delta) {
        this.features = features;
        this.params = params;
        this.prediction = prediction;
        this.detectors = new Watches(delta);
        splitter = new Splitter(features);
        tree = newTree();
        watches = new DriftDetector[] {detectors.create()};
    }

    private ClassTree newTree() {
        return new ClassTree(features, params, prediction, splitter, random);
    }

    /** {@return the number of the tree that grows beside a node; −1 if there is none} */
    private int beside(int node) {
        for (int k = 0; k < alternates.size(); k++) {
            if (alternates.get(k).node == node) {
                return k;
            }
        }
        return -1;
    }

    /** Predicts a row, and learns it unless its weight is 0. */
    void learn(Rows rows, int i, int target, double weight, int known, double[] out, int from) {
        int leaf = tree.predict(rows, i, known, out, from);
        if (!(weight > 0)) {
            return;
        }
        double error = ClassTree.isRight(out, from, known, target) ? 0 : 1;
        int length = follow(leaf, rows, i);
        int changed = -1;
        for (int k = 0; k < length && changed < 0; k++) {
            int node = path[k];
            boolean rose = watches[node].update(error) == DriftLevel.DRIFT;
            if (rose && node == leaf) {
                tree.beginAnew(leaf);
            } else if (rose && alternates.size() < MOST_ALTERNATES && beside(node) < 0) {
                alternates.add(new Alternate(node, newTree(), detectors.create(), 0));
            }
            int other = beside(node);
            if (other >= 0 && learn(alternates.get(other), rows, i, target, weight, known)) {
                changed = node;
            }
        }
        if (changed >= 0) {
            replace(changed);
        } else {
            tree.learn(leaf, rows, i, target, weight);
            grow();
        }
    }

    /** @return whether it shall take the place of its node */
    private boolean learn(Alternate other, Rows rows, int i, int target, double weight, int known) {
        if (unused.length < known) {
            unused = new double[known];
        }
        int leaf = other.tree.predict(rows, i, known, unused, 0);
        other.errors.update(ClassTree.isRight(unused, 0, known, target) ? 0 : 1);
        other.tree.learn(leaf, rows, i, target, weight);
        other.rows++;
        if (other.rows % CLOCK != 0) {
            return false;
        }
        Adwin mine = (Adwin) watches[other.node];
        Adwin theirs = (Adwin) other.errors;
        if (mine.width() < LEAST_ROWS || theirs.width() < LEAST_ROWS) {
            return false;
        }
        double p = mine.mean();
        double bound =
                Math.sqrt(2 * p * (1 - p) * StrictMath.log(2 / LEVEL) * (1.0 / mine.width() + 1.0 / theirs.width()));
        if (p - theirs.mean() > bound) {
            return true;
        }
        if (theirs.mean() - p > bound) {
            alternates.remove(other);
        }
        return false;
    }

    /** Writes the nodes from the root to the leaf. */
    private int follow(int leaf, Rows rows, int i) {
        int node = 0;
        int length = 0;
        while (true) {
            if (length == path.length) {
                path = Arrays.copyOf(path, 2 * length);
            }
            path[length++] = node;
            if (node == leaf) {
                return length;
            }
            node = tree.nodes.next(node, rows.numbers, i * features.numbers, rows.values, i * features.nominals);
        }
    }

    /** Gives new nodes watches of their own. */
    private void grow() {
        int size = tree.nodes.size;
        if (size <= watches.length && watches[size - 1] != Watches.NONE) {
            return;
        }
        int before = watches.length;
        if (size > before) {
            watches = Arrays.copyOf(watches, Math.max(size, 2 * before));
            Arrays.fill(watches, before, watches.length, Watches.NONE);
        }
        for (int node = size - 1; node >= 0 && watches[node] == Watches.NONE; node--) {
            watches[node] = detectors.create();
        }
    }

    /** Puts an alternate in the place of a node and of all below it. */
    private void replace(int node) {
        Grafting grafting = new Grafting(tree, node, alternates.get(beside(node)).tree);
        tree = grafting.tree();
        DriftDetector[] kept = new DriftDetector[tree.nodes.size];
        List<Alternate> keptAlternates = new ArrayList<>();
        for (int k = 0; k < kept.length; k++) {
            int old = grafting.origin(k);
            kept[k] = old >= 0 ? watches[old] : detectors.create();
            int other = old >= 0 ? beside(old) : -1;
            if (other >= 0) {
                keptAlternates.add(alternates.get(other).at(k));
            }
        }
        watches = kept;
        alternates = keptAlternates;
        replaced++;
    }

    Voter<ClassLeaf> view() {
        return tree.view().with(1, replaced);
    }

    Voter<ClassLeaf> snapshot() {
        return tree.snapshot().with(1, replaced);
    }

    static TreeWriter writer() {
        return ClassTree.writer(List.of(Watches.BUCKETS), List.of(ALTERNATES, Watches.SIZES, Watches.COUNTS));
    }

    void write(TreeWriter out) {
        out.whole(ALTERNATES, replaced);
        out.whole(ALTERNATES, alternates.size());
        tree.write(out);
        for (int node = 0; node < tree.nodes.size; node++) {
            Watches.write(watches[node], out);
        }
        for (Alternate other : alternates) {
            out.whole(ALTERNATES, other.node);
            out.whole(ALTERNATES, other.rows);
            Watches.write(other.errors, out);
            other.tree.write(out);
        }
    }

    AdaptiveTree(
            Features features, TreeParams params, LeafPrediction prediction, double delta, int known, TreeReader in) {
        this.features = features;
        this.params = params;
        this.prediction = prediction;
        this.detectors = new Watches(delta);
        splitter = new Splitter(features);
        replaced = in.whole(ALTERNATES, 0, Long.MAX_VALUE);
        int others = in.whole(ALTERNATES, 0, MOST_ALTERNATES);
        tree = new ClassTree(features, params, prediction, splitter, random, known, in);
        int size = tree.nodes.size;
        watches = new DriftDetector[size];
        for (int node = 0; node < size; node++) {
            watches[node] = detectors.read(in);
        }
        for (int k = 0; k < others; k++) {
            int node = in.whole(ALTERNATES, 0, size - 1L);
            TreeReader.require(beside(node) < 0, "nodes of alternates");
            long rows = in.whole(ALTERNATES);
            DriftDetector errors = detectors.read(in);
            ClassTree other = new ClassTree(features, params, prediction, splitter, random, known, in);
            alternates.add(new Alternate(node, other, errors, rows));
        }
    }
}
