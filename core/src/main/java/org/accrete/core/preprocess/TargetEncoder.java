package org.accrete.core.preprocess;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.TargetStep;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Replaces each one-hot block by the mean target of the rows before that had the same category. Of classes it is the
 * share of the second class, or the shares of several classes in a column each. Row-wise; each row is encoded first and
 * learned then, so chunk borders do not matter and no target gets into its own row. Other blocks pass through.
 *
 * <p>The mean of a category is drawn towards that of all rows so far: it is (sum + smoothing · prior) / (weight +
 * smoothing), the m-estimate of B. Cestnik, "Estimating Probabilities: A Crucial Task in Machine Learning" (ECAI 1990),
 * as D. Micci-Barreca used it for categories of many values (SIGKDD Explorations 3(1), 2001). A category not met yet,
 * and a missing one, has the mean of all rows. Before the first row all is 0 for numbers, and equal shares for classes.
 *
 * <p>Rows count by their weights. Missing numbers pass through.
 */
final class TargetEncoder implements TargetStep {
    private static final String ROWS_SEEN = "target-encoder.rows_seen";

    /** Name of the target, then the labels of the classes met so far. */
    private static final String TARGET = "target-encoder.target";

    private final EncodedColumns columns;
    private final NumericColumns numbers;
    private final TargetMeans means;
    private final int[] found;
    private List<String> classes;
    private long rowsSeen;

    /*
     * What the last call changed: for each learned category of a row its number, weight and sum from before, and the
     * column of the sum; then everything of which there is only one. A sum whose class has no column is none.
     */
    private int logged;
    private int[] logCategory = {};
    private int[] logColumn = {};
    private double[] logCount = {};
    private double[] logSum = {};

    private final double[] totalBefore;
    private double totalCountBefore;
    private long rowsSeenBefore;
    private List<String> classesBefore;

    TargetEncoder(Schema schema, Params params, int outputs) {
        this.columns = new EncodedColumns(schema, params, outputs);
        this.numbers = new NumericColumns(schema);
        double unknown = schema.target().kind() == Target.Kind.CATEGORICAL ? 1.0 / Math.max(2, outputs) : 0;
        this.means =
                new TargetMeans(columns.categories(), outputs, params.get(TargetEncoderProvider.SMOOTHING), unknown);
        this.found = new int[columns.blocks()];
        this.totalBefore = new double[outputs];
        this.classes = schema.target().classes();
        this.classesBefore = classes;
    }

    /** {@return an encoder that continues from a state} */
    static TargetEncoder restored(Schema schema, Params params, State state) {
        List<String> target = state.list(TARGET);
        int outputs = TargetMeans.outputs(state);
        long most = Math.max(1_000, schema.target().classes().size());
        if (target.isEmpty() || outputs < 1 || outputs > most) {
            throw AccreteException.corruptFile("a stored target-encoder has no target or " + outputs + " columns");
        }
        if (!target.get(0).equals(schema.target().name())) {
            throw AccreteException.badArgument("target-encoder has learned '" + target.get(0) + "' but the target is '"
                    + schema.target().name() + "'; train a new model");
        }
        TargetEncoder encoder = new TargetEncoder(schema, params, outputs);
        encoder.means.restore(state);
        encoder.classes = List.copyOf(target.subList(1, target.size()));
        encoder.rowsSeen = state.whole(ROWS_SEEN);
        encoder.remember();
        return encoder;
    }

    @Override
    public Schema schema() {
        return columns.schema();
    }

