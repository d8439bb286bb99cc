package org.accrete.core.source;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;

/**
 * Hands out a source several times. A mark is {@code e<epoch>|<mark of the source>}; the rows after it are dropped here
 * and not in the source, because they may reach into a later epoch.
 */
final class Repeat implements ChunkSource {
    private static final int DROPPED_AT_ONCE = 1_000;

    private final Supplier<ChunkSource> open;
    private final int epochs;
    private final Schema schema;
    private final Optional<ColumnPlan> plan;
    private final List<String> warnings;
    private final String name;

    private ChunkSource source;
    private int epoch = 1;
    private List<String> classes;
    private long toDrop;
    private long refusedAtEnd;

    Repeat(Supplier<ChunkSource> open, int epochs) {
        if (epochs < 1) {
            throw AccreteException.badArgument("epochs must be >= 1 but was " + epochs);
        }
        this.open = open;
        this.epochs = epochs;
        this.source = open.get();
        this.schema = source.schema();
        this.plan = source.plan();
        this.warnings = source.warnings();
        this.name = source.name();
        this.classes = schema.target().classes();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return plan;
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public void seek(Position position) {
        String mark = position.mark();
        toDrop = position.rows();
        if (mark.isEmpty()) {
            return;
        }
        int bar = mark.indexOf('|');
        try {
            epoch = mark.startsWith("e") ? Integer.parseInt(mark.substring(1, bar)) : 0;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            epoch = 0;
        }
        if (epoch < 1) {
            throw AccreteException.badState("the stored position '" + mark + "' in " + name
                    + " was not made by a run of several epochs; go on with one epoch");
        }
        if (epoch <= epochs) {
            source.seek(new Position(mark.substring(bar + 1), 0));
        }
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        drop(buffer);
        boolean any = false;
        buffer.clear();
        while (epoch <= epochs && buffer.room() > 0) {
            any |= any ? fillUp(buffer) : fill(buffer);
        }
        buffer.refused(refusedAtEnd);
        refusedAtEnd = 0;
        return any;
    }

    /** Fills an empty buffer from this epoch, or goes to the next one. */
    private boolean fill(ChunkBuffer buffer) {
        boolean more = source.next(buffer);
        if (more) {
            learnClasses(buffer.chunk().classes());
            buffer.classes(classes);
            buffer.position(within(buffer.position()));
        } else {
            refusedAtEnd += buffer.refusedRows();
            buffer.clear();
            epochEnds();
        }
        return more;
    }

    /** Goes on with a buffer that has rows already. */
    private boolean fillUp(ChunkBuffer buffer) {
        ChunkBuffer more = new ChunkBuffer(buffer.schema(), buffer.room(), buffer.keyCount());
        boolean any = fill(more);
        if (any) {
            buffer.append(more, 0, more.rows());
            buffer.position(more.position());
            buffer.refused(more.refusedRows());
        }
        return any;
    }

    private void drop(ChunkBuffer like) {
        if (toDrop == 0) {
            return;
        }
        ChunkBuffer dropped = new ChunkBuffer(like.schema(), DROPPED_AT_ONCE, like.keyCount());
        while (toDrop > 0 && epoch <= epochs) {
            dropped.limit((int) Math.min(DROPPED_AT_ONCE, toDrop));
            if (fill(dropped)) {
                toDrop -= dropped.rows();
            }
        }
        refusedAtEnd = 0;
    }

    private Position within(Position inner) {
        return new Position("e" + epoch + "|" + inner.mark(), inner.rows());
    }

    private void epochEnds() {
        epoch++;
        if (epoch > epochs) {
            return;
        }
        source.close();
        source = open.get();
        if (!schema.matches(source.schema()) || !columns(plan).equals(columns(source.plan()))) {
            throw AccreteException.badState(name + " has other columns in epoch " + epoch
                    + " than before; it must not change while it is read");
        }
    }

    private static Optional<ColumnPlan> columns(Optional<ColumnPlan> plan) {
        return plan.map(some -> some.withClasses(List.of()));
    }

    /** A later epoch begins with fewer labels; the longest list stays, of which the others must be a beginning. */
    private void learnClasses(List<String> theirs) {
        if (theirs == classes) {
            return;
        }
        int common = Math.min(theirs.size(), classes.size());
        if (!theirs.subList(0, common).equals(classes.subList(0, common))) {
            throw AccreteException.badState(
                    name + " has classes " + theirs + " in epoch " + epoch + " but had " + classes + " before");
        }
        if (theirs.size() > classes.size()) {
            classes = theirs;
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
