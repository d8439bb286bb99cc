package org.accrete.learners.sgd.weights;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;

/** Checks of rows: each refuses what cannot be learned, and names row and column. */
public final class RowChecks {
    private RowChecks() {}

    /**
     * Refuses the row if a feature is NaN or infinite. Rows are not searched in advance: such a feature makes the
     * decision value NaN or infinite, whatever the weights, and only then is this called.
     */
    public static void requireFiniteFeatures(Chunk chunk, int row) {
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                requireFinite(chunk, row, sparse.indices()[k], sparse.values()[k]);
            }
        } else if (chunk instanceof DenseChunk dense) {
            for (int j = 0; j < dense.width(); j++) {
                requireFinite(chunk, row, j, dense.values()[dense.offset(row) + j]);
            }
        }
    }

    private static void requireFinite(Chunk chunk, int row, int column, double value) {
        if (!Double.isFinite(value)) {
            String name = chunk.schema().columnName(column);
            throw AccreteException.badRow(
                    row,
                    Double.isNaN(value)
                            ? "'" + name
                                    + "' is missing; put a step before the learner that fills it, such as standard-scaler"
                            : "'" + name + "' must be finite but was " + value);
        }
    }

    /** Refuses the chunk if a target is NaN or infinite. */
    public static void requireFiniteTargets(Chunk chunk) {
        boolean present = chunk.hasTargets();
        for (int row = 0; row < chunk.rows(); row++) {
            double target = present ? chunk.target(row) : Double.NaN;
            if (!Double.isFinite(target)) {
                throw AccreteException.badRow(
                        row,
                        Double.isNaN(target) ? "the target is missing" : "the target must be finite but was " + target);
            }
        }
    }

    /** Refuses the chunk if a target is negative; none is missing. */
    public static void requireCounts(Chunk chunk) {
        for (int row = 0; row < chunk.rows(); row++) {
            if (chunk.target(row) < 0) {
                throw AccreteException.badRow(
                        row, "the target must be >= 0 with loss=poisson but was " + chunk.target(row));
            }
        }
    }
}
