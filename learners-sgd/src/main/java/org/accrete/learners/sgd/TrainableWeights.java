package org.accrete.learners.sgd;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.Kernels;

/**
 * Linear functions that learn, and can take back everything since {@link #begin}.
 *
 * <p>Decay. A dense row touches every weight anyway, so it decays and moves them in one pass and keeps the scale at 1.
 * A sparse row decays by multiplying the scale, which all vectors share because all of them decay alike, and touches
 * only the weights of its own columns; when the scale gets small it is multiplied into the vectors ({@link #fold}).
 * That happens by row, never by chunk.
 *
 * <p>Undo is by a {@link UndoLog}. A fold touches weights that a sparse chunk does not name, so it saves all of them
 * first, once per chunk. New classes get new arrays, and the old ones stay as they were at that moment.
 *
 * <p>Where there is a source, all that is learned, decayed, averaged and remembered is the difference from it, so that
 * a penalty pulls there: L2-SP of X. Li, Y. Grandvalet, F. Davoine, "Explicit Inductive Bias for Transfer Learning with
 * Convolutional Networks" (2018). Rows need only be told their products with the source. Intercepts are not penalised
 * and so need no source.
 */
final class TrainableWeights extends LinearWeights {
    private static final double SMALLEST_SCALE = 1e-9;
    private static final int LONGEST = Integer.MAX_VALUE - 64;

    /** What the L1 penalty still owes. */
    final CumulativeL1 lasso;
    /** The mean over rows. */
    final AveragedSgd average;
    /** What the quick way for narrow rows goes on from. */
    final DelayedUpdate late;
    /** What an optimizer remembers of each weight. */
    final Accumulators accumulators;

    private final double smallestScale;
    private final UndoLog journal = new UndoLog();
    private double[] beforeIntercepts;
    private double beforeScale;
    private double[] beforeSource;
    /** The sum of all weights that rows moved, each time they did: not finite if one of them was not. */
    private double moved;

    TrainableWeights(
            int width,
            double[] v,
            double[] intercepts,
            double scale,
            CumulativeL1 lasso,
            AveragedSgd average,
            Accumulators accumulators,
            double[] source) {
        super(width, v, intercepts, scale, source, 1);
        this.lasso = lasso;
        this.average = average;
        this.late = new DelayedUpdate(width);
        this.accumulators = accumulators;
        this.smallestScale = average.smallestScale(SMALLEST_SCALE);
        this.beforeIntercepts = intercepts.clone();
        this.beforeScale = scale;
        this.beforeSource = source;
    }

    /** {@return what a model reads, in the learner's own arrays} */
    LinearWeights readable() {
        if (accumulators.scalesTarget()) {
            double unit = accumulators.targetScale();
            double[] shifted = intercepts.clone();
            for (int c = 0; c < shifted.length; c++) {
                shifted[c] = shifted[c] * unit + accumulators.targetMean();
            }
            return new LinearWeights(width, v, shifted, scale * unit, source, unit);
        }
        return mean();
    }

    /** {@return what a model reads, in the units that are learned} */
    private LinearWeights mean() {
        return average.hasRows() ? average.of(this) : this;
    }

    /**
     * {@return the same functions, counted from what the model reads now, or from 0} The L1 penalty acts on other
     * numbers then, of which nothing is owed.
     *
     * @param itself whether from what the model reads
     * @param none a penalty of which nothing is owed
     */
    TrainableWeights countedFrom(boolean itself, CumulativeL1 none) {
        double[] model = mean().effective();
        double[] from = itself ? model : new double[0];
        return new TrainableWeights(
                width,
                less(effective(), from),
                intercepts,
                1,
                none,
                average.countedFrom(less(model, from)),
                accumulators,
                from);
    }

    private static double[] less(double[] w, double[] from) {
        double[] less = w.clone();
        for (int i = 0; i < from.length; i++) {
            less[i] -= from[i];
        }
        return less;
    }

