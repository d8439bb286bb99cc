package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.Kernels;

/**
 * The quick way for one function on narrow dense rows: {@link Kernels#descend}, which takes each row's step together
 * with the next row.
 *
 * <p>So what the last row was, and the weights before it, belong to the state: the first row of the next chunk has to
 * get the same bits as if there were no border. {@link TrainableWeights} is brought up to date after each call all the
 * same, and who changes it in another way calls {@link #forget}, after which the next row starts from the weights as
 * they are.
 */
final class DelayedUpdate {
    private static final String WEIGHTS = "sgd.late_weights";
    private static final String ROW = "sgd.late_row";
    private static final String STEP = "sgd.late_step";
    /** Rows per call of the kernel; what it is told of each stays in the nearest cache. */
    private static final int BLOCK = 256;

    private final int width;
    private final boolean on;
    private final double[] state;
    private final double[] before;
    private final double[] y;
    private final double[] length;
    private final double[] keep;
    private boolean has;
    private boolean had;

    /** Makes one that knows of no row. */
    DelayedUpdate(int width) {
        this.width = width;
        this.on = width <= Kernels.NARROW;
        int numbers = on ? Kernels.DESCENT_STATE : 0;
        int rows = on ? BLOCK : 0;
        this.state = new double[numbers];
        this.before = new double[on ? Kernels.INTERCEPT + 1 : 0];
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
            System.arraycopy(state, 0, before, 0, before.length);
        }
    }

    /** Takes back everything since {@link #begin}. */
    void rollBack() {
        has = had;
        if (has) {
            System.arraycopy(before, 0, state, 0, before.length);
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
            Kernels.Slope slope,
            double bound,
            double rate,
            int from,
            int to,
            double t) {
        Kernels kernels = Kernels.best();
        for (int row = from; row < to; ) {
            int rows = Math.min(BLOCK, to - row);
            descent.put(chunk, row, rows, t, y, length, keep);
            if (!has) {
                start(weights);
            }
            int taken = kernels.descend(
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
            Kernels.Slope slope,
            double bound,
            double rate,
            double t) {
        descent.put(chunk, 0, 1, t, y, length, keep);
        if (!has) {
            start(weights);
        }
        int taken = Kernels.best()
                .descend(slope, bound, rate, state, chunk.values(), chunk.offset(0), width, 1, y, length, keep);
        descent.decided.takeRows(y, taken);
        return taken == 1;
    }

    /**
     * Brings the weights up to date, unless that overflows: then all is taken back.
     *
     * @return whether they stayed finite
     */
    boolean settleAlone(TrainableWeights weights, double rate) {
        double step = state[Kernels.LAST_STEP];
        double intercept = state[Kernels.INTERCEPT] + step * rate;
        boolean finite = weights.become(state, state[Kernels.LAST_KEEP], step, Kernels.LAST_ROW, intercept);
        if (!finite) {
            rollBack();
        }
        return finite;
    }

    private void start(TrainableWeights weights) {
        Arrays.fill(state, 0);
        System.arraycopy(weights.v, 0, state, 0, width);
        state[Kernels.LAST_KEEP] = 1;
        state[Kernels.INTERCEPT] = weights.intercepts[0];
        has = true;
    }

    /** Takes the last step in the weights, as the kernel will. */
    private void settle(TrainableWeights weights, double rate) {
        System.arraycopy(state, 0, weights.v, 0, width);
        double step = state[Kernels.LAST_STEP];
        Kernels.best().scaleAdd(state[Kernels.LAST_KEEP], weights.v, 0, step, state, Kernels.LAST_ROW, width);
        weights.intercepts[0] = state[Kernels.INTERCEPT] + step * rate;
    }

    /** Goes on from a state. */
    void restore(State stored) {
        has = on && Stream.of(WEIGHTS, ROW, STEP).anyMatch(stored.tensors()::containsKey);
        if (has) {
            Arrays.fill(state, 0);
            System.arraycopy(stored.doubles(WEIGHTS, width), 0, state, 0, width);
            System.arraycopy(stored.doubles(ROW, width), 0, state, Kernels.LAST_ROW, width);
            System.arraycopy(stored.doubles(STEP, 3), 0, state, Kernels.LAST_KEEP, 3);
            if (!UndoLog.isFinite(state)) {
                throw new AccreteException(Kind.CORRUPT_FILE, "tensors 'sgd.late_…' must hold finite numbers only");
            }
        }
    }

    void putInto(State.Builder stored) {
        if (has) {
            stored.doubles(WEIGHTS, Arrays.copyOf(state, width), width)
                    .doubles(ROW, Arrays.copyOfRange(state, Kernels.LAST_ROW, Kernels.LAST_ROW + width), width)
                    .doubles(STEP, Arrays.copyOfRange(state, Kernels.LAST_KEEP, Kernels.INTERCEPT + 1), 3);
        }
    }
}
