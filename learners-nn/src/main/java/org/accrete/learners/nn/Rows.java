package org.accrete.learners.nn;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;

/** Refusals of rows that cannot be used. */
final class Rows {
    private Rows() {}

    /** Refuses the chunk if a weight is NaN, negative, or beyond what a float can hold. */
    static void requireWeights(Chunk chunk) {
        if (chunk.hasWeights()) {
            for (int row = 0; row < chunk.rows(); row++) {
                double weight = chunk.weight(row);
                if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
                    throw AccreteException.badRow(row, "the weight must be finite and >= 0 but was " + weight);
                }
            }
        }
    }

    /** Refuses the chunk if a target is NaN or beyond what a float can hold. */
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

    /** {@return the output, unless the network overflowed on the way to it} */
    static double checked(float output, int row) {
        if (!(Math.abs(output) <= Float.MAX_VALUE)) {
            throw AccreteException.badRow(
                    row, "the network overflows for this row; its features are too large for what was learned");
        }
        return output;
    }
}
