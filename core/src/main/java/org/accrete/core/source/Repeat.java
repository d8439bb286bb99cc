package org.accrete.core.source;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;

/**
 * Reads a source several times. A mark is {@code e<epoch>|<mark of the source>}; the rows after it are dropped here and
 * not in the source, because they may reach into a later epoch.
 */
final class Repeat extends SourceWrapper {
    private static final int DROP_ROWS = 1_000;

    private final Supplier<ChunkSource> open;
    private final int epochs;
    private ChunkSource source;
    private int epoch = 1;
    private List<String> classes;
    private long toDrop;
    private long refusedAtEnd;

    private Repeat(Supplier<ChunkSource> open, int epochs, ChunkSource first) {
        super(first);
        this.open = open;
        this.epochs = epochs;
        this.source = first;
        this.classes = schema().target().classes();
    }

    static Repeat of(Supplier<ChunkSource> open, int epochs) {
        if (epochs < 1) {
            throw AccreteException.badArgument("epochs must be >= 1 but was " + epochs);
        }
        return new Repeat(open, epochs, open.get());
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
            throw AccreteException.badState("the stored position '" + mark + "' in " + name()
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

    /** Fills a buffer that has rows already. */
    private boolean fillUp(ChunkBuffer buffer) {
        ChunkBuffer more = rest(buffer);
        boolean any = fill(more);
        if (any) {
            append(more, buffer);
        }
        return any;
    }

    private void drop(ChunkBuffer like) {
        if (toDrop == 0) {
            return;
        }
        ChunkBuffer dropped = new ChunkBuffer(like.schema(), DROP_ROWS, like.keyCount());
        while (toDrop > 0 && epoch <= epochs) {
            dropped.limit((int) Math.min(DROP_ROWS, toDrop));
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
        if (!schema().matches(source.schema()) || !columns(plan()).equals(columns(source.plan()))) {
            throw AccreteException.badState(name() + " has other columns in epoch " + epoch
                    + " than before; it must not change while it is read");
        }
    }

    private static Optional<ColumnPlan> columns(Optional<ColumnPlan> plan) {
        return plan.map(some -> some.withClasses(List.of()));
    }

    /** Keeps the longest list of labels: a later epoch begins with fewer, which must be the first of that list. */
    private void learnClasses(List<String> theirs) {
        if (theirs == classes) {
            return;
        }
        int common = Math.min(theirs.size(), classes.size());
        if (!theirs.subList(0, common).equals(classes.subList(0, common))) {
            throw AccreteException.badState(
                    name() + " has classes " + theirs + " in epoch " + epoch + " but had " + classes + " before");
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