    @Override
    public Schema outputSchema() {
        return columns.output();
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public List<String> warnings() {
        return columns.blocks() > 0 ? List.of() : List.of("there is no one-hot column, so it does nothing");
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
        schema().require(chunk.schema());
        numbers.check(chunk);
        chunk.requireWeights();
        int known = checkTargets(chunk);
        remember();
        try {
            if (out.isPresent()) {
                NumericColumns.clear(chunk, out.get());
            }
            for (int row = 0; row < chunk.rows(); row++) {
                if (out.isPresent()) {
                    columns.write(chunk, row, means, found, out.get());
                } else {
                    columns.find(chunk, row, found);
                }
                double target = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
                if (!Double.isNaN(target) && chunk.weight(row) > 0) {
                    learn(row, target, chunk.weight(row));
                }
            }
        } catch (RuntimeException | Error e) {
            undo();
            throw e;
        }
        rowsSeen += chunk.rows();
        if (known > classes.size()) {
            classes = List.copyOf(chunk.classes().subList(0, known));
        }
    }

    /** {@return how many classes are known after the chunk} */
    private int checkTargets(Chunk chunk) {
        boolean categorical = schema().target().kind() == Target.Kind.CATEGORICAL;
        List<String> theirs = chunk.classes();
        int known = classes.size();
        if (categorical && theirs != classes) {
            for (int i = 0; i < Math.min(theirs.size(), known); i++) {
                if (!theirs.get(i).equals(classes.get(i))) {
                    throw AccreteException.badState("classes of the data must begin with those of the model, " + classes
                            + ", but are " + theirs);
                }
            }
        }
        for (int row = 0; chunk.hasTargets() && row < chunk.rows(); row++) {
            double target = chunk.target(row);
            boolean good = Double.isNaN(target)
                    || (categorical
                            ? target == Math.rint(target) && target >= 0 && target < theirs.size()
                            : Math.abs(target) <= Double.MAX_VALUE);
            if (!good) {
                throw AccreteException.badRow(
                        row,
                        categorical
                                ? "a class index must be >= 0 and < " + theirs.size() + " but was " + target
                                : "the target must be finite but was " + target);
            }
            if (categorical && target >= known) {
                known = (int) target + 1;
            }
        }
        return known;
    }

    private void learn(int row, double target, double weight) {
        int outputs = means.outputs;
        boolean categorical = schema().target().kind() == Target.Kind.CATEGORICAL;
        // With one column that of the second class; with several, one for each of the first classes.
        int k = !categorical ? 0 : outputs == 1 ? (target == 1 ? 0 : -1) : target < outputs ? (int) target : -1;
        double amount = categorical ? weight : weight * target;
        means.totalCount += weight;
        if (k >= 0) {
            means.total[k] += amount;
        }
        boolean small = means.totalCount <= Double.MAX_VALUE && (k < 0 || isFinite(means.total[k]));
        for (int category : found) {
            if (category >= 0) {
                log(category, category * outputs + k, k);
                means.count[category] += weight;
                if (k >= 0) {
                    means.sum[category * outputs + k] += amount;
                    small &= isFinite(means.sum[category * outputs + k]);
                }
            }
        }
        if (!small) {
            throw AccreteException.badRow(row, "targets and weights are too large to be added; divide them");
        }
    }

    private static boolean isFinite(double sum) {
        return Math.abs(sum) <= Double.MAX_VALUE;
    }

    private void log(int category, int at, int k) {
        if (logged == logCategory.length) {
            int length = Math.max(64, 2 * logged);
            logCategory = Arrays.copyOf(logCategory, length);
            logColumn = Arrays.copyOf(logColumn, length);
            logCount = Arrays.copyOf(logCount, length);
            logSum = Arrays.copyOf(logSum, length);
        }
        logCategory[logged] = category;
        logColumn[logged] = k;
        logCount[logged] = means.count[category];
        logSum[logged] = k >= 0 ? means.sum[at] : 0;
        logged++;
    }

    private void remember() {
        logged = 0;
        System.arraycopy(means.total, 0, totalBefore, 0, totalBefore.length);
        totalCountBefore = means.totalCount;
        rowsSeenBefore = rowsSeen;
        classesBefore = classes;
    }

    @Override
    public void undo() {
        for (int i = logged - 1; i >= 0; i--) {
            means.count[logCategory[i]] = logCount[i];
            if (logColumn[i] >= 0) {
                means.sum[logCategory[i] * means.outputs + logColumn[i]] = logSum[i];
            }
        }
        logged = 0;
        System.arraycopy(totalBefore, 0, means.total, 0, totalBefore.length);
        means.totalCount = totalCountBefore;
        rowsSeen = rowsSeenBefore;
        classes = classesBefore;
    }

    @Override
    public Transformer view() {
        return new Encoded(columns, numbers, means);
    }

    @Override
    public Transformer snapshot() {
        return new Encoded(columns, numbers, means.copy());
    }

    @Override
    public State state() {
        List<String> target = new ArrayList<>(List.of(schema().target().name()));
        target.addAll(classes);
        State.Builder state = State.builder();
        means.writeTo(state);
        return state.whole(ROWS_SEEN, rowsSeen).list(TARGET, target).build();
    }

    /** Encodes by means that it does not change. */
    private static final class Encoded implements ExplainableTransformer, ExportableModel {
        private final EncodedColumns columns;
        private final NumericColumns numbers;
        private final TargetMeans means;

        /** Memory for one row, kept for the thread that transforms; others make their own at the same time. */
        private final AtomicReference<Optional<int[]>> idle = new AtomicReference<>(Optional.empty());

        Encoded(EncodedColumns columns, NumericColumns numbers, TargetMeans means) {
            this.columns = columns;
            this.numbers = numbers;
            this.means = means;
        }

        @Override
        public Schema schema() {
            return columns.schema();
        }

        @Override
        public Schema outputSchema() {
            return columns.output();
        }

        @Override
        public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
            columns.carryBack(chunk, row, outputs, inputs);
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            return columns.export(graph, rows, means);
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            schema().require(chunk.schema());
            numbers.check(chunk);
            NumericColumns.clear(chunk, out);
            Optional<int[]> taken = idle.getAndSet(Optional.empty());
            if (taken.isEmpty()) {
                taken = Optional.of(new int[columns.blocks()]);
            }
            try {
                for (int row = 0; row < chunk.rows(); row++) {
                    columns.write(chunk, row, means, taken.get(), out);
                }
            } finally {
                idle.set(taken);
            }
        }
    }
}
