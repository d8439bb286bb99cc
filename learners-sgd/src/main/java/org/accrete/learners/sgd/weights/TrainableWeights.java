package org.accrete.learners.sgd.weights;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DelayedSgdState;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/** Linear functions that learn, and can take back everything since {@link #begin}. */
public final class TrainableWeights extends LinearWeights {
    /*
     * Decay. A dense row touches every weight anyway, so one pass decays and moves them, and the scale stays 1. A
     * sparse row multiplies the scale, which all vectors share because all of them decay alike, and touches only the
     * weights of its own columns. A scale that has become small is multiplied into the vectors (fold). That happens by
     * row, never by chunk, so chunk borders do not matter. See L. Bottou, "Stochastic Gradient Descent Tricks" (2012),
     * section 5.1.
     *
     * Undo. An UndoLog takes a refused chunk back. A fold touches weights that a sparse chunk does not name, so it
     * saves all of them first, once per chunk. New classes get new arrays; the old arrays stay as they were.
     *
     * Prior. With prior weights, the difference from them is learned, decayed, averaged and stored, so a penalty acts
     * on the difference: L2-SP of X. Li, Y. Grandvalet, F. Davoine, "Explicit Inductive Bias for Transfer Learning
     * with Convolutional Networks" (2018). A row needs one more product per function, with the prior weights.
     * Intercepts are not penalized and need no prior.
     */

    static final double SMALLEST_SCALE = 1e-9;
    private static final int LONGEST = Integer.MAX_VALUE - 64;
    private static final String COEF = "coef";
    private static final String INTERCEPT = "intercept";
    private static final String WEIGHTS = "sgd.weights";
    private static final String SCALE = "sgd.scale";
    private static final String LAST_INTERCEPT = "sgd.intercept";
    private static final String PRIOR = "sgd.prior_coef";

    private final boolean byRow;
    private final UndoLog log = new UndoLog();
    private double[] beforeIntercepts;
    private double beforeScale;
    private double[] beforePrior;
    /** The sum of the magnitudes of the weights that rows moved, after each move: not finite if a weight was not. */
    private double magnitude;

    /**
     * Makes functions that are 0.
     *
     * @param width length of each vector
     * @param functions how many functions
     * @param hasPrior whether a penalty acts on the difference from prior weights, which are 0 so far
     * @param byRow whether sparse rows change the vectors by {@link #fold}, {@link #moveSparse} and after {@link #save}
     *     only
     * @throws AccreteException bad argument: more weights than an array holds
     */
    public TrainableWeights(int width, int functions, boolean hasPrior, boolean byRow) {
        this(
                width,
                new double[requireRoom(width, functions)],
                new double[functions],
                new double[hasPrior ? functions * width : 0],
                byRow);
    }

    private TrainableWeights(int width, double[] v, double[] intercepts, double[] prior, boolean byRow) {
        super(width, v, intercepts, 1, prior, 1);
        this.byRow = byRow;
        this.beforeIntercepts = intercepts.clone();
        this.beforeScale = scale;
        this.beforePrior = prior;
    }

    /**
     * {@return functions × width}
     *
     * @throws AccreteException bad argument: one array cannot hold so many
     */
    public static int requireRoom(int width, int functions) {
        if ((long) functions * width > LONGEST) {
            throw AccreteException.badArgument("a model of " + functions + " classes × " + width
                    + " columns must have < 2^31" + " weights; lower max-classes or use narrower columns");
        }
        return functions * width;
    }

    // --- state

    /**
     * Writes a model, and the form that training goes on from unless it is the same.
     *
     * @param model what a reader sees: these functions, or what an optimizer derives from them
     * @param state receives tensors
     */
    public void write(LinearWeights model, State.Builder state) {
        int functions = count();
        state.doubles(COEF, model.effective(), functions, width).doubles(INTERCEPT, model.intercepts, functions);
        boolean derived = model != this;
        if (scale != 1 || derived || hasPrior()) {
            state.doubles(WEIGHTS, v, functions, width).number(SCALE, scale);
        }
        if (derived) {
            state.doubles(LAST_INTERCEPT, intercepts, functions);
        }
        if (hasPrior()) {
            state.doubles(PRIOR, prior, functions, width);
        }
    }

