package org.accrete.core.preprocess;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.RowWiseStep;
import org.accrete.api.learn.Scaling;
import org.accrete.api.learn.ScalingTransformer;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Scales each numeric column by its mean and population standard deviation over the rows so far, the row itself
 * included. Row-wise: chunk borders do not matter. Cycles and one-hot blocks pass through.
 *
 * <p>A missing value is written as the mean, so as 0 unless {@code with-mean} is off, and not counted; a column that is
 * absent from a sparse row is a 0 like any other. A row counts in the moments by its weight; a row of weight 0 is
 * scaled but not counted. A column that varies by no more than rounding errors, by scikit-learn's test, is divided by
 * 1.
 *
 * <p>A value more than {@code clip} standard deviations from the mean is scaled as if it were at that distance. With
 * {@code half-life} h, the weight of a row falls by the factor 2^(-1/h) with each later row that counts in the column.
 */
final class StandardScaler implements RowWiseStep, DivisibleLearner {
    /*
     * Moments are kept by West's weighted form of Welford's update (CACM 22(9), 1979), which does not cancel. With W
     * the weight so far and w the row's weight,
     *
     *     mean' = mean + (x - mean) * (w / W)
     *     m2'   = m2 + w * (x - mean) * (x - mean')
     *     variance = m2 * (1 / W)
     *
     * What is added to m2 is taken as 0 where far numbers round it to less.
     *
     * With a half-life, the weights before and m2 are first multiplied by a decay, which is 1 without.
     *
     * If the rows before weigh at least TRUSTED times as much as the row, x is first moved to within clip standard
     * deviations of the mean. So one wrong value of 1e20 does not make all others equal, and a lasting change of the
     * distribution is still followed: variance grows by a share of clip^2 * w / W with each row beyond.
     *
     * If w / W is 1, because all earlier weights vanish beside w, mean' is set to x: rounding could put the computed
     * value beyond x, and m2 below 0.
     *
     * Both quotients depend on W only. A row without missing values, in columns that had none before, therefore costs
     * one division and one square root per column: those of (x - mean') / sqrt(variance). Other rows take a slower path
     * to the same bits.
     *
     * Two sets of rows are merged by T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating Formulae and a Pairwise
     * Algorithm for Computing Sample Variances" (1979). The set of larger weight comes first, so that the bits do not
     * depend on which scaler is merged into which:
     *
     *     mean = mean1 + (mean2 - mean1) * (W2 / W)
     *     m2   = m2_1 + m2_2 + (mean2 - mean1)^2 * W1 * (W2 / W)
     */
    private static final String COUNT = "standard-scaler.count";
    private static final String MEAN = "standard-scaler.mean";
    private static final String M2 = "standard-scaler.m2";
    private static final String ROWS_SEEN = "standard-scaler.rows_seen";

    /** Distance from 1 to the next larger double, as scikit-learn's test uses it. */
    private static final double EPSILON = 0x1.0p-52;

    /** Rows, of the weight of the next one, after which moments are good enough to clip a value by. */
    private static final double TRUSTED = 100;

    private final Schema schema;
    private final Params params;
    private final NumericColumns columns;
    private final int n;
    private final Form form;
    private final double clip;
    private final double decay;
    private final double trusted;
    private long rowsSeen;

    /**
     * Per column: weight of the rows in which it was not missing, their mean, and their weighted squared distance from
     * it.
     */
    private final double[] count;

    private final double[] mean;
    private final double[] m2;

    private final double[] countBefore;
    private final double[] meanBefore;
    private final double[] m2Before;
    private long rowsSeenBefore;

    private final double[] x;
    private final double[] deviation;

    /**
     * What is done with a value.
     *
     * @param clip standard deviations from the mean that a value may have; infinite if it is never clipped
     */
    private record Form(boolean withMean, boolean withStd, double clip) {
        double scaled(double value, double mean, double deviation) {
            if (Double.isNaN(value)) {
                return withMean ? 0 : withStd ? mean / deviation : mean;
            }
            if (withMean && withStd) {
                return Math.min(Math.max((value - mean) / deviation, -clip), clip);
            }
            double reach = clip * deviation;
            double near = Math.min(Math.max(value, mean - reach), mean + reach);
            return withStd ? near / deviation : withMean ? near - mean : near;
        }
    }

