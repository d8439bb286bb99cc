package org.accrete.learners.sgd;

import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * What both learners share: a chunk is taken whole or not at all, and the state.
 *
 * <p>Stored are {@code coef} (functions × columns, as a reader wants them), {@code intercept}, {@code sgd.t} (number of the
 * next row in the schedule, from 1) and {@code sgd.rows_seen}. While the vectors are lazily scaled, {@code sgd.weights} and
 * {@code sgd.scale} hold their exact form, from which to go on. Where the model is a mean over rows, {@code coef} and {@code
 * intercept} are that mean, the last weights are in {@code sgd.weights}, {@code sgd.scale} and {@code sgd.intercept}, and {@code
 * sgd.average_…} is how the mean is kept; {@code sgd.l1_…} is what the L1 penalty is owed.
 */
abstract sealed class SgdLearner implements Learner permits SgdClassifier, SgdRegressor {
    private static final long FIXED_BYTES = 4096;
    private static final String COEF = "coef";
    private static final String INTERCEPT = "intercept";
    private static final String T = "sgd.t";
    private static final String ROWS_SEEN = "sgd.rows_seen";
    private static final String WEIGHTS = "sgd.weights";
    private static final String SCALE = "sgd.scale";
    private static final String LAST_INTERCEPT = "sgd.intercept";

    final Schema schema;
    final Descent descent;
    final TrainableWeights weights;
    private double t;
    private long rowsSeen;

    /** Makes a learner that has seen nothing. */
    SgdLearner(Schema schema, Params params, Descent descent, int functions) {
        this.schema = schema;
        this.descent = descent;
        int width = schema.width();
        TrainableWeights.requireRoom(width, functions);
        this.weights = new TrainableWeights(
                width,
                new double[functions * width],
                new double[functions],
                1,
                SgdParams.lasso(params, width, functions),
                SgdParams.average(params, width, functions));
        this.t = 1;
    }

    /** Makes a learner that goes on from a state. */
    SgdLearner(Schema schema, Params params, Descent descent, int functions, State state) {
        this.schema = schema;
        this.descent = descent;
        int width = schema.width();
        TrainableWeights.requireRoom(width, functions);
        descent.restore(state);
        Lasso lasso = SgdParams.lasso(params, width, functions);
        lasso.restore(state);
        Average average = SgdParams.average(params, width, functions);
        average.restore(state);
        boolean apart = state.tensors().containsKey(SCALE) || state.tensors().containsKey(WEIGHTS);
        this.weights = new TrainableWeights(
                width,
                state.doubles(apart ? WEIGHTS : COEF, functions, width),
                state.doubles(average.hasRows() ? LAST_INTERCEPT : INTERCEPT, functions),
                apart ? state.number(SCALE) : 1,
                lasso,
                average);
        this.t = state.number(T);
        this.rowsSeen = state.whole(ROWS_SEEN);
        if (!weights.isFinite() || !(weights.scale > 0 && weights.scale <= 1) || !(t >= 1) || rowsSeen < 0) {
            throw new AccreteException(
                    Kind.CORRUPT_FILE,
                    "a stored sgd model must have finite weights, sgd.scale in (0, 1], sgd.t >= 1 and sgd.rows_seen >= 0");
        }
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        schema.require(chunk.schema());
        int functions = check(chunk);
        Rows.requireWeights(chunk);
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        descent.begin();
        weights.begin(chunk);
        boolean learned = false;
        try {
            learn(chunk, functions, t);
            requireFinite(chunk);
            learned = true;
        } finally {
            if (!learned) {
                weights.rollBack(chunk);
                descent.rollBack();
            }
        }
        t += rows;
        rowsSeen += rows;
        accept(chunk, functions);
    }

    private void requireFinite(Chunk chunk) {
        if (!weights.isFinite(chunk) || !descent.isFinite()) {
            throw AccreteException.badData("the steps are too long for these rows, the model would overflow;"
                    + " scale the features (step standard-scaler) or lower eta0");
        }
    }

    /**
     * Checks the targets; changes nothing.
     *
     * @return what {@link #learn} and {@link #accept} need to know of them
     */
    abstract int check(Chunk chunk);

    /** Learns all rows, the first of which is number {@code t}. */
    abstract void learn(Chunk chunk, int checked, double t);

    /** Takes what else the chunk brought, now that its rows are learned. */
    abstract void accept(Chunk chunk, int checked);

    /** Puts what a state holds besides weights. */
    abstract void putInto(State.Builder state);

    @Override
    public final State state() {
        int functions = weights.count();
        Weights model = weights.readable();
        State.Builder state = State.builder()
                .doubles(COEF, model.effective(), functions, weights.width)
                .doubles(INTERCEPT, model.intercepts, functions)
                .number(T, t)
                .whole(ROWS_SEEN, rowsSeen);
        if (weights.scale != 1 || weights.average.hasRows()) {
            state.doubles(WEIGHTS, weights.v, functions, weights.width).number(SCALE, weights.scale);
        }
        if (weights.average.hasRows()) {
            state.doubles(LAST_INTERCEPT, weights.intercepts, functions);
        }
        weights.lasso.putInto(state);
        weights.average.putInto(state);
        descent.putInto(state);
        putInto(state);
        return state.build();
    }

    /**
     * Refuses a schema with another kind of target.
     *
     * @param learner name of the learner, for the message
     */
    static void requireTarget(Schema schema, Target.Kind kind, String learner) {
        Target target = schema.target();
        if (target.kind() != kind) {
            throw AccreteException.badArgument(learner + " needs a " + word(kind) + " target but "
                    + (target.kind() == Target.Kind.NONE
                            ? "there is none"
                            : "'" + target.name() + "' is " + word(target.kind())));
        }
    }

    private static String word(Target.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /**
     * {@return about how many bytes a learner takes, with a snapshot and a state of it}
     *
     * @param functions how many there are
     */
    static long memoryBytes(Schema schema, Params params, int functions) {
        long arrays = SgdParams.arrays(params);
        return arrays * Double.BYTES * functions * (schema.width() + 1L) + FIXED_BYTES;
    }
}
