package org.accrete.core.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/**
 * A source whose first rows can be looked at with {@link #sample()} before {@link #next} hands them out, with the
 * positions, classes and counts of refused rows that they have without looking. Who never looks reads the source as it
 * is.
 */
public final class Peeked implements ChunkSource {
    /** What the source told after one row. */
    private record After(Position position, List<String> classes, long refused) {}

    private final ChunkSource source;
    private final int rows;
    private final List<After> after = new ArrayList<>();
    private Optional<ChunkBuffer> sample = Optional.empty();
    private int handed;
    private long refusedAtEnd;
    private boolean moved;

    Peeked(ChunkSource source, int rows) {
        if (rows < 1) {
            throw AccreteException.badArgument("rows to look at must be >= 1 but was " + rows);
        }
        this.source = source;
        this.rows = rows;
    }

    /**
     * {@return the first rows, fewer when there are no more; the same chunk however often it is called}
     *
     * @throws AccreteException bad state: the source was read or sought before; bad data: a row that cannot be used
     */
    public Chunk sample() {
        if (sample.isEmpty()) {
            if (moved) {
                throw AccreteException.badState("a source can only be looked at before it is sought or read");
            }
            sample = Optional.of(look());
        }
        return sample.get().chunk();
    }

    // Row by row, because only then does the source tell its own position after each.
    private ChunkBuffer look() {
        moved = true;
        int keys = source.plan().map(plan -> plan.keys().size()).orElse(0);
        ChunkBuffer all = new ChunkBuffer(source.schema(), rows, keys);
        ChunkBuffer one = new ChunkBuffer(source.schema(), 1, keys);
        boolean more = true;
        while (more && all.room() > 0) {
            more = source.next(one);
            if (more) {
                all.append(one, 0, one.rows());
                after.add(new After(one.position(), one.chunk().classes(), one.refusedRows()));
            } else {
                refusedAtEnd = one.refusedRows();
            }
        }
        if (!after.isEmpty()) {
            all.position(after.get(after.size() - 1).position());
        }
        return all;
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

    /** {@inheritDoc} After {@link #sample()} there is only one place to go, the beginning. */
    @Override
    public void seek(Position position) {
        if (sample.isPresent()) {
            if (handed > 0 || !position.equals(Position.start())) {
                throw AccreteException.badState("a source that was looked at can only be read from its beginning");
            }
            return;
        }
        moved = true;
        source.seek(position);
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        moved = true;
        if (sample.isEmpty() || handed == after.size()) {
            boolean more = source.next(buffer);
            buffer.refused(refusedAtEnd);
            refusedAtEnd = 0;
            return more;
        }
        buffer.clear();
        if (buffer.room() == 0) {
            return false;
        }
        handOut(sample.get(), buffer);
        if (buffer.room() > 0) {
            fillUp(buffer);
        }
        return true;
    }

    private void handOut(ChunkBuffer looked, ChunkBuffer buffer) {
        int end = Math.min(after.size(), handed + buffer.room());
        buffer.append(looked, handed, end);
        for (; handed < end; handed++) {
            buffer.refused(after.get(handed).refused());
        }
        After last = after.get(end - 1);
        buffer.classes(last.classes());
        buffer.position(last.position());
    }

    /** Once at most: the chunk in which the looked-at rows end goes on with rows of the source. */
    private void fillUp(ChunkBuffer buffer) {
        ChunkBuffer more = new ChunkBuffer(buffer.schema(), buffer.room(), buffer.keyCount());
        if (source.next(more)) {
            buffer.append(more, 0, more.rows());
            buffer.position(more.position());
            buffer.refused(more.refusedRows());
        } else {
            refusedAtEnd += more.refusedRows();
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