    /**
     * Goes on from a state.
     *
     * @param derived whether the model of the state was derived from its weights
     * @param starts whether a new model starts from the state, which then may or may not have a prior
     */
    public void read(State state, boolean derived, boolean starts) {
        int functions = count();
        boolean apart = state.tensors().containsKey(SCALE) || state.tensors().containsKey(WEIGHTS);
        v = state.doubles(apart ? WEIGHTS : COEF, functions, width);
        intercepts = state.doubles(derived ? LAST_INTERCEPT : INTERCEPT, functions);
        scale = apart ? state.number(SCALE) : 1;
        boolean known = starts ? state.tensors().containsKey(PRIOR) : hasPrior();
        prior = known ? state.doubles(PRIOR, functions, width) : new double[0];
    }

    /**
     * Learns the difference from other prior weights from now on; the functions stay the same.
     *
     * @param next the new prior weights, functions × width, or empty for 0
     */
    public void rebase(double[] next) {
        v = difference(effective(), next);
        scale = 1;
        prior = next;
    }

    /** {@return weights less prior weights, which may be empty; a copy} */
    static double[] difference(double[] w, double[] prior) {
        double[] difference = w.clone();
        for (int i = 0; i < prior.length; i++) {
            difference[i] -= prior[i];
        }
        return difference;
    }

    /**
     * Becomes other functions, whose vectors count from 0.
     *
     * @param next functions × width, not kept
     * @param nextIntercepts one per function, not kept
     */
    public void startFrom(double[] next, double[] nextIntercepts) {
        v = next.clone();
        scale = 1;
        prior = new double[hasPrior() ? v.length : 0];
        intercepts = nextIntercepts.clone();
    }

    /** Becomes other functions, and keeps their arrays; the arrays so far stay as they were. */
    public void goOver(LinearWeights next) {
        v = next.v;
        scale = next.scale;
        intercepts = next.intercepts;
    }

    /** Replaces the vectors: by none while somebody else keeps them. */
    public void replaceVectors(double[] next) {
        v = next;
    }

    // --- all or nothing

    /** Saves everything that learning the chunk may change. */
    public void begin(Chunk chunk) {
        if (byRow) {
            log.beginRows(v, width, chunk);
        } else {
            log.begin(v, width, chunk);
        }
        magnitude = 0;
        beforeScale = scale;
        beforePrior = prior;
        beforeIntercepts = UndoLog.copy(intercepts, beforeIntercepts);
    }

    /** Restores everything as it was at {@link #begin}. */
    public void rollBack(Chunk chunk) {
        v = log.rollBack(width, chunk);
        scale = beforeScale;
        prior = beforePrior;
        intercepts = beforeIntercepts.clone();
    }

    /**
     * {@return whether every number that the chunk may have changed is finite} A number that once is not finite never
     * becomes finite again, so it is enough to look at the end.
     */
    public boolean isFinite(Chunk chunk) {
        return (hasFiniteMagnitude() || UndoLog.isFinite(v, width, chunk)) && UndoLog.isFinite(intercepts);
    }

    /** {@return whether no weight that the chunk may have changed is larger than a limit} */
    public boolean isWithin(double limit, Chunk chunk) {
        return (hasFiniteMagnitude() && magnitude <= limit) || UndoLog.isWithin(limit, v, width, chunk);
    }

    /** {@return whether no weight is larger than a limit} */
    public boolean isWithin(double limit) {
        return UndoLog.isWithin(limit, v);
    }

    private boolean hasFiniteMagnitude() {
        return log.takesRowsOf(v) && Double.isFinite(magnitude);
    }

    /** {@return whether every number is finite and the scale is in (0, 1]} */
    public boolean isFinite() {
        return UndoLog.isFinite(v)
                && UndoLog.isFinite(prior)
                && UndoLog.isFinite(intercepts)
                && scale > 0
                && scale <= 1;
    }

    /**
     * Makes room for more classes: see {@link TrainingState#grow}.
     *
     * @param functions number of functions afterwards, more than now
     * @param share factor of the one function in each of the two classes that it told apart
     */
    public void grow(int functions, double share) {
        v = UndoLog.grow(v, width, functions, share);
        prior = hasPrior() ? UndoLog.grow(prior, width, functions, share) : prior;
        intercepts = UndoLog.grow(intercepts, 1, functions, share);
    }

    // --- learning

    /** Multiplies the scale into the vectors. O(functions · width) */
    public void fold() {
        if (scale != 1) {
            log.saveAll(v);
            DenseKernels.best().scale(scale, v, 0, v.length);
            scale = 1;
        }
    }

