package org.accrete.core.preprocess;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Replaces each numeric value by the share of the column's values so far that are smaller, equal ones by half; or by
 * the number that a standard normal variable is below with that probability. So a column of any distribution becomes
 * uniform or normal, and no value is far from the others. Row-wise: chunk borders do not matter. Cycles and one-hot
 * blocks pass through.
 *
 * <p>Values are summarized by one {@link QuantileSketch} per column in bounded memory. Shares are brought up to date
 * when 1/64 more values of the column have come, so at each of the first 128.
 *
 * <p>A missing value is written as the median and not counted; a column that is absent from a sparse row is a 0 like
 * any other. A row counts by its weight; a row of weight 0 is transformed but not counted.
 */
final class QuantileScaler extends ColumnStep {
    private static final String NAME = "quantile-scaler.";
    private static final String ROWS_SEEN = NAME + "rows_seen";

    /** Per column: values added, and those by which the grid was made; then values drawn and held. */
    private static final String COUNTS = NAME + "counts";

    /** Per column: weight, least and greatest value, and their weights. */
    private static final String TOTALS = NAME + "totals";

    /** Per column: how many values wait, how many the grid has, and how many each level has. */
    private static final String SIZES = NAME + "sizes";

    private static final String VALUE = NAME + "value";
    private static final String WEIGHT = NAME + "weight";
    private static final String GRID_VALUE = NAME + "grid_value";
    private static final String GRID_SHARE = NAME + "grid_share";

    private static final int LISTS = 2 + QuantileSketch.LEVELS;

    /** A normal quantile is never of a probability nearer to 0 or 1, as in scikit-learn. */
    private static final double NEAREST = 1e-7;

    private final int most;
    private final boolean normal;
    private final QuantileSketch[] sketches;

    QuantileScaler(Schema schema, Params params) {
        super(schema);
        this.most = Math.toIntExact(params.get(QuantileScalerProvider.N_QUANTILES));
        this.normal =
                params.get(QuantileScalerProvider.OUTPUT_DISTRIBUTION) == QuantileScalerProvider.Distribution.NORMAL;
        this.sketches = new QuantileSketch[columns.count()];
        QuantileSketch.Scratch scratch = new QuantileSketch.Scratch();
        Arrays.setAll(sketches, j -> new QuantileSketch(most, j, scratch));
    }

    void restore(State state) {
        int n = sketches.length;
        rowsSeen(state.whole(ROWS_SEEN));
        long[] counts = state.longs(COUNTS, n, 3);
        double[] totals = state.doubles(TOTALS, n, 5);
        long[] sizes = state.longs(SIZES, n, LISTS);
        long held = 0;
        long shares = 0;
        for (int i = 0; i < sizes.length; i++) {
            boolean isGrid = i % LISTS == 1;
            int limit = isGrid ? LISTS * most + 2 : most;
            if (sizes[i] < 0 || sizes[i] > limit) {
                throw AccreteException.corruptFile(
                        "stored '" + SIZES + "' must be >= 0 and <= " + limit + " but was " + sizes[i]);
            }
            held += isGrid ? 0 : sizes[i];
            shares += isGrid ? sizes[i] : 0;
        }
        double[] value = state.doubles(VALUE, held);
        double[] weight = state.doubles(WEIGHT, held);
        double[] gridValue = state.doubles(GRID_VALUE, shares);
        double[] gridShare = state.doubles(GRID_SHARE, shares);
        int from = 0;
        int gridFrom = 0;
        for (int j = 0; j < n; j++) {
            QuantileSketch sketch = sketches[j];
            QuantileSketch.Totals all = sketch.totals();
            all.seen = counts[3 * j];
            all.seenByGrid = counts[3 * j + 1];
            sketch.buffers().draws = counts[3 * j + 2];
            all.weight = totals[5 * j];
            all.min = totals[5 * j + 1];
            all.max = totals[5 * j + 2];
            all.minWeight = totals[5 * j + 3];
            all.maxWeight = totals[5 * j + 4];
            QuantileSketch.Grid grid = sketch.grid();
            grid.size = (int) sizes[j * LISTS + 1];
            grid.ensure(grid.size);
            System.arraycopy(gridValue, gridFrom, grid.value, 0, grid.size);
            System.arraycopy(gridShare, gridFrom, grid.share, 0, grid.size);
            gridFrom += grid.size;
            boolean good = isGood(all) && isGood(grid, all);
            for (int list = 0; list < LISTS; list++) {
                int size = (int) sizes[j * LISTS + list];
                if (list == 1 || size == 0) {
                    continue;
                }
                QuantileSketch.Run run =
                        list == 0 ? sketch.buffers().waiting : sketch.buffers().level(list - 2);
                run.size = size;
                run.ensure(size);
                System.arraycopy(value, from, run.value, 0, size);
                System.arraycopy(weight, from, run.weight, 0, size);
                from += size;
                good &= isGood(run, list > 0) && (list > 0 || size < most);
            }
            if (!good) {
                throw AccreteException.corruptFile(
                        "the stored quantiles of column '" + columns.name(j) + "' are out of range or out of order");
            }
            sketch.remember();
        }
    }

    private static boolean isGood(QuantileSketch.Totals all) {
        return all.seen >= all.seenByGrid
                && all.seenByGrid >= 0
                && all.weight >= 0
                && all.weight <= Double.MAX_VALUE
                && Math.abs(all.min) <= Double.MAX_VALUE
                && Math.abs(all.max) <= Double.MAX_VALUE
                && all.minWeight >= 0
                && all.minWeight <= Double.MAX_VALUE
                && all.maxWeight >= 0
                && all.maxWeight <= Double.MAX_VALUE;
    }

