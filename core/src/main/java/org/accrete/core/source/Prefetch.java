package org.accrete.core.source;

import com.google.common.base.Throwables;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/**
 * Reads ahead on a daemon thread.
 *
 * <p>Two buffers go round: {@code free} → filled by the reader → {@code ready} → swapped with the caller's →
 * {@code free}. An error or the end is seen only when {@code ready} is empty, so everything surfaces in order. All
 * shared fields are guarded by {@code this}; the reader holds no lock while it reads.
 */
public final class Prefetch implements ChunkSource {
    private static final int AHEAD = 2;
    private static final long PATIENCE_MILLIS = 500;

    private final ChunkSource source;
    private final int chunkRows;
    private final boolean closesSource;
    private final ArrayDeque<ChunkBuffer> free = new ArrayDeque<>();
    private final ArrayDeque<ChunkBuffer> ready = new ArrayDeque<>();
    private Optional<Thread> reader = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private boolean ended;
    private boolean abandoned;
    private long refusedAtEnd;

    // Of the reader only.
    private long rowsLeft;

    // Of the caller only: rows of the first ready chunk already handed out, and where the chunk before it ended.
    private int handed;
    private Position before = Position.start();

    /**
     * Makes a source that reads ahead.
     *
     * @param rows the most rows to read, so that none beyond them is touched
     * @param closesSource whether closing this closes the source
     */
    public Prefetch(ChunkSource source, int chunkRows, long rows, boolean closesSource) {
        if (chunkRows < 1) {
            throw AccreteException.badArgument("chunk-rows must be >= 1 but was " + chunkRows);
        }
        this.source = source;
        this.chunkRows = chunkRows;
        this.rowsLeft = rows;
        this.closesSource = closesSource;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public Schema schema() {
        return source.schema();
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return source.plan();
    }

    @Override
    public List<String> warnings() {
        return source.warnings();
    }

    @Override
    public void seek(Position position) {
        if (reader.isPresent()) {
            throw AccreteException.badState("a source can only be sought before it is read");
        }
        source.seek(position);
        before = position;
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        start(buffer);
        while (buffer.room() > 0) {
            Optional<ChunkBuffer> ahead = await(buffer);
            if (ahead.isEmpty()) {
                break;
            }
            ChunkBuffer chunk = ahead.get();
            if (handed == 0 && buffer.rows() == 0 && chunk.rows() <= buffer.room() && alike(buffer, chunk)) {
                buffer.swap(chunk);
                before = buffer.position();
                release(chunk);
                return true;
            }
            copy(chunk, buffer);
        }
        return buffer.rows() > 0;
    }

    @SuppressWarnings("ReferenceEquality") // what ChunkBuffer.swap asks for
    private static boolean alike(ChunkBuffer one, ChunkBuffer other) {
        return one.schema() == other.schema()
                && one.capacity() == other.capacity()
                && one.keyCount() == other.keyCount();
    }

    private void copy(ChunkBuffer from, ChunkBuffer to) {
        int end = Math.min(from.rows(), handed + to.room());
        if (handed == 0) {
            to.refused(from.refusedRows());
        }
        to.append(from, handed, end);
        handed = end;
        if (handed < from.rows()) {
            to.position(before.plus(handed));
        } else {
            to.position(from.position());
            before = from.position();
            handed = 0;
            release(from);
        }
    }

    /** The first chunk that is ready, left in its place; nothing at the end, which then counts its refused rows. */
    private synchronized Optional<ChunkBuffer> await(ChunkBuffer buffer) {
        boolean interrupted = false;
        while (ready.isEmpty() && failure.isEmpty() && !ended && !abandoned) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The reader always answers in the end; who waits is told afterwards.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!ready.isEmpty()) {
            return Optional.of(ready.element());
        }
        // Who asked for no more rows is not told that there are none to be had.
        if (failure.isPresent() && !abandoned) {
            Throwables.throwIfUnchecked(failure.get());
            throw new IllegalStateException(failure.get());
        }
        buffer.refused(refusedAtEnd);
        refusedAtEnd = 0;
        return Optional.empty();
    }

    private synchronized void release(ChunkBuffer chunk) {
        ready.remove();
        free.add(chunk);
        notifyAll();
    }

    private synchronized void start(ChunkBuffer like) {
        if (reader.isPresent() || abandoned) {
            return;
        }
        for (int i = 0; i < AHEAD; i++) {
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
        while (free.isEmpty() && !abandoned) {
            wait();
        }
        return abandoned ? Optional.empty() : Optional.of(free.remove());
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
        synchronized (this) {
            if (more) {
                ready.add(buffer);
            } else {
                ended = true;
                refusedAtEnd = buffer.refusedRows();
            }
            notifyAll();
        }
        return more;
    }

    /** Reads no further; whoever waits for a chunk is told that there is none. Any thread. */
    public synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    /**
     * Ends the reader. One that is stuck in a read is interrupted, then left: it is a daemon and ends when the read
     * does.
     */
    @Override
    public void close() {
        abandon();
        reader.ifPresent(Prefetch::end);
        if (closesSource) {
            source.close();
        }
    }

    private static void end(Thread thread) {
        try {
            thread.join(PATIENCE_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(PATIENCE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
