package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** The factor m of the learning rates of each function, adapted by held-out rows: see {@link ImplicitAdaGrad}. */
final class StepFactor implements TrainingState {
    private static final String FACTORS = "sgd.step_factor";
    private static final String ROWS = "sgd.rows_learned";
    /** How slowly the largest gain is forgotten. */
    private static final double MEMORY = 0.9999;

    private final double pace;
    private final double limit;
    /** One per function, from 1 to the limit. */
    private double[] factor;
    /** One per function: the largest gain so far, decaying. */
    private double[] largest;
    /** Rows of a weight above 0 so far. */
    private long rows;

    private double[] beforeFactor = {};
    private double[] beforeLargest = {};
    private long beforeRows;

    /**
     * Makes factors of 1.
     *
     * @param pace largest relative change of a factor at one row
     * @param limit largest factor
     */
    StepFactor(double pace, double limit, int functions) {
        this.pace = pace;
        this.limit = limit;
        this.factor = new double[functions];
        this.largest = new double[functions];
        Arrays.fill(factor, 1);
    }

    /** {@return the factor of function c} */
    double of(int c) {
        return factor[c];
    }

    /** Counts a row and returns how many there were before. */
    long countRow() {
        return rows++;
    }

    /**
     * Makes the steps of function c longer or shorter.
     *
     * @param gain by how much a row's loss would be less if earlier steps had been longer, per unit of the factor
     */
    void judge(int c, double gain) {
        double most = Math.max(MEMORY * largest[c], Math.abs(gain));
        largest[c] = most;
        if (most > 0) {
            factor[c] = Math.min(Math.max(factor[c] * (1 + pace * (gain / most)), 1), limit);
        }
    }

    @Override
    public void begin(Chunk chunk) {
        beforeRows = rows;
        beforeFactor = UndoLog.copy(factor, beforeFactor);
        beforeLargest = UndoLog.copy(largest, beforeLargest);
    }

    @Override
    public void rollBack(Chunk chunk) {
        rows = beforeRows;
        factor = beforeFactor.clone();
        largest = beforeLargest.clone();
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return isFinite();
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(factor) && UndoLog.isFinite(largest);
    }

    /** {@inheritDoc} Both of two classes take the factor of their one function; new classes take 1. */
    @Override
    public void grow(int functions, double share) {
        int known = factor.length == 1 ? 2 : factor.length;
        boolean one = factor.length == 1;
        factor = Arrays.copyOf(factor, functions);
        largest = Arrays.copyOf(largest, functions);
        if (one) {
            factor[1] = factor[0];
            largest[1] = largest[0];
        }
        Arrays.fill(factor, known, functions, 1);
    }

    @Override
    public void read(State state, boolean starts) {
        rows = state.whole(ROWS);
        double[] pairs = state.doubles(FACTORS, factor.length, 2);
        for (int c = 0; c < factor.length; c++) {
            factor[c] = pairs[2 * c];
            largest[c] = pairs[2 * c + 1];
        }
    }

    @Override
    public void write(State.Builder state) {
        double[] pairs = new double[2 * factor.length];
        for (int c = 0; c < factor.length; c++) {
            pairs[2 * c] = factor[c];
            pairs[2 * c + 1] = largest[c];
        }
        state.whole(ROWS, rows).doubles(FACTORS, pairs, factor.length, 2);
    }

    /** {@return the same in arrays of its own} */
    StepFactor copy() {
        StepFactor copy = new StepFactor(pace, limit, factor.length);
        copy.rows = rows;
        copy.factor = factor.clone();
        copy.largest = largest.clone();
        return copy;
    }

    /** {@return the mean of both by the rows learned; neither is changed} */
    StepFactor merged(StepFactor other, WeightedMerge merge) {
        StepFactor both = new StepFactor(pace, limit, merge.count());
        both.rows = rows + other.rows;
        double[] factors = merge.sum(Accumulator.times(factor, rows), Accumulator.times(other.factor, other.rows), 1);
        double[] most = merge.sum(Accumulator.times(largest, rows), Accumulator.times(other.largest, other.rows), 1);
        double[] counts = merge.sum(
                Accumulator.filled(factor.length, rows), Accumulator.filled(other.factor.length, other.rows), 1);
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                both.factor[c] = factors[c] / counts[c];
                both.largest[c] = most[c] / counts[c];
            }
        }
        return both;
    }
}
