package org.accrete.testkit;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/** A source of the rows of any chunk, sparse ones too. A label becomes known with the first row that has it. */
final class MemorySource implements ChunkSource {
    private final Chunk rows;
    private int next;
    private int labels;

    /**
     * Creates a source at its first row.
     *
     * @param rows the rows; kept, so the caller must not change them
     */
    MemorySource(Chunk rows) {
        this.rows = rows;
        this.labels = rows.schema().target().classes().size();
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public void seek(Position position) {
        if (!position.mark().isEmpty() || position.rows() > rows.rows()) {
            throw AccreteException.badState("position '" + position.toText() + "' must be '+N' with N <= " + rows.rows()
                    + "; it is of another source");
        }
        next = (int) position.rows();
        labels = known(next);
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        int to = (int) Math.min(rows.rows(), (long) next + buffer.room());
        buffer.append(rows, next, to);
        labels = Math.max(labels, known(to));
        buffer.classes(List.copyOf(rows.classes().subList(0, labels)));
        next = to;
        buffer.position(new Position("", next));
        return buffer.rows() > 0;
    }

    private int known(int count) {
        return schema().target().kind() == Target.Kind.CATEGORICAL ? ChunkCopy.classCount(rows, count) : 0;
    }

    @Override
    public void close() {}
}
