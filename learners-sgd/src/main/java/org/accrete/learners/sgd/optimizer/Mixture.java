package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.store.State;
import org.accrete.kernels.Exp;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;

/** The weights of the members of an {@link AdaGradMixture} by their recent losses, and the scale of their sum. */
final class Mixture implements TrainingState {
    /** How fast a row's loss moves the weights. */
    private static final double RATE = 0.03;
    /** Share of the weights that each row gives back. */
    private static final double SHARE = 0.001;
    /** The weights at first, and the parts of what is given back. */
    private static final double[] PRIOR = {2.0 / 3, 1.0 / 3};
    /** A row's loss counts up to this many units. */
    private static final double LARGEST_LOSS = 30;
    /** Smallest unit of losses. */
    private static final double SMALLEST_UNIT = 1e-300;

    /** Curvature of the prior of the scale, which is 1. */
    private static final double PRIOR_CURVATURE = 1000;

    private static final double SMALLEST_SCALE = 0.02;
    private static final double LARGEST_SCALE = 2;

    private static final String ROWS = "sgd.rows_learned";
    private static final String WEIGHTS = "sgd.mixture";
    private static final String SCALE = "sgd.mixture_scale";
    private static final String UNIT = "sgd.mixture_unit";

    /** Rows of a weight above 0 so far. */
    private long rows;
    /** One per member; they sum to 1. */
    private double[] weights = PRIOR.clone();

    private double scale = 1;
    /** Sum of the curvatures of the losses in the scale. */
    private double curvature;
    /** Mean of what losses are measured in, over so many rows. */
    private double unit;

    private double unitRows;

    private final double[] inUnits = new double[MixtureMembers.COUNT];
    private final double[] before = new double[MixtureMembers.COUNT + 4];
    private long beforeRows;

    /** Makes the weights at first and a scale of 1. */
    Mixture() {}

    /** {@return rows of a weight above 0 so far} */
    long rows() {
        return rows;
    }

    /** Counts a row. */
    void countRow() {
        rows++;
    }

    /** {@return the weights, which sum to 1; not a copy} */
    double[] weights() {
        return weights;
    }

    /** {@return the factor of the weighted sum} */
    double scale() {
        return scale;
    }

    /** {@return the scaled weighted sum of two numbers} */
    double of(double p0, double p1) {
        return scale * (weights[0] * p0 + weights[1] * p1);
    }

    /** {@return the factors of the members, scale included; a new array} */
    double[] factors() {
        double[] factors = weights.clone();
        for (int m = 0; m < factors.length; m++) {
            factors[m] *= scale;
        }
        return factors;
    }

    /**
     * Takes a step of Newton's method on the scale, by the sum of all curvatures.
     *
     * @param descent minus the derivative of a row's loss in the scale
     * @param bend the second derivative
     */
    void judgeScale(double descent, double bend) {
        if (Math.abs(descent) <= Double.MAX_VALUE && bend <= Double.MAX_VALUE) {
            curvature += bend;
            double next = scale + descent / (PRIOR_CURVATURE + curvature);
            scale = Math.min(Math.max(next, SMALLEST_SCALE), LARGEST_SCALE);
        }
    }

    /** Takes a number into the mean that losses are measured in. */
    void judgeUnit(double number) {
        unitRows++;
        unit += (number - unit) / unitRows;
    }

    /**
     * Moves the weights towards the members of smaller losses.
     *
     * @param losses of a row, one per member
     * @param rowsOfIt how many rows it stands for
     * @param rate factor of the losses
     */
    void judge(double[] losses, double rowsOfIt, double rate) {
        double least = Double.POSITIVE_INFINITY;
        for (int m = 0; m < losses.length; m++) {
            inUnits[m] = Math.min(losses[m] / Math.max(unit, SMALLEST_UNIT), LARGEST_LOSS);
            least = Math.min(least, inUnits[m]);
        }
        double total = 0;
        for (int m = 0; m < losses.length; m++) {
            weights[m] *= Exp.exp(-(RATE * rowsOfIt * rate) * (inUnits[m] - least));
            total += weights[m];
        }
        for (int m = 0; m < losses.length; m++) {
            weights[m] = (1 - SHARE * rowsOfIt) * (weights[m] / total) + SHARE * rowsOfIt * PRIOR[m];
        }
    }

