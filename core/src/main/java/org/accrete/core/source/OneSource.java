package org.accrete.core.source;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;

/** A {@link Combinator} of one source. */
abstract class OneSource extends Combinator {
    private final ChunkSource source;
    final Feed feed;

    OneSource(String step, ChunkSource source) {
        this(step, source, source.schema(), source.plan());
    }

    OneSource(String step, ChunkSource source, Schema schema, Optional<ColumnPlan> plan) {
        super(step, source.name(), schema, plan, source.warnings());
        this.source = source;
        this.feed = new Feed(source);
    }

    /**
     * Reads the next chunk of the source and counts what it dropped.
     *
     * @param most the most rows
     * @param buffer what is filled, which gets the counts
     * @return false when there are no more rows
     */
    final boolean read(int most, ChunkBuffer buffer) {
        boolean more = feed.read(most, buffer);
        if (more) {
            buffer.dropped(feed.takeDropped());
        } else {
            // The position is before them, so a resumed run counts them.
            atEnd(feed.takeDropped());
        }
        return more;
    }

    @Override
    final String stepsBefore() {
        return steps(source);
    }

    @Override
    String state() {
        return "";
    }

    @Override
    String inner() {
        return feed.position().toText();
    }

    @Override
    void restore(Mark to) {
        feed.seek(Position.parse(to.inner()));
    }

    @Override
    List<String> classes() {
        return feed.classes();
    }

    @Override
    public OptionalDouble share() {
        return feed.share();
    }

    @Override
    public final Optional<RowPlace> place(long place) {
        return source.place(place);
    }

    @Override
    public final List<String> sources() {
        return source.sources();
    }

    @Override
    public final int sourceOf(long place) {
        return source.sourceOf(place);
    }

    @Override
    void closeSources() {
        feed.close();
    }
}
