package org.accrete.testkit;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;

/** A hash of rows: their non-zero cells, targets and weights, in order. Allocates nothing. */
final class ChunkDigest {
    private ChunkDigest() {}

    /**
     * {@return the digest of a stream after a further chunk; it depends neither on chunk borders nor on whether chunks
     * are dense or sparse}
     *
     * @param before the digest of the stream so far, 0 at the start
     */
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
