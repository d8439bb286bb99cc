package org.accrete.core.source;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Target;

/** Sources of rows in memory, and sources made of other sources; closing one of these closes what it reads. */
public final class Sources {
    private Sources() {}

    /**
     * {@return a source of rows in memory} Its columns are {@code x0}, {@code x1}, … and its target is {@code y}:
     * numbers for {@link Examples#targets}, classes for labels, none without either. It can be sought to any row and
     * opened as often as wanted. Features given as flat doubles and targets are read where they are; other features are
     * copied once.
     *
     * @param examples at least one row
     * @throws AccreteException bad argument: no row, rows of different widths
     */
    public static ChunkSource of(Examples examples) {
        if (examples.rows() == 0) {
            throw AccreteException.badArgument("a source in memory must have at least one row but has none");
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < examples.width(); i++) {
            columns.add(new Column.Numeric("x" + i));
        }
        switch (examples.kind()) {
            case NUMERIC -> columns.add(new Column.Label("y", Target.numeric("y")));
            case CATEGORICAL -> columns.add(new Column.Label("y", Target.categorical("y", examples.classes())));
            case NONE -> {}
        }
        return new ArraySource(examples, new ColumnPlan(columns));
    }

    /**
     * {@return a source of labelled rows in memory, for a classifier}
     *
     * @param x one array per row, all of one length
     * @param labels one per row
     */
    public static ChunkSource of(double[][] x, String[] labels) {
        return of(Examples.of(x).labels(labels));
    }

    /**
     * {@return a source of rows with numbers to predict, in memory, for a regressor}
     *
     * @param x one array per row, all of one length
     * @param y one per row
     */
    public static ChunkSource of(double[][] x, double[] y) {
        return of(Examples.of(x).targets(y));
    }

    /**
     * {@return a source that reads ahead on a thread of its own} Rows, positions and errors are those of the source, in
     * the same order; at most two chunks are read ahead, from the first {@link ChunkSource#next} on. From then until it
     * is closed or released, the source belongs to that daemon thread, which also calls what the source calls, such as
     * the consumer of {@link org.accrete.api.data.BadRows}.
     *
     * @param source what to read; nobody else may read it
     * @param chunkRows rows of a chunk; a buffer of this capacity is filled without copying
     */
    public static Prefetch prefetch(ChunkSource source, int chunkRows) {
        return prefetch(source, chunkRows, Long.MAX_VALUE);
    }

    /**
     * {@return as {@link #prefetch(ChunkSource, int)}, for a caller that wants only so many rows}
     *
     * @param source what to read; nobody else may read it
     * @param chunkRows rows of a chunk; a buffer of this capacity is filled without copying
     * @param rows the most rows to read, at least 0; the source is read no further
     */
    public static Prefetch prefetch(ChunkSource source, int chunkRows, long rows) {
        return new Prefetch(source, chunkRows, rows);
    }

    /**
     * {@return a source that hands out all rows several times} Its positions carry the number of the epoch. Labels keep
     * their indexes over all epochs.
     *
     * @param open opens the source of an epoch, counted from 1, at its beginning; always with the same columns, but
     *     rows may be shuffled by another seed. Called at once for the first epoch, then at the start of each other
     *     one, on the thread that reads
     * @param epochs how many times, at least 1
     * @throws org.accrete.api.AccreteException bad argument: fewer; or what opening throws
     */
    public static ChunkSource repeat(IntFunction<? extends ChunkSource> open, int epochs) {
        return Repeat.of(open, epochs);
    }

    /**
     * {@return sources, opened one after the other} If one cannot be opened, those before it are closed.
     *
     * @param open opens each source
     * @throws org.accrete.api.AccreteException what opening throws
     */
    public static List<ChunkSource> openAll(List<? extends Supplier<? extends ChunkSource>> open) {
        List<ChunkSource> opened = new ArrayList<>();
        try {
            for (Supplier<? extends ChunkSource> one : open) {
                opened.add(one.get());
            }
            return opened;
        } catch (RuntimeException e) {
            throw Feed.closing(opened, e);
        }
    }

    /**
     * {@return a source whose first rows can be seen before they are read}
     *
     * @param source what to read; nobody else may read it
     * @param rows how many rows to see, at least 1
     */
    public static Peeked peek(ChunkSource source, int rows) {
        return new Peeked(source, rows);
    }

    /**
     * {@return a source that hands on the rows before a bad row as a chunk, and refuses the bad row at the next call}
     *
     * @param source what is read
     */
    public static ChunkSource keepingRowsBeforeBadOnes(ChunkSource source) {
        return new RowsBeforeBadOnes(source);
    }

    /**
     * {@return which pass over its rows a source is in: 1 except for later ones of {@link #repeat}} Steps of
     * {@link Rows} that keep the order of one source keep its passes apart; behind any other step there is one pass.
     *
     * @param position after a chunk of it
     */
    public static int pass(Position position) {
        return Mark.pass(position.mark());
    }
}