    /** Refuses what one array cannot hold. */
    static void requireRoom(int width, int count) {
        if ((long) count * width > LONGEST) {
            throw AccreteException.badArgument("a model of " + count + " classes × " + width
                    + " columns must have < 2^31" + " weights; lower max-classes or use narrower columns");
        }
    }

    // --- all or nothing

    /**
     * Remembers everything that learning the chunk may change.
     *
     * @param byRow whether only {@link #fold}, {@link #moveSparse} and what is told to {@link #remember} will change
     *     the vectors if the chunk is sparse
     */
    void begin(Chunk chunk, boolean byRow) {
        if (byRow) {
            journal.beginRows(v, width, chunk);
        } else {
            journal.begin(v, width, chunk);
        }
        moved = 0;
        beforeScale = scale;
        beforeSource = source;
        beforeIntercepts = UndoLog.copy(intercepts, beforeIntercepts);
        lasso.begin(chunk);
        average.begin(this, chunk);
        late.begin();
        accumulators.begin(chunk);
    }

    /** Takes back everything since {@link #begin} for this chunk. */
    void rollBack(Chunk chunk) {
        v = journal.rollBack(width, chunk);
        scale = beforeScale;
        source = beforeSource;
        intercepts = beforeIntercepts.clone();
        lasso.rollBack(chunk);
        average.rollBack(chunk);
        late.rollBack();
        accumulators.rollBack(chunk);
    }

    /**
     * {@return whether every number that the chunk may have changed is finite; one that once is not never becomes so
     * again}
     */
    boolean isFinite(Chunk chunk) {
        boolean seen = journal.takesRowsOf(v) && Double.isFinite(moved);
        return (seen || UndoLog.isFinite(v, width, chunk))
                && UndoLog.isFinite(intercepts)
                && lasso.isFinite(chunk)
                && average.isFinite(v, chunk)
                && accumulators.isFinite(v, seen ? moved : Double.NaN, chunk);
    }

    /** {@return whether every number is finite} */
    boolean isFinite() {
        return UndoLog.isFinite(v)
                && UndoLog.isFinite(source)
                && UndoLog.isFinite(intercepts)
                && lasso.isFinite()
                && average.isFinite(v)
                && accumulators.isFinite(v);
    }

    // --- learning

    /** Multiplies the scale into the vectors. */
    void fold() {
        if (scale != 1) {
            late.forget();
            journal.saveAll(v);
            average.fold(v);
            Kernels.best().scale(scale, v, 0, v.length);
            scale = 1;
        }
    }

    /**
     * Decays all vectors by way of the scale, before a sparse row moves them.
     *
     * @param keep factor in [0, 1]
     */
    void decay(double keep) {
        late.forget();
        scale *= keep;
        if (scale < smallestScale) {
            fold();
        }
    }

    /**
     * Moves one vector by a multiple of a sparse row, without a decay.
     *
     * @param c which vector
     * @param factor of the row, by the scale
     */
    void moveSparse(Kernels kernels, int c, SparseChunk chunk, int row, double factor) {
        if (journal.takesRowsOf(v)) {
            moved += journal.move(kernels, c, chunk, row, factor, width);
        } else if (factor != 0) {
            kernels.sparseAxpy(factor, chunk.indices(), chunk.values(), chunk.start(row), chunk.end(row), v, c * width);
        }
    }

    /** Remembers one vector where a sparse row is about to move it otherwise than by {@link #moveSparse}. */
    void remember(Kernels kernels, int c, SparseChunk chunk, int row) {
        journal.remember(kernels, v, c, chunk, row, width);
    }

    /**
     * Takes what such a row made of the weights.
     *
     * @param sum of their amounts
     */
    void took(double sum) {
        moved += sum;
    }

    /**
     * Moves and decays one vector by a multiple of a dense row, for which the scale must be 1.
     *
     * @param c which vector
     * @param keep factor of the vector, in [0, 1]
     * @param step factor of the row
     */
    void move(Kernels kernels, int c, DenseChunk dense, int row, double keep, double step) {
        if (step == 0 && keep == 1) {
            return;
        }
        kernels.scaleAdd(keep, v, c * width, step, dense.values(), dense.offset(row), width);
    }

