package org.accrete.api.learn;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;

/**
 * Learns rows chunk by chunk. Mutable; one thread at a time.
 *
 * <ul>
 *   <li><b>Any chunking, same model.</b> The state after some rows does not depend on where chunk borders fell: bit for
 *       bit for row-wise learners, within a stated tolerance for block learners.
 *   <li><b>All or nothing.</b> {@link #partialFit} takes the whole chunk or throws and leaves everything as it was.
 *   <li>The chunk is read during the call, never kept, never written. A chunk without rows is accepted and changes
 *       nothing.
 *   <li>{@link #view()}, {@link #snapshot()} and {@link #state()} change nothing, however often they are called.
 *   <li>A learner restored from {@link #state()} continues with the same bits as the learner that gave it.
 *   <li>An untrained learner gives a model too.
 * </ul>
 */
public interface Learner {
    /** {@return what the columns of a chunk must be; classes are those known at the start} */
    Schema schema();

    /**
     * Learns the rows of a chunk, in order.
     *
     * @param chunk rows with targets where the schema has one
     * @throws org.accrete.api.AccreteException bad state: another schema; bad data: a row that cannot be learned (the
     *     exception holds its number in the chunk) or that would overflow the model
     */
    void partialFit(Chunk chunk);

    /** {@return how many rows were accepted in all, over all restores; rows of weight 0 count} */
    long rowsSeen();

    /**
     * {@return how many of the rows seen wait in the state for their batch to be full, not yet learned; 0 for most
     * learners}
     */
    default long rowsWaiting() {
        return 0;
    }

    /**
     * {@return what the user should know about its parameters after the rows so far, such as one that had no effect;
     * one line each}
     */
    default List<String> warnings() {
        return List.of();
    }

    /** {@return the model as it is now, reading this learner's own arrays: see {@link Model}; O(1)} */
    Model view();

    /** {@return the model as it is now, a copy} */
    Model snapshot();

    /** {@return everything needed to continue, a copy} */
    State state();
}
