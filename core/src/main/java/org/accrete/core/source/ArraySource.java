package org.accrete.core.source;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/** Rows in arrays as a source; a position is a row number. All labels are known before the first row. */
final class ArraySource implements ChunkSource {
    private final ColumnPlan plan;
    private final Chunk rows;
    private int next;
    private boolean begun;

    ArraySource(Examples examples, ColumnPlan plan) {
        this.plan = plan;
        Schema schema = plan.schema();
        this.rows = examples.chunk(schema, new LabelIndex(schema.target().classes()), new Examples.Scratch());
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
    public Optional<ColumnPlan> plan() {
        return Optional.of(plan);
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public void seek(Position position) {
        if (begun) {
            throw AccreteException.badState("a source can go to a position only once, before its first row is read");
        }
        if (!position.mark().isEmpty() || position.rows() > rows.rows()) {
            throw AccreteException.badState("a position of these rows must be from 0 to " + rows.rows() + " but was '"
                    + position.toText() + "'");
        }
        begun = true;
        next = (int) position.rows();
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        begun = true;
        buffer.clear();
        int to = Math.min(rows.rows(), next + buffer.room());
        buffer.append(rows, next, to);
        next = to;
        buffer.classes(rows.classes());
        buffer.position(new Position("", next));
        return buffer.rows() > 0;
    }

    @Override
    public OptionalDouble share() {
        return OptionalDouble.of((double) next / rows.rows());
    }

    @Override
    public void close() {}
}
