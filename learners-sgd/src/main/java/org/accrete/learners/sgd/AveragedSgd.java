package org.accrete.learners.sgd;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.Kernels;

/**
 * The mean of the functions as they were after each row from some row on, kept so that a sparse row touches only its
 * own features: L. Bottou, "Stochastic Gradient Descent Tricks" (2012), section 5.
 *
 * <p>The mean of the weights {@code scale · v} is {@code (sum + a v) / b}. When a row changes v, sum changes by −a
 * times as much, so that the mean stays; then, as row number k of the mean, the row adds to a and b: {@code b /= 1 -
 * 1/k} unless k = 1, {@code a += scale b / k}. A fold of the scale works the mean out in full. It is row-wise, so chunk
 * borders do not matter.
 *
 * <p>scikit-learn does not correct sum for what the L1 penalty takes from v; {@link Compat#SKLEARN} does not either
 * with such a penalty, and folds before each chunk as scikit-learn does.
 */
final class AveragedSgd {
    private static final String SUM = "sgd.average_sum";
    private static final String INTERCEPT = "sgd.average_intercept";
    private static final String FACTORS = "sgd.average_factors";
    private static final String ROWS = "sgd.average_rows";
    private static final double LARGEST_WEIGHT = 1e150;
    private static final double LARGEST_FACTOR = 1e100;
    private static final double LARGEST_SUM = 1e280;

    private final int width;
    private final long start;
    private final boolean likeSklearn;
    private double[] sum;
    private double[] intercepts;
    private double a;
    private double b = 1;
    private long rows;

    private final UndoLog journal = new UndoLog();
    private double[] beforeIntercepts;
    private double beforeA;
    private double beforeB;
    private long beforeRows;

    /**
     * Makes the mean of no rows.
     *
     * @param start number of the first row that counts, from 1; 0 for no mean at all
     */
    AveragedSgd(int width, int count, long start, boolean likeSklearn) {
        this.width = width;
        this.start = start;
        this.likeSklearn = likeSklearn;
        this.sum = new double[start > 0 ? count * width : 0];
        this.intercepts = new double[start > 0 ? count : 0];
        this.beforeIntercepts = intercepts.clone();
    }

    /** {@return whether there is to be a mean} */
    boolean isOn() {
        return start > 0;
    }

    /** {@return whether there is a mean, which then is the model} */
    boolean hasRows() {
        return rows > 0;
    }

    /** {@return below which scale the mean should be worked out in full, so that it does not cancel} */
    double smallestScale(double otherwise) {
        return isOn() && !likeSklearn ? 1e-3 : otherwise;
    }

    /** Goes on from a state. */
    void restore(State state) {
        if (isOn()) {
            rows = state.whole(ROWS);
            if (rows > 0) {
                sum = state.doubles(SUM, intercepts.length, width);
                intercepts = state.doubles(INTERCEPT, intercepts.length);
                double[] factors = state.doubles(FACTORS, 2);
                a = factors[0];
                b = factors[1];
            }
        }
    }

    void putInto(State.Builder state) {
        if (isOn()) {
            state.whole(ROWS, rows);
            if (rows > 0) {
                state.doubles(SUM, sum, intercepts.length, width)
                        .doubles(INTERCEPT, intercepts)
                        .doubles(FACTORS, new double[] {a, b});
            }
        }
    }

    void begin(TrainableWeights weights, Chunk chunk) {
        if (isOn()) {
            journal.begin(sum, width, chunk);
            beforeIntercepts = UndoLog.copy(intercepts, beforeIntercepts);
            beforeA = a;
            beforeB = b;
            beforeRows = rows;
            if (likeSklearn) {
                weights.fold();
                fold(weights.v);
            }
        }
    }

    void rollBack(Chunk chunk) {
        if (isOn()) {
            sum = journal.rollBack(width, chunk);
            intercepts = beforeIntercepts.clone();
            a = beforeA;
            b = beforeB;
            rows = beforeRows;
        }
    }

    /**
     * {@return whether the mean is finite and will be while its weights stay as they are} It takes {@code a v}, and a
     * grows with each row, also with those that do not touch a weight; so weights near the end of the numbers are too
     * large already.
     */
    boolean isFinite(double[] v, Chunk chunk) {
        return !isOn()
                || (factorsAreFinite()
                        && UndoLog.isWithin(LARGEST_SUM, sum, width, chunk)
                        && UndoLog.isWithin(LARGEST_WEIGHT, v, width, chunk));
    }

