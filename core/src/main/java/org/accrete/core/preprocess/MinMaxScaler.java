package org.accrete.core.preprocess;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Scaling;
import org.accrete.api.learn.ScalingTransformer;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Scales each numeric column so that its least and greatest value of the rows so far, the row itself included, become
 * the ends of a range. Row-wise: chunk borders do not matter. Cycles and one-hot blocks pass through.
 *
 * <p>A missing value is written as the mean of the column, scaled like the others, and not counted; a column that is
 * absent from a sparse row is a 0 like any other. A row of weight 0 is scaled but not counted; other weights matter for
 * the mean only. A column that varies by no more than rounding errors is only shifted, to the lower end.
 */
final class MinMaxScaler extends ColumnStep implements DivisibleLearner {
    /*
     * With m the least and M the greatest value, and [a, b] the range,
     *
     *     scaled = (x - m) * factor + a,    factor = (b - a) / (M - m)
     *
     * as scikit-learn's MinMaxScaler.partial_fit defines it. The factor is computed again only where m or M moved.
     */
    private static final String COUNT = "min-max-scaler.count";
    private static final String MIN = "min-max-scaler.min";
    private static final String MAX = "min-max-scaler.max";
    private static final String MEAN = "min-max-scaler.mean";
    private static final String ROWS_SEEN = "min-max-scaler.rows_seen";

    /** A column whose values differ by less than this share of the largest is constant. */
    private static final double ROUNDING = 10 * 0x1.0p-52;

    private final Params params;
    private final int n;
    private final Range range;
    private final Moments now;
    private final Moments before;

    /**
     * Where values go.
     *
     * @param clip whether a value beyond the least or greatest one is cut off
     */
    private record Range(double lower, double upper, boolean clip) {
        void map(double[] x, Moments by) {
            double[] min = by.min;
            double[] factor = by.factor;
            double lower = this.lower;
            for (int j = 0; j < x.length; j++) {
                double value = Double.isNaN(x[j]) ? by.mean[j] : x[j];
                x[j] = (value - min[j]) * factor[j] + lower;
            }
            if (clip) {
                for (int j = 0; j < x.length; j++) {
                    x[j] = Math.min(Math.max(x[j], lower), upper);
                }
            }
        }

        double factor(double min, double max) {
            double factor = (upper - lower) / (max - min);
            boolean constant = max - min <= ROUNDING * Math.max(Math.abs(min), Math.abs(max));
            return constant || !(factor <= Double.MAX_VALUE) ? upper - lower : factor;
        }
    }

    /** Per column: weight of the rows in which it was not missing, their extremes and mean, and the factor. */
    private static final class Moments {
        final double[] count;
        final double[] min;
        final double[] max;
        final double[] mean;
        final double[] factor;

        Moments(int n) {
            count = new double[n];
            min = new double[n];
            max = new double[n];
            mean = new double[n];
            factor = new double[n];
        }

        void copy(Moments from) {
            int n = count.length;
            System.arraycopy(from.count, 0, count, 0, n);
            System.arraycopy(from.min, 0, min, 0, n);
            System.arraycopy(from.max, 0, max, 0, n);
            System.arraycopy(from.mean, 0, mean, 0, n);
            System.arraycopy(from.factor, 0, factor, 0, n);
        }
    }

    MinMaxScaler(Schema schema, Params params) {
        super(schema);
        this.params = params;
        this.n = columns.count();
        double[] ends = MinMaxScalerProvider.range(params);
        this.range = new Range(ends[0], ends[1], params.get(MinMaxScalerProvider.CLIP));
        this.now = new Moments(n);
        this.before = new Moments(n);
        Arrays.fill(now.factor, ends[1] - ends[0]);
    }

    void restore(State state) {
        System.arraycopy(state.doubles(COUNT, n), 0, now.count, 0, n);
        System.arraycopy(state.doubles(MIN, n), 0, now.min, 0, n);
        System.arraycopy(state.doubles(MAX, n), 0, now.max, 0, n);
        System.arraycopy(state.doubles(MEAN, n), 0, now.mean, 0, n);
        rowsSeen(state.whole(ROWS_SEEN));
        for (int j = 0; j < n; j++) {
            double distance = now.max[j] - now.min[j];
            if (!(now.count[j] >= 0
                    && distance >= 0
                    && distance <= Double.MAX_VALUE
                    && Math.abs(now.mean[j]) <= Double.MAX_VALUE)) {
                throw AccreteException.corruptFile("stored range of column '" + columns.name(j) + "' is wrong: count "
                        + now.count[j] + ", min " + now.min[j] + ", max " + now.max[j] + ", mean " + now.mean[j]);
            }
            now.factor[j] = range.factor(now.min[j], now.max[j]);
        }
        remember();
    }

    @Override
    void remember() {
        before.copy(now);
    }