    @Override
    public void begin(Chunk chunk) {
        beforeRows = rows;
        System.arraycopy(weights, 0, before, 0, MixtureMembers.COUNT);
        before[MixtureMembers.COUNT] = scale;
        before[MixtureMembers.COUNT + 1] = curvature;
        before[MixtureMembers.COUNT + 2] = unit;
        before[MixtureMembers.COUNT + 3] = unitRows;
    }

    @Override
    public void rollBack(Chunk chunk) {
        rows = beforeRows;
        System.arraycopy(before, 0, weights, 0, MixtureMembers.COUNT);
        scale = before[MixtureMembers.COUNT];
        curvature = before[MixtureMembers.COUNT + 1];
        unit = before[MixtureMembers.COUNT + 2];
        unitRows = before[MixtureMembers.COUNT + 3];
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return isFinite();
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(weights) && scale > 0 && curvature <= Double.MAX_VALUE && Double.isFinite(unit);
    }

    /** Does nothing: the weights of the members are those of all functions. */
    @Override
    public void grow(int functions, double share) {}

    @Override
    public void write(State.Builder state) {
        state.whole(ROWS, rows)
                .doubles(WEIGHTS, weights)
                .doubles(SCALE, new double[] {scale, curvature})
                .doubles(UNIT, new double[] {unit, unitRows});
    }

    @Override
    public void read(State state, boolean starts) {
        rows = state.whole(ROWS);
        weights = state.doubles(WEIGHTS, MixtureMembers.COUNT);
        double[] scales = state.doubles(SCALE, 2);
        scale = scales[0];
        curvature = scales[1];
        double[] units = state.doubles(UNIT, 2);
        unit = units[0];
        unitRows = units[1];
        if (rows < 0
                || !(curvature >= 0 && unitRows >= 0)
                || Arrays.stream(weights).anyMatch(one -> !(one > 0))) {
            throw AccreteException.corruptFile("tensor '" + WEIGHTS + "' must hold weights > 0, and '" + ROWS + "', '"
                    + SCALE + "' and '" + UNIT + "' no count < 0");
        }
    }

    /** {@return the same in numbers of its own} */
    Mixture copy() {
        Mixture copy = new Mixture();
        copy.rows = rows;
        copy.weights = weights.clone();
        copy.scale = scale;
        copy.curvature = curvature;
        copy.unit = unit;
        copy.unitRows = unitRows;
        return copy;
    }

    @Override
    public void keepPart(int part, int parts) {
        rows = DivisibleLearner.share(rows, part, parts);
        curvature /= parts;
        unitRows /= parts;
    }

    /** {@return the mean of both by the rows learned: of the weights, that of their logarithms} */
    Mixture merged(Mixture other) {
        Mixture both = new Mixture();
        both.rows = rows + other.rows;
        double part = both.rows > 0 ? (double) rows / both.rows : 0.5;
        double total = 0;
        for (int m = 0; m < weights.length; m++) {
            both.weights[m] = StrictMath.pow(weights[m], part) * StrictMath.pow(other.weights[m], 1 - part);
            total += both.weights[m];
        }
        for (int m = 0; m < weights.length; m++) {
            both.weights[m] /= total;
        }
        both.scale = part * scale + (1 - part) * other.scale;
        both.curvature = curvature + other.curvature;
        both.unitRows = unitRows + other.unitRows;
        both.unit = both.unitRows > 0 ? (unitRows * unit + other.unitRows * other.unit) / both.unitRows : 0;
        return both;
    }
}
