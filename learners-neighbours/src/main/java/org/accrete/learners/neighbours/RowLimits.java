package org.accrete.learners.neighbours;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;

/**
 * Checks of rows, made before anything is learned, so that a refused chunk changes nothing. The limits keep sums of
 * squares finite for as many rows as can be counted, so that no update has to be undone.
 */
final class RowLimits {
    /** The largest absolute value of a feature. */
    static final double MAX_VALUE = 1e75;

    /** The largest weight of a row. */
    static final double MAX_WEIGHT = 1e75;

    private RowLimits() {}

    /** Refuses the chunk if a target that is a number is missing or too large. */
    static void requireTargets(Chunk chunk) {
        boolean present = chunk.hasTargets();
        for (int row = 0; row < chunk.rows(); row++) {
            double target = present ? chunk.target(row) : Double.NaN;
            if (!(Math.abs(target) <= MAX_VALUE)) {
                throw AccreteException.badRow(
                        row,
                        Double.isNaN(target)
                                ? "the target is missing"
                                : "the target must be from " + -MAX_VALUE + " to " + MAX_VALUE + " but was " + target);
            }
        }
    }

    /** Refuses the chunk if a feature is infinite or too large; NaN is a missing value and allowed. */
    static void requireFeatures(Chunk chunk) {
        int rows = chunk.rows();
        if (chunk instanceof SparseChunk sparse) {
            double[] values = sparse.values();
            for (int row = 0; row < rows; row++) {
                int end = sparse.end(row);
                for (int k = sparse.start(row); k < end; k++) {
                    if (Math.abs(values[k]) > MAX_VALUE) {
                        throw outside(chunk, row, sparse.indices()[k], values[k]);
                    }
                }
            }
        } else if (chunk instanceof DenseChunk dense && rows > 0) {
            double[] values = dense.values();
            int width = dense.width();
            int from = dense.offset(0);
            int end = from + rows * width;
            for (int i = from; i < end; i++) {
                if (Math.abs(values[i]) > MAX_VALUE) {
                    throw outside(chunk, (i - from) / width, (i - from) % width, values[i]);
                }
            }
        }
    }

    private static AccreteException outside(Chunk chunk, int row, int column, double value) {
        return AccreteException.badRow(
                row,
                "'" + chunk.schema().columnName(column) + "' must be a number from " + -MAX_VALUE + " to " + MAX_VALUE
                        + " but was " + value);
    }
}
