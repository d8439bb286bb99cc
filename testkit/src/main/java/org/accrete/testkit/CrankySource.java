package org.accrete.testkit;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/**
 * A wrapper that injects faults into another source, to test its readers. Chunks are randomly shorter than requested,
 * and reading may fail at a chosen row. Rows and their order are unchanged.
 */
public final class CrankySource implements ChunkSource {
    private final ChunkSource source;
    private final SeededRandom random;
    private final long failAfter;
    private long rows;

    /**
     * Creates a source that never fails.
     *
     * @param source the wrapped source; closed with this
     * @param seed random seed of the chunk lengths
     */
    public CrankySource(ChunkSource source, long seed) {
        this(source, seed, Long.MAX_VALUE);
    }

    /**
     * Creates a source that fails.
     *
     * @param source the wrapped source; closed with this
     * @param seed random seed of the chunk lengths
     * @param failAfter number of rows after which every call fails
     */
    public CrankySource(ChunkSource source, long seed, long failAfter) {
        this.source = source;
        this.random = new SeededRandom(seed);
        this.failAfter = failAfter;
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
    public OptionalDouble share() {
        return source.share();
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
        source.seek(position);
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        int asked = buffer.room();
        int some = asked == 0 ? 0 : 1 + random.nextInt(asked);
        long left = failAfter - rows;
        if (left <= 0) {
            throw new AccreteException(AccreteException.Kind.IO, "reading fails on purpose after " + rows + " rows")
                    .at(name());
        }
        buffer.limit((int) Math.min(some, left));
        try {
            return source.next(buffer);
        } finally {
            buffer.limit(asked);
            rows += buffer.rows();
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
