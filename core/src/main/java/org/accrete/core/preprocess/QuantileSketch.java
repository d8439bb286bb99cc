package org.accrete.core.preprocess;

import java.util.Arrays;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/**
 * The distribution of the values of one column in bounded memory: which share of the weight so far lies below a value.
 *
 * <p>Deterministic. What it holds depends on the values and their order only, not on how they were handed over.
 */
final class QuantileSketch {
    /*
     * Buffers of at most m weighted values in ascending order, at most one on each level, as in Z. Karnin, K. Lang, E.
     * Liberty, "Optimal Quantile Approximation in Streams" (FOCS 2016) and G. S. Manku, S. Rajagopalan, B. G. Lindsay,
     * "Random Sampling Techniques for Space Efficient Online Computation of Order Statistics of Large Datasets" (SIGMOD
     * 1999). When m values wait they are sorted, equal ones become one, and they are a buffer of level 0. Two buffers
     * of a level are merged into one of the next. If that has more than m values, m are drawn: with W the weight of the
     * buffer and a random u in [0, 1), those at which the cumulated weight passes (u + k) * W / m for k = 0 … m − 1,
     * each with weight W / m. So a draw changes the weight below any value by less than W / m, and by nothing in the
     * mean, whatever the order of the values and whatever their weights are.
     *
     * The error: after N rows of equal weight, level l has had N / (m 2^l) draws, each of a variance of at most (2^l)^2
     * / 4. These add up to at most (N / m)^2 / 2. So the share of the weight below a value has a standard error of at
     * most 0.71 / m. A column of at most m different values is described exactly for ever.
     *
     * Shares are read from a grid, which is a list of all values held with the share below them. It is made again when
     * 1/64 more values have come, so at every value at first. Thus a share costs one binary search.
     *
     * Undo: values that wait are only ever appended, so forgetting the last ones is enough. Buffers are copied when the
     * first draw or merge since remember() changes them; a new grid is written to other arrays, and the old one kept.
     */

    /** Levels that can ever be reached: m * 2^47 values. */
    static final int LEVELS = 48;

    /** The grid is made again when this share of the values has come since. */
    private static final int SHARE = 64;

    /** Whole numbers, in a graph. */
    private static final long INT64 = 7;

    private final int most;
    private final long seed;
    private final Scratch scratch;

    private Buffers now = new Buffers();
    private Buffers kept = new Buffers();
    private Grid grid = new Grid();
    private Grid keptGrid = new Grid();
    private boolean changed;
    private boolean newGrid;

    /** How much was added, and the ends; plain numbers, copied for undo. */
    private final Totals totals = new Totals();

    private final Totals before = new Totals();

    /** Sorted values with weights. */
    static final class Run {
        int size;
        double[] value = {};
        double[] weight = {};

        void ensure(int length) {
            if (value.length < length) {
                value = Arrays.copyOf(value, length);
                weight = Arrays.copyOf(weight, length);
            }
        }

        private void add(double v, double w) {
            value[size] = v;
            weight[size] = w;
            size++;
        }

        void append(Run from) {
            System.arraycopy(from.value, 0, value, size, from.size);
            System.arraycopy(from.weight, 0, weight, size, from.size);
            size += from.size;
        }

        private void copy(Run from) {
            ensure(from.size);
            System.arraycopy(from.value, 0, value, 0, from.size);
            System.arraycopy(from.weight, 0, weight, 0, from.size);
            size = from.size;
        }
    }

    /** All that is held of the values: what waits, in the order in which it came, and a run for each level. */
    static final class Buffers {
        final Run waiting = new Run();
        Run[] levels = {};
        long draws;

        /** {@return the run of a level, made if need be} */
        Run level(int level) {
            if (level >= levels.length) {
                int length = levels.length;
                levels = Arrays.copyOf(levels, level + 1);
                for (int i = length; i <= level; i++) {
                    levels[i] = new Run();
                }
            }
            return levels[level];
        }
    }

    /** Values in ascending order, each with the share of the weight below it, equal values by half. */
    static final class Grid {
        int size;
        double[] value = {};
        double[] share = {};

        void ensure(int length) {
            if (value.length < length) {
                value = Arrays.copyOf(value, length + length / 4);
                share = Arrays.copyOf(share, length + length / 4);
            }
        }

