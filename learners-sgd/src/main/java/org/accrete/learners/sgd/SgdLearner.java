package org.accrete.learners.sgd;

import java.util.List;
import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * What both learners share: a chunk is taken whole or not at all, and the state.
 *
 * <p>Stored are {@code coef} (functions × columns, as a reader wants them), {@code intercept}, {@code sgd.t} (number of
 * the next row in the schedule, from 1) and {@code sgd.rows_seen}. While the vectors are lazily scaled,
 * {@code sgd.weights} and {@code sgd.scale} hold their exact form, from which to go on. Where the model is a mean over
 * rows, {@code coef} and {@code intercept} are that mean, the last weights are in {@code sgd.weights},
 * {@code sgd.scale} and {@code sgd.intercept}, and {@code sgd.average_…} is how the mean is kept; {@code sgd.l1_…} is
 * what the L1 penalty is owed; {@code sgd.late_…} is what {@link DelayedUpdate} goes on from. What an optimizer
 * remembers of each weight has the optimizer's words for it ({@code sgd.rate} and {@code sgd.intercept_rate}, …); where
 * it learns the target in standard deviations, {@code sgd.target} holds the moments and {@code sgd.weights},
 * {@code sgd.scale} and {@code sgd.intercept} what is learned. Where the penalty pulls to a source,
 * {@code sgd.source_coef} is that, and {@code sgd.weights} and the rest are counted from there.
 */
abstract sealed class SgdLearner implements OnlineLearner, RescalableLearner permits SgdClassifier, SgdRegressor {
    private static final long FIXED_BYTES = 4096;
    private static final String COEF = "coef";
    private static final String INTERCEPT = "intercept";
    private static final String T = "sgd.t";
    private static final String ROWS_SEEN = "sgd.rows_seen";
    private static final String WEIGHTS = "sgd.weights";
    private static final String SCALE = "sgd.scale";
    private static final String LAST_INTERCEPT = "sgd.intercept";
    private static final String SOURCE = "sgd.source_coef";

    final Schema schema;
    final Descent descent;
    TrainableWeights weights;
    private final Params params;
    private final OneRow row;
    private double[] said = {};
    private double t;
    private long rowsSeen;

    /** Makes a learner that has seen nothing. */
    SgdLearner(Schema schema, Params params, Descent descent, int functions) {
        this.schema = schema;
        this.params = params;
        this.descent = descent;
        this.row = new OneRow(schema);
        int width = schema.width();
        TrainableWeights.requireRoom(width, functions);
        this.weights = new TrainableWeights(
                width,
                new double[functions * width],
                new double[functions],
                1,
                SgdParams.lasso(params, width, functions),
                SgdParams.average(params, width, functions),
                SgdParams.accumulators(params, width, functions),
                new double[SgdParams.pullsToSource(params) ? functions * width : 0]);
        this.t = 1;
    }

    /**
     * Makes a learner that goes on from a state.
     *
     * @param begins whether what the state has learned is the source, if there is to be one
     */
    SgdLearner(Schema schema, Params params, Descent descent, int functions, State state, boolean begins) {
        this.schema = schema;
        this.params = params;
        this.descent = descent;
        this.row = new OneRow(schema);
        int width = schema.width();
        TrainableWeights.requireRoom(width, functions);
        descent.restore(state);
        boolean pulls = SgdParams.pullsToSource(params);
        boolean hasSource = begins ? state.tensors().containsKey(SOURCE) : pulls;
        boolean moves = begins && (hasSource || pulls);
        CumulativeL1 lasso = SgdParams.lasso(params, width, functions);
        if (!moves && !(begins && lasso.isNewIn(state))) {
            lasso.restore(state);
        }
        AveragedSgd average = SgdParams.average(params, width, functions);
        average.restore(state);
        Accumulators accumulators = SgdParams.accumulators(params, width, functions);
        accumulators.restore(state);
        boolean lastIntercept = average.hasRows() || accumulators.scalesTarget();
        boolean apart = state.tensors().containsKey(SCALE) || state.tensors().containsKey(WEIGHTS);
        this.weights = new TrainableWeights(
                width,
                state.doubles(apart ? WEIGHTS : COEF, functions, width),
                state.doubles(lastIntercept ? LAST_INTERCEPT : INTERCEPT, functions),
                apart ? state.number(SCALE) : 1,
                lasso,
                average,
                accumulators,
                hasSource ? state.doubles(SOURCE, functions, width) : new double[0]);
        if (moves) {
            weights = weights.countedFrom(pulls, lasso);
            descent.restart(weights);
        } else if (functions == 1) {
            weights.late.restore(state);
        }
        descent.refresh(weights);
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
        descent.decided.nowhere();
        fit(chunk);
    }

    @Override
    public final void partialFit(Chunk chunk, double[] decisions) {
        long least = (long) chunk.rows() * weights.count();
        if (decisions.length < least) {
            throw AccreteException.badArgument(
                    "decisions must have room for " + least + " values but has room for " + decisions.length);
        }
        descent.decided.into(decisions);
        fit(chunk);
        say(decisions, descent.decided.taken());
    }

