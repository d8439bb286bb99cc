package org.accrete.core.pipeline;

import java.util.Optional;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;

/** The chunks between the steps of a pipeline: made when first needed, grown to the largest chunk, then reused. */
final class StepBuffers {
    private final ChunkBuffer[] buffers;
    private final Optional<StepBuffers> self = Optional.of(this);

    StepBuffers(int steps) {
        buffers = new ChunkBuffer[steps];
    }

    /** {@return itself, always the same object, so that keeping it allocates nothing} */
    Optional<StepBuffers> asOptional() {
        return self;
    }

    /** {@return the rows of the largest chunk that it has memory for} */
    int rows() {
        int most = 0;
        for (ChunkBuffer buffer : buffers) {
            most = buffer == null ? most : Math.max(most, buffer.capacity());
        }
        return most;
    }

    ChunkBuffer get(int step, Schema schema, int rows) {
        boolean fits = buffers[step] != null && buffers[step].capacity() >= rows;
        // A pipeline that begins anew may have a step that makes other columns, as it knows more classes by then.
        if (!fits || !buffers[step].schema().matches(schema)) {
            buffers[step] = new ChunkBuffer(schema, rows);
        }
        return buffers[step];
    }
}
