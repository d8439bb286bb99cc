package org.accrete.testkit;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;

/** A number that stands for rows: their columns that are not 0, targets and weights, in order. Allocates nothing. */
final class Digest {
    private Digest() {}

    /** {@return the digest of some rows after others; the same however they are cut and whichever their form} */
    static long of(Chunk chunk, long before) {
        long digest = before;
        for (int row = 0; row < chunk.rows(); row++) {
            if (chunk instanceof DenseChunk dense) {
                int from = dense.offset(row);
                for (int j = 0; j < chunk.width(); j++) {
                    digest = cell(digest, j, dense.values()[from + j]);
                }
            } else if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    digest = cell(digest, sparse.indices()[k], sparse.values()[k]);
                }
            }
            digest = mix(digest, Double.doubleToRawLongBits(chunk.hasTargets() ? chunk.target(row) : Double.NaN));
            digest = mix(digest, Double.doubleToRawLongBits(chunk.weight(row)));
        }
        return digest;
    }

    private static long cell(long digest, int column, double value) {
        return value == 0 ? digest : mix(mix(digest, column), Double.doubleToRawLongBits(value));
    }

    private static long mix(long digest, long more) {
        long z = (digest ^ more) * 0xBF58476D1CE4E5B9L;
        return z ^ (z >>> 29);
    }
}
