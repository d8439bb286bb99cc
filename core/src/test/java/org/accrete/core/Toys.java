package org.accrete.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;

/** Parts so simple that a pipeline's results can be computed by hand. */
public final class Toys {
    public static final SumProvider SUM = new SumProvider();
    public static final SharesProvider SHARES = new SharesProvider();
    public static final WaitProvider WAIT = new WaitProvider();

    private Toys() {}

    public static PlugIns plugIns() {
        return PlugIns.of(SUM, SHARES, WAIT, new StandardScalerProvider());
    }

    /** {@return the value of one cell, of a dense or a sparse chunk} */
    public static double cell(Chunk chunk, int row, int column) {
        if (chunk instanceof SparseChunk sparse) {
            int at = Arrays.binarySearch(sparse.indices(), sparse.start(row), sparse.end(row), column);
            return at < 0 ? 0 : sparse.values()[at];
        }
        DenseChunk dense = (DenseChunk) chunk;
        return dense.values()[dense.offset(row) + column];
    }

    /** {@return the bits of every cell, row by row} */
    public static List<Long> bits(Chunk chunk) {
        List<Long> bits = new ArrayList<>();
        for (int row = 0; row < chunk.rows(); row++) {
            for (int column = 0; column < chunk.width(); column++) {
                bits.add(Double.doubleToRawLongBits(cell(chunk, row, column)));
            }
        }
        return bits;
    }

    /** {@return a dense chunk of a schema of numeric columns, with the row's number as its target} */
    public static DenseChunk chunk(Schema schema, double... values) {
        double[] targets = new double[values.length / schema.width()];
        Arrays.setAll(targets, i -> i);
        return new DenseChunk(schema, values, targets, new double[0], List.of());
    }

    /**
     * Learns the sum of all cells times {@code rate}, predicts the row's sum plus it; refuses a row with a cell above
     * {@code most}.
     */
    static final class SumProvider implements LearnerProvider {
        static final ParamSpec<Double> RATE = ParamSpec.real("rate", 1, Domain.Range.above(0), "factor of the sum")
                .asTunable();
        static final ParamSpec<Double> MOST =
                ParamSpec.real("most", 1000, Domain.Range.finite(), "the largest cell that is taken");

        @Override
        public String name() {
            return "sum";
        }

        @Override
        public String summary() {
            return "sums";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of(RATE, MOST);
        }

        @Override
        public Set<Target.Kind> targets() {
            return Set.of(Target.Kind.NUMERIC);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 1_000;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new Sum(schema, params.get(RATE), params.get(MOST));
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            Sum sum = new Sum(schema, params.get(RATE), params.get(MOST));
            sum.sum = state.number("sum");
            sum.rows = state.whole("sum.rows_seen");
            return sum;
        }
    }

    private static final class Sum implements Learner {
        private final Schema schema;
        private final double rate;
        private final double most;
        private double sum;
        private long rows;

        Sum(Schema schema, double rate, double most) {
            this.schema = schema;
            this.rate = rate;
            this.most = most;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public void partialFit(Chunk chunk) {
            double added = sum;
            for (int row = 0; row < chunk.rows(); row++) {
                for (int column = 0; column < chunk.width(); column++) {
                    double cell = cell(chunk, row, column);
                    if (!(cell <= most)) {
                        throw AccreteException.badRow(row, "cell " + cell + " is above " + most);
                    }
                    added += cell * rate;
                }
            }
            sum = added;
            rows += chunk.rows();
        }

        @Override
        public long rowsSeen() {
            return rows;
        }

        @Override
        public Model view() {
            return snapshot();
        }

        @Override
        public Model snapshot() {
            return new SumModel(schema, sum);
        }

        @Override
        public State state() {
            return State.builder()
                    .number("sum", sum)
                    .whole("sum.rows_seen", rows)
                    .build();
        }
    }

