package org.accrete.core.source;

import com.google.common.base.Throwables;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;

/**
 * A source that reads another ahead on a daemon thread. Made by {@link Sources#prefetch}.
 *
 * <p>Rows, positions and errors are those of the source, in the same order; the rows before a bad row are a chunk of
 * their own.
 */
public final class Prefetch extends SourceWrapper {
    /*
     * Two buffers circulate: free -> filled by the reader -> ready -> swapped with the caller's -> free. An error or
     * the end of the rows is reported only when ready is empty, so everything is seen in order. The lock of this object
     * guards all shared fields; the reader holds no lock while it reads.
     */
    private static final int BUFFERS = 2;
    private static final long JOIN_MILLIS = 500;

    private final ChunkSource source;
    private final int chunkRows;
    private final ArrayDeque<ChunkBuffer> free = new ArrayDeque<>();
    private final ArrayDeque<ChunkBuffer> ready = new ArrayDeque<>();
    /** How far the source was after each ready chunk. */
    private final ArrayDeque<OptionalDouble> shares = new ArrayDeque<>();

    private OptionalDouble share;
    private OptionalDouble shareAtEnd = OptionalDouble.empty();
    private Optional<Thread> reader = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private boolean ended;
    private boolean stopped;
    private DroppedRows droppedAtEnd = DroppedRows.NONE;

    // Used by the reader only.
    private long rowsLeft;

    // Used by the caller only: how many rows of the first ready chunk it has got, and where the chunk before it ended.
    private int handed;
    private Position before = Position.start();

    Prefetch(ChunkSource source, int chunkRows, long rows) {
        super(source);
        if (chunkRows < 1) {
            throw AccreteException.badArgument("chunk-rows must be >= 1 but was " + chunkRows);
        }
        this.source = new RowsBeforeBadOnes(source);
        this.chunkRows = chunkRows;
        this.rowsLeft = rows;
        this.share = source.share();
    }

    @Override
    public void seek(Position position) {
        if (reader.isPresent()) {
            throw AccreteException.badState("a source can only be sought before it is read");
        }
        source.seek(position);
        before = position;
        share = source.share();
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        start(buffer);
        while (buffer.room() > 0) {
            if (buffer.rows() > 0 && maxWait().isPresent() && !awaitRows(Duration.ZERO)) {
                // The source has waited already.
                break;
            }
            Optional<ChunkBuffer> ahead = await(buffer);
            if (ahead.isEmpty()) {
                break;
            }
            ChunkBuffer chunk = ahead.get();
            if (handed == 0 && buffer.rows() == 0 && chunk.rows() <= buffer.room() && canSwap(buffer, chunk)) {
                buffer.swap(chunk);
                before = buffer.position();
                recycle(chunk);
                return true;
            }
            copy(chunk, buffer);
        }
        return buffer.rows() > 0;
    }

    @SuppressWarnings("ReferenceEquality") // equal schemas would need a comparison per chunk
    static boolean canSwap(ChunkBuffer one, ChunkBuffer other) {
        return one.schema() == other.schema()
                && one.capacity() == other.capacity()
                && one.keyCount() == other.keyCount();
    }

    private void copy(ChunkBuffer from, ChunkBuffer to) {
        int end = Math.min(from.rows(), handed + to.room());
        if (handed == 0) {
            to.dropped(from.dropped());
        }
        to.append(from, handed, end);
        handed = end;
        if (handed < from.rows()) {
            to.position(before.plus(handed));
        } else {
            to.position(from.position());
            before = from.position();
            handed = 0;
            recycle(from);
        }
    }

    /** {@inheritDoc} Before the first {@link #next} there is nothing to wait for. */
    @Override
    public synchronized boolean awaitRows(Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        boolean interrupted = false;
        while (isWaiting() && until - System.nanoTime() > 0) {
            try {
                // At least 1 ms: 0 would be for ever.
                wait(TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !isWaiting();
    }

    /** {@inheritDoc} That of the rows handed on; the source may be further. */
    @Override
    public synchronized OptionalDouble share() {
        return share;
    }

    private boolean isWaiting() {
        return reader.isPresent() && ready.isEmpty() && failure.isEmpty() && !ended && !stopped;
    }

    /** {@return the first chunk that is ready, left in its place; empty at the end, whose dropped rows are counted} */
    private synchronized Optional<ChunkBuffer> await(ChunkBuffer buffer) {
        boolean interrupted = false;
        while (isWaiting()) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Wait on, since the reader always answers, and interrupt this thread again afterwards.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!ready.isEmpty()) {
            return Optional.of(ready.element());
        }
        // After stop() nobody wants to know why there are no more rows.
        if (failure.isPresent() && !stopped) {
            Throwables.throwIfUnchecked(failure.get());
            throw new IllegalStateException(failure.get());
        }
        buffer.dropped(droppedAtEnd);
        droppedAtEnd = DroppedRows.NONE;
        share = ended ? shareAtEnd : share;
        return Optional.empty();
    }

    private synchronized void recycle(ChunkBuffer chunk) {
        ready.remove();
        share = shares.remove();
        free.add(chunk);
        notifyAll();
    }

    private synchronized void start(ChunkBuffer like) {
        if (reader.isPresent() || stopped) {
            return;
        }
        for (int i = 0; i < BUFFERS; i++) {
            free.add(new ChunkBuffer(like.schema(), chunkRows, like.keyCount()));
        }
        Thread thread = new Thread(this::read, "accrete-prefetch");
        thread.setDaemon(true);
        reader = Optional.of(thread);
        thread.start();
    }

    private void read() {
        try {
            Optional<ChunkBuffer> buffer = takeFree();
            while (buffer.isPresent() && fill(buffer.get())) {
                buffer = takeFree();
            }
        } catch (Throwable e) {
            synchronized (this) {
                failure = Optional.of(e);
                notifyAll();
            }
        }
    }

    private synchronized Optional<ChunkBuffer> takeFree() throws InterruptedException {
        while (free.isEmpty() && !stopped) {
            wait();
        }
        return stopped ? Optional.empty() : Optional.of(free.remove());
    }

    private boolean fill(ChunkBuffer buffer) {
        buffer.limit((int) Math.min(chunkRows, rowsLeft));
        boolean more = false;
        if (rowsLeft > 0) {
            more = source.next(buffer);
            rowsLeft -= buffer.rows();
        } else {
            buffer.clear();
        }
        OptionalDouble after = source.share();
        synchronized (this) {
            if (more) {
                ready.add(buffer);
                shares.add(after);
            } else {
                ended = true;
                droppedAtEnd = buffer.dropped();
                shareAtEnd = after;
            }
            notifyAll();
        }
        return more;
    }

    /** Reads no further: {@link #next} returns false when no chunk is ready. Any thread; returns at once. */
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /**
     * Stops and ends the reading thread, after which the source belongs to the caller again, still open. A thread that
     * is stuck in a read is interrupted and, if that does not help, left alone: it is a daemon and ends when the read
     * does.
     */
    public void release() {
        stop();
        reader.ifPresent(Prefetch::end);
    }

    /** {@linkplain #release() Releases} the source and closes it. */
    @Override
    public void close() {
        release();
        source.close();
    }

    private static void end(Thread thread) {
        try {
            thread.join(JOIN_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(JOIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
