package org.accrete.learners.sgd.optimizer;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.TrainingState;

/**
 * Standardizes the target by its moments over the rows so far and bounds it, or leaves it as it is.
 *
 * <p>Without centring, as is right where there is no intercept, deviations are from 0 and the unit is the root mean
 * square.
 *
 * <p>Predictions of a model that starts from given weights must not move with the moments of the first rows. It waits
 * for {@value #AWAITED} rows, which only tell the moments, in units of the target; then the units are fixed.
 */
public final class TargetScaler implements TrainingState {
    private static final String MOMENTS = "sgd.target_moments";
    private static final String FIXED = "sgd.target_unit";
    private static final String WAITING = "sgd.target_waiting";
    /** Rows after which units are fixed. */
    private static final long AWAITED = 100;
    /** Largest magnitude of a target in standard units. */
    private static final double LARGEST = 10;
    /** The same in fixed units, which few rows told. */
    private static final double LARGEST_FIXED = 100;

    private final boolean used;
    private final boolean centres;
    private double weight;
    private double mean;
    /** Weighted sum of squared deviations. */
    private double squares;
    /** The unit if it is fixed, else 0. */
    private double fixedUnit;
    /** Rows that came while it waits; −1 if it does not. */
    private long waitingRows = -1;

    private double beforeWeight;
    private double beforeMean;
    private double beforeSquares;
    private double beforeFixedUnit;
    private long beforeWaitingRows = -1;

    /**
     * Makes a scaler that has seen nothing.
     *
     * @param used false to leave targets as they are
     * @param centres whether the mean is subtracted
     */
    public TargetScaler(boolean used, boolean centres) {
        this.used = used;
        this.centres = centres;
    }

    /** {@return whether targets are scaled} */
    boolean isUsed() {
        return used;
    }

    /**
     * Takes a row's target into the moments; {@return it in standard units, within ±{@value #LARGEST}}
     *
     * @param y the target
     * @param rowWeight weight of the row, above 0
     * @param isKnown whether the moments so far bound what the row adds to them
     */
    double standardize(double y, double rowWeight, boolean isKnown) {
        if (!used) {
            return y;
        }
        if (fixedUnit > 0) {
            return Math.min(Math.max((y - mean) / fixedUnit, -LARGEST_FIXED), LARGEST_FIXED);
        }
        take(y, rowWeight, isKnown);
        return Math.min(Math.max((y - mean) / unit(), -LARGEST), LARGEST);
    }

    /** Takes a target into the moments. */
    private void take(double y, double rowWeight, boolean isKnown) {
        double taken = y;
        if (isKnown && squares > 0) {
            double reach = LARGEST * unit();
            taken = Math.min(Math.max(y, mean - reach), mean + reach);
        }
        weight += rowWeight;
        double delta = taken - mean;
        mean += centres ? delta * (rowWeight / weight) : 0;
        // Far numbers can round to less than nothing.
        squares += Math.max(0, rowWeight * (delta * (taken - mean)));
    }

    /** Waits for rows, whose units are fixed then. */
    void startWaiting() {
        waitingRows = 0;
    }

    /** {@return whether no row is to be learned yet} */
    boolean isWaiting() {
        return waitingRows >= 0;
    }

    /**
     * Takes a row that is not learned.
     *
     * @return whether the units are fixed now, other than before
     */
    boolean await(double y, double rowWeight) {
        take(y, rowWeight, false);
        waitingRows++;
        if (waitingRows < AWAITED || !(squares > 0)) {
            return false;
        }
        fixedUnit = Math.sqrt(squares / weight);
        waitingRows = -1;
        return true;
    }

    /** {@return a prediction in units of the target} */
    double restore(double prediction) {
        return used ? prediction * unit() + mean() : prediction;
    }

    /** {@return what deviations are from: the mean of the target so far; 0 if it is not centred, or waits} */
    double mean() {
        return isWaiting() ? 0 : mean;
    }