    boolean isFinite(double[] v) {
        return !isOn()
                || (factorsAreFinite()
                        && rows >= 0
                        && UndoLog.isWithin(2 * LARGEST_SUM, sum)
                        && UndoLog.isWithin(LARGEST_WEIGHT, v));
    }

    private boolean factorsAreFinite() {
        return a >= 0 && a <= LARGEST_FACTOR && b >= 1 && b <= LARGEST_FACTOR && UndoLog.isFinite(intercepts);
    }

    void grow(int count, double share) {
        if (isOn()) {
            sum = UndoLog.grow(sum, width, count, share);
            intercepts = UndoLog.grow(intercepts, 1, count, share);
        }
    }

    /** Works the mean out in full, before v is scaled. */
    void fold(double[] v) {
        if (rows > 0) {
            journal.saveAll(sum);
            double inverse = 1 / b;
            for (int i = 0; i < sum.length; i++) {
                sum[i] = (sum[i] + a * v[i]) * inverse;
            }
            a = 0;
            b = 1;
        }
    }

    /** Tells that a vector v moved by a multiple of a row. */
    void moved(Kernels kernels, int c, Chunk chunk, int row, double factor) {
        if (a != 0) {
            if (chunk instanceof SparseChunk sparse) {
                kernels.sparseAxpy(
                        -a * factor,
                        sparse.indices(),
                        sparse.values(),
                        sparse.start(row),
                        sparse.end(row),
                        sum,
                        c * width);
            } else if (chunk instanceof DenseChunk dense) {
                kernels.axpy(-a * factor, dense.values(), dense.offset(row), sum, c * width, width);
            }
        }
    }

    /** Tells that one element of v changed by the L1 penalty. */
    void correct(int i, double change) {
        if (rows > 0 && !likeSklearn) {
            sum[i] -= a * change;
        }
    }

    /** Takes the functions into the mean, as they are after a row. */
    void take(LinearWeights weights, double t) {
        if (isOn() && t >= start) {
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

    /** {@return the value of one function of the mean, as {@link #of} says} */
    double decision(Kernels kernels, LinearWeights weights, int c, Chunk chunk, int row) {
        return AveragedWeights.decision(kernels, weights, sum, intercepts, a, 1 / b, c, chunk, row);
    }

    /** {@return what a model of the mean reads, in the learner's own arrays} */
    AveragedWeights of(LinearWeights weights) {
        return new AveragedWeights(weights, sum, intercepts, a, b);
    }

    /** {@return the same mean, of functions counted from elsewhere; {@code mean} is by how much it is off there} */
    AveragedSgd countedFrom(double[] mean) {
        return rows == 0
                ? new AveragedSgd(width, intercepts.length, start, likeSklearn)
                : of(mean, intercepts.clone(), rows);
    }

    // --- merging

    /**
     * {@return the same mean of weights of columns that were shifted and scaled; {@code readable} are those of the
     * mean}
     */
    AveragedSgd rescaled(LinearWeights readable, double[] centre, double[] scales) {
        if (rows == 0) {
            return new AveragedSgd(width, intercepts.length, start, likeSklearn);
        }
        double[] shifted = TrainableWeights.shifted(readable.effective(), intercepts, centre);
        double[] mean = readable.learned();
        TrainableWeights.multiply(mean, scales);
        return of(mean, shifted, rows);
    }

    /** {@return the mean over the rows of both, of which {@code my} and {@code their} are the models} */
    AveragedSgd blended(LinearWeights my, AveragedSgd other, LinearWeights their, WeightedMerge blend) {
        if (rows + other.rows == 0) {
            return new AveragedSgd(width, blend.count(), start, likeSklearn);
        }
        WeightedMerge means = blend.by(rows, other.rows);
        return of(
                means.odd(my.learned(), their.learned(), width),
                means.odd(my.intercepts, their.intercepts, 1),
                rows + other.rows);
    }

    /** {@return a mean worked out in full} */
    private AveragedSgd of(double[] mean, double[] intercepts, long rows) {
        AveragedSgd average = new AveragedSgd(width, 0, start, likeSklearn);
        average.sum = mean;
        average.intercepts = intercepts;
        average.beforeIntercepts = intercepts.clone();
        average.rows = rows;
        return average;
    }
}