    /**
     * Moves one vector as {@link #move} does, by a dense row that is not the chunk's last.
     *
     * @param c which vector
     * @param keep factor of the vector, in [0, 1]
     * @param step factor of the row
     * @return product of the next row's features with the moved vector
     */
    double moveOn(Kernels kernels, int c, DenseChunk chunk, int row, double keep, double step) {
        int origin = c * width;
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        if (step == 0 && keep == 1) {
            return kernels.dot(v, origin, values, offset + width, width);
        }
        return kernels.scaleAddDot(keep, v, origin, step, values, offset, values, offset + width, width);
    }

    /**
     * Moves and decays all vectors by multiples of a dense row, for which the scale must be 1; those with a step of 0
     * too, so that there is nothing to guess.
     *
     * @param keep factor of the vectors, in [0, 1]
     * @param steps factor of the row, one per vector
     */
    void moveAll(Kernels kernels, DenseChunk chunk, int row, double keep, double[] steps) {
        for (int c = 0; c < count(); c++) {
            kernels.scaleAdd(keep, v, c * width, steps[c], chunk.values(), chunk.offset(row), width);
        }
    }

    /**
     * Moves all vectors as {@link #moveAll} does, by a dense row that is not the chunk's last.
     *
     * @param keep factor of the vectors, in [0, 1]
     * @param steps factor of the row, one per vector, replaced by the product of the next row's features with the moved
     *     vector; and room for {@link Kernels#scaleAddDots}
     */
    void moveAllOn(Kernels kernels, DenseChunk chunk, int row, double keep, double[] steps) {
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        kernels.scaleAddDots(keep, v, count(), steps, values, offset, values, offset + width, width);
    }