        Grid copy() {
            Grid copy = new Grid();
            copy.size = size;
            copy.value = Arrays.copyOf(value, size);
            copy.share = Arrays.copyOf(share, size);
            return copy;
        }

        private void add(double v, double s) {
            value[size] = v;
            share[size] = s;
            size++;
        }

        /** {@return the share below a value, equal ones by half; one half for NaN, and while nothing is known} */
        double share(double x) {
            if (size == 0 || Double.isNaN(x)) {
                return 0.5;
            }
            int at = Arrays.binarySearch(value, 0, size, x + 0.0);
            if (at >= 0) {
                return share[at];
            }
            int right = -at - 1;
            if (right == 0 || right == size) {
                return share[Math.min(right, size - 1)];
            }
            int left = right - 1;
            // Halves, so that the difference of two large numbers is finite.
            double step = (x / 2 - value[left] / 2) / (value[right] / 2 - value[left] / 2);
            return share[left] + (share[right] - share[left]) * Math.min(Math.max(step, 0), 1);
        }
    }

    /** Numbers that describe all values so far. */
    static final class Totals {
        long seen;
        long seenByGrid;
        double weight;
        double min;
        double max;
        double minWeight;
        double maxWeight;

        private void copy(Totals from) {
            seen = from.seen;
            seenByGrid = from.seenByGrid;
            weight = from.weight;
            min = from.min;
            max = from.max;
            minWeight = from.minWeight;
            maxWeight = from.maxWeight;
        }
    }

    /** Memory that all sketches of a step share. */
    static final class Scratch {
        private Run sorted = new Run();
        private Run merged = new Run();
    }

    /**
     * Makes an empty sketch.
     *
     * @param most values of a buffer, at least 1
     * @param seed of the draws
     */
    QuantileSketch(int most, long seed, Scratch scratch) {
        this.most = most;
        this.seed = seed;
        this.scratch = scratch;
    }

    /** {@return about how many bytes a sketch takes after a thousand million rows} */
    static long memoryBytes(int most) {
        int levels = Math.max(3, 31 - (31 - Integer.numberOfLeadingZeros(most)));
        return 2L * Double.BYTES * most * (2L * levels + 2L * levels + 2);
    }

    Grid grid() {
        return grid;
    }

    Buffers buffers() {
        return now;
    }

    Totals totals() {
        return totals;
    }

    void remember() {
        changed = false;
        newGrid = false;
        before.copy(totals);
        kept.waiting.size = now.waiting.size;
    }

    /** Forgets what was added since {@link #remember}; called at most once for each. */
    void goBack() {
        int waiting = kept.waiting.size;
        if (changed) {
            Buffers undone = now;
            now = kept;
            kept = undone;
        }
        now.waiting.size = waiting;
        if (newGrid) {
            Grid undone = grid;
            grid = keptGrid;
            keptGrid = undone;
        }
        totals.copy(before);
        changed = false;
        newGrid = false;
    }

    /**
     * Adds a value.
     *
     * @param value finite
     * @param w above 0 and finite
     */
    void add(double value, double w) {
        // −0 is 0.
        double x = value + 0.0;
        Run waiting = now.waiting;
        waiting.ensure(Math.min(most, Math.max(8, 2 * waiting.size)));
        waiting.add(x, w);
        Totals t = totals;
        if (t.seen == 0 || x <= t.min) {
            t.minWeight = t.seen > 0 && x == t.min ? t.minWeight + w : w;
            t.min = x;
        }
        if (t.seen == 0 || x >= t.max) {
            t.maxWeight = t.seen > 0 && x == t.max ? t.maxWeight + w : w;
            t.max = x;
        }
        t.weight += w;
        t.seen++;
        if (waiting.size == most) {
            carry();
        }
        if (t.seen - t.seenByGrid >= Math.max(1, t.seenByGrid / SHARE)) {
            makeGrid();
        }
    }

    /** Makes what waits a buffer of level 0, and merges buffers up to a free level. */
    private void carry() {
        if (!changed) {
            keep();
        }
        Run run = scratch.sorted;
        sort(run);
        now.waiting.size = 0;
        int level = 0;
        for (; level < LEVELS - 1 && now.level(level).size > 0; level++) {
            merge(run, now.level(level), scratch.merged);
            now.level(level).size = 0;
            run = scratch.merged;
            if (run.size > most) {
                draw(run);
            }
            scratch.merged = scratch.sorted;
            scratch.sorted = run;
        }
        now.level(level).copy(run);
    }

