package org.accrete.core.pipeline;

import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;

/** The chunks between the steps of a pipeline: made when first needed, grown to the largest chunk, then reused. */
final class StepBuffers {
    private final ChunkBuffer[] buffers;

    StepBuffers(int steps) {
        buffers = new ChunkBuffer[steps];
    }

    ChunkBuffer get(int step, Schema schema, int rows) {
        if (buffers[step] == null || buffers[step].capacity() < rows) {
            buffers[step] = new ChunkBuffer(schema, rows);
        }
        return buffers[step];
    }
}