    private record SumModel(Schema schema, double sum) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            for (int row = 0; row < chunk.rows(); row++) {
                out[row] = sum;
                for (int column = 0; column < chunk.width(); column++) {
                    out[row] += cell(chunk, row, column);
                }
            }
        }
    }

    /** Counts classes; refuses a cell that is not finite. */
    static final class SharesProvider implements LearnerProvider {
        @Override
        public String name() {
            return "shares";
        }

        @Override
        public String summary() {
            return "shares of classes";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of(ClassList.NEW_CLASSES, ClassList.MAX_CLASSES);
        }

        @Override
        public Set<Target.Kind> targets() {
            return Set.of(Target.Kind.CATEGORICAL);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return Long.MAX_VALUE;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new Shares(schema, new ClassList(schema.target().classes(), params));
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            Shares shares = new Shares(schema, new ClassList(state.list("classes"), params));
            shares.counts = state.doubles("counts", shares.known.size());
            return shares;
        }
    }

    private static final class Shares implements Learner {
        private final Schema schema;
        private final ClassList known;
        private double[] counts;

        Shares(Schema schema, ClassList known) {
            this.schema = schema;
            this.known = known;
            this.counts = new double[known.size()];
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public void partialFit(Chunk chunk) {
            int size = known.check(chunk);
            known.grow(chunk, size);
            counts = Arrays.copyOf(counts, size);
            for (int row = 0; row < chunk.rows(); row++) {
                counts[(int) chunk.target(row)]++;
            }
        }

        @Override
        public long rowsSeen() {
            return (long) Arrays.stream(counts).sum();
        }

        @Override
        public Model view() {
            return snapshot();
        }

        @Override
        public Model snapshot() {
            return new SharesModel(schema, known.labels(), counts.clone());
        }

        @Override
        public State state() {
            return State.builder()
                    .doubles("counts", counts)
                    .list("classes", known.labels())
                    .build();
        }
    }

    private static final class SharesModel implements ProbabilisticClassifier {
        private final Schema schema;
        private final List<String> classes;
        private final double[] counts;

        SharesModel(Schema schema, List<String> classes, double[] counts) {
            this.schema = schema;
            this.classes = classes;
            this.counts = counts;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public List<String> classes() {
            return classes;
        }

        @Override
        public void decide(Chunk chunk, double[] out) {
            for (int row = 0; row < chunk.rows(); row++) {
                if (classes.size() <= 2) {
                    out[row] = classes.size() == 2 ? counts[1] - counts[0] : 0;
                } else {
                    System.arraycopy(counts, 0, out, row * counts.length, counts.length);
                }
            }
        }

        @Override
        public void probabilities(double[] decisions, int rows, int classes, double[] out) {
            double sum = Arrays.stream(counts).sum();
            for (int i = 0; i < rows * counts.length; i++) {
                out[i] = sum == 0 ? 1.0 / counts.length : counts[i % counts.length] / sum;
            }
        }
    }

    /** Hands rows on unchanged once it has seen {@code wait} of them. */
    static final class WaitProvider implements StepProvider {
        static final ParamSpec<Long> ROWS =
                ParamSpec.whole("rows", 3, Domain.Range.atLeast(0), "rows until it is ready");

        @Override
        public String name() {
            return "wait";
        }

        @Override
        public String summary() {
            return "waits";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of(ROWS);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 10;
        }

        @Override
        public Step create(Schema schema, Params params) {
            return new Wait(schema, params.get(ROWS));
        }

        @Override
        public Step restore(Schema schema, Params params, State state) {
            Wait wait = new Wait(schema, params.get(ROWS));
            wait.rows = state.whole("wait.rows_seen");
            return wait;
        }
    }

    private static final class Wait implements Step, Transformer {
        private final Schema schema;
        private final long ready;
        private long rows;
        private long before;

        Wait(Schema schema, long ready) {
            this.schema = schema;
            this.ready = ready;
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
        public void partialFit(Chunk chunk) {
            before = rows;
            rows += chunk.rows();
        }

        @Override
        public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
            partialFit(chunk);
            out.clear();
            out.append(chunk, (int) Math.min(chunk.rows(), Math.max(0, ready - before)), chunk.rows());
        }

        @Override
        public void undo() {
            rows = before;
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            out.clear();
            out.append(chunk, 0, chunk.rows());
        }

        @Override
        public long rowsSeen() {
            return rows;
        }

        @Override
        public Transformer view() {
            return this;
        }

        @Override
        public Transformer snapshot() {
            return this;
        }

        @Override
        public State state() {
            return State.builder().whole("wait.rows_seen", rows).build();
        }
    }
}