    StandardScaler(Schema schema, Params params) {
        this.schema = schema;
        this.params = params;
        this.columns = new NumericColumns(schema);
        this.n = columns.count();
        double cut = params.get(StandardScalerProvider.CLIP);
        double halfLife = params.get(StandardScalerProvider.HALF_LIFE);
        this.clip = cut > 0 ? cut : Double.POSITIVE_INFINITY;
        this.form = new Form(
                params.get(StandardScalerProvider.WITH_MEAN), params.get(StandardScalerProvider.WITH_STD), clip);
        this.decay = halfLife > 0 ? StrictMath.pow(2, -1 / halfLife) : 1;
        this.trusted = halfLife > 0 ? Math.min(TRUSTED, halfLife) : TRUSTED;
        this.count = new double[n];
        this.mean = new double[n];
        this.m2 = new double[n];
        this.countBefore = new double[n];
        this.meanBefore = new double[n];
        this.m2Before = new double[n];
        this.x = new double[n];
        this.deviation = new double[n];
    }

    void restore(State state) {
        System.arraycopy(state.doubles(COUNT, n), 0, count, 0, n);
        System.arraycopy(state.doubles(MEAN, n), 0, mean, 0, n);
        System.arraycopy(state.doubles(M2, n), 0, m2, 0, n);
        rowsSeen = state.whole(ROWS_SEEN);
        for (int j = 0; j < n; j++) {
            if (!(count[j] >= 0 && m2[j] >= 0 && Math.abs(mean[j]) <= Double.MAX_VALUE)) {
                throw AccreteException.corruptFile("stored moments of column '" + columns.name(j)
                        + "' are out of range: count " + count[j] + ", mean " + mean[j] + ", m2 " + m2[j]);
            }
        }
        remember();
    }

    /** Takes the moments of a state, or the attributes of a scikit-learn {@code StandardScaler}. */
    void begin(State weights) {
        if (weights.tensors().containsKey(MEAN)) {
            restore(weights);
            return;
        }
        double[] means = columns.of("mean_", weights);
        double[] variances = columns.of("var_", weights);
        double[] seen = columns.of("n_samples_seen_", weights);
        requireFlag(weights, "with_mean", form.withMean);
        requireFlag(weights, "with_std", form.withStd);
        for (int j = 0; j < n; j++) {
            count[j] = seen[j];
            mean[j] = means[j];
            m2[j] = variances[j] * seen[j];
            rowsSeen = Math.max(rowsSeen, (long) seen[j]);
            if (!(count[j] >= 0 && m2[j] >= 0 && Math.abs(mean[j]) <= Double.MAX_VALUE)) {
                throw AccreteException.badArgument("the moments of column '" + columns.name(j)
                        + "' must be finite and not negative but were: n_samples_seen_ " + seen[j] + ", mean_ "
                        + means[j]
                        + ", var_ " + variances[j]);
            }
        }
        checkMoments(Kind.BAD_ARGUMENT);
        remember();
    }

