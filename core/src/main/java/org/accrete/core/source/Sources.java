package org.accrete.core.source;

import java.util.function.Supplier;
import org.accrete.api.data.ChunkSource;

/** Sources made of sources. Closing one closes what it reads. */
public final class Sources {
    private Sources() {}

    /**
     * {@return a source that reads ahead on a thread of its own} Rows, positions and errors are those of the source, in
     * the same order; at most two chunks are read ahead, from the first {@link ChunkSource#next} on. From then until it
     * is closed, the source belongs to that daemon thread, which also calls what the source calls, such as the consumer
     * of {@link org.accrete.api.data.BadRows}.
     *
     * @param source what to read; nobody else may read it
     * @param chunkRows rows of a chunk; a buffer of this capacity is filled without copying
     */
    public static ChunkSource prefetch(ChunkSource source, int chunkRows) {
        return new Prefetch(source, chunkRows, Long.MAX_VALUE, true);
    }

    /**
     * {@return a source that hands out all rows several times} Its positions carry the number of the epoch. Labels keep
     * their indexes over all epochs.
     *
     * @param open opens the source at its beginning, always with the same columns; called once at once, then at the
     *     start of each later epoch, on the thread that reads
     * @param epochs how many times, at least 1
     * @throws org.accrete.api.AccreteException bad argument: fewer; or what opening throws
     */
    public static ChunkSource repeat(Supplier<ChunkSource> open, int epochs) {
        return new Repeat(open, epochs);
    }

    /**
     * {@return a source whose first rows can be looked at before they are read}
     *
     * @param source what to read; nobody else may read it
     * @param rows how many rows to look at, at least 1
     */
    public static Peeked peek(ChunkSource source, int rows) {
        return new Peeked(source, rows);
    }
}