    /**
     * Decays all vectors by the scale, before a sparse row moves them; folds a scale that became too small.
     *
     * @param decay factor in [0, 1]
     */
    public void decay(double decay) {
        scale *= decay;
        if (scale < SMALLEST_SCALE) {
            fold();
        }
    }

    /**
     * Decays all vectors by the scale, which the caller folds in time.
     *
     * @param decay factor in [0, 1]
     */
    public void decayUnfolded(double decay) {
        scale *= decay;
    }

    /**
     * Adds a multiple of a sparse row to one vector.
     *
     * @param c which vector
     * @param factor of the row, divided by the scale
     */
    public void moveSparse(int c, SparseChunk chunk, int row, double factor) {
        if (log.takesRowsOf(v)) {
            magnitude += log.move(c, chunk, row, factor, width);
        } else if (factor != 0) {
            SparseKernels.axpy(factor, chunk.indices(), chunk.values(), chunk.start(row), chunk.end(row), v, c * width);
        }
    }

    /** Saves one vector where a sparse row is about to change it otherwise than by {@link #moveSparse}. */
    public void save(int c, SparseChunk chunk, int row) {
        log.save(v, c, chunk, row, width);
    }

    /**
     * Reports what a row made of the weights that {@link #save} saved.
     *
     * @param sum of their magnitudes
     */
    public void addMagnitude(double sum) {
        magnitude += sum;
    }

    /**
     * Decays one vector and adds a multiple of a dense row, for which the scale must be 1.
     *
     * @param c which vector
     * @param decay factor of the vector, in [0, 1]
     * @param step factor of the row
     */
    public void move(int c, DenseChunk dense, int row, double decay, double step) {
        if (step == 0 && decay == 1) {
            return;
        }
        DenseKernels.best().scaleAdd(decay, v, c * width, step, dense.values(), dense.offset(row), width);
    }

    /**
     * Moves one vector as {@link #move} does, by a dense row that is not the chunk's last.
     *
     * @param c which vector
     * @param decay factor of the vector, in [0, 1]
     * @param step factor of the row
     * @return inner product of the next row and the moved vector
     */
    public double moveThenDot(int c, DenseChunk chunk, int row, double decay, double step) {
        int origin = c * width;
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        if (step == 0 && decay == 1) {
            return DenseKernels.best().dot(v, origin, values, offset + width, width);
        }
        return DenseKernels.best().scaleAddDot(decay, v, origin, step, values, offset, values, offset + width, width);
    }

    /**
     * Decays all vectors and adds multiples of a dense row, for which the scale must be 1; also where a step is 0,
     * which saves a branch.
     *
     * @param decay factor of the vectors, in [0, 1]
     * @param steps factors of the row, one per vector
     */
    public void moveAll(DenseChunk chunk, int row, double decay, double[] steps) {
        for (int c = 0; c < count(); c++) {
            DenseKernels.best().scaleAdd(decay, v, c * width, steps[c], chunk.values(), chunk.offset(row), width);
        }
    }

    /**
     * Moves all vectors as {@link #moveAll} does, by a dense row that is not the chunk's last.
     *
     * @param decay factor of the vectors, in [0, 1]
     * @param steps factors of the row, one per vector, replaced by the inner products of the next row and the moved
     *     vectors; and room for {@link DenseKernels#scaleAddDots}
     */
    public void moveAllThenDot(DenseChunk chunk, int row, double decay, double[] steps) {
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        DenseKernels.best().scaleAddDots(decay, v, count(), steps, values, offset, values, offset + width, width);
    }

    /**
     * Adds a multiple of a row to one vector; what it was is not saved.
     *
     * @param c which vector
     * @param factor of the row, divided by the scale, not 0
     */
    public void add(int c, Chunk chunk, int row, double factor) {
        add(v, c * width, chunk, row, factor);
    }

