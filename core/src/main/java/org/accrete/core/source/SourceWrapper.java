package org.accrete.core.source;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;

/** A source that describes itself as the source that it reads does. */
abstract class SourceWrapper implements ChunkSource {
    private final ChunkSource described;
    private final String name;
    private final Schema schema;
    private final Optional<ColumnPlan> plan;
    private final List<String> warnings;

    SourceWrapper(ChunkSource source) {
        described = source;
        name = source.name();
        schema = source.schema();
        plan = source.plan();
        warnings = source.warnings();
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
    public final Optional<RowPlace> place(long place) {
        return described.place(place);
    }

    @Override
    public final List<String> sources() {
        return described.sources();
    }

    @Override
    public final int sourceOf(long place) {
        return described.sourceOf(place);
    }

    @Override
    public OptionalDouble share() {
        return described.share();
    }

    @Override
    public final Optional<Duration> maxWait() {
        return described.maxWait();
    }

    @Override
    public boolean awaitRows(Duration atMost) {
        return described.awaitRows(atMost);
    }

    /** {@return an empty buffer for the rows that another still has room for} */
    static ChunkBuffer rest(ChunkBuffer buffer) {
        return new ChunkBuffer(buffer.schema(), buffer.room(), buffer.keyCount());
    }

    /** Appends all rows of a buffer, with the position after them and the counts of dropped ones. */
    static void append(ChunkBuffer from, ChunkBuffer to) {
        to.append(from, 0, from.rows());
        to.position(from.position());
        to.dropped(from.dropped());
    }
}