    @Override
    public final double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, offered()));
    }

    @Override
    public final double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, offered()));
    }

    private double[] learnOne(Chunk chunk) {
        int count = weights.count();
        if (said.length != count) {
            said = new double[count];
        }
        partialFit(chunk, said);
        return said;
    }

    private void fit(Chunk chunk) {
        schema.require(chunk.schema());
        int checked = check(chunk);
        RowChecks.requireWeights(chunk);
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        if (descent.learnsAlone(weights, chunk, SgdClassifier.functions(checked))
                && chunk instanceof DenseChunk alone) {
            requireFinite(descent.learnAlone(weights, alone, t));
        } else {
            learnWhole(chunk, checked);
        }
        t += rows;
        rowsSeen += rows;
        accept(chunk, checked);
    }

    private void learnWhole(Chunk chunk, int checked) {
        descent.begin();
        weights.begin(chunk, descent.movesByRow(weights));
        boolean learned = false;
        try {
            learn(chunk, checked, t);
            requireFinite(weights.isFinite(chunk) && descent.isFinite());
            learned = true;
        } finally {
            if (!learned) {
                weights.rollBack(chunk);
                descent.rollBack();
            }
        }
    }

    private static void requireFinite(boolean finite) {
        if (!finite) {
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

    /** {@return the labels that targets of single rows are indexes into} */
    abstract List<String> offered();

    /**
     * Turns values of the functions into what the model says.
     *
     * @param values replaced
     * @param count how many
     */
    abstract void say(double[] values, int count);

    /** Puts what a state holds besides weights. */
    abstract void putInto(State.Builder state);

    @Override
    public final State state() {
        int functions = weights.count();
        LinearWeights model = weights.readable();
        State.Builder state = State.builder()
                .doubles(COEF, model.effective(), functions, weights.width)
                .doubles(INTERCEPT, model.intercepts, functions)
                .number(T, t)
                .whole(ROWS_SEEN, rowsSeen);
        boolean derived = weights.average.hasRows() || weights.accumulators.scalesTarget();
        if (weights.scale != 1 || derived || weights.hasSource()) {
            state.doubles(WEIGHTS, weights.v, functions, weights.width).number(SCALE, weights.scale);
        }
        if (derived) {
            state.doubles(LAST_INTERCEPT, weights.intercepts, functions);
        }
        if (weights.hasSource()) {
            state.doubles(SOURCE, weights.source, functions, weights.width);
        }
        weights.lasso.putInto(state);
        weights.average.putInto(state);
        weights.late.putInto(state);
        weights.accumulators.putInto(state);
        descent.putInto(state);
        putInto(state);
        return state.build();
    }

    // --- merging

    @Override
    public final void merge(Learner learner) {
        Learner other = learner instanceof ChunkDependentLearner chunkwise ? chunkwise.learner() : learner;
        if (!(other instanceof SgdLearner theirs) || other.getClass() != getClass()) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is a "
                    + other.getClass().getSimpleName());
        }
        schema.require(theirs.schema);
        params.requireSame(theirs.params);
        if (theirs.rowsSeen == 0) {
            return;
        }
        List<String> joined = rowsSeen == 0 ? theirs.labels() : joined(theirs.labels());
        TrainableWeights.requireRoom(weights.width, Math.max(1, joined.size()));
        TrainableWeights merged = weights.blended(theirs.weights, blend(theirs, joined));
        descent.rebuild(merged);
        if (!merged.isFinite() || !descent.merge(labels(), theirs.descent, theirs.labels(), joined)) {
            throw overflow();
        }
        weights = merged;
        become(joined);
        t += theirs.t - 1;
        rowsSeen += theirs.rowsSeen;
    }

    @Override
    public final void rescale(Scaling scaling) {
        if (scaling.width() != weights.width) {
            throw AccreteException.badState(
                    "a scaling must have " + weights.width + " columns but has " + scaling.width());
        }
        TrainableWeights rescaled = weights.rescaled(scaling.centre(), scaling.scale());
        descent.rebuild(rescaled);
        if (!rescaled.isFinite()) {
            throw overflow();
        }
        weights = rescaled;
    }

    private static AccreteException overflow() {
        return AccreteException.badState(
                "the merged model would overflow; scale the features (step standard-scaler) before training");
    }

    private WeightedMerge blend(SgdLearner other, List<String> joined) {
        return joined.isEmpty()
                ? WeightedMerge.ofOne(rowsSeen, other.rowsSeen)
                : WeightedMerge.ofClasses(labels(), other.labels(), joined, descent.half(), rowsSeen, other.rowsSeen);
    }

    /** {@return the labels known, in class order; none where there are no classes} */
    abstract List<String> labels();

    /** {@return these labels and those of another learner, unless one may not be taken} */
    abstract List<String> joined(List<String> theirs);

    /** Goes over to the labels of a merged learner. */
    abstract void become(List<String> joined);

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
