package org.accrete.learners.sgd.penalty;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.AveragedSgd;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** The L1 penalty of stochastic gradient descent, as a cumulative penalty. */
public final class CumulativeL1 implements TrainingState {
    /*
     * Notation. u is the total penalty that each weight of a function could have received so far, q the penalty that a
     * weight has received, with its sign, and eta the learning rate of the row.
     *
     * Update. A row adds eta · l1 to u. Then, for each weight w of a feature that is not 0 in the row,
     *
     *     w > 0:  w' = max(0, w − (u + q))
     *     w < 0:  w' = min(0, w + (u − q))
     *     q = q + (w' − w)
     *
     * Why. A rare feature receives the penalty of all rows without it when it occurs, so a sparse row costs its own
     * entries only, and a dense row and its sparse copy do the same. u and q outlive the chunk and are stored.
     *
     * scikit-learn forgets both after each chunk, and penalizes all weights at a dense row; compat=sklearn does the
     * same.
     *
     * Y. Tsuruoka, J. Tsujii, S. Ananiadou, "Stochastic Gradient Descent Training for L1-regularized Log-linear Models
     * with Cumulative Penalty" (2009).
     */
    private static final String RECEIVED = "sgd.l1_received";
    private static final String TOTAL = "sgd.l1_total";

    private final TrainableWeights weights;
    private final AveragedSgd average;
    private final boolean forgets;
    /** q of each weight. */
    private double[] received;
    /** u of each function. */
    private double[] total;

    private double[] beforeTotal;
    private final UndoLog log = new UndoLog();

    /**
     * Makes a penalty that no weight has received yet.
     *
     * @param weights what is penalized
     * @param average told of each change
     * @param forgets whether all is forgotten after each chunk, as in scikit-learn
     */
    public CumulativeL1(TrainableWeights weights, AveragedSgd average, boolean forgets) {
        this.weights = weights;
        this.average = average;
        this.forgets = forgets;
        this.received = new double[weights.count() * weights.width()];
        this.total = new double[weights.count()];
        this.beforeTotal = total.clone();
    }

    @Override
    public void read(State state, boolean starts) {
        if (!forgets && !(starts && !state.tensors().containsKey(RECEIVED))) {
            received = state.doubles(RECEIVED, total.length, weights.width());
            total = state.doubles(TOTAL, total.length);
        }
    }

    @Override
    public void write(State.Builder state) {
        if (!forgets) {
            state.doubles(RECEIVED, received, total.length, weights.width()).doubles(TOTAL, total);
        }
    }

    @Override
    public void begin(Chunk chunk) {
        beforeTotal = UndoLog.copy(total, beforeTotal);
        if (forgets) {
            forget();
        } else {
            log.begin(received, weights.width(), chunk);
        }
    }

    /** Starts again, because the weights are others now. */
    public void forget() {
        Arrays.fill(received, 0);
        Arrays.fill(total, 0);
    }

    @Override
    public void rollBack(Chunk chunk) {
        if (forgets) {
            int count = beforeTotal.length;
            int length = count * weights.width();
            received = received.length == length ? received : new double[length];
            total = new double[count];
        } else {
            received = log.rollBack(weights.width(), chunk);
            total = beforeTotal.clone();
        }
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return UndoLog.isFinite(total) && UndoLog.isFinite(received, weights.width(), chunk);
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(total) && UndoLog.isFinite(received);
    }

    @Override
    public void grow(int functions, double share) {
        double[] more = Arrays.copyOf(total, functions);
        if (total.length == 1) {
            more[0] = share * total[0];
            more[1] = share * total[0];
        }
        total = more;
        received = UndoLog.grow(received, weights.width(), functions, share);
    }

    /**
     * Penalizes function c at one row.
     *
     * @param penalty what the row adds to the total: learning rate times strength
     */
    public void apply(int c, Chunk chunk, int row, double penalty) {
        total[c] += penalty;
        double u = total[c];
        int origin = c * weights.width();
        if (chunk instanceof SparseChunk sparse) {
            int[] indices = sparse.indices();
            int to = sparse.end(row);
            for (int k = sparse.start(row); k < to; k++) {
                if (forgets || sparse.values()[k] != 0) {
                    apply(origin + indices[k], u);
                }
            }
        } else if (chunk instanceof DenseChunk dense) {
            double[] values = dense.values();
            int offset = dense.offset(row);
            for (int j = 0; j < dense.width(); j++) {
                if (forgets || values[offset + j] != 0) {
                    apply(origin + j, u);
                }
            }
        }
    }

    private void apply(int i, double u) {
        double[] vectors = weights.vectors();
        double v = vectors[i];
        if (v == 0) {
            return;
        }
        double scale = weights.scale();
        double q = received[i];
        double next = v > 0 ? Math.max(0, v - (u + q) / scale) : Math.min(0, v + (u - q) / scale);
        double change = next - v;
        vectors[i] = next;
        received[i] += scale * change;
        average.penalized(i, change);
    }

    // --- merging

    /**
     * {@return the same for weights that were scaled} The penalty that a weight still has to receive is scaled with the
     * weight. The total is one number for all weights of a function, so the received penalty is computed anew. For a
     * weight that is 0, and so could be on either side, it stays.
     *
     * @param rescaled the weights as they are now
     */
    public CumulativeL1 rescaled(TrainableWeights rescaled, AveragedSgd mean, double[] scales) {
        CumulativeL1 scaled = new CumulativeL1(rescaled, mean, forgets);
        if (!forgets) {
            double[] w = weights.learned();
            scaled.total = total.clone();
            scaled.received = received.clone();
            for (int i = 0; i < received.length; i++) {
                double u = total[i / scales.length];
                double more = scales[i % scales.length] - 1;
                double sign = Math.signum(w[i]);
                scaled.received[i] = Math.max(-u, Math.min(u, received[i] + sign * more * (u + sign * received[i])));
            }
        }
        return scaled;
    }

    /** {@return the mean of both penalties, as the merged weights are the mean of both weights} */
    public CumulativeL1 merged(TrainableWeights merged, AveragedSgd mean, CumulativeL1 other, WeightedMerge merge) {
        CumulativeL1 both = new CumulativeL1(merged, mean, forgets);
        if (!forgets) {
            both.received = merge.odd(received, other.received, weights.width());
            both.total = merge.even(total, other.total, 1);
        }
        return both;
    }
}
