package org.accrete.core.source;

import java.time.Duration;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;

/** A source that hands on the rows before a bad row as a chunk, and refuses the bad row at the next call. */
final class RowsBeforeBadOnes extends SourceWrapper {
    private final ChunkSource source;
    private Position position = Position.start();
    private Optional<AccreteException> badRow = Optional.empty();

    RowsBeforeBadOnes(ChunkSource source) {
        super(source);
        this.source = source;
    }

    @Override
    public void seek(Position to) {
        source.seek(to);
        position = to;
    }

    @Override
    public boolean awaitRows(Duration atMost) {
        return badRow.isPresent() || source.awaitRows(atMost);
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        if (badRow.isPresent()) {
            buffer.clear();
            throw badRow.get();
        }
        try {
            boolean more = source.next(buffer);
            position = buffer.position();
            return more;
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.BAD_DATA || buffer.rows() == 0) {
                throw e;
            }
            badRow = Optional.of(e);
            position = position.plus(buffer.rows());
            buffer.position(position);
            return true;
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
