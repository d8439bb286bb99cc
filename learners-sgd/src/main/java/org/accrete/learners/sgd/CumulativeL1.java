package org.accrete.learners.sgd;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;

/**
 * The L1 penalty, as a cumulative penalty: Y. Tsuruoka, J. Tsujii, S. Ananiadou, "Stochastic Gradient Descent Training
 * for L1-regularized Log-linear Models with Cumulative Penalty" (2009).
 *
 * <p>Every row adds to a function's debt u what each weight should lose to the penalty; q is what a weight has paid so
 * far, signed. A row collects from the weights of its own non-zero features, to 0 at most: from w &gt; 0, {@code u +
 * q}; from w &lt; 0, {@code u - q}. So a rare feature pays for the rows without it when it comes, and a dense row and
 * its sparse copy do the same. Both numbers are kept from chunk to chunk and in the state.
 *
 * <p>scikit-learn forgets both after each chunk, and collects from all weights for a dense row; {@link Compat#SKLEARN}
 * does so.
 */
final class CumulativeL1 {
    private static final String PAID = "sgd.l1_paid";
    private static final String DEBT = "sgd.l1_debt";

    private final int width;
    private final boolean on;
    private final boolean forgets;
    private double[] paid;
    private double[] debt;
    private double[] beforeDebt;
    private final UndoLog journal = new UndoLog();

    /**
     * Makes a penalty of which nothing is owed.
     *
     * @param on whether there is such a penalty at all
     * @param forgets whether it is forgotten after each chunk
     */
    CumulativeL1(int width, int count, boolean on, boolean forgets) {
        this.width = width;
        this.on = on;
        this.forgets = forgets;
        this.paid = new double[on ? count * width : 0];
        this.debt = new double[on ? count : 0];
        this.beforeDebt = debt.clone();
    }

    /** {@return whether there is such a penalty now but a state tells nothing of it} */
    boolean isNewIn(State state) {
        return on && !forgets && !state.tensors().containsKey(PAID);
    }

    /** Goes on from a state. */
    void restore(State state) {
        if (on && !forgets) {
            paid = state.doubles(PAID, debt.length, width);
            debt = state.doubles(DEBT, debt.length);
        }
    }

    void putInto(State.Builder state) {
        if (on && !forgets) {
            state.doubles(PAID, paid, debt.length, width).doubles(DEBT, debt);
        }
    }

    void begin(Chunk chunk) {
        beforeDebt = UndoLog.copy(debt, beforeDebt);
        if (on && forgets) {
            Arrays.fill(paid, 0);
            Arrays.fill(debt, 0);
        } else if (on) {
            journal.begin(paid, width, chunk);
        }
    }

    void rollBack(Chunk chunk) {
        if (on && !forgets) {
            paid = journal.rollBack(width, chunk);
            debt = beforeDebt.clone();
        } else if (on) {
            int count = beforeDebt.length;
            paid = paid.length == count * width ? paid : new double[count * width];
            debt = new double[count];
        }
    }

    boolean isFinite(Chunk chunk) {
        return UndoLog.isFinite(debt) && UndoLog.isFinite(paid, width, chunk);
    }

    boolean isFinite() {
        return UndoLog.isFinite(debt) && UndoLog.isFinite(paid);
    }

    void grow(int count, double share) {
        if (on) {
            double[] more = Arrays.copyOf(debt, count);
            if (debt.length == 1) {
                more[0] = share * debt[0];
                more[1] = share * debt[0];
            }
            debt = more;
            paid = UndoLog.grow(paid, width, count, share);
        }
    }

    /**
     * Collects for one row.
     *
     * @param weights what pays
     * @param c which function of it
     * @param owed what each weight owes for this row
     */
    void collect(TrainableWeights weights, int c, Chunk chunk, int row, double owed) {
        debt[c] += owed;
        double u = debt[c];
        int origin = c * width;
        if (chunk instanceof SparseChunk sparse) {
            int[] indices = sparse.indices();
            int to = sparse.end(row);
            for (int k = sparse.start(row); k < to; k++) {
                if (forgets || sparse.values()[k] != 0) {
                    collect(weights, origin + indices[k], u);
                }
            }
        } else if (chunk instanceof DenseChunk dense) {
            double[] values = dense.values();
            int offset = dense.offset(row);
            for (int j = 0; j < width; j++) {
                if (forgets || values[offset + j] != 0) {
                    collect(weights, origin + j, u);
                }
            }
        }
    }

    private void collect(TrainableWeights weights, int i, double u) {
        double v = weights.v[i];
        if (v == 0) {
            return;
        }
        double scale = weights.scale;
        double left = v > 0 ? Math.max(0, v - (u + paid[i]) / scale) : Math.min(0, v + (u - paid[i]) / scale);
        double change = left - v;
        weights.v[i] = left;
        paid[i] += scale * change;
        weights.average.correct(i, change);
    }

    // --- merging

    /**
     * {@return the same for weights that were scaled} What a weight still owes is scaled with it. The debt is one
     * number for all weights, so what was paid is told anew; of a weight that is 0, and so could be on either side, it
     * stays.
     *
     * @param w the weights as they were
     */
    CumulativeL1 rescaled(double[] w, double[] scales) {
        CumulativeL1 scaled = new CumulativeL1(width, debt.length, on, forgets);
        if (on && !forgets) {
            scaled.debt = debt.clone();
            scaled.paid = paid.clone();
            for (int i = 0; i < paid.length; i++) {
                double u = debt[i / width];
                double more = scales[i % width] - 1;
                double sign = Math.signum(w[i]);
                scaled.paid[i] = Math.max(-u, Math.min(u, paid[i] + sign * more * (u + sign * paid[i])));
            }
        }
        return scaled;
    }

    /** {@return what the blended weights owe: the mean of what both do, as the weights are the mean of both} */
    CumulativeL1 blended(CumulativeL1 other, WeightedMerge blend) {
        CumulativeL1 blended = new CumulativeL1(width, blend.count(), on, forgets);
        if (on && !forgets) {
            blended.paid = blend.odd(paid, other.paid, width);
            blended.debt = blend.even(debt, other.debt, 1);
        }
        return blended;
    }
}