    /** Copies everything that {@link #carry} may change; what waits since {@link #remember} is left out. */
    private void keep() {
        int waiting = kept.waiting.size;
        kept.waiting.ensure(waiting);
        System.arraycopy(now.waiting.value, 0, kept.waiting.value, 0, waiting);
        System.arraycopy(now.waiting.weight, 0, kept.waiting.weight, 0, waiting);
        for (int level = 0; level < Math.max(now.levels.length, kept.levels.length); level++) {
            kept.level(level).copy(now.level(level));
        }
        kept.draws = now.draws;
        changed = true;
    }

    /** Sorts what waits by insertion, equal values as one. */
    private void sort(Run to) {
        Run waiting = now.waiting;
        to.ensure(waiting.size);
        double[] values = to.value;
        double[] weights = to.weight;
        int count = 0;
        for (int i = 0; i < waiting.size; i++) {
            int at = Arrays.binarySearch(values, 0, count, waiting.value[i]);
            if (at >= 0) {
                weights[at] += waiting.weight[i];
                continue;
            }
            int place = -at - 1;
            System.arraycopy(values, place, values, place + 1, count - place);
            System.arraycopy(weights, place, weights, place + 1, count - place);
            values[place] = waiting.value[i];
            weights[place] = waiting.weight[i];
            count++;
        }
        to.size = count;
    }

    private static void merge(Run a, Run b, Run to) {
        to.ensure(a.size + b.size);
        to.size = 0;
        int i = 0;
        int k = 0;
        while (i < a.size && k < b.size) {
            if (a.value[i] < b.value[k]) {
                to.add(a.value[i], a.weight[i]);
                i++;
            } else if (a.value[i] > b.value[k]) {
                to.add(b.value[k], b.weight[k]);
                k++;
            } else {
                to.add(a.value[i], a.weight[i] + b.weight[k]);
                i++;
                k++;
            }
        }
        for (; i < a.size; i++) {
            to.add(a.value[i], a.weight[i]);
        }
        for (; k < b.size; k++) {
            to.add(b.value[k], b.weight[k]);
        }
    }

    /** Replaces a run by at most {@link #most} of its values. */
    private void draw(Run run) {
        double total = 0;
        for (int i = 0; i < run.size; i++) {
            total += run.weight[i];
        }
        double stride = total / most;
        double u = new SeededRandom(seed, now.draws++).nextDouble();
        double cumulated = 0;
        int drawn = 0;
        int size = run.size;
        run.size = 0;
        for (int i = 0; i < size; i++) {
            cumulated += run.weight[i];
            int first = drawn;
            while (drawn < most && (u + drawn) * stride < cumulated) {
                drawn++;
            }
            if (drawn > first) {
                run.add(run.value[i], (drawn - first) * stride);
            }
        }
    }

    private void makeGrid() {
        Run all = scratch.sorted;
        sort(all);
        for (Run run : now.levels) {
            if (run.size > 0) {
                merge(all, run, scratch.merged);
                Run swap = scratch.merged;
                scratch.merged = all;
                scratch.sorted = swap;
                all = swap;
            }
        }
        if (!newGrid) {
            Grid old = grid;
            grid = keptGrid;
            keptGrid = old;
            newGrid = true;
        }
        fill(grid, all);
        totals.seenByGrid = totals.seen;
    }

    /** Writes cumulated shares, and the least and the greatest value if they were not drawn. */
    private void fill(Grid to, Run all) {
        to.ensure(all.size + 2);
        to.size = 0;
        double total = totals.weight;
        double low = totals.minWeight / 2 / total;
        double high = 1 - totals.maxWeight / 2 / total;
        if (all.value[0] > totals.min) {
            to.add(totals.min, low);
        }
        double below = 0;
        for (int i = 0; i < all.size; i++) {
            double share = (below + all.weight[i] / 2) / total;
            below += all.weight[i];
            to.add(all.value[i], Math.min(Math.max(share, low), high));
        }
        if (all.value[all.size - 1] < totals.max) {
            to.add(totals.max, high);
        }
    }

