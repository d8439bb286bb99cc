package org.accrete.core.train;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Position;
import org.accrete.api.store.State;

/** How far a run is in its source: the position, and how many rows it learned after those of the runs before it. */
final class SourceProgress {
    private long rowsBefore;
    private long refusedBefore;
    private long rows;
    private long refused;
    private Position position = Position.start();
    private List<String> classes = List.of();

    /** Continues where the run that stored a state ended. */
    void resume(State state) {
        position = Position.parse(state.text("run.position"));
        rowsBefore = state.whole("run.rows");
        refusedBefore = state.whole("run.rows_refused");
    }

    /** Adds a chunk that was learned. */
    void accept(ChunkBuffer buffer) {
        rows += buffer.rows();
        refused += buffer.refusedRows();
        position = buffer.position();
        classes = buffer.chunk().classes();
    }

    /** {@return rows learned by this run} */
    long rows() {
        return rows;
    }

    /** {@return bad rows that this run's source dropped} */
    long refused() {
        return refused;
    }

    Position position() {
        return position;
    }

    /** {@return the labels that the source knew after the last chunk} */
    List<String> classes() {
        return classes;
    }

    /**
     * {@return which rows an error is about, counted from 1 over all rows that this run and those before it accepted}
     */
    String place(AccreteException e, Chunk chunk) {
        long before = rowsBefore + rows;
        return e.chunkRow().isPresent()
                ? "row " + (before + e.chunkRow().getAsInt() + 1)
                : "rows " + (before + 1) + " to " + (before + chunk.rows());
    }

    void writeTo(State.Builder state) {
        state.text("run.position", position.toText())
                .whole("run.rows", rowsBefore + rows)
                .whole("run.rows_refused", refusedBefore + refused);
    }
}