    private static boolean isGood(QuantileSketch.Grid grid, QuantileSketch.Totals all) {
        boolean good = (grid.size > 0) == (all.seen > 0) && (all.seen == 0 || all.weight > 0);
        for (int i = 0; i < grid.size; i++) {
            good &= Math.abs(grid.value[i]) <= Double.MAX_VALUE && grid.share[i] >= 0 && grid.share[i] <= 1;
            good &= i == 0 || (grid.value[i - 1] < grid.value[i] && grid.share[i - 1] <= grid.share[i]);
        }
        return good;
    }

    private static boolean isGood(QuantileSketch.Run run, boolean sorted) {
        boolean good = true;
        for (int i = 0; i < run.size; i++) {
            good &= Math.abs(run.value[i]) <= Double.MAX_VALUE
                    && run.weight[i] > 0
                    && run.weight[i] <= Double.MAX_VALUE;
            good &= !sorted || i == 0 || run.value[i - 1] < run.value[i];
        }
        return good;
    }

    @Override
    void remember() {
        for (QuantileSketch sketch : sketches) {
            sketch.remember();
        }
    }

    @Override
    void goBack() {
        for (QuantileSketch sketch : sketches) {
            sketch.goBack();
        }
    }

    @Override
    void learn(int row, double weight) {
        for (int j = 0; j < x.length; j++) {
            if (!Double.isNaN(x[j])) {
                sketches[j].add(x[j], weight);
                if (!(sketches[j].totals().weight <= Double.MAX_VALUE)) {
                    throw AccreteException.badRow(row, "the weights are too large to be added; divide them");
                }
            }
        }
    }

    @Override
    public void map(double[] row) {
        for (int j = 0; j < row.length; j++) {
            row[j] = output(sketches[j].grid().share(row[j]), normal);
        }
    }

    private static double output(double share, boolean normal) {
        return normal ? NormalQuantile.of(Math.min(Math.max(share, NEAREST), 1 - NEAREST)) : share;
    }

    @Override
    public Transformer view() {
        return new ColumnModel(columns, this, x);
    }

    @Override
    public Transformer snapshot() {
        QuantileSketch.Grid[] copies = new QuantileSketch.Grid[sketches.length];
        Arrays.setAll(copies, j -> sketches[j].grid().copy());
        return new Quantiles(columns, copies, normal);
    }

    private static void map(double[] row, QuantileSketch.Grid[] grids, boolean normal) {
        for (int j = 0; j < row.length; j++) {
            row[j] = output(grids[j].share(row[j]), normal);
        }
    }

    @Override
    public State state() {
        int n = sketches.length;
        long[] counts = new long[n * 3];
        double[] totals = new double[n * 5];
        long[] sizes = new long[n * LISTS];
        int held = 0;
        int shares = 0;
        for (int j = 0; j < n; j++) {
            QuantileSketch.Buffers buffers = sketches[j].buffers();
            QuantileSketch.Totals all = sketches[j].totals();
            counts[3 * j] = all.seen;
            counts[3 * j + 1] = all.seenByGrid;
            counts[3 * j + 2] = buffers.draws;
            totals[5 * j] = all.weight;
            totals[5 * j + 1] = all.min;
            totals[5 * j + 2] = all.max;
            totals[5 * j + 3] = all.minWeight;
            totals[5 * j + 4] = all.maxWeight;
            sizes[j * LISTS] = buffers.waiting.size;
            sizes[j * LISTS + 1] = sketches[j].grid().size;
            held += buffers.waiting.size;
            shares += sketches[j].grid().size;
            for (int level = 0; level < buffers.levels.length; level++) {
                sizes[j * LISTS + 2 + level] = buffers.levels[level].size;
                held += buffers.levels[level].size;
            }
        }
        QuantileSketch.Run all = new QuantileSketch.Run();
        all.ensure(held);
        double[] gridValue = new double[shares];
        double[] gridShare = new double[shares];
        int to = 0;
        for (QuantileSketch sketch : sketches) {
            all.append(sketch.buffers().waiting);
            for (QuantileSketch.Run run : sketch.buffers().levels) {
                all.append(run);
            }
            QuantileSketch.Grid grid = sketch.grid();
            System.arraycopy(grid.value, 0, gridValue, to, grid.size);
            System.arraycopy(grid.share, 0, gridShare, to, grid.size);
            to += grid.size;
        }
        return State.builder()
                .longs(COUNTS, counts, n, 3)
                .doubles(TOTALS, totals, n, 5)
                .longs(SIZES, sizes, n, LISTS)
                .doubles(VALUE, all.value)
                .doubles(WEIGHT, all.weight)
                .doubles(GRID_VALUE, gridValue)
                .doubles(GRID_SHARE, gridShare)
                .whole(ROWS_SEEN, rowsSeen())
                .build();
    }

    private static final class Quantiles extends ColumnModel implements ExportableModel {
        private final NumericColumns columns;
        private final QuantileSketch.Grid[] grids;
        private final boolean normal;

        Quantiles(NumericColumns columns, QuantileSketch.Grid[] grids, boolean normal) {
            super(columns, row -> QuantileScaler.map(row, grids, normal), new double[grids.length]);
            this.columns = columns;
            this.grids = grids;
            this.normal = normal;
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            return columns.replaced(graph, rows, x -> {
                Value share = QuantileSketch.shares(graph, x, grids);
                if (!normal) {
                    return share;
                }
                Value least = graph.constant(NEAREST);
                Value most = graph.constant(1 - NEAREST);
                return NormalQuantile.of(graph, graph.apply("Min", graph.apply("Max", share, least), most));
            });
        }
    }
}
