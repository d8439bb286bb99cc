package org.accrete.core.source;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Position;

/**
 * Reads a source several times; a chunk ends with its epoch. A mark is {@code e<epoch>|<mark of the source>}; the rows
 * after it are dropped here and not in the source, because they may reach into a later epoch.
 */
final class Repeat extends SourceWrapper {
    private static final int DROP_ROWS = 1_000;
    private static final Pattern MARK = Pattern.compile("e([1-9][0-9]{0,8})\\|(.*)");

    private final IntFunction<? extends ChunkSource> open;
    private final int epochs;
    private ChunkSource source;
    private int epoch = 1;
    private final LabelIndex labels;
    private long toDrop;
    private DroppedRows droppedAtEnd = DroppedRows.NONE;

    private Repeat(IntFunction<? extends ChunkSource> open, int epochs, ChunkSource first) {
        super(first);
        this.open = open;
        this.epochs = epochs;
        this.source = new RowsBeforeBadOnes(first);
        this.labels = new LabelIndex(schema().target().classes());
    }

    static Repeat of(IntFunction<? extends ChunkSource> open, int epochs) {
        if (epochs < 1) {
            throw AccreteException.badArgument("epochs must be >= 1 but was " + epochs);
        }
        return new Repeat(open, epochs, open.apply(1));
    }

    @Override
    public void seek(Position position) {
        String mark = position.mark();
        toDrop = position.rows();
        if (mark.isEmpty()) {
            return;
        }
        Matcher parts = MARK.matcher(mark);
        if (!parts.matches()) {
            throw AccreteException.badState("the stored position '" + mark + "' in " + name()
                    + " was not made by a run of several epochs; go on with one epoch");
        }
        epoch = epoch(mark);
        if (epoch > 1 && epoch <= epochs) {
            open();
        }
        if (epoch <= epochs) {
            source.seek(new Position(parts.group(2), 0));
        }
    }

    /** {@return the epoch of a mark, from 1; 1 for a mark of another source} */
    static int epoch(String mark) {
        Matcher parts = MARK.matcher(mark);
        return parts.matches() ? Integer.parseInt(parts.group(1)) : 1;
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        drop(buffer);
        boolean any = false;
        buffer.clear();
        while (!any && epoch <= epochs && buffer.room() > 0) {
            any = fill(buffer);
        }
        buffer.dropped(droppedAtEnd);
        droppedAtEnd = DroppedRows.NONE;
        return any;
    }

    /** Fills an empty buffer from this epoch, or goes to the next one. */
    private boolean fill(ChunkBuffer buffer) {
        boolean more = source.next(buffer);
        if (more) {
            learnClasses(buffer);
            buffer.classes(labels.labels());
            buffer.position(within(buffer.position()));
        } else {
            droppedAtEnd = droppedAtEnd.plus(buffer.dropped());
            buffer.clear();
            epochEnds();
        }
        return more;
    }

    @Override
    public OptionalDouble share() {
        OptionalDouble ofEpoch = source.share();
        if (ofEpoch.isEmpty() || epoch > epochs) {
            return ofEpoch;
        }
        return OptionalDouble.of((epoch - 1 + ofEpoch.getAsDouble()) / epochs);
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
        droppedAtEnd = DroppedRows.NONE;
    }

    private Position within(Position inner) {
        return new Position("e" + epoch + "|" + inner.mark(), inner.rows());
    }

    private void epochEnds() {
        epoch++;
        if (epoch > epochs) {
            return;
        }
        open();
    }

    private void open() {
        source.close();
        source = new RowsBeforeBadOnes(open.apply(epoch));
        if (!schema().matches(source.schema())
                || !ManySources.columns(plan()).equals(ManySources.columns(source.plan()))) {
            throw AccreteException.badState(name() + " has other columns in epoch " + epoch
                    + " than before; it must not change while it is read");
        }
    }

    /**
     * Gives labels the indexes that they have since the first epoch. A later epoch begins with fewer labels, mostly the
     * first of that list; only where another order of the rows brings them in another order, targets change.
     */
    private void learnClasses(ChunkBuffer buffer) {
        List<String> theirs = buffer.chunk().classes();
        List<String> known = labels.labels();
        int common = Math.min(theirs.size(), known.size());
        if (theirs == known || theirs.subList(0, common).equals(known.subList(0, common))) {
            for (String label : theirs.subList(common, theirs.size())) {
                labels.add(label);
            }
            return;
        }
        int[] indexes = new int[theirs.size()];
        Chunk chunk = buffer.chunk();
        for (int row = 0; row < chunk.rows(); row++) {
            double target = chunk.target(row);
            if (!Double.isNaN(target)) {
                indexes[(int) target] = labels.add(theirs.get((int) target));
            }
        }
        ChunkBuffer renumbered = new ChunkBuffer(buffer.schema(), buffer.capacity(), buffer.keyCount());
        renumbered.append(buffer, 0, buffer.rows(), indexes);
        renumbered.position(buffer.position());
        renumbered.dropped(buffer.dropped());
        buffer.swap(renumbered);
    }

    @Override
    public void close() {
        source.close();
    }
}