    // --- export

    /**
     * {@return what {@link Grid#share} says in a graph, rows × columns}
     *
     * @param x rows × columns
     * @param grids of the columns
     */
    static Value shares(ModelGraph graph, Value x, Grid[] grids) {
        // A tree for each column finds the first value of the grid that is not below; a table has the line before it.
        int n = grids.length;
        int nodes = 0;
        for (Grid grid : grids) {
            nodes += Math.max(1, grid.size);
        }
        Search search = new Search(nodes, nodes + n);
        long[] roots = new long[n];
        double[] start = new double[nodes + n];
        double[] width = new double[nodes + n];
        double[] low = new double[nodes + n];
        double[] rise = new double[nodes + n];
        for (int j = 0; j < n; j++) {
            Grid grid = grids[j];
            int size = Math.max(1, grid.size);
            int first = search.nodes + j;
            for (int leaf = 0; leaf <= size; leaf++) {
                width[first + leaf] = 1;
                low[first + leaf] = grid.size == 0 ? 0.5 : grid.share[Math.min(leaf, size - 1)];
                if (leaf > 0 && leaf < size) {
                    double step = grid.value[leaf] / 2 - grid.value[leaf - 1] / 2;
                    if (step > 0) {
                        start[first + leaf] = grid.value[leaf - 1] / 2;
                        width[first + leaf] = step;
                        low[first + leaf] = grid.share[leaf - 1];
                        rise[first + leaf] = grid.share[leaf] - grid.share[leaf - 1];
                    }
                }
            }
            search.column = j;
            roots[j] = search.add(grid, 0, size, first);
        }
        ModelGraph.Trees trees = new ModelGraph.Trees(
                roots,
                search.columns,
                search.splits,
                false,
                search.yes,
                search.yesIsLeaf,
                search.no,
                search.noIsLeaf,
                new long[nodes],
                search.targets,
                search.leaves);
        Value leaf = graph.apply("Cast", Map.of("to", INT64), graph.trees(x, trees, n));
        Value step = graph.apply(
                "Div",
                graph.apply("Sub", graph.apply("Mul", x, graph.constant(0.5)), at(graph, start, leaf)),
                at(graph, width, leaf));
        step = graph.apply("Min", graph.apply("Max", step, graph.constant(0)), graph.constant(1));
        Value share = graph.apply("Add", at(graph, low, leaf), graph.apply("Mul", at(graph, rise, leaf), step));
        return graph.apply("Where", graph.apply("IsNaN", x), graph.constant(0.5), share);
    }

    private static Value at(ModelGraph graph, double[] table, Value indices) {
        return graph.apply("Gather", graph.constant(table, table.length), indices);
    }

    /** Trees that search grids by halves. Node i of a grid asks for its value i; leaf i is before value i. */
    private static final class Search {
        final long[] columns;
        final double[] splits;
        final long[] yes;
        final long[] yesIsLeaf;
        final long[] no;
        final long[] noIsLeaf;
        final long[] targets;
        final double[] leaves;
        int nodes;
        int column;

        Search(int nodes, int leaves) {
            columns = new long[nodes];
            splits = new double[nodes];
            yes = new long[nodes];
            yesIsLeaf = new long[nodes];
            no = new long[nodes];
            noIsLeaf = new long[nodes];
            targets = new long[leaves];
            this.leaves = new double[leaves];
        }

        /** Adds what tells the leaves from {@code from} to {@code to} apart, of which there are at least two. */
        int add(Grid grid, int from, int to, int firstLeaf) {
            int node = nodes++;
            int middle = (from + to - 1) / 2;
            columns[node] = column;
            splits[node] = grid.size == 0 ? 0 : grid.value[middle];
            yesIsLeaf[node] = middle == from ? 1 : 0;
            yes[node] = middle == from ? leaf(firstLeaf + from) : add(grid, from, middle, firstLeaf);
            noIsLeaf[node] = middle + 1 == to ? 1 : 0;
            no[node] = middle + 1 == to ? leaf(firstLeaf + to) : add(grid, middle + 1, to, firstLeaf);
            return node;
        }

        private int leaf(int number) {
            targets[number] = column;
            leaves[number] = number;
            return number;
        }
    }
}