    @Override
    void goBack() {
        now.copy(before);
    }

    @Override
    void learn(int row, double weight) {
        Moments m = now;
        for (int j = 0; j < n; j++) {
            double value = x[j];
            if (Double.isNaN(value)) {
                continue;
            }
            double count = m.count[j] + weight;
            if (m.count[j] == 0) {
                m.min[j] = value;
                m.max[j] = value;
                m.mean[j] = value;
            } else {
                m.mean[j] += (value - m.mean[j]) * (weight / count);
                if (value >= m.min[j] && value <= m.max[j]) {
                    m.count[j] = count;
                    continue;
                }
                m.min[j] = Math.min(m.min[j], value);
                m.max[j] = Math.max(m.max[j], value);
            }
            if (!(m.max[j] - m.min[j] <= Double.MAX_VALUE && count <= Double.MAX_VALUE)) {
                throw AccreteException.badRow(
                        row,
                        "column '" + columns.name(j) + "' has values too far apart to be scaled, " + m.min[j] + " and "
                                + m.max[j] + "; divide them or ignore it");
            }
            m.count[j] = count;
            m.factor[j] = range.factor(m.min[j], m.max[j]);
        }
    }

    @Override
    public void map(double[] row) {
        range.map(row, now);
    }

    @Override
    public void merge(Learner other) {
        if (!(other instanceof MinMaxScaler scaler)) {
            throw AccreteException.badState("the other learner must be a min-max-scaler but is a "
                    + other.getClass().getSimpleName());
        }
        schema().require(scaler.schema());
        params.requireSame(scaler.params);
        remember();
        for (int j = 0; j < n; j++) {
            merge(j, scaler.now);
            if (!(now.max[j] - now.min[j] <= Double.MAX_VALUE)) {
                goBack();
                throw AccreteException.badState(
                        "column '" + columns.name(j) + "' has values too far apart to be scaled");
            }
        }
        rowsSeen(rowsSeen() + scaler.rowsSeen());
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean mergesExactly() {
        return true;
    }

    @Override
    public void keepPart(int part, int parts) {
        Arrays.setAll(now.count, j -> now.count[j] / parts);
        rowsSeen(DivisibleLearner.share(rowsSeen(), part, parts));
        remember();
    }

    private void merge(int j, Moments other) {
        if (other.count[j] == 0) {
            return;
        }
        boolean empty = now.count[j] == 0;
        double total = now.count[j] + other.count[j];
        now.min[j] = empty ? other.min[j] : Math.min(now.min[j], other.min[j]);
        now.max[j] = empty ? other.max[j] : Math.max(now.max[j], other.max[j]);
        now.mean[j] = empty ? other.mean[j] : now.mean[j] + (other.mean[j] - now.mean[j]) * (other.count[j] / total);
        now.count[j] = total;
        now.factor[j] = range.factor(now.min[j], now.max[j]);
    }

    @Override
    public ScalingTransformer view() {
        return new Scaled(columns, range, now, x);
    }

    @Override
    public ScalingTransformer snapshot() {
        Moments copy = new Moments(n);
        copy.copy(now);
        return new Scaled(columns, range, copy, new double[n]);
    }

    @Override
    public State state() {
        return State.builder()
                .doubles(COUNT, now.count)
                .doubles(MIN, now.min)
                .doubles(MAX, now.max)
                .doubles(MEAN, now.mean)
                .whole(ROWS_SEEN, rowsSeen())
                .build();
    }

    private static final class Scaled extends ColumnModel implements ScalingTransformer, ExportableModel {
        private final NumericColumns columns;
        private final Range range;
        private final Moments moments;

        Scaled(NumericColumns columns, Range range, Moments moments, double[] x) {
            super(columns, row -> range.map(row, moments), x);
            this.columns = columns;
            this.range = range;
            this.moments = moments;
        }

        @Override
        public Scaling scaling() {
            int n = columns.count();
            double[] centre = new double[n];
            double[] scale = new double[n];
            for (int j = 0; j < n; j++) {
                scale[j] = 1 / moments.factor[j];
                centre[j] = moments.min[j] - range.lower * scale[j];
            }
            return columns.spread(centre, scale);
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            int n = columns.count();
            return columns.replaced(graph, rows, x -> {
                Value y = NumericColumns.filled(graph, x, graph.constant(moments.mean, 1, n));
                y = graph.apply("Sub", y, graph.constant(moments.min, 1, n));
                y = graph.apply("Mul", y, graph.constant(moments.factor, 1, n));
                y = graph.apply("Add", y, graph.constant(range.lower));
                return range.clip
                        ? graph.apply(
                                "Min", graph.apply("Max", y, graph.constant(range.lower)), graph.constant(range.upper))
                        : y;
            });
        }
    }
}
