package org.accrete.learners.nn;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.FloatKernels;

/** Refuses rows with numbers that are not finite as a float. Each method throws bad data that names the row. */
final class FloatChecks {
    private FloatChecks() {}

    /** Refuses the chunk if a feature is NaN or outside the range of a float. */
    static void requireFeatures(Chunk chunk) {
        int rows = chunk.rows();
        if (chunk instanceof SparseChunk sparse) {
            int from = sparse.start(0);
            if (FloatKernels.best().within(sparse.values(), from, sparse.start(rows) - from, Float.MAX_VALUE)) {
                return;
            }
            for (int row = 0; row < rows; row++) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    requireFeature(chunk, row, sparse.indices()[k], sparse.values()[k]);
                }
            }
        } else if (chunk instanceof DenseChunk dense) {
            int width = dense.width();
            if (FloatKernels.best().within(dense.values(), dense.offset(0), rows * width, Float.MAX_VALUE)) {
                return;
            }
            for (int row = 0; row < rows; row++) {
                for (int j = 0; j < width; j++) {
                    requireFeature(chunk, row, j, dense.values()[dense.offset(row) + j]);
                }
            }
        }
    }

    private static void requireFeature(Chunk chunk, int row, int column, double value) {
        if (!(Math.abs(value) <= Float.MAX_VALUE)) {
            String name = chunk.schema().columnName(column);
            throw AccreteException.badRow(
                    row,
                    Double.isNaN(value)
                            ? "'" + name
                                    + "' is missing; put a step before the learner that fills it, such as standard-scaler"
                            : "'" + name + "' must be within ±" + Float.MAX_VALUE + " but was " + value);
        }
    }

    /** Refuses the chunk if a target is NaN or outside the range of a float. */
    static void requireTargets(Chunk chunk) {
        boolean present = chunk.hasTargets();
        for (int row = 0; row < chunk.rows(); row++) {
            double target = present ? chunk.target(row) : Double.NaN;
            if (!(Math.abs(target) <= Float.MAX_VALUE)) {
                throw AccreteException.badRow(
                        row,
                        Double.isNaN(target)
                                ? "the target is missing"
                                : "the target must be within ±" + Float.MAX_VALUE + " but was " + target);
            }
        }
    }

    /** {@return the output, if it did not overflow} */
    static double requireOutput(float output, int row) {
        if (!(Math.abs(output) <= Float.MAX_VALUE)) {
            throw AccreteException.badRow(
                    row, "the network overflows for this row; its features are too large for what was learned");
        }
        return output;
    }
}
