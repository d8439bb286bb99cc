package org.accrete.core.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;

/**
 * A source whose first rows can be seen with {@link #sample()} before {@link #next} hands them out. The rows,
 * positions, classes and counts of dropped rows are the same whether a sample was taken or not. Made by
 * {@link Sources#peek}.
 */
public final class Peeked extends SourceWrapper {
    /** Where the source stood after one row. */
    private record RowEnd(Position position, List<String> classes, DroppedRows dropped, OptionalDouble share) {}

    private final ChunkSource source;
    private final int rows;
    private final List<RowEnd> rowEnds = new ArrayList<>();
    private Optional<ChunkBuffer> sample = Optional.empty();
    private int handed;
    private OptionalDouble shareBefore = OptionalDouble.empty();
    private DroppedRows droppedAtEnd = DroppedRows.NONE;
    private Optional<AccreteException> badRow = Optional.empty();
    private boolean moved;

    Peeked(ChunkSource source, int rows) {
        super(source);
        if (rows < 1) {
            throw AccreteException.badArgument("rows to look at must be >= 1 but was " + rows);
        }
        this.source = source;
        this.rows = rows;
    }

    /**
     * {@return the first rows, fewer when there are no more, a bad row follows or a source that waits for rows has none
     * for the time it may wait; the same chunk each time}
     *
     * @throws AccreteException bad state: the source was read or sought before; bad data: the first row cannot be used
     */
    public Chunk sample() {
        if (sample.isEmpty()) {
            if (moved) {
                throw AccreteException.badState("a source can only be looked at before it is sought or read");
            }
            sample = Optional.of(readSample());
        }
        return sample.get().chunk();
    }

    // Row by row, because a source knows its position only after the last row of a buffer.
    private ChunkBuffer readSample() {
        moved = true;
        shareBefore = source.share();
        int keys = source.plan().map(plan -> plan.keys().size()).orElse(0);
        ChunkBuffer all = new ChunkBuffer(source.schema(), rows, keys);
        ChunkBuffer one = new ChunkBuffer(source.schema(), 1, keys);
        boolean more = true;
        while (more && all.room() > 0 && (rowEnds.isEmpty() || isInTime())) {
            more = nextOf(one, all.rows());
            if (more) {
                all.append(one, 0, one.rows());
                rowEnds.add(new RowEnd(one.position(), one.chunk().classes(), one.dropped(), source.share()));
            } else {
                droppedAtEnd = one.dropped();
            }
        }
        if (!rowEnds.isEmpty()) {
            all.position(rowEnds.get(rowEnds.size() - 1).position());
        }
        return all;
    }

    /** {@inheritDoc} That of the rows handed on: the sample was read before. */
    @Override
    public OptionalDouble share() {
        if (handed == rowEnds.size()) {
            return source.share();
        }
        return handed == 0 ? shareBefore : rowEnds.get(handed - 1).share();
    }

    /** {@return whether the source has something before it would hand on the rows that it has} */
    private boolean isInTime() {
        return maxWait().isEmpty() || source.awaitRows(maxWait().get());
    }

    @Override
    public boolean awaitRows(Duration atMost) {
        return handed < rowEnds.size() || badRow.isPresent() || source.awaitRows(atMost);
    }

    /** Reads the next row; a bad one is refused when the rows before it have been handed out. */
    private boolean nextOf(ChunkBuffer one, int before) {
        try {
            return source.next(one);
        } catch (AccreteException e) {
            if (before == 0) {
                throw e;
            }
            badRow = Optional.of(e);
            one.clear();
            return false;
        }
    }

    /** {@inheritDoc} After {@link #sample()} only the beginning can be sought. */
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
        if (badRow.isPresent() && handed == rowEnds.size()) {
            buffer.clear();
            throw badRow.get();
        }
        if (sample.isEmpty() || handed == rowEnds.size()) {
            boolean more = source.next(buffer);
            buffer.dropped(droppedAtEnd);
            droppedAtEnd = DroppedRows.NONE;
            return more;
        }
        buffer.clear();
        if (buffer.room() == 0) {
            return false;
        }
        handOut(sample.get(), buffer);
        if (buffer.room() > 0 && (badRow.isPresent() || isInTime())) {
            fillUp(buffer);
        }
        return true;
    }

    private void handOut(ChunkBuffer from, ChunkBuffer buffer) {
        int end = Math.min(rowEnds.size(), handed + buffer.room());
        buffer.append(from, handed, end);
        for (; handed < end; handed++) {
            buffer.dropped(rowEnds.get(handed).dropped());
        }
        RowEnd last = rowEnds.get(end - 1);
        buffer.classes(last.classes());
        buffer.position(last.position());
    }

    /** Fills the chunk in which the sample ends with further rows of the source. */
    private void fillUp(ChunkBuffer buffer) {
        if (badRow.isPresent()) {
            throw badRow.get();
        }
        ChunkBuffer more = rest(buffer);
        try {
            if (source.next(more)) {
                append(more, buffer);
            } else {
                droppedAtEnd = droppedAtEnd.plus(more.dropped());
            }
        } catch (AccreteException e) {
            append(more, buffer);
            throw e;
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
