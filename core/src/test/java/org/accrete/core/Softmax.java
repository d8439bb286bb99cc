package org.accrete.core;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The simplest learner of any number of classes: one gradient step per row on a weight row per class. */
public final class Softmax implements OnlineLearner, ProbabilisticClassifier {
    /** Makes them; can refuse the row after so many, as a learner does with a row that it cannot learn. */
    public record Provider(long refusesAfter) implements LearnerProvider {
        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public String summary() {
            return "plain softmax regression";
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
            return 8L * schema.width();
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new Softmax(schema, new ClassList(schema.target().classes(), params), refusesAfter);
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            Softmax learner = new Softmax(schema, new ClassList(state.list("classes"), params), refusesAfter);
            learner.weights = state.doubles("coef", learner.known.size(), schema.width());
            learner.rowsSeen = state.whole("softmax.rows_seen");
            return learner;
        }
    }

    private final Schema schema;
    private final ClassList known;
    private final long refusesAfter;
    private double[] weights;
    private long rowsSeen;

    private Softmax(Schema schema, ClassList known, long refusesAfter) {
        this.schema = schema;
        this.known = known;
        this.refusesAfter = refusesAfter;
        this.weights = new double[known.size() * schema.width()];
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void partialFit(Chunk chunk) {
        fit(chunk, Optional.empty());
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        fit(chunk, Optional.of(decisions));
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        double[] decisions = new double[decisions()];
        partialFit(new OneRow(schema).dense(x, target, weight, known.labels()), decisions);
        return decisions;
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        throw new UnsupportedOperationException("no test has sparse rows for this one");
    }

    @Override
    public void classes(List<String> labels) {
        throw new UnsupportedOperationException("no test offers labels to this one");
    }

    private void fit(Chunk chunk, Optional<double[]> decisions) {
        schema.require(chunk.schema());
        int classes = known.check(chunk);
        if (refusesAfter >= rowsSeen && refusesAfter < rowsSeen + chunk.rows()) {
            throw AccreteException.badRow((int) (refusesAfter - rowsSeen), "this row cannot be learned");
        }
        int said = 0;
        for (int row = 0; row < chunk.rows(); row++) {
            int target = (int) chunk.target(row);
            int before = weights.length / schema.width();
            if (decisions.isPresent()) {
                decide(logits((DenseChunk) chunk, row, before), decisions.get(), said);
                said += before <= 2 ? 1 : before;
            }
            if (target >= before) {
                weights = Arrays.copyOf(weights, (target + 1) * schema.width());
            }
            step((DenseChunk) chunk, row, target);
        }
        known.grow(chunk, classes);
        rowsSeen += chunk.rows();
    }

    private void step(DenseChunk chunk, int row, int target) {
        int width = schema.width();
        int count = weights.length / width;
        double[] p = shares(logits(chunk, row, count));
        for (int c = 0; c < count; c++) {
            double gradient = p[c] - (c == target ? 1 : 0);
            for (int j = 0; j < width; j++) {
                weights[c * width + j] -= 0.01 * gradient * chunk.values()[chunk.offset(row) + j];
            }
        }
    }

    private static double[] shares(double[] p) {
        int count = p.length;
        double most = Arrays.stream(p).max().orElse(0);
        double sum = 0;
        for (int c = 0; c < count; c++) {
            p[c] = StrictMath.exp(p[c] - most);
            sum += p[c];
        }
        for (int c = 0; c < count; c++) {
            p[c] /= sum;
        }
        return p;
    }

    private double[] logits(DenseChunk chunk, int row, int count) {
        int width = schema.width();
        double[] logits = new double[count];
        for (int c = 0; c < count; c++) {
            for (int j = 0; j < width; j++) {
                logits[c] += weights[c * width + j] * chunk.values()[chunk.offset(row) + j];
            }
        }
        return logits;
    }

    @Override
    public List<String> classes() {
        return known.labels();
    }

    @Override
    public void decide(Chunk chunk, double[] out) {
        int count = known.size();
        for (int row = 0; row < chunk.rows(); row++) {
            decide(logits((DenseChunk) chunk, row, count), out, row * decisions());
        }
    }

    private static void decide(double[] logits, double[] out, int at) {
        if (logits.length <= 2) {
            out[at] = logits.length == 2 ? logits[1] - logits[0] : -1;
        } else {
            System.arraycopy(logits, 0, out, at, logits.length);
        }
    }

    @Override
    public void probabilities(double[] decisions, int rows, int count, double[] out) {
        for (int row = 0; row < rows; row++) {
            double[] logits = count <= 2
                    ? new double[] {0, decisions[row]}
                    : Arrays.copyOfRange(decisions, row * count, (row + 1) * count);
            System.arraycopy(shares(Arrays.copyOf(logits, count)), 0, out, row * count, count);
        }
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public Softmax view() {
        return this;
    }

    @Override
    public Softmax snapshot() {
        Params params =
                Params.parse(List.of(ClassList.NEW_CLASSES, ClassList.MAX_CLASSES), Map.of("max-classes", "1000000"));
        Softmax copy = new Softmax(schema, new ClassList(known.labels(), params), refusesAfter);
        copy.weights = weights.clone();
        return copy;
    }

    @Override
    public State state() {
        return State.builder()
                .doubles("coef", weights, known.size(), schema.width())
                .list("classes", known.labels())
                .whole("softmax.rows_seen", rowsSeen)
                .build();
    }
}
