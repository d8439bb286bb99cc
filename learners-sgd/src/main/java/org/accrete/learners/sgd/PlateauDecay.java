package org.accrete.learners.sgd;

import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.store.State;

/**
 * Shorter steps once longer ones no longer help: after some windows of rows in a row whose mean loss, each row's from
 * before it was learned, is not lower than the lowest so far by more than a tolerance, steps become a fifth, down to
 * 1e-6.
 *
 * <p>A window is a number of rows, not a chunk, so chunk borders do not matter.
 */
final class PlateauDecay {
    private static final String STATE = "sgd.adaptive";
    private static final double SHORTEST = 1e-6;

    private final boolean on;
    private final long window;
    private final double tolerance;
    private final long patience;
    /** Factor of the steps, sum of losses and of weights in this window, its rows, lowest mean, windows since then. */
    private double[] now = {1, 0, 0, 0, Double.POSITIVE_INFINITY, 0};

    private double[] before = now.clone();

    PlateauDecay(boolean on, long window, double tolerance, long patience) {
        this.on = on;
        this.window = window;
        this.tolerance = tolerance;
        this.patience = patience;
    }

    /** {@return whether steps adapt} */
    boolean isOn() {
        return on;
    }

    /** {@return the length of the next step} */
    double eta(double eta0) {
        return eta0 * now[0];
    }

    /** Takes a row's loss, from before it is learned. */
    void take(double eta0, double loss, double weight) {
        now[1] += weight == 0 ? 0 : weight * loss;
        now[2] += weight;
        now[3]++;
        if (now[3] < window) {
            return;
        }
        if (now[2] > 0) {
            double mean = now[1] / now[2];
            now[5] = mean <= now[4] - tolerance ? 0 : now[5] + 1;
            now[4] = mean < now[4] ? mean : now[4];
            if (now[5] >= patience) {
                now[0] = eta0 * now[0] > SHORTEST ? now[0] / 5 : now[0];
                now[5] = 0;
            }
        }
        now[1] = 0;
        now[2] = 0;
        now[3] = 0;
    }

    void begin() {
        System.arraycopy(now, 0, before, 0, now.length);
    }

    void rollBack() {
        System.arraycopy(before, 0, now, 0, now.length);
    }

    /** Goes on from a state, which another schedule may have made. */
    void restore(State state) {
        now = state.doubles(STATE, now.length);
        if (!(now[0] > 0 && now[0] <= 1 && now[2] >= 0 && now[3] >= 0 && now[5] >= 0)) {
            throw new AccreteException(
                    Kind.CORRUPT_FILE,
                    "tensor '" + STATE + "' must begin with a factor in (0, 1], then no negative counts");
        }
    }

    void putInto(State.Builder state) {
        state.doubles(STATE, now);
    }

    /**
     * Takes in the steps of another learner: the shorter ones, the lowest mean loss of both and the windows since that;
     * what both have of a window so far counts as of one.
     */
    void merge(PlateauDecay other) {
        double[] theirs = other.now;
        boolean lower = theirs[4] < now[4];
        double since = theirs[4] == now[4] ? Math.max(now[5], theirs[5]) : lower ? theirs[5] : now[5];
        now = new double[] {
            Math.min(now[0], theirs[0]),
            now[1] + theirs[1],
            now[2] + theirs[2],
            now[3] + theirs[3],
            lower ? theirs[4] : now[4],
            since
        };
    }
}
