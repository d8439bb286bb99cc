package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.store.State;

/** Learns numbers by trees. */
abstract class TreeRegressor extends TreeLearner {
    /** The largest target, so that no square overflows. */
    private static final double LARGEST = 1e100;

    private final double[] targets = new double[BLOCK];
    private final double[] weights = new double[BLOCK];
    private final double[] predictions = new double[BLOCK];

    TreeRegressor(Features features) {
        super(features);
    }

    /** Continues from a state. */
    TreeRegressor(Features features, State state) {
        super(features, state);
    }

    @Override
    final List<String> offered() {
        return List.of();
    }

    @Override
    public final void classes(List<String> labels) {}

    @Override
    final int decisions() {
        return 1;
    }

    @Override
    final void begin(Chunk chunk) {
        for (int row = 0; row < chunk.rows(); row++) {
            double target = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
            if (!(Math.abs(target) <= LARGEST)) {
                throw AccreteException.badRow(
                        row,
                        Double.isNaN(target)
                                ? "the target is missing"
                                : "the target must be from -" + LARGEST + " to " + LARGEST + " but was " + target);
            }
        }
    }

    @Override
    final int learn(Chunk chunk, int from, Rows rows, int count, double[] decisions, int at, boolean wanted) {
        for (int i = 0; i < count; i++) {
            targets[i] = chunk.target(from + i);
            weights[i] = chunk.weight(from + i);
        }
        learn(rows, count, targets, weights, predictions);
        if (wanted) {
            System.arraycopy(predictions, 0, decisions, at, count);
        }
        return at + count;
    }

    /**
     * Predicts and learns some rows, one after the other; they are checked.
     *
     * @param predictions receives that of each row
     */
    abstract void learn(Rows rows, int count, double[] targets, double[] weights, double[] predictions);
}
