package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DelayedSgdState;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.GradientKind;
import org.accrete.kernels.OptimizerKernels;

/**
 * The quick way for one function on narrow dense rows: {@link OptimizerKernels#delayedSgd}, which takes each row's step
 * together with the next row.
 *
 * <p>So what the last row was, and the weights before it, belong to the state: the first row of the next chunk has to
 * get the same bits as if there were no border. {@link TrainableWeights} is brought up to date after each call all the
 * same, and who changes it in another way calls {@link #forget}, after which the next row starts from the weights as
 * they are.
 */
final class LateSteps {
    private static final String WEIGHTS = "sgd.late_weights";
    private static final String ROW = "sgd.late_row";
    private static final String STEP = "sgd.late_step";
    /** Rows per call of the kernel; what it is told of each stays in the nearest cache. */
    private static final int BLOCK = 256;

    private final int width;
    private final boolean on;
    private final DelayedSgdState state = new DelayedSgdState();
    private final DelayedSgdState before = new DelayedSgdState();
    private final double[] y;
    private final double[] length;
    private final double[] keep;
    private boolean has;
    private boolean had;

    /** Makes one that knows of no row. */
    LateSteps(int width) {
        this.width = width;
        this.on = width <= DelayedSgdState.MAX_WIDTH;
        int rows = on ? BLOCK : 0;
        this.y = new double[rows];
        this.length = new double[rows];
        this.keep = new double[rows];
    }

    /** {@return whether rows are narrow enough} */
    boolean isOn() {
        return on;
    }

    /** Remembers what learning a chunk may change. */
    void begin() {
        had = has;
        if (has) {
            before.copyFrom(state);
        }
    }

    /** Takes back everything since {@link #begin}. */
    void rollBack() {
        has = had;
        if (has) {
            state.copyFrom(before);
        }
    }

    /** Forgets the last row, because the weights were changed otherwise. */
    void forget() {
        has = false;
    }

    /**
     * Learns some rows, in order.
     *
     * @param descent whose rows they are
     * @param weights one function, scale 1
     * @param slope of the loss
     * @param bound of the slope
     * @param rate factor of the intercept's steps
     * @param from first row
     * @param to row after the last
     * @param t number of the chunk's first row, from 1
     */
    void learn(
            Descent descent,
            TrainableWeights weights,
            DenseChunk chunk,
            GradientKind slope,
            double bound,
            double rate,
            int from,
            int to,
            double t) {
        for (int row = from; row < to; ) {
            int rows = Math.min(BLOCK, to - row);
            descent.put(chunk, row, rows, t, y, length, keep);
            if (!has) {
                start(weights);
            }
            int taken = OptimizerKernels.best()
                    .delayedSgd(
                            slope, bound, rate, state, chunk.values(), chunk.offset(row), width, rows, y, length, keep);
            descent.decided.takeRows(y, taken);
            row += taken;
            settle(weights, rate);
            if (taken < rows) {
                // Something is not finite: a feature, or a product of two large rows that no single row needs.
                forget();
                descent.learnOneDense(weights, chunk, row, row + 1, t);
                row++;
            }
        }
    }

    /**
     * Learns a row that is a chunk by itself, but for the weights; then {@link #settleAlone} or {@link #rollBack}.
     *
     * @return whether it could; as in {@link #learn}
     */
    boolean takesAlone(
            Descent descent,
            TrainableWeights weights,
            DenseChunk chunk,
            GradientKind slope,
            double bound,
            double rate,
            double t) {
        descent.put(chunk, 0, 1, t, y, length, keep);
        if (!has) {
            start(weights);
        }
        int taken = OptimizerKernels.best()
                .delayedSgd(slope, bound, rate, state, chunk.values(), chunk.offset(0), width, 1, y, length, keep);
        descent.decided.takeRows(y, taken);
        return taken == 1;
    }

    /**
     * Brings the weights up to date, unless that overflows: then all is taken back.
     *
     * @return whether they stayed finite
     */
    boolean settleAlone(TrainableWeights weights, double rate) {
        double step = state.step;
        double intercept = state.intercept + step * rate;
        boolean finite = weights.become(state, intercept);
        if (!finite) {
            rollBack();
        }
        return finite;
    }

    private void start(TrainableWeights weights) {
        state.start(weights.v, width, weights.intercepts[0]);
        has = true;
    }

    /** Takes the last step in the weights, as the kernel will. */
    private void settle(TrainableWeights weights, double rate) {
        System.arraycopy(state.weights, 0, weights.v, 0, width);
        double step = state.step;
        DenseKernels.best().scaleAdd(state.decay, weights.v, 0, step, state.row, 0, width);
        weights.intercepts[0] = state.intercept + step * rate;
    }

    /** Goes on from a state. */
    void restore(State stored) {
        has = on && Stream.of(WEIGHTS, ROW, STEP).anyMatch(stored.tensors()::containsKey);
        if (has) {
            double[] update = stored.doubles(STEP, 3);
            state.start(stored.doubles(WEIGHTS, width), width, update[2]);
            System.arraycopy(stored.doubles(ROW, width), 0, state.row, 0, width);
            state.decay = update[0];
            state.step = update[1];
            if (!Journal.isFinite(state.weights) || !Journal.isFinite(state.row) || !Journal.isFinite(update)) {
                throw new AccreteException(Kind.CORRUPT_FILE, "tensors 'sgd.late_…' must hold finite numbers only");
            }
        }
    }

    void putInto(State.Builder stored) {
        if (has) {
            stored.doubles(WEIGHTS, Arrays.copyOf(state.weights, width), width)
                    .doubles(ROW, Arrays.copyOf(state.row, width), width)
                    .doubles(STEP, new double[] {state.decay, state.step, state.intercept}, 3);
        }
    }
}
