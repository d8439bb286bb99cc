package org.accrete.api.learn;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;

/**
 * A pre-processor: a learner whose model is a {@link Transformer}, and which can undo its last call.
 *
 * <ul>
 *   <li>A row-wise step transforms each row by what it knows after that row, so that chunk borders do not matter; a
 *       {@link TargetStep}, by what it knows before that row.
 *   <li>While it is not ready it learns and hands no row on; it hands rows on from the first row at which it is ready.
 *   <li>{@link #undo()} undoes the last accepted {@link #partialFitTransform} or {@link #partialFit}, to the bit; it is
 *       called at most once for each.
 * </ul>
 */
public interface Step extends Learner {
    /** {@return what the columns of the rows it hands on are; fixed from the start} */
    Schema outputSchema();

    /**
     * Learns the rows and hands them on, transformed.
     *
     * @param chunk rows, all of which count as seen
     * @param out cleared, then filled; of {@link #outputSchema()} and with room for all rows
     */
    void partialFitTransform(Chunk chunk, ChunkBuffer out);

    /** Undoes the last accepted call. */
    void undo();

    @Override
    Transformer view();

    @Override
    Transformer snapshot();
}
