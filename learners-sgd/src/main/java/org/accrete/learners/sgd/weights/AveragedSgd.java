package org.accrete.learners.sgd.weights;

import org.accrete.api.data.Chunk;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.store.State;

/** The mean of the functions after each row, from some row on: averaged stochastic gradient descent. */
public final class AveragedSgd implements TrainingState {
    /*
     * Notation. Weights w = scale · v, mean of the weights w̄ = (sum + a v) / b, rows k = 1, 2, ... of the mean.
     *
     * Update. When a row changes v by d, sum changes by −a d, so w̄ stays. Then, as row k of the mean,
     *
     *     b = b / (1 − 1/k)      unless k = 1
     *     a = a + scale · b / k
     *
     * A fold of the scale first computes the mean in full: sum = w̄, a = 0, b = 1.
     *
     * Why. A sparse row touches only its own columns, and chunk borders do not matter: L. Bottou, "Stochastic Gradient
     * Descent Tricks" (2012), section 5.2; the idea is B. Polyak, A. Juditsky, "Acceleration of Stochastic
     * Approximation by Averaging" (1992).
     *
     * scikit-learn does not correct sum for what the L1 penalty takes from v. With compat=sklearn and such a penalty
     * neither do we, and we fold before each chunk as scikit-learn does.
     */
    private static final String SUM = "sgd.average_sum";
    private static final String INTERCEPT = "sgd.average_intercept";
    private static final String FACTORS = "sgd.average_factors";
    private static final String ROWS = "sgd.average_rows";
    private static final double LARGEST_WEIGHT = 1e150;
    private static final double LARGEST_FACTOR = 1e100;
    private static final double LARGEST_SUM = 1e280;

    private final TrainableWeights weights;
    private final long start;
    private final boolean likeSklearn;
    private double[] sum;
    private double[] intercepts;
    private double a;
    private double b = 1;
    private long rows;

    private final UndoLog log = new UndoLog();
    private double[] beforeIntercepts;
    private double beforeA;
    private double beforeB;
    private long beforeRows;

    /**
     * Makes the mean of no rows.
     *
     * @param weights the functions
     * @param start number of the first row that counts, from 1; {@link Long#MAX_VALUE} for no mean, which takes no
     *     memory
     * @param likeSklearn whether the L1 penalty is not corrected for, and each chunk starts with a fold
     */
    public AveragedSgd(TrainableWeights weights, long start, boolean likeSklearn) {
        this.weights = weights;
        this.start = start;
        this.likeSklearn = likeSklearn;
        int count = start < Long.MAX_VALUE ? weights.count() : 0;
        this.sum = new double[count * weights.width];
        this.intercepts = new double[count];
        this.beforeIntercepts = intercepts.clone();
    }

    /** {@return whether there is to be a mean} */
    public boolean isUsed() {
        return start < Long.MAX_VALUE;
    }

    /** {@return whether the mean has rows, so that it is the model} */
    public boolean hasRows() {
        return rows > 0;
    }

    /** {@return below which scale of the weights the mean must be folded, so that it does not cancel} */
    public double smallestScale() {
        return likeSklearn || !isUsed() ? TrainableWeights.SMALLEST_SCALE : 1e-3;
    }

    @Override
    public void read(State state, boolean starts) {
        rows = state.whole(ROWS);
        if (rows > 0) {
            sum = state.doubles(SUM, intercepts.length, weights.width);
            intercepts = state.doubles(INTERCEPT, intercepts.length);
            double[] factors = state.doubles(FACTORS, 2);
            a = factors[0];
            b = factors[1];
        }
    }

    @Override
    public void write(State.Builder state) {
        state.whole(ROWS, rows);
        if (rows > 0) {
            state.doubles(SUM, sum, intercepts.length, weights.width)
                    .doubles(INTERCEPT, intercepts)
                    .doubles(FACTORS, new double[] {a, b});
        }
    }

    @Override
    public void begin(Chunk chunk) {
        log.begin(sum, weights.width, chunk);
        beforeIntercepts = UndoLog.copy(intercepts, beforeIntercepts);
        beforeA = a;
        beforeB = b;
        beforeRows = rows;
        if (likeSklearn) {
            fold();
            foldMean();
        }
    }