    /** {@return the standard deviation or root mean square of the target so far; 1 while that is 0, or it waits} */
    double unit() {
        return fixedUnit > 0 ? fixedUnit : squares > 0 && !isWaiting() ? Math.sqrt(squares / weight) : 1;
    }

    @Override
    public void begin(Chunk chunk) {
        beforeWeight = weight;
        beforeMean = mean;
        beforeSquares = squares;
        beforeFixedUnit = fixedUnit;
        beforeWaitingRows = waitingRows;
    }

    @Override
    public void rollBack(Chunk chunk) {
        weight = beforeWeight;
        mean = beforeMean;
        squares = beforeSquares;
        fixedUnit = beforeFixedUnit;
        waitingRows = beforeWaitingRows;
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return isFinite();
    }

    @Override
    public boolean isFinite() {
        return Double.isFinite(weight)
                && Double.isFinite(mean)
                && Double.isFinite(squares)
                && Double.isFinite(fixedUnit);
    }

    /** Does nothing: a target that is a number has one function. */
    @Override
    public void grow(int functions, double share) {}

    @Override
    public void read(State state, boolean starts) {
        if (state.tensors().containsKey(FIXED)) {
            double[] fixed = state.doubles(FIXED, 2);
            mean = fixed[0];
            fixedUnit = fixed[1];
            if (!(fixedUnit > 0)) {
                throw AccreteException.corruptFile("tensor '" + FIXED + "' must end with a number > 0");
            }
            return;
        }
        boolean waits = state.tensors().containsKey(WAITING);
        double[] moments = waits ? state.doubles(WAITING, 4) : state.doubles(MOMENTS, 3);
        weight = moments[0];
        mean = moments[1];
        squares = moments[2];
        waitingRows = waits ? (long) moments[3] : -1;
        if (!(weight >= 0 && squares >= 0) || (waits && waitingRows < 0)) {
            throw AccreteException.corruptFile(
                    "tensor '" + (waits ? WAITING : MOMENTS) + "' must begin and end with a number >= 0");
        }
    }

    @Override
    public void write(State.Builder state) {
        if (fixedUnit > 0) {
            state.doubles(FIXED, new double[] {mean, fixedUnit});
        } else if (isWaiting()) {
            state.doubles(WAITING, new double[] {weight, mean, squares, waitingRows});
        } else {
            state.doubles(MOMENTS, new double[] {weight, mean, squares});
        }
    }

    @Override
    public void keepPart(int part, int parts) {
        weight /= parts;
        squares /= parts;
        waitingRows = isWaiting() ? DivisibleLearner.share(waitingRows, part, parts) : waitingRows;
    }

    /** {@return the same in numbers of its own} */
    TargetScaler copy() {
        TargetScaler copy = new TargetScaler(used, centres);
        copy.weight = weight;
        copy.mean = mean;
        copy.squares = squares;
        copy.fixedUnit = fixedUnit;
        copy.waitingRows = waitingRows;
        return copy;
    }

    /** {@return the moments of two sets of targets, from those of the one that weighs more: T. Chan et al. (1979)} */
    TargetScaler merged(TargetScaler other) {
        if (fixedUnit > 0 || other.fixedUnit > 0) {
            // Fixed ones remain, the larger of two.
            boolean mine = fixedUnit > other.fixedUnit || (fixedUnit == other.fixedUnit && mean >= other.mean);
            return (mine ? this : other).copy();
        }
        if (isWaiting() != other.isWaiting()) {
            return (isWaiting() ? other : this).copy();
        }
        boolean swap = other.weight > weight || (other.weight == weight && other.mean > mean);
        TargetScaler more = swap ? other : this;
        TargetScaler less = swap ? this : other;
        TargetScaler both = more.copy();
        if (less.weight > 0) {
            both.weight = more.weight + less.weight;
            double distance = less.mean - more.mean;
            double part = less.weight / both.weight;
            both.mean = more.mean + distance * part;
            both.waitingRows = isWaiting() ? waitingRows + other.waitingRows : -1;
            both.squares = more.squares + less.squares + distance * distance * (more.weight * part);
        }
        return both;
    }
}
