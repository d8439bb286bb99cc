package org.accrete.learners.neighbours;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.store.State;
import org.accrete.kernels.Exp;

/**
 * Complete binary trees in flat arrays, one tree after the other. Node n of a tree has the children 2n + 1 and 2n + 2;
 * the first {@code inner} nodes have a split, and all {@code nodes} have masses.
 *
 * <p>A row goes left where its number is below the threshold, else right; where it is missing, its path ends. Its
 * weight is added to the latest mass of each node of its path.
 *
 * <p>The density of a node is the share of the reference mass that fell into it, divided by the share 2^−depth that it
 * would have if rows were spread evenly over the leaves; half a row is added to both, so that it is never 0. A row's
 * density in a tree is that of the last node of its path, or of the first one below {@code size-limit} of the root's
 * mass; so nodes of few rows, whose mass says little, are not divided. Its score is 1 / (1 + geometric mean of the
 * densities over the trees): 1/2 where rows are as frequent as if spread evenly, near 1 where there were hardly any.
 */
final class HalfSpaceForest {
    private static final String FEATURE = "feature";
    private static final String THRESHOLD = "threshold";
    private static final String REFERENCE = "reference_mass";
    private static final String LATEST = "half-space-trees.latest_mass";

    /** The share at each end of a cell in which no split is put, so that no cell is very narrow. */
    private static final double EDGE = 0.15;

    final int trees;
    final int height;
    final int inner;
    final int nodes;
    private final double sizeLimit;

    final int[] feature;
    final double[] threshold;

    /** Masses of the last whole window. */
    double[] reference;

    /** Masses of the window so far. */
    double[] latest;

    /** Half a row, as a share of a window. */
    private final double half;

    HalfSpaceForest(int trees, int height, double sizeLimit, int windowSize) {
        this.trees = trees;
        this.height = height;
        this.inner = (1 << height) - 1;
        this.nodes = 2 * inner + 1;
        this.sizeLimit = sizeLimit;
        this.half = 0.5 / windowSize;
        if ((long) trees * nodes > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument(
                    "trees times 2^(height + 1) must be < 2^31 but trees is " + trees + " and height " + height);
        }
        this.feature = new int[trees * inner];
        this.threshold = new double[trees * inner];
        this.reference = new double[trees * nodes];
        this.latest = new double[trees * nodes];
    }

    private HalfSpaceForest(HalfSpaceForest other) {
        trees = other.trees;
        height = other.height;
        inner = other.inner;
        nodes = other.nodes;
        sizeLimit = other.sizeLimit;
        half = other.half;
        // Splits are not changed once the trees are built, and a model does not add masses.
        feature = other.feature;
        threshold = other.threshold;
        reference = other.reference.clone();
        latest = new double[0];
    }

    /** {@return a copy for a model: the splits and the reference masses} */
    HalfSpaceForest copy() {
        return new HalfSpaceForest(this);
    }

    void read(State state, int columns) {
        long[] features = state.longs(FEATURE, trees, inner);
        System.arraycopy(state.doubles(THRESHOLD, trees, inner), 0, threshold, 0, threshold.length);
        reference = state.doubles(REFERENCE, trees, nodes);
        latest = state.doubles(LATEST, trees, nodes);
        for (int i = 0; i < feature.length; i++) {
            if (features[i] < 0 || features[i] >= columns || !Double.isFinite(threshold[i])) {
                throw AccreteException.corruptFile("tensors '" + FEATURE + "' and '" + THRESHOLD
                        + "' must hold columns from 0 to " + (columns - 1) + " and finite numbers");
            }
            feature[i] = (int) features[i];
        }
        for (int i = 0; i < reference.length; i++) {
            if (!(reference[i] >= 0 && reference[i] < Double.POSITIVE_INFINITY)
                    || !(latest[i] >= 0 && latest[i] < Double.POSITIVE_INFINITY)) {
                throw AccreteException.corruptFile(
                        "tensors '" + REFERENCE + "' and '" + LATEST + "' must hold finite numbers >= 0");
            }
        }
    }

    void write(State.Builder state) {
        state.longs(FEATURE, Arrays.stream(feature).asLongStream().toArray(), trees, inner)
                .doubles(THRESHOLD, threshold, trees, inner)
                .doubles(REFERENCE, reference, trees, nodes)
                .doubles(LATEST, latest, trees, nodes);
    }

    /**
     * Draws the splits. Each node divides a random column, the likelier the larger the part of the column's range that
     * is left in the node, at a random place of that part.
     *
     * @param least of each column; changed while splits are drawn
     * @param most of each column, not below
     */
    void build(double[] least, double[] most, long seed) {
        SeededRandom random = new SeededRandom(seed);
        double[] range = new double[least.length];
        Arrays.setAll(range, j -> most[j] - least[j]);
        for (int tree = 0; tree < trees; tree++) {
            split(tree * inner, 0, least.clone(), most.clone(), range, random);
        }
    }

    private void split(int tree, int node, double[] least, double[] most, double[] range, SeededRandom random) {
        if (node >= inner) {
            return;
        }
        double sum = 0;
        for (int j = 0; j < range.length; j++) {
            sum += share(least, most, range, j);
        }
        double draw = random.nextDouble() * sum;
        int column = 0;
        for (int j = 0; j < range.length; j++) {
            double share = share(least, most, range, j);
            if (share > 0) {
                column = j;
                draw -= share;
                if (draw < 0) {
                    break;
                }
            }
        }
        double from = least[column];
        double to = most[column];
        double at = from + (to - from) * (EDGE + (1 - 2 * EDGE) * random.nextDouble());
        feature[tree + node] = column;
        threshold[tree + node] = at;
        most[column] = at;
        split(tree, 2 * node + 1, least, most, range, random);
        most[column] = to;
        least[column] = at;
        split(tree, 2 * node + 2, least, most, range, random);
        least[column] = from;
    }