    @Override
    public void rollBack(Chunk chunk) {
        sum = log.rollBack(weights.width, chunk);
        intercepts = beforeIntercepts.clone();
        a = beforeA;
        b = beforeB;
        rows = beforeRows;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The mean contains {@code a v}, and a grows with each row, also with rows that do not touch a weight. So
     * weights near the largest double are too large already.
     */
    @Override
    public boolean isFinite(Chunk chunk) {
        return factorsAreFinite()
                && UndoLog.isWithin(LARGEST_SUM, sum, weights.width, chunk)
                && UndoLog.isWithin(LARGEST_WEIGHT, weights.v, weights.width, chunk);
    }

    @Override
    public boolean isFinite() {
        return factorsAreFinite()
                && rows >= 0
                && UndoLog.isWithin(2 * LARGEST_SUM, sum)
                && UndoLog.isWithin(LARGEST_WEIGHT, weights.v);
    }

    private boolean factorsAreFinite() {
        return a >= 0 && a <= LARGEST_FACTOR && b >= 1 && b <= LARGEST_FACTOR && UndoLog.isFinite(intercepts);
    }

    @Override
    public void grow(int functions, double share) {
        sum = UndoLog.grow(sum, weights.width, functions, share);
        intercepts = UndoLog.grow(intercepts, 1, functions, share);
    }

    // --- learning

    /** Computes the mean in full, then multiplies the scale into the vectors. */
    public void fold() {
        if (weights.scale != 1) {
            foldMean();
            weights.fold();
        }
    }

    private void foldMean() {
        if (rows > 0) {
            log.saveAll(sum);
            double inverse = 1 / b;
            for (int i = 0; i < sum.length; i++) {
                sum[i] = (sum[i] + a * weights.v[i]) * inverse;
            }
            a = 0;
            b = 1;
        }
    }

    /** Keeps the mean while vector c of the weights moves by a multiple of a row. */
    public void moved(int c, Chunk chunk, int row, double factor) {
        if (a != 0) {
            TrainableWeights.add(sum, c * weights.width, chunk, row, -a * factor);
        }
    }

    /** Keeps the mean while element i of the vectors changes by the L1 penalty. */
    public void penalized(int i, double change) {
        if (rows > 0 && !likeSklearn) {
            sum[i] -= a * change;
        }
    }

    /** Takes the functions into the mean, as they are after row number t. */
    public void take(double t) {
        if (t >= start) {
            rows++;
            double part = 1.0 / rows;
            if (rows > 1) {
                b /= 1 - part;
            }
            a += part * b * weights.scale;
            for (int c = 0; c < intercepts.length; c++) {
                intercepts[c] += (weights.intercepts[c] - intercepts[c]) * part;
            }
        }
    }

    /** {@return the value of one function of the mean} */
    public double decision(int c, Chunk chunk, int row) {
        return AveragedWeights.decision(weights, sum, intercepts, a, 1 / b, c, chunk, row);
    }

    /** {@return the mean if it has rows, else the functions; in the learner's own arrays} */
    public LinearWeights model() {
        return rows > 0 ? new AveragedWeights(weights, sum, intercepts, a, b) : weights;
    }

    /**
     * Goes over to other prior weights with the functions, which the caller rebases afterwards.
     *
     * @param prior the new prior weights, or empty for 0
     */
    public void rebase(double[] prior) {
        if (rows > 0) {
            sum = TrainableWeights.difference(model().effective(), prior);
            a = 0;
            b = 1;
        }
    }

    // --- merging

    /** {@return the same mean of weights of columns that were shifted and scaled} */
    public AveragedSgd rescaled(TrainableWeights rescaled, double[] centre, double[] scales) {
        AveragedSgd mean = new AveragedSgd(rescaled, start, likeSklearn);
        if (rows > 0) {
            LinearWeights model = model();
            mean.rows = rows;
            mean.sum = TrainableWeights.multiplied(model.learned(), scales);
            mean.intercepts = TrainableWeights.shifted(model.effective(), intercepts, centre);
        }
        return mean;
    }

    /** {@inheritDoc} A mean keeps at least one row, without which it would be none. */
    @Override
    public void keepPart(int part, int parts) {
        rows = rows == 0 ? 0 : Math.max(1, DivisibleLearner.share(rows, part, parts));
    }

    /** {@return the mean over the rows of both} */
    public AveragedSgd merged(TrainableWeights merged, AveragedSgd other, WeightedMerge merge) {
        AveragedSgd mean = new AveragedSgd(merged, start, likeSklearn);
        if (rows + other.rows > 0) {
            WeightedMerge byRows = merge.by(rows, other.rows);
            mean.rows = rows + other.rows;
            mean.sum = byRows.odd(model().learned(), other.model().learned(), weights.width);
            mean.intercepts = byRows.odd(model().intercepts, other.model().intercepts, 1);
        }
        return mean;
    }
}
