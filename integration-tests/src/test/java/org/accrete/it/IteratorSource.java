package org.accrete.it;

import java.util.Iterator;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/**
 * A source of the rows of an iterator; a row holds the features, then the target. A resumed run needs an iterator of
 * the same rows from the start.
 */
final class IteratorSource implements ChunkSource {
    private final Schema schema;
    private final Iterator<double[]> rows;
    private Position position = Position.start();

    IteratorSource(Schema schema, Iterator<double[]> rows) {
        this.schema = schema;
        this.rows = rows;
    }

    @Override
    public String name() {
        return "iterator";
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void seek(Position to) {
        if (!to.mark().isEmpty()) {
            throw AccreteException.badState("'" + to.mark() + "' is not a mark of an iterator");
        }
        for (long row = 0; row < to.rows(); row++) {
            rows.next();
        }
        position = to;
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        while (!buffer.isFull() && rows.hasNext()) {
            double[] row = rows.next();
            buffer.beginRow();
            for (int column = 0; column < schema.width(); column++) {
                buffer.put(column, row[column]);
            }
            buffer.target(row[schema.width()]);
            buffer.endRow();
        }
        position = position.plus(buffer.rows());
        buffer.position(position);
        return buffer.rows() > 0;
    }

    @Override
    public void close() {}
}
