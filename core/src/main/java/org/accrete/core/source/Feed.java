package org.accrete.core.source;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;

/**
 * A source that a {@link Combinator} reads, with the chunk that it read last. A bad row is refused at the call after
 * the one that hands out the rows before it.
 */
final class Feed {
    private final ChunkSource source;
    private Optional<ChunkBuffer> buffer = Optional.empty();
    private Position before = Position.start();
    private Position position = Position.start();
    private List<String> classes;
    private DroppedRows dropped = DroppedRows.NONE;
    private int used;
    private boolean ended;
    private boolean closed;

    Feed(ChunkSource source) {
        this.source = new RowsBeforeBadOnes(source);
        this.classes = source.schema().target().classes();
    }

    /** Goes to where the source stood; the start needs no call. */
    void seek(Position to) {
        if (!to.equals(Position.start())) {
            source.seek(to);
            position = to;
        }
    }

    /**
     * Reads a chunk into a buffer of this feed, when the one before is used up.
     *
     * @param most the most rows, at least 1
     * @param like tells the capacity and the keys
     * @return false when there are no more rows
     */
    boolean read(int most, ChunkBuffer like) {
        if (buffer.isEmpty() || buffer.get().capacity() < most || buffer.get().keyCount() != like.keyCount()) {
            buffer = Optional.of(new ChunkBuffer(source.schema(), Math.max(most, like.capacity()), like.keyCount()));
        }
        used = 0;
        return read(buffer.get(), most);
    }

    /** Reads a chunk into a buffer of the caller. */
    boolean read(ChunkBuffer to, int most) {
        if (ended) {
            to.clear();
            return false;
        }
        to.limit(most);
        boolean more = source.next(to);
        dropped = dropped.plus(to.dropped());
        if (more) {
            classes = to.chunk().classes();
            before = position;
            position = to.position();
        } else {
            ended = true;
        }
        return more;
    }

    /** {@return the chunk that was read last} */
    ChunkBuffer rows() {
        return buffer.orElseThrow();
    }

    /** {@return the first row of the chunk that is not yet used} */
    int used() {
        return used;
    }

    /** Uses up rows of the chunk. */
    void use(int rows) {
        used += rows;
    }

    /** Tells that the whole chunk was exchanged for an empty one, with the count of dropped rows. */
    void swapped() {
        used = 0;
        dropped = DroppedRows.NONE;
    }

    /** {@return how many rows of the chunk are left} */
    int left() {
        return buffer.isEmpty() ? 0 : rows().rows() - used;
    }

    /** {@return the position before the chunk} */
    Position before() {
        return before;
    }

    /** {@return the position after the chunk} */
    Position position() {
        return position;
    }

    /** {@return the labels known after the chunk} */
    List<String> classes() {
        return classes;
    }

    /** {@return what the source dropped since the last call of this method} */
    DroppedRows takeDropped() {
        DroppedRows taken = dropped;
        dropped = DroppedRows.NONE;
        return taken;
    }

    /** {@return how far the source is} */
    OptionalDouble share() {
        return source.share();
    }

    /** {@return whether the source has told that there are no more rows} */
    boolean isEnded() {
        return ended;
    }

    /** Closes the source, once. */
    void close() {
        if (!closed) {
            closed = true;
            source.close();
        }
    }

    /** Closes sources, all of them even when some fail. */
    static void closeAll(Collection<? extends AutoCloseable> sources) {
        RuntimeException failure = null;
        for (AutoCloseable source : sources) {
            try {
                source.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            } catch (Exception e) {
                throw new IllegalStateException("sources throw no checked exceptions", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** {@return a failure, after sources have been closed because of it} */
    static RuntimeException closing(Collection<? extends AutoCloseable> sources, RuntimeException failure) {
        try {
            closeAll(sources);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
