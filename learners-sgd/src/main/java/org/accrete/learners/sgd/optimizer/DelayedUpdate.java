package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DelayedSgdState;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.GradientKind;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;

/**
 * The update of one function by narrow dense rows, each delayed until the next row: {@link OptimizerKernels#delayedSgd}
 * then needs one pass over the weights for both.
 *
 * <p>The last row and the weights before it are part of the state, because the first row of the next chunk has to give
 * the same bits as if there were no chunk border. {@link TrainableWeights} is brought up to date after each call. Who
 * changes the weights in another way calls {@link #forget}, after which the next row starts from the weights as they
 * are.
 */
final class DelayedUpdate implements TrainingState {
    /** Rows per call of the kernel, so that what it is told of each row stays in the nearest cache. */
    static final int BLOCK = 256;

    private static final String WEIGHTS = "sgd.delayed_weights";
    private static final String ROW = "sgd.delayed_row";
    private static final String STEP = "sgd.delayed_step";

    private final TrainableWeights weights;
    private final GradientKind gradient;
    private final double bound;
    private final double interceptRate;
    private final int width;
    private final DelayedSgdState state = new DelayedSgdState();
    private final DelayedSgdState before = new DelayedSgdState();
    /** Targets of the rows of a block, replaced by decision values. */
    final double[] y = new double[BLOCK];
    /** Learning rate times weight of each row of a block. */
    final double[] rate = new double[BLOCK];
    /** Factor of the weights at each row of a block. */
    final double[] decay = new double[BLOCK];

    private boolean has;
    private boolean had;

    /**
     * Makes an update that knows of no row.
     *
     * @param weights one function of at most {@link NARROW} columns
     * @param gradient of the loss
     * @param bound of the gradient
     * @param interceptRate factor of the intercept's learning rate
     */
    DelayedUpdate(TrainableWeights weights, GradientKind gradient, double bound, double interceptRate) {
        this.weights = weights;
        this.gradient = gradient;
        this.bound = bound;
        this.interceptRate = interceptRate;
        this.width = weights.width();
    }

    /** {@return whether rows are narrow enough} */
    static boolean takes(int width) {
        return width <= DelayedSgdState.MAX_WIDTH;
    }

    /** Saves what learning a chunk may change. */
    void begin() {
        had = has;
        if (has) {
            before.copyFrom(state);
        }
    }

    @Override
    public void begin(Chunk chunk) {
        begin();
    }

    /** Restores everything as it was at {@link #begin()}. */
    void rollBack() {
        has = had;
        if (has) {
            state.copyFrom(before);
        }
    }

    @Override
    public void rollBack(Chunk chunk) {
        rollBack();
    }

    /** Forgets the last row, because the weights were changed otherwise. */
    void forget() {
        has = false;
    }

    /** Forgets the last row: several functions are not learned in this way. */
    @Override
    public void grow(int functions, double share) {
        forget();
    }

    /** {@return true: the weights are checked, and they contain this update} */
    @Override
    public boolean isFinite(Chunk chunk) {
        return true;
    }

    @Override
    public boolean isFinite() {
        return true;
    }

    /**
     * Learns rows whose targets, rates and decays are set, but for the weights: {@link #settle} or {@link #settleAlone}
     * follows.
     *
     * @param row first row
     * @param rows how many, at most {@link #BLOCK}
     * @return how many were learned; fewer if something is not finite, be it a feature or a product of two large rows
     *     that no single row needs
     */
    int learn(DenseChunk chunk, int row, int rows) {
        if (!has) {
            start();
        }
        return OptimizerKernels.best()
                .delayedSgd(
                        gradient,
                        bound,
                        interceptRate,
                        state,
                        chunk.values(),
                        chunk.offset(row),
                        width,
                        rows,
                        y,
                        rate,
                        decay);
    }

    private void start() {
        state.start(weights.vectors(), width, weights.intercepts()[0]);
        has = true;
    }

    /** Takes the last step in the weights, as the kernel will. */
    void settle() {
        double[] v = weights.vectors();
        System.arraycopy(state.weights, 0, v, 0, width);
        DenseKernels.best().scaleAdd(state.decay, v, 0, state.step, state.row, 0, width);
        weights.intercepts()[0] = state.intercept + state.step * interceptRate;
    }

    /**
     * Takes the last step in the weights, unless that overflows: then everything is restored.
     *
     * @return whether the weights stayed finite
     */
    boolean settleAlone() {
        boolean finite = weights.apply(state, state.intercept + state.step * interceptRate);
        if (!finite) {
            rollBack();
        }
        return finite;
    }

    @Override
    public void read(State stored, boolean starts) {
        has = weights.count() == 1 && Stream.of(WEIGHTS, ROW, STEP).anyMatch(stored.tensors()::containsKey);
        if (has) {
            double[] update = stored.doubles(STEP, 3);
            state.start(stored.doubles(WEIGHTS, width), width, update[2]);
            System.arraycopy(stored.doubles(ROW, width), 0, state.row, 0, width);
            state.decay = update[0];
            state.step = update[1];
            if (!UndoLog.isFinite(state.weights) || !UndoLog.isFinite(state.row) || !UndoLog.isFinite(update)) {
                throw AccreteException.corruptFile("tensors 'sgd.delayed_…' must hold finite numbers only");
            }
        }
    }

    @Override
    public void write(State.Builder stored) {
        if (has) {
            stored.doubles(WEIGHTS, Arrays.copyOf(state.weights, width), width)
                    .doubles(ROW, Arrays.copyOf(state.row, width), width)
                    .doubles(STEP, new double[] {state.decay, state.step, state.intercept}, 3);
        }
    }
}