    /** Adds a multiple of a row to a vector of an array. */
    static void add(double[] vectors, int origin, Chunk chunk, int row, double factor) {
        if (chunk instanceof SparseChunk sparse) {
            SparseKernels.axpy(
                    factor, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row), vectors, origin);
        } else if (chunk instanceof DenseChunk dense) {
            DenseKernels.best().axpy(factor, dense.values(), dense.offset(row), vectors, origin, dense.width());
        }
    }

    /**
     * Moves all vectors by a dense row that is a chunk by itself, if they stay finite; the same bits as {@link #move}.
     * They are written beside the old ones and replace them only then, so nothing has to be saved, checked or undone.
     * The scale must be 1.
     *
     * @param decay factor of the vectors, in [0, 1]
     * @param steps factors of the row, one per vector
     * @param interceptRate factor of the steps of the intercepts
     * @return whether they stayed finite; nothing has changed otherwise
     */
    public boolean moveAlone(DenseChunk chunk, double decay, double[] steps, double interceptRate) {
        int count = count();
        double[] values = chunk.values();
        int offset = chunk.offset(0);
        if (count == 1 && steps[0] == 0) {
            // A decay towards 0 cannot overflow.
            intercepts[0] += steps[0] * interceptRate;
            move(0, chunk, 0, decay, steps[0]);
            return true;
        }
        double[] moved = log.spare(v.length);
        if (beforeIntercepts.length != count) {
            beforeIntercepts = new double[count];
        }
        double[] movedIntercepts = beforeIntercepts;
        boolean finite = true;
        for (int c = 0; c < count; c++) {
            int origin = c * width;
            movedIntercepts[c] = intercepts[c] + steps[c] * interceptRate;
            finite &= Double.isFinite(movedIntercepts[c]);
            finite &= DenseKernels.best().scaleAddTo(decay, v, origin, steps[c], values, offset, moved, origin, width);
        }
        if (finite) {
            log.give(v);
            v = moved;
            for (int c = 0; c < count; c++) {
                intercepts[c] = movedIntercepts[c];
            }
        }
        return finite;
    }

    /**
     * Applies a delayed update to the one function, if it stays finite.
     *
     * @param state the weights before the update, and the update
     * @param intercept the intercept after the update
     * @return whether it stayed finite; nothing has changed otherwise
     */
    public boolean apply(DelayedSgdState state, double intercept) {
        double[] next = log.spare(width);
        boolean finite =
                DenseKernels.best().scaleAddTo(state.decay, state.weights, 0, state.step, state.row, 0, next, 0, width)
                        && Double.isFinite(intercept);
        if (finite) {
            log.give(v);
            v = next;
            intercepts[0] = intercept;
        }
        return finite;
    }

    // --- merging

    /**
     * {@return the same functions of columns that were shifted and scaled} A weight w of x is the weight {@code w
     * scale} of {@code (x - centre) / scale}, and adds {@code w centre} to the intercept.
     */
    public TrainableWeights rescaled(double[] centre, double[] scales) {
        double[] shifted = shifted(effective(), intercepts, centre);
        return new TrainableWeights(width, multiplied(learned(), scales), shifted, multiplied(prior, scales), byRow);
    }

    /** {@return the intercepts for columns less a centre} */
    public static double[] shifted(double[] w, double[] intercepts, double[] centre) {
        double[] shifted = intercepts.clone();
        for (int c = 0; c < shifted.length; c++) {
            shifted[c] += DenseKernels.best().dot(w, c * centre.length, centre, 0, centre.length);
        }
        return shifted;
    }

    /** {@return vectors with each column multiplied by its scale; a copy} */
    public static double[] multiplied(double[] w, double[] scales) {
        double[] multiplied = w.clone();
        for (int origin = 0; origin < w.length; origin += scales.length) {
            for (int j = 0; j < scales.length; j++) {
                multiplied[origin + j] *= scales[j];
            }
        }
        return multiplied;
    }

    /** {@return these functions and others, merged, and so are their prior weights; neither is changed} */
    public TrainableWeights merged(TrainableWeights other, WeightedMerge merge) {
        return new TrainableWeights(
                width,
                merge.odd(learned(), other.learned(), width),
                merge.odd(intercepts, other.intercepts, 1),
                hasPrior() ? merge.odd(prior, other.prior, width) : prior,
                byRow);
    }

    /**
     * {@return the same functions of a target in other units; a copy}
     *
     * @param factor new units per unit
     * @param shift added to the intercepts, in new units
     */
    public TrainableWeights inUnits(double factor, double shift) {
        return new TrainableWeights(
                width,
                affine(learned(), factor, 0),
                affine(intercepts, factor, shift),
                affine(prior, factor, 0),
                byRow);
    }

    private static double[] affine(double[] numbers, double factor, double shift) {
        double[] affine = numbers.clone();
        for (int i = 0; i < affine.length; i++) {
            affine[i] = factor * affine[i] + shift;
        }
        return affine;
    }
}