    private static void requireFlag(State weights, String name, boolean mine) {
        if (weights.tensors().containsKey(name) && (weights.number(name) != 0) != mine) {
            throw AccreteException.badArgument(
                    name.replace('_', '-') + " must be " + !mine + " with these weights but was " + mine);
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Schema outputSchema() {
        return schema;
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public void partialFit(Chunk chunk) {
        fit(chunk, Optional.empty());
    }

    @Override
    public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
        fit(chunk, Optional.of(out));
    }

    private void fit(Chunk chunk, Optional<ChunkBuffer> out) {
        schema.require(chunk.schema());
        boolean complete = columns.check(chunk);
        chunk.requireWeights();
        remember();
        try {
            boolean together = complete && countsAreEqual();
            out.ifPresent(buffer -> columns.begin(chunk, buffer));
            for (int row = 0; row < chunk.rows(); row++) {
                columns.take(chunk, row, x);
                boolean inside = learn(chunk.weight(row), together);
                if (out.isPresent()) {
                    scale(together, inside);
                    columns.put(chunk, row, x, out.get());
                }
            }
            checkMoments(Kind.BAD_DATA);
        } catch (RuntimeException | Error e) {
            undo();
            throw e;
        }
        rowsSeen += chunk.rows();
    }

    private void remember() {
        System.arraycopy(count, 0, countBefore, 0, n);
        System.arraycopy(mean, 0, meanBefore, 0, n);
        System.arraycopy(m2, 0, m2Before, 0, n);
        rowsSeenBefore = rowsSeen;
    }

    @Override
    public void undo() {
        System.arraycopy(countBefore, 0, count, 0, n);
        System.arraycopy(meanBefore, 0, mean, 0, n);
        System.arraycopy(m2Before, 0, m2, 0, n);
        rowsSeen = rowsSeenBefore;
    }

    @Override
    public void merge(Learner other) {
        if (!(other instanceof StandardScaler scaler)) {
            throw AccreteException.badState("the other learner must be a standard-scaler but is a "
                    + other.getClass().getSimpleName());
        }
        schema.require(scaler.schema);
        params.requireSame(scaler.params);
        remember();
        for (int j = 0; j < n; j++) {
            boolean heavier = count[j] > scaler.count[j] || (count[j] == scaler.count[j] && mean[j] <= scaler.mean[j]);
            merge(j, heavier ? this : scaler, heavier ? scaler : this);
        }
        rowsSeen += scaler.rowsSeen;
        try {
            checkMoments(Kind.BAD_STATE);
        } catch (AccreteException e) {
            undo();
            throw e;
        }
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean mergesExactly() {
        return true;
    }

    @Override
    public void keepPart(int part, int parts) {
        for (int j = 0; j < n; j++) {
            count[j] /= parts;
            m2[j] /= parts;
        }
        rowsSeen = DivisibleLearner.share(rowsSeen, part, parts);
        remember();
    }

    private void merge(int j, StandardScaler heavy, StandardScaler light) {
        double total = heavy.count[j] + light.count[j];
        double share = light.count[j] > 0 ? light.count[j] / total : 0;
        double distance = share > 0 ? light.mean[j] - heavy.mean[j] : 0;
        double centre = heavy.mean[j] + distance * share;
        m2[j] = heavy.m2[j] + light.m2[j] + distance * distance * (heavy.count[j] * share);
        mean[j] = centre;
        count[j] = total;
    }

    private void checkMoments(Kind kind) {
        for (int j = 0; j < n; j++) {
            if (!(m2[j] <= Double.MAX_VALUE && count[j] <= Double.MAX_VALUE)) {
                throw new AccreteException(
                        kind,
                        "column '" + columns.name(j)
                                + "' has values or weights too large for its variance to be told; divide them or ignore it");
            }
        }
    }

    private boolean countsAreEqual() {
        for (int j = 1; j < n; j++) {
            if (count[j] != count[0]) {
                return false;
            }
        }
        return n > 0;
    }

    /**
     * Adds {@link #x} to the moments.
     *
     * @param together whether nothing is missing and all counts are equal
     * @return whether all values are certainly inside the clip
     */
    private boolean learn(double weight, boolean together) {
        if (weight == 0) {
            return false;
        }
        double[] x = this.x;
        if (together) {
            double before = count[0];
            double total = before * decay + weight;
            boolean isTrusted = before >= trusted * weight;
            if (weight != total && (!isTrusted || isInside(before))) {
                Arrays.fill(count, total);
                move(x, mean, m2, weight, weight / total, decay);
                return isTrusted;
            }
        }
        for (int j = 0; j < x.length; j++) {
            if (!Double.isNaN(x[j])) {
                learn(j, weight);
            }
        }
        return false;
    }

    private void learn(int j, double weight) {
        double distance = x[j] - mean[j];
        double value = x[j];
        if (count[j] >= trusted * weight && isBeyond(distance, m2[j], count[j], clip)) {
            double variance = m2[j] * inverse(count[j]);
            if (!isConstant(variance, count[j], mean[j])) {
                value = mean[j] + Math.copySign(clip * Math.sqrt(variance), distance);
                distance = value - mean[j];
            }
        }
        count[j] = count[j] * decay + weight;
        if (weight == count[j]) {
            mean[j] = value;
            m2[j] *= decay;
        } else {
            mean[j] += distance * (weight / count[j]);
            m2[j] = m2[j] * decay + Math.max(0, weight * distance * (value - mean[j]));
        }
    }

    /** Scales {@link #x} by the moments as they are; {@code inside}: no value needs to be clipped. */
    private void scale(boolean together, boolean inside) {
        boolean vary = deviations(deviation, together);
        double[] x = this.x;
        double[] mean = this.mean;
        double[] deviation = this.deviation;
        if (vary && inside && form.withMean && form.withStd) {
            centreAndDivide(x, mean, deviation);
        } else {
            for (int j = 0; j < x.length; j++) {
                x[j] = form.scaled(x[j], mean[j], deviation[j]);
            }
        }
    }

    /**
     * Writes the standard deviation of each column, or 1 where it is constant.
     *
     * @return whether all counts are equal and no column is constant
     */
    private boolean deviations(double[] out, boolean together) {
        double[] mean = this.mean;
        double[] m2 = this.m2;
        if (together) {
            times(m2, inverse(count[0]), out);
            if (allVary(out, mean, count[0] * EPSILON)) {
                squareRoots(out);
                return true;
            }
        }
        for (int j = 0; j < out.length; j++) {
            double variance = m2[j] * inverse(count[j]);
            out[j] = isConstant(variance, count[j], mean[j]) ? 1 : Math.sqrt(variance);
        }
        return false;
    }

    // Each loop has one kind of operation, so that C2 vectorizes it.

    /**
     * {@return whether all of {@link #x} is so far inside the clip that it will be when scaled}
     *
     * <p>If no column is constant then, the rounded mean is wrong by at most 1 / count standard deviations.
     */
    private boolean isInside(double count) {
        double[] margins = this.deviation;
        double limit = Math.max(0, clip - 0.1);
        margins(x, mean, m2, count, limit * limit, margins);
        for (int j = 0; j < margins.length; j++) {
            if (margins[j] < 0) {
                return false;
            }
        }
        return true;
    }

    private static void margins(double[] x, double[] mean, double[] m2, double count, double square, double[] to) {
        for (int j = 0; j < to.length; j++) {
            double distance = x[j] - mean[j];
            to[j] = square * m2[j] - distance * distance * count;
        }
    }

    /** {@return whether a value is more than {@code clip} standard deviations from the mean} */
    private static boolean isBeyond(double distance, double m2, double count, double clip) {
        return distance * distance * count > clip * clip * m2;
    }

    private static void move(double[] x, double[] mean, double[] m2, double weight, double share, double decay) {
        for (int j = 0; j < x.length; j++) {
            double distance = x[j] - mean[j];
            double moved = mean[j] + distance * share;
            m2[j] = m2[j] * decay + Math.max(0, weight * distance * (x[j] - moved));
            mean[j] = moved;
        }
    }

    private static void times(double[] from, double factor, double[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = from[j] * factor;
        }
    }

    private static boolean allVary(double[] variance, double[] mean, double relative) {
        boolean all = true;
        for (int j = 0; j < variance.length; j++) {
            double error = relative * mean[j];
            all &= variance[j] > relative * variance[j] + error * error;
        }
        return all;
    }

    private static void squareRoots(double[] x) {
        for (int j = 0; j < x.length; j++) {
            x[j] = Math.sqrt(x[j]);
        }
    }

    private static void centreAndDivide(double[] x, double[] mean, double[] deviation) {
        for (int j = 0; j < x.length; j++) {
            x[j] = (x[j] - mean[j]) / deviation[j];
        }
    }

    private static double inverse(double count) {
        return count > 0 ? Math.min(1 / count, Double.MAX_VALUE) : 0;
    }

    /** {@return whether a column varies by no more than rounding errors} */
    private static boolean isConstant(double variance, double count, double mean) {
        double relative = count * EPSILON;
        double error = relative * mean;
        return variance <= relative * variance + error * error;
    }

    @Override
    public ScalingTransformer view() {
        return new View();
    }

    @Override
    public ScalingTransformer snapshot() {
        double[] deviations = new double[n];
        deviations(deviations, false);
        return new Snapshot(columns, form, mean.clone(), deviations);
    }

    @Override
    public State state() {
        return State.builder()
                .doubles(COUNT, count)
                .doubles(MEAN, mean)
                .doubles(M2, m2)
                .whole(ROWS_SEEN, rowsSeen)
                .build();
    }

    /** Rows scaled by fixed moments; {@code x} is overwritten. */
    private static void transform(
            NumericColumns columns,
            Form form,
            double[] mean,
            double[] deviation,
            double[] x,
            Chunk chunk,
            ChunkBuffer out) {
        columns.schema().require(chunk.schema());
        columns.check(chunk);
        columns.begin(chunk, out);
        for (int row = 0; row < chunk.rows(); row++) {
            columns.take(chunk, row, x);
            for (int j = 0; j < x.length; j++) {
                x[j] = form.scaled(x[j], mean[j], deviation[j]);
            }
            columns.put(chunk, row, x, out);
        }
    }

    private static Scaling scaling(NumericColumns columns, Form form, double[] mean, double[] deviation) {
        double[] ones = new double[mean.length];
        Arrays.fill(ones, 1);
        return columns.spread(form.withMean ? mean : new double[mean.length], form.withStd ? deviation : ones);
    }

    /** Reads the scaler's own arrays. */
    private final class View implements ScalingTransformer, ExplainableTransformer {
        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Schema outputSchema() {
            return schema;
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            deviations(deviation, false);
            StandardScaler.transform(columns, form, mean, deviation, x, chunk, out);
        }

        @Override
        public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
            ExplainableTransformer.sameColumns(outputs, inputs);
        }

        @Override
        public Scaling scaling() {
            deviations(deviation, false);
            return StandardScaler.scaling(columns, form, mean, deviation);
        }
    }

    private static final class Snapshot implements ScalingTransformer, ExplainableTransformer, ExportableModel {
        private final NumericColumns columns;
        private final Form form;
        private final double[] mean;
        private final double[] deviation;

        /** Memory for one row, kept for the thread that transforms; others make their own at the same time. */
        private final AtomicReference<Optional<double[]>> idle = new AtomicReference<>(Optional.empty());

        Snapshot(NumericColumns columns, Form form, double[] mean, double[] deviation) {
            this.columns = columns;
            this.form = form;
            this.mean = mean;
            this.deviation = deviation;
        }

        @Override
        public Schema schema() {
            return columns.schema();
        }

        @Override
        public Schema outputSchema() {
            return columns.schema();
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            Optional<double[]> taken = idle.getAndSet(Optional.empty());
            if (taken.isEmpty()) {
                taken = Optional.of(new double[mean.length]);
            }
            try {
                StandardScaler.transform(columns, form, mean, deviation, taken.get(), chunk, out);
            } finally {
                idle.set(taken);
            }
        }

        @Override
        public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
            ExplainableTransformer.sameColumns(outputs, inputs);
        }

        @Override
        public Scaling scaling() {
            return StandardScaler.scaling(columns, form, mean, deviation);
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            return columns.replaced(graph, rows, x -> {
                Value mean = graph.constant(this.mean, 1, this.mean.length);
                Value deviation = graph.constant(this.deviation, 1, this.deviation.length);
                Value y = NumericColumns.filled(graph, x, mean);
                if (form.withMean || form.clip < Double.POSITIVE_INFINITY) {
                    y = graph.apply("Sub", y, mean);
                }
                if (form.clip < Double.POSITIVE_INFINITY) {
                    Value reach = graph.apply("Mul", deviation, graph.constant(form.clip));
                    y = graph.apply("Max", graph.apply("Min", y, reach), graph.apply("Neg", reach));
                    y = form.withMean ? y : graph.apply("Add", y, mean);
                }
                return form.withStd ? graph.apply("Div", y, deviation) : y;
            });
        }
    }
}
