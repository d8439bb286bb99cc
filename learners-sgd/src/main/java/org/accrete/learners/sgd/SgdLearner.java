package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.optimizer.DecisionSink;
import org.accrete.learners.sgd.optimizer.Optimizer;
import org.accrete.learners.sgd.optimizer.PlainSgd;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * Keeps a learner's promises around an {@link Optimizer}: a chunk is taken whole or not at all, and the state is all
 * that is needed to go on.
 *
 * <p>A state holds {@code coef} (functions × columns) and {@code intercept} for readers, {@code sgd.t} (number of the
 * next row in the schedule, from 1; rows of weight 0 have none) and {@code sgd.rows_seen}. Where training goes on from
 * other numbers than the model's, they are {@code sgd.weights} and {@code sgd.scale} (lazily scaled vectors, less the
 * prior weights {@code sgd.prior_coef}) and {@code sgd.intercept}. Everything else is named by the part that writes it.
 */
abstract sealed class SgdLearner implements OnlineLearner, RescalableLearner, DivisibleLearner
        permits SgdClassifier, SgdRegressor {
    private static final long FIXED_BYTES = 4096;
    private static final String T = "sgd.t";
    private static final String ROWS_SEEN = "sgd.rows_seen";

    final Schema schema;
    Optimizer optimizer;
    private final Params params;
    private final OneRow row;
    private final DecisionSink sink = new DecisionSink();
    private double[] decisionsOfOne = {};
    private final boolean countsWeightless;
    private double t = 1;
    private long rowsSeen;
    /** Rows of weight 0 in the chunk being learned, so far. */
    private int weightless;

    /** Makes a learner that has seen nothing. */
    SgdLearner(Schema schema, Params params, Optimizer untrained) {
        this.schema = schema;
        this.params = params;
        this.optimizer = untrained;
        this.row = new OneRow(schema);
        this.countsWeightless = SgdParams.isLikeSklearn(params);
    }

    /**
     * Makes a learner that goes on from a state.
     *
     * @param untrained of as many functions and classes as the state has
     * @param starts whether a new model starts from the state, whose model then is the prior, if there is to be one
     */
    SgdLearner(Schema schema, Params params, Optimizer untrained, State state, boolean starts) {
        this(schema, params, untrained);
        optimizer.read(state, starts);
        this.t = state.number(T);
        this.rowsSeen = state.whole(ROWS_SEEN);
        if (!optimizer.isFinite() || !(t >= 1) || rowsSeen < 0) {
            throw AccreteException.corruptFile(
                    "a stored sgd model must have finite weights, sgd.scale in (0, 1], sgd.t >= 1"
                            + " and sgd.rows_seen >= 0");
        }
    }

    /**
     * Starts from given functions; this learner has seen nothing.
     *
     * @throws AccreteException bad argument: they are too large
     */
    final void startFrom(GivenWeights given) {
        optimizer.startFrom(given.coef(), given.intercept());
        t = given.t();
        if (!optimizer.isFinite()) {
            throw AccreteException.badArgument("the weights to begin with are too large; scale the features");
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
        sink.close();
        fit(chunk);
    }

    @Override
    public final void partialFit(Chunk chunk, double[] decisions) {
        long least = (long) chunk.rows() * optimizer.count();
        if (decisions.length < least) {
            throw AccreteException.badArgument(
                    "decisions must have room for " + least + " values but has room for " + decisions.length);
        }
        sink.into(decisions);
        fit(chunk);
        predictFrom(decisions, sink.taken());
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
        int count = optimizer.count();
        if (decisionsOfOne.length != count) {
            decisionsOfOne = new double[count];
        }
        partialFit(chunk, decisionsOfOne);
        return decisionsOfOne;
    }

    private void fit(Chunk chunk) {
        schema.require(chunk.schema());
        int checked = check(chunk);
        chunk.requireWeights();
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        weightless = 0;
        if (optimizer instanceof PlainSgd plain
                && !isSkipped(chunk, 0)
                && chunk instanceof DenseChunk alone
                && plain.learnsAlone(alone, LinearWeights.functions(checked))) {
            requireFinite(plain.learnAlone(alone, t, sink));
        } else {
            learnWhole(chunk, checked);
        }
        t += rows - weightless;
        rowsSeen += rows;
        accept(chunk, checked);
    }

    private void learnWhole(Chunk chunk, int checked) {
        optimizer.begin(chunk);
        boolean learned = false;
        try {
            learn(chunk, checked, t, sink);
            requireFinite(optimizer.isFinite(chunk));
            learned = true;
        } finally {
            if (!learned) {
                optimizer.rollBack(chunk);
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
     * @return number of classes known after the chunk, 1 for a number
     */
    abstract int check(Chunk chunk);

    /** Learns all rows, the first of which is number {@code t}. */
    abstract void learn(Chunk chunk, int checked, double t, DecisionSink sink);

    /**
     * Learns some rows, after those before them. A row of weight 0 has no number, so that it moves no schedule, window
     * or mean; as in scikit-learn, it has one with {@link Compat#SKLEARN}.
     *
     * @param t number of the chunk's first row
     */
    final void learnRows(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        int first = from;
        for (int row = from; row < to && chunk.hasWeights(); row++) {
            if (isSkipped(chunk, row)) {
                optimizer.learn(chunk, first, row, t - weightless, sink);
                optimizer.pass(chunk, row, sink);
                weightless++;
                first = row + 1;
            }
        }
        optimizer.learn(chunk, first, to, t - weightless, sink);
    }

    private boolean isSkipped(Chunk chunk, int row) {
        return chunk.weight(row) == 0 && !countsWeightless;
    }

    /** Takes what else the chunk brought, after its rows were learned. */
    abstract void accept(Chunk chunk, int checked);

    /** {@return the labels that targets of single rows are indexes into} */
    abstract List<String> offered();

    /**
     * Turns decision values into what the model predicts.
     *
     * @param values replaced
     * @param count how many
     */
    abstract void predictFrom(double[] values, int count);

    /** Writes what a state holds besides the optimizer. */
    abstract void write(State.Builder state);

    @Override
    public final State state() {
        State.Builder state = State.builder().number(T, t).whole(ROWS_SEEN, rowsSeen);
        optimizer.write(state);
        write(state);
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
        TrainableWeights.requireRoom(schema.width(), LinearWeights.functions(joined.size()));
        optimizer = requireFinite(optimizer.merged(theirs.optimizer, merge(theirs, joined)));
        become(joined);
        t += theirs.t - 1;
        rowsSeen += theirs.rowsSeen;
    }

    @Override
    public final void keepPart(int part, int parts) {
        optimizer.keepPart(part, parts);
        // Whole, as the numbers of rows are.
        t = parts == 1 ? t : 1 + DivisibleLearner.share((long) (t - 1), part, parts);
        rowsSeen = DivisibleLearner.share(rowsSeen, part, parts);
    }

    @Override
    public final void rescale(Scaling scaling) {
        if (scaling.width() != schema.width()) {
            throw AccreteException.badState(
                    "a scaling must have " + schema.width() + " columns but has " + scaling.width());
        }
        optimizer = requireFinite(optimizer.rescaled(scaling.centre(), scaling.scale()));
    }

    private static Optimizer requireFinite(Optimizer changed) {
        if (!changed.isFinite()) {
            throw AccreteException.badState(
                    "the merged model would overflow; scale the features (step standard-scaler) before training");
        }
        return changed;
    }

    private WeightedMerge merge(SgdLearner other, List<String> joined) {
        return joined.isEmpty()
                ? WeightedMerge.ofOne(rowsSeen, other.rowsSeen)
                : WeightedMerge.ofClasses(
                        labels(), other.labels(), joined, optimizer.share(), rowsSeen, other.rowsSeen);
    }

    /** {@return the known labels in class order; empty for numbers} */
    abstract List<String> labels();

    /** {@return these labels and those of another learner; throws if there would be too many} */
    abstract List<String> joined(List<String> theirs);

    /** Takes the labels of a merged learner. */
    abstract void become(List<String> joined);

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
