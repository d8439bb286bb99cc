package org.accrete.learners.sgd.optimizer;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.TrainingState;

/**
 * Standardizes the target by its moments over the rows so far and bounds it, or leaves it as it is.
 *
 * <p>Without centring, as is right where there is no intercept, deviations are from 0 and the unit is the root mean
 * square.
 */
public final class TargetScaler implements TrainingState {
    private static final String MOMENTS = "sgd.target_moments";
    /** Largest magnitude of a target in standard units. */
    private static final double LARGEST = 10;

    private final boolean used;
    private final boolean centres;
    private double weight;
    private double mean;
    /** Weighted sum of squared deviations. */
    private double squares;

    private double beforeWeight;
    private double beforeMean;
    private double beforeSquares;

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
        return Math.min(Math.max((y - mean) / unit(), -LARGEST), LARGEST);
    }

    /** {@return a prediction in units of the target} */
    double restore(double prediction) {
        return used ? prediction * unit() + mean : prediction;
    }

    /** {@return the mean of the target so far; 0 if it is not centred} */
    double mean() {
        return mean;
    }

    /** {@return the standard deviation or root mean square of the target so far; 1 while that is 0} */
    double unit() {
        return squares > 0 ? Math.sqrt(squares / weight) : 1;
    }

    @Override
    public void begin(Chunk chunk) {
        beforeWeight = weight;
        beforeMean = mean;
        beforeSquares = squares;
    }

    @Override
    public void rollBack(Chunk chunk) {
        weight = beforeWeight;
        mean = beforeMean;
        squares = beforeSquares;
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return isFinite();
    }

    @Override
    public boolean isFinite() {
        return Double.isFinite(weight) && Double.isFinite(mean) && Double.isFinite(squares);
    }

    /** Does nothing: a target that is a number has one function. */
    @Override
    public void grow(int functions, double share) {}

    @Override
    public void read(State state, boolean starts) {
        double[] moments = state.doubles(MOMENTS, 3);
        weight = moments[0];
        mean = moments[1];
        squares = moments[2];
        if (!(weight >= 0 && squares >= 0)) {
            throw AccreteException.corruptFile("tensor '" + MOMENTS + "' must begin and end with a number >= 0");
        }
    }

    @Override
    public void write(State.Builder state) {
        state.doubles(MOMENTS, new double[] {weight, mean, squares});
    }

    @Override
    public void keepPart(int part, int parts) {
        weight /= parts;
        squares /= parts;
    }

    /** {@return the same in numbers of its own} */
    TargetScaler copy() {
        TargetScaler copy = new TargetScaler(used, centres);
        copy.weight = weight;
        copy.mean = mean;
        copy.squares = squares;
        return copy;
    }

    /** {@return the moments of two sets of targets, from those of the one that weighs more: T. Chan et al. (1979)} */
    TargetScaler merged(TargetScaler other) {
        boolean swap = other.weight > weight || (other.weight == weight && other.mean > mean);
        TargetScaler more = swap ? other : this;
        TargetScaler less = swap ? this : other;
        TargetScaler both = more.copy();
        if (less.weight > 0) {
            both.weight = more.weight + less.weight;
            double distance = less.mean - more.mean;
            double part = less.weight / both.weight;
            both.mean = more.mean + distance * part;
            both.squares = more.squares + less.squares + distance * distance * (more.weight * part);
        }
        return both;
    }
}
