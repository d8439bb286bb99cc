package org.accrete.api.learn;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;

/** A model that turns rows into other rows. */
public interface Transformer extends Model {
    /** {@return what the columns of the rows it makes are; the target is that of {@link #schema()}} */
    Schema outputSchema();

    /**
     * Transforms each row; targets, weights and classes are passed on.
     *
     * @param chunk rows
     * @param out cleared, then filled with as many rows; of {@link #outputSchema()}
     */
    void transform(Chunk chunk, ChunkBuffer out);
}
