package org.accrete.learners.sgd.optimizer;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.TrainingState;

/**
 * Divides the learning rate by 5 when the loss stops falling: after {@code patience} windows of rows in a row whose
 * mean loss, each row's from before it was learned, is not lower than the lowest so far by more than a tolerance. Rates
 * of 1e-6 and less stay.
 *
 * <p>A window is a number of rows, not a chunk, so chunk borders do not matter.
 */
public final class PlateauDecay implements TrainingState {
    private static final String STATE = "sgd.plateau";
    private static final double SMALLEST_RATE = 1e-6;

    private final long window;
    private final double tolerance;
    private final long patience;
    private Progress progress = new Progress();
    private Progress before = new Progress();

    /** What the rows so far have led to. */
    private static final class Progress {
        /** Factor of the learning rate. */
        double factor = 1;
        /** Weighted sum of the losses in this window. */
        double lossSum;
        /** Sum of the weights in this window. */
        double weightSum;
        /** Rows in this window. */
        double rows;
        /** Lowest mean loss of a window. */
        double lowest = Double.POSITIVE_INFINITY;
        /** Windows since then. */
        double stale;

        void set(Progress other) {
            factor = other.factor;
            lossSum = other.lossSum;
            weightSum = other.weightSum;
            rows = other.rows;
            lowest = other.lowest;
            stale = other.stale;
        }

        void startWindow() {
            lossSum = 0;
            weightSum = 0;
            rows = 0;
        }
    }

    /**
     * Makes a decay that has seen nothing.
     *
     * @param window rows of a window, at least 1
     * @param tolerance by how much a window's mean loss must be lower to count
     * @param patience windows in a row without a lower loss that lead to a decay, at least 1
     */
    public PlateauDecay(long window, double tolerance, long patience) {
        this.window = window;
        this.tolerance = tolerance;
        this.patience = patience;
    }

    /** {@return the learning rate of the next row} */
    double eta(double eta0) {
        return eta0 * progress.factor;
    }

    /** Takes a row's loss, from before it is learned. */
    void take(double eta0, double loss, double weight) {
        Progress now = progress;
        now.lossSum += weight == 0 ? 0 : weight * loss;
        now.weightSum += weight;
        now.rows++;
        if (now.rows < window) {
            return;
        }
        if (now.weightSum > 0) {
            double mean = now.lossSum / now.weightSum;
            now.stale = mean <= now.lowest - tolerance ? 0 : now.stale + 1;
            now.lowest = mean < now.lowest ? mean : now.lowest;
            if (now.stale >= patience) {
                now.factor = eta0 * now.factor > SMALLEST_RATE ? now.factor / 5 : now.factor;
                now.stale = 0;
            }
        }
        now.startWindow();
    }

    @Override
    public void begin(Chunk chunk) {
        before.set(progress);
    }

    @Override
    public void rollBack(Chunk chunk) {
        progress.set(before);
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return true;
    }

    @Override
    public boolean isFinite() {
        return true;
    }

    /** Does nothing: all functions share one learning rate. */
    @Override
    public void grow(int functions, double share) {}

    /** {@inheritDoc} The state of any schedule has this, so that the schedule may be changed. */
    @Override
    public void read(State state, boolean starts) {
        double[] stored = state.doubles(STATE, 6);
        progress.factor = stored[0];
        progress.lossSum = stored[1];
        progress.weightSum = stored[2];
        progress.rows = stored[3];
        progress.lowest = stored[4];
        progress.stale = stored[5];
        if (!(progress.factor > 0
                && progress.factor <= 1
                && progress.weightSum >= 0
                && progress.rows >= 0
                && progress.stale >= 0)) {
            throw AccreteException.corruptFile(
                    "tensor '" + STATE + "' must begin with a factor in (0, 1], then no negative counts");
        }
    }

    @Override
    public void write(State.Builder state) {
        state.doubles(STATE, new double[] {
            progress.factor, progress.lossSum, progress.weightSum, progress.rows, progress.lowest, progress.stale
        });
    }

    @Override
    public void keepPart(int part, int parts) {
        progress.lossSum /= parts;
        progress.weightSum /= parts;
        progress.rows /= parts;
    }

    /**
     * {@return the same of the rows of both learners: the smaller factor, the lowest mean loss of both and the windows
     * since then; the rows of both unfinished windows count as of one}
     */
    PlateauDecay merged(PlateauDecay other) {
        PlateauDecay merged = new PlateauDecay(window, tolerance, patience);
        Progress mine = progress;
        Progress theirs = other.progress;
        Progress both = merged.progress;
        both.factor = Math.min(mine.factor, theirs.factor);
        both.lossSum = mine.lossSum + theirs.lossSum;
        both.weightSum = mine.weightSum + theirs.weightSum;
        both.rows = mine.rows + theirs.rows;
        both.lowest = Math.min(mine.lowest, theirs.lowest);
        both.stale = mine.lowest == theirs.lowest
                ? Math.max(mine.stale, theirs.stale)
                : theirs.lowest < mine.lowest ? theirs.stale : mine.stale;
        return merged;
    }
}
