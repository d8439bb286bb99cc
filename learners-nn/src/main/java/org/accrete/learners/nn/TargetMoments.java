package org.accrete.learners.nn;

import org.accrete.api.store.State;

/**
 * Mean and standard deviation of a target that is a number, over the rows so far: the network learns the target in
 * standard deviations from its mean. Weights that were trained elsewhere predict the target as it is; then nothing is
 * scaled.
 *
 * <p>The moments are West's weighted form of Welford's update (CACM 22(9), 1979). A row whose target is farther than
 * {@link #CLIP} standard deviations from the mean counts as one at that distance, once 100 rows of its weight have told
 * the moments.
 */
final class TargetMoments {
    private static final String MOMENTS = "mlp.target_moments";
    private static final String SCALED = "mlp.target_scaled";
    private static final double CLIP = 10;
    private static final double TRUSTED = 100;

    private boolean isScaled;
    private double weight;
    private double mean;
    /** Weighted sum of squared distances from the mean. */
    private double squares;

    private double weightBefore;
    private double meanBefore;
    private double squaresBefore;

    /** Makes moments of no rows. */
    TargetMoments(boolean isScaled) {
        this.isScaled = isScaled;
    }

    /** Remembers the moments for {@link #rollBack}. */
    void begin() {
        weightBefore = weight;
        meanBefore = mean;
        squaresBefore = squares;
    }

    /** Restores the moments as they were at {@link #begin}. */
    void rollBack() {
        weight = weightBefore;
        mean = meanBefore;
        squares = squaresBefore;
    }

    /** Takes a row's target into the moments; {@return what the network learns of it} */
    float standardize(double target, double rowWeight) {
        if (!isScaled) {
            return (float) target;
        }
        double value = target;
        if (weight >= TRUSTED * rowWeight && squares > 0) {
            double reach = CLIP * deviation();
            value = Math.min(Math.max(target, mean - reach), mean + reach);
        }
        if (rowWeight > 0) {
            weight += rowWeight;
            double distance = value - mean;
            mean += distance * (rowWeight / weight);
            // Far numbers can round to less than nothing.
            squares += Math.max(0, rowWeight * distance * (value - mean));
        }
        return (float) Math.min(Math.max((value - mean) / deviation(), -CLIP), CLIP);
    }

    /** {@return an output of the network in units of the target} */
    double restore(double output) {
        return isScaled ? mean + deviation() * output : output;
    }

    /** {@return the standard deviation so far; 1 while that is 0} */
    private double deviation() {
        return squares > 0 ? Math.sqrt(squares / weight) : 1;
    }

    TargetMoments copy() {
        TargetMoments copy = new TargetMoments(isScaled);
        copy.weight = weight;
        copy.mean = mean;
        copy.squares = squares;
        return copy;
    }

    void put(State.Builder state) {
        state.whole(SCALED, isScaled ? 1 : 0).doubles(MOMENTS, new double[] {weight, mean, squares});
    }

    void read(State state) {
        isScaled = state.whole(SCALED) != 0;
        double[] moments = state.doubles(MOMENTS, 3);
        weight = moments[0];
        mean = moments[1];
        squares = moments[2];
        boolean finite = Double.isFinite(weight) && Double.isFinite(mean) && Double.isFinite(squares);
        if (!(finite && weight >= 0 && squares >= 0)) {
            throw WeightTensors.corrupt("tensor '" + MOMENTS + "' must be finite and begin and end with a number >= 0");
        }
    }

    /** Takes the units of weights of an output layer: those stored beside them, or else the target's own. */
    void warmStart(State weights) {
        if (isScaled && weights.tensors().containsKey(SCALED)) {
            read(weights);
        } else {
            isScaled = false;
        }
    }
}