    private static double share(double[] least, double[] most, double[] range, int j) {
        return range[j] > 0 ? (most[j] - least[j]) / range[j] : 0;
    }

    /** Adds a row to the latest masses. */
    void add(double[] x, int from, double weight) {
        for (int tree = 0; tree < trees; tree++) {
            int masses = tree * nodes;
            int splits = tree * inner;
            int node = 0;
            latest[masses] += weight;
            while (node < inner) {
                double value = x[from + feature[splits + node]];
                if (value != value) {
                    break;
                }
                node = 2 * node + (value < threshold[splits + node] ? 1 : 2);
                latest[masses + node] += weight;
            }
        }
    }

    /** Makes the latest masses the reference, and begins new ones. */
    void turn() {
        double[] old = reference;
        reference = latest;
        latest = old;
        Arrays.fill(latest, 0);
    }

    /** {@return whether a whole window was learned} */
    boolean hasReference() {
        return reference[0] > 0;
    }

    /** {@return the score of a row; 1/2 before a whole window was learned} */
    double score(double[] x, int from) {
        double sum = 0;
        for (int tree = 0; tree < trees; tree++) {
            int masses = tree * nodes;
            int splits = tree * inner;
            double root = reference[masses];
            if (!(root > 0)) {
                return 0.5;
            }
            double limit = sizeLimit * root;
            int node = 0;
            double even = 1;
            while (node < inner && reference[masses + node] >= limit) {
                double value = x[from + feature[splits + node]];
                if (value != value) {
                    break;
                }
                node = 2 * node + (value < threshold[splits + node] ? 1 : 2);
                even *= 0.5;
            }
            sum += density(tree, node, even);
        }
        return Exp.logistic(-sum / trees);
    }

    /** {@return the logarithm of a node's density} */
    private double density(int tree, int node, double even) {
        return Exp.log((reference[tree * nodes + node] / reference[tree * nodes] + half) / (even + half));
    }

    // --- export

    /**
     * {@return what {@link #score} says in a graph, rows × 1}
     *
     * @param rows rows × columns
     * @param places where the numbers of a row are among the columns
     */
    Value export(ModelGraph graph, Value rows, long[] places) {
        int asked = 0;
        for (int tree = 0; tree < trees; tree++) {
            asked += asked(tree, 0);
        }
        Writer writer = new Writer(2 * asked, places);
        long[] roots = new long[trees];
        for (int tree = 0; tree < trees; tree++) {
            roots[tree] = writer.nodes;
            writer.add(tree, 0, 1);
        }
        ModelGraph.Trees written = new ModelGraph.Trees(
                roots,
                writer.columns,
                writer.splits,
                true,
                writer.yes,
                writer.yesIsLeaf,
                writer.no,
                writer.noIsLeaf,
                writer.missingIsYes,
                new long[writer.leaves.length],
                writer.leaves);
        Value mean = graph.apply("Div", graph.trees(rows, written, 1), graph.constant(trees));
        return graph.apply("Sigmoid", graph.apply("Neg", mean));
    }

    private boolean asks(int tree, int node) {
        return node < inner && reference[tree * nodes + node] >= sizeLimit * reference[tree * nodes];
    }

    /** {@return how many nodes from one on ask for a number} */
    private int asked(int tree, int node) {
        return asks(tree, node) ? 1 + asked(tree, 2 * node + 1) + asked(tree, 2 * node + 2) : 0;
    }

    /** Each node becomes two: one whose yes is the end of the path of a missing number, and one that splits. */
    private final class Writer {
        final long[] places;
        final long[] columns;
        final double[] splits;
        final long[] yes;
        final long[] yesIsLeaf;
        final long[] no;
        final long[] noIsLeaf;
        final long[] missingIsYes;
        final double[] leaves;
        int nodes;
        int ends;

        Writer(int count, long[] places) {
            this.places = places;
            columns = new long[count];
            splits = new double[count];
            yes = new long[count];
            yesIsLeaf = new long[count];
            no = new long[count];
            noIsLeaf = new long[count];
            missingIsYes = new long[count];
            leaves = new double[count + trees];
        }

        /** Adds a node that asks, and all below it. */
        void add(int tree, int node, double even) {
            int missing = nodes++;
            int split = nodes++;
            long column = places[feature[tree * inner + node]];
            columns[missing] = column;
            columns[split] = column;
            // No finite number is below.
            splits[missing] = -Double.MAX_VALUE;
            missingIsYes[missing] = 1;
            yesIsLeaf[missing] = 1;
            yes[missing] = end(tree, node, even);
            no[missing] = split;
            splits[split] = threshold[tree * inner + node];
            yesIsLeaf[split] = asks(tree, 2 * node + 1) ? 0 : 1;
            yes[split] = next(tree, 2 * node + 1, even * 0.5);
            noIsLeaf[split] = asks(tree, 2 * node + 2) ? 0 : 1;
            no[split] = next(tree, 2 * node + 2, even * 0.5);
        }

        private int next(int tree, int node, double even) {
            if (!asks(tree, node)) {
                return end(tree, node, even);
            }
            int first = nodes;
            add(tree, node, even);
            return first;
        }

        private int end(int tree, int node, double even) {
            leaves[ends] = density(tree, node, even);
            return ends++;
        }
    }
}