    /**
     * Moves one vector by a multiple of a row, without a decay.
     *
     * @param c which vector
     * @param step factor of the row
     */
    void add(Kernels kernels, int c, Chunk chunk, int row, double step) {
        if (step != 0) {
            double factor = step / scale;
            if (chunk instanceof SparseChunk sparse) {
                kernels.sparseAxpy(
                        factor, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row), v, c * width);
            } else if (chunk instanceof DenseChunk dense) {
                kernels.axpy(factor, dense.values(), dense.offset(row), v, c * width, width);
            }
            average.moved(kernels, c, chunk, row, factor);
        }
    }

    /**
     * Moves all vectors by multiples of a dense row that is a chunk by itself, if they stay finite. They are written
     * beside the old ones and take their place only then, so nothing has to be remembered, looked through or taken
     * back; the same bits as {@link #move}. The scale must be 1.
     *
     * @param keep factor of the vectors, in [0, 1]
     * @param steps factor of the row, one per vector
     * @param interceptRate factor of the intercepts' steps
     * @return whether they stayed finite; nothing has changed otherwise
     */
    boolean moveAlone(Kernels kernels, DenseChunk chunk, double keep, double[] steps, double interceptRate) {
        int count = count();
        double[] values = chunk.values();
        int offset = chunk.offset(0);
        if (count == 1 && steps[0] == 0) {
            // A decay towards 0 cannot overflow.
            intercepts[0] += steps[0] * interceptRate;
            move(kernels, 0, chunk, 0, keep, steps[0]);
            return true;
        }
        double[] moved = journal.spare(v.length);
        if (beforeIntercepts.length != count) {
            beforeIntercepts = new double[count];
        }
        double[] movedIntercepts = beforeIntercepts;
        boolean finite = true;
        for (int c = 0; c < count; c++) {
            int origin = c * width;
            movedIntercepts[c] = intercepts[c] + steps[c] * interceptRate;
            finite &= Double.isFinite(movedIntercepts[c]);
            finite &= kernels.scaleAddTo(keep, v, origin, steps[c], values, offset, moved, origin, width);
        }
        if (finite) {
            journal.give(v);
            v = moved;
            for (int c = 0; c < count; c++) {
                intercepts[c] = movedIntercepts[c];
            }
        }
        return finite;
    }

    /**
     * Makes one function what its late step makes of it, if that is finite; nothing has changed otherwise.
     *
     * @param state the weights before it, and elsewhere the row
     * @param keep factor of the weights
     * @param step factor of the row
     * @param row index of the row in the state
     * @param intercept the intercept after it
     */
    boolean become(double[] state, double keep, double step, int row, double intercept) {
        double[] next = journal.spare(width);
        boolean finite = Kernels.best().scaleAddTo(keep, state, 0, step, state, row, next, 0, width)
                && Double.isFinite(intercept);
        if (finite) {
            journal.give(v);
            v = next;
            intercepts[0] = intercept;
        }
        return finite;
    }

    /**
     * Makes room for more classes. One function that told two classes apart becomes one for each, of opposite sign; the
     * others start at 0.
     *
     * @param count how many functions there are to be, more than there are
     * @param half how much of the one function each of the two gets
     */
    void grow(int count, double half) {
        v = UndoLog.grow(v, width, count, half);
        source = hasSource() ? UndoLog.grow(source, width, count, half) : source;
        intercepts = UndoLog.grow(intercepts, 1, count, half);
        lasso.grow(count, half);
        average.grow(count, half);
        late.forget();
        accumulators.grow(count, half);
    }

    // --- merging

    /**
     * {@return the same functions of columns that were shifted and scaled} A weight w of x is the weight {@code w
     * scale} of {@code (x - centre) / scale}, and {@code w centre} more of the intercept; what the weight owes, or is a
     * mean of, goes with it.
     */
    TrainableWeights rescaled(double[] centre, double[] scales) {
        double[] w = learned();
        double[] shifted = shifted(effective(), intercepts, centre);
        CumulativeL1 owed = lasso.rescaled(w, scales);
        AveragedSgd mean = average.rescaled(readable(), centre, scales);
        multiply(w, scales);
        double[] from = source.clone();
        multiply(from, scales);
        return new TrainableWeights(width, w, shifted, 1, owed, mean, accumulators.rescaled(centre, scales), from);
    }

    /** {@return the intercepts for columns less a centre} */
    static double[] shifted(double[] w, double[] intercepts, double[] centre) {
        double[] shifted = intercepts.clone();
        for (int c = 0; c < shifted.length; c++) {
            shifted[c] += Kernels.best().dot(w, c * centre.length, centre, 0, centre.length);
        }
        return shifted;
    }

    /** Multiplies each column of the vectors by its scale. */
    static void multiply(double[] w, double[] scales) {
        for (int origin = 0; origin < w.length; origin += scales.length) {
            for (int j = 0; j < scales.length; j++) {
                w[origin + j] *= scales[j];
            }
        }
    }

    /** {@return these functions and others, blended, and so are what they are counted from; neither is changed} */
    TrainableWeights blended(TrainableWeights other, WeightedMerge blend) {
        Accumulators both = accumulators.blended(other.accumulators, blend);
        return new TrainableWeights(
                width,
                blend.odd(in(both, learned(), 0), other.in(both, other.learned(), 0), width),
                blend.odd(in(both, intercepts, 1), other.in(both, other.intercepts, 1), 1),
                1,
                lasso.blended(other.lasso, blend),
                average.blended(readable(), other.average, other.readable(), blend),
                both,
                hasSource() ? blend.odd(in(both, source, 0), other.in(both, other.source, 0), width) : source);
    }

    /**
     * {@return weights in the units of another target}
     *
     * @param shift 1 if they are intercepts, which move with its mean, else 0
     */
    private double[] in(Accumulators other, double[] mine, int shift) {
        if (!accumulators.scalesTarget()) {
            return mine;
        }
        double factor = accumulators.targetScale() / other.targetScale();
        double moved = shift * (accumulators.targetMean() - other.targetMean()) / other.targetScale();
        double[] units = mine.clone();
        for (int i = 0; i < units.length; i++) {
            units[i] = factor * units[i] + moved;
        }
        return units;
    }
}
