package org.example.rls;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Linear least squares with an intercept, exact after every row. The recursive form keeps the inverse of the weighted
 * normal matrix and costs O(width²) per row. Each new row multiplies the weight of all earlier rows by
 * {@code forgetting}.
 *
 * <p>Reference: Haykin, "Adaptive Filter Theory", chapter on recursive least squares.
 */
public final class RecursiveLeastSquares implements Learner {
    private static final ParamSpec<Double> FORGETTING = ParamSpec.real(
            "forgetting",
            1.0,
            Domain.Range.between(0.5, 1.0),
            "factor by which each new row decays the weight of earlier rows");
    private static final ParamSpec<Double> ALPHA =
            ParamSpec.real("alpha", 1e-3, Domain.Range.above(0), "L2 regularization of the initial coefficients");

    private final Schema schema;
    private final double forgetting;
    private final int size; // width + 1, the intercept is last
    private double[] weights;
    private double[] inverse;
    private long rowsSeen;

    // The rows of a chunk update these copies, so that a refused chunk changes nothing.
    private double[] nextWeights;
    private double[] nextInverse;
    private final double[] x;
    private final double[] px; // inverse times x

    private RecursiveLeastSquares(Schema schema, Params params, double[] weights, double[] inverse, long rowsSeen) {
        this.schema = schema;
        this.forgetting = params.get(FORGETTING);
        this.size = weights.length;
        this.weights = weights;
        this.inverse = inverse;
        this.rowsSeen = rowsSeen;
        this.nextWeights = new double[size];
        this.nextInverse = new double[size * size];
        this.x = new double[size];
        this.px = new double[size];
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void partialFit(Chunk chunk) {
        schema.require(chunk.schema());
        System.arraycopy(weights, 0, nextWeights, 0, size);
        System.arraycopy(inverse, 0, nextInverse, 0, inverse.length);
        for (int row = 0; row < chunk.rows(); row++) {
            read(chunk, row, x);
            double target = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
            double weight = chunk.weight(row);
            if (!Double.isFinite(target) || !Double.isFinite(weight) || weight < 0) {
                throw AccreteException.badRow(
                        row,
                        "a target must be finite and a weight finite and >= 0 but they were " + target + " and " + weight);
            }
            for (int j = 0; j < size; j++) {
                if (!Double.isFinite(x[j])) {
                    throw AccreteException.badRow(
                            row, "'" + schema.columnName(j) + "' must be finite but was " + x[j]
                                    + "; a step such as standard-scaler fills what is missing");
                }
            }
            if (weight > 0) {
                learn(target, weight);
            }
        }
        if (!Double.isFinite(sum(nextWeights)) || !Double.isFinite(sum(nextInverse))) {
            throw AccreteException.badData("the rows are too large to learn from; scale them, with standard-scaler say");
        }
        double[] swap = weights;
        weights = nextWeights;
        nextWeights = swap;
        swap = inverse;
        inverse = nextInverse;
        nextInverse = swap;
        rowsSeen += chunk.rows();
    }

    private void learn(double target, double weight) {
        double xpx = 0;
        for (int i = 0; i < size; i++) {
            double sum = 0;
            for (int j = 0; j < size; j++) {
                sum += nextInverse[i * size + j] * x[j];
            }
            px[i] = sum;
            xpx += sum * x[i];
        }
        double error = target - dot(nextWeights, x);
        double gain = 1 / (forgetting / weight + xpx);
        for (int i = 0; i < size; i++) {
            nextWeights[i] += gain * error * px[i];
            for (int j = 0; j < size; j++) {
                nextInverse[i * size + j] = (nextInverse[i * size + j] - gain * px[i] * px[j]) / forgetting;
            }
        }
    }

    /** Copies a dense or sparse row and appends 1 for the intercept. */
    private static void read(Chunk chunk, int row, double[] out) {
        int width = chunk.width();
        if (chunk instanceof DenseChunk dense) {
            System.arraycopy(dense.values(), dense.offset(row), out, 0, width);
        } else if (chunk instanceof SparseChunk sparse) {
            Arrays.fill(out, 0, width, 0);
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                out[sparse.indices()[k]] = sparse.values()[k];
            }
        }
        out[width] = 1;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double sum(double[] a) {
        return Arrays.stream(a).sum();
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public Regressor view() {
        return new Fitted(schema, weights);
    }

    @Override
    public Regressor snapshot() {
        return new Fitted(schema, weights.clone());
    }

    @Override
    public State state() {
        return State.builder()
                .doubles("coef", Arrays.copyOf(weights, size - 1), 1, size - 1)
                .number("intercept", weights[size - 1])
                .doubles("rls.inverse", inverse, size, size)
                .whole("rls.rows_seen", rowsSeen)
                .build();
    }

    /** The model: the coefficients and, last, the intercept. */
    private record Fitted(Schema schema, double[] weights) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            schema.require(chunk.schema());
            double[] row = new double[weights.length];
            for (int i = 0; i < chunk.rows(); i++) {
                read(chunk, i, row);
                out[i] = dot(weights, row);
            }
        }
    }

    /** The provider that {@code ServiceLoader} finds. */
    public static final class Provider implements LearnerProvider {
        @Override
        public String name() {
            return "recursive-least-squares";
        }

        @Override
        public String summary() {
            return "linear least squares, exact after every row; for up to a few hundred columns";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of(FORGETTING, ALPHA);
        }

        @Override
        public Set<Target.Kind> targets() {
            return Set.of(Target.Kind.NUMERIC);
        }

        @Override
        public List<String> likedSteps() {
            return List.of("standard-scaler");
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            long size = schema.width() + 1L;
            return 3 * Double.BYTES * size * size;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            int size = schema.width() + 1;
            double[] inverse = new double[size * size];
            for (int i = 0; i < size; i++) {
                inverse[i * size + i] = 1 / params.get(ALPHA);
            }
            return new RecursiveLeastSquares(schema, params, new double[size], inverse, 0);
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            int width = schema.width();
            double[] weights = Arrays.copyOf(state.doubles("coef", 1, width), width + 1);
            weights[width] = state.number("intercept");
            double[] inverse = state.doubles("rls.inverse", width + 1, width + 1);
            return new RecursiveLeastSquares(schema, params, weights, inverse, state.whole("rls.rows_seen"));
        }
    }
}
