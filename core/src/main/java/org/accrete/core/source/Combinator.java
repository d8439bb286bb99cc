package org.accrete.core.source;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/**
 * What all sources made of others share. A mark is the state of the step and the positions of its sources at an instant
 * when no row waits between them; rows after it are made again and dropped. Steps read their sources so that each chunk
 * ends at such an instant wherever possible.
 */
abstract class Combinator implements ChunkSource {
    private static final int DROP_ROWS = 1_000;

    private final String step;
    private final String name;
    private final Schema schema;
    private final Optional<ColumnPlan> plan;
    private final List<String> warnings;

    private boolean begun;
    private boolean closed;
    private String mark = "";
    private long rowsAfterMark;
    private long toDrop;
    private DroppedRows droppedAtEnd = DroppedRows.NONE;

    /**
     * Makes a source that has yet to read.
     *
     * @param step name and arguments, as in {@link Mark#text}
     * @param name what messages call the rows
     * @param schema what the columns are
     * @param plan how raw columns become numbers, if the rows are still those
     * @param warnings warnings of all sources
     */
    Combinator(String step, String name, Schema schema, Optional<ColumnPlan> plan, List<String> warnings) {
        this.step = step;
        this.name = name;
        this.schema = schema;
        this.plan = plan;
        this.warnings = warnings;
    }

    /** {@return names and arguments of this step and of those that it reads, with the names of their sources} */
    final String steps() {
        return step + ") of " + stepsBefore();
    }

    /** {@return as {@link #steps}, of the sources} */
    abstract String stepsBefore();

    static String steps(ChunkSource source) {
        ChunkSource inner = source instanceof Rows rows ? rows.last() : source;
        return inner instanceof Combinator combined ? combined.steps() : source.name();
    }

    /** Appends rows until the buffer is full, the rows end, or a pass over them ends. */
    abstract void fill(ChunkBuffer buffer);

    /** {@return the state of the step, for its mark} */
    abstract String state();

    /** {@return the positions of the sources, for the mark} */
    abstract String inner();

    /**
     * Goes to where the step and its sources stood.
     *
     * @param to what {@link #state} and {@link #inner} were
     * @throws IllegalArgumentException it cannot be read
     * @throws IndexOutOfBoundsException it cannot be read
     */
    abstract void restore(Mark to);

    /** {@return the labels known so far} */
    abstract List<String> classes();

    /** {@return whether no row was read that was not handed out} */
    boolean isClean() {
        return true;
    }

    /** Closes the sources. Called once. */
    abstract void closeSources();

    /** Counts rows that a source dropped after its last one, when there are no more rows to hand out. */
    final void atEnd(DroppedRows dropped) {
        droppedAtEnd = droppedAtEnd.plus(dropped);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final Optional<ColumnPlan> plan() {
        return plan;
    }

    @Override
    public final List<String> warnings() {
        return warnings;
    }

    @Override
    public final void seek(Position position) {
        if (begun) {
            throw AccreteException.badState("a source can go to a position only once, before its first row is read");
        }
        begun = true;
        toDrop = position.rows();
        mark = position.mark();
        if (mark.isEmpty()) {
            return;
        }
        Mark to = Mark.parse(mark, step, name);
        try {
            restore(to);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Mark.unreadable(mark, name);
        }
    }

    @Override
    public final boolean next(ChunkBuffer buffer) {
        begun = true;
        drop(buffer);
        buffer.clear();
        handOut(buffer);
        buffer.classes(classes());
        buffer.position(new Position(mark, rowsAfterMark));
        if (buffer.rows() > 0) {
            return true;
        }
        buffer.dropped(droppedAtEnd);
        droppedAtEnd = DroppedRows.NONE;
        return false;
    }

    private void handOut(ChunkBuffer buffer) {
        fill(buffer);
        if (buffer.rows() == 0) {
            return;
        }
        if (isClean()) {
            mark = Mark.text(step, state(), inner());
            rowsAfterMark = 0;
        } else {
            rowsAfterMark += buffer.rows();
        }
    }

    /** Makes the rows between the mark and the position again. What is dropped among them was counted before. */
    private void drop(ChunkBuffer like) {
        if (toDrop == 0) {
            return;
        }
        ChunkBuffer dropped = new ChunkBuffer(schema, DROP_ROWS, like.keyCount());
        while (toDrop > 0) {
            dropped.clear();
            dropped.limit((int) Math.min(DROP_ROWS, toDrop));
            handOut(dropped);
            toDrop = dropped.rows() == 0 ? 0 : toDrop - dropped.rows();
        }
        droppedAtEnd = DroppedRows.NONE;
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            closeSources();
        }
    }
}
