package org.accrete.core.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;

/**
 * A source made of others, step by step; each step gives a new source that reads the one before.
 *
 * <pre>{@code
 * try (ChunkSource rows = Rows.of(source).filter((chunk, row) -> chunk.weight(row) > 0).shuffle(10_000, 7)) {
 *     …
 * }
 * }</pre>
 *
 * <p>Any of them can stop after any row: seek the same composition, newly opened, to the position, and it hands out the
 * same rows as if it had not stopped, the order of shuffled rows included. A position of a composition of other steps,
 * or of steps with other arguments, is refused; only the number of {@link #take} may change.
 *
 * <ul>
 *   <li>A step owns the sources that it is given. Closing it closes them, and a step that refuses its arguments closes
 *       them too.
 *   <li>Nothing is read before the first {@link #next}, and never more than was asked for, but for {@link #shuffle},
 *       which fills its buffer.
 *   <li>Labels of one source keep the indexes that it gave them, also when rows that brought them are left out.
 *   <li>A chunk is filled before it is handed on, also where rows are waited for: {@link ChunkSource#maxWait} does not
 *       hold behind a step.
 *   <li>No memory is allocated per row once the buffers have grown.
 *   <li>Rows that a step does not hand on are counted in {@link org.accrete.api.data.DroppedRows}.
 * </ul>
 */
public final class Rows implements ChunkSource {
    /** Chooses rows. */
    @FunctionalInterface
    public interface RowPredicate {
        /**
         * {@return whether a row is kept} The answer must depend on the row alone.
         *
         * @param rows has the row; read during the call, never kept
         * @param row its index there
         */
        boolean test(Chunk rows, int row);
    }

    /** Makes a row of another. */
    @FunctionalInterface
    public interface RowFunction {
        /**
         * Sets the columns of a row that was begun with the target and the weight of the other. What it sets must
         * depend on the other row alone.
         *
         * @param rows has the other row; read during the call, never kept
         * @param row its index there
         * @param out sets columns, and if wanted target and weight; the caller ends the row
         */
        void apply(Chunk rows, int row, ChunkBuffer out);
    }

    private final ChunkSource source;

    private Rows(ChunkSource source) {
        this.source = source;
    }

    /**
     * {@return the rows of a source}
     *
     * @param source what to read; nobody else may read it
     */
    public static Rows of(ChunkSource source) {
        return new Rows(source);
    }

    /**
     * {@return the rows of one source after the other}
     *
     * <p>Here and in the other methods that take several sources, these must have the same columns and encode them by
     * the same plan: open the others with the plan of the first. Labels are numbered anew: known first are those of the
     * schemas, in the order of the sources, others come in the order of the rows.
     *
     * @param sources at least one; nobody else may read them. One that has ended is closed
     * @throws org.accrete.api.AccreteException bad argument: no source, other columns
     */
    public static Rows concat(List<? extends ChunkSource> sources) {
        return combined(sources, () -> new Concat(sources));
    }

    /**
     * {@return the rows of several sources in turn, until all have ended} A source that has ended is left out.
     *
     * @param sources at least one, as for {@link #concat}
     * @param blockRows rows of each turn, at least 1
     * @throws org.accrete.api.AccreteException bad argument: no source, other columns, no row
     */
    public static Rows interleave(List<? extends ChunkSource> sources, int blockRows) {
        return combined(sources, () -> new Interleave(sources, blockRows));
    }

    /**
     * {@return the rows of several sources, each row's source drawn at random} The rows of a source stay in order. A
     * source that is drawn after its last row is left out, so that all rows are handed out in the end.
     *
     * @param sources at least one, as for {@link #concat}
     * @param weights how likely each source is, relative to the others; above 0
     * @param seed any value; the same seed gives the same order
     * @throws org.accrete.api.AccreteException bad argument: no source, other columns, a wrong weight
     */
    public static Rows mix(List<? extends ChunkSource> sources, double[] weights, long seed) {
        return combined(sources, () -> new Mix(sources, weights, seed));
    }

    private static Rows combined(List<? extends ChunkSource> sources, Supplier<ChunkSource> step) {
        try {
            return new Rows(step.get());
        } catch (RuntimeException e) {
            throw Feed.closing(sources, e);
        }
    }

    private Rows then(Supplier<ChunkSource> step) {
        return combined(List.of(source), step);
    }

    /**
     * {@return a row for each row} It has no column plan, because a plan encodes raw rows and knows nothing of the
     * function; so it has no keys either. A model of such rows cannot predict raw rows.
     *
     * @param schema of the new rows; if its target is categorical as that of the old rows, it gets their classes
     * @param function makes the new rows
     */
    public Rows map(Schema schema, RowFunction function) {
        return then(() -> Mapped.map(source, schema, function));
    }

    /**
     * {@return the rows for which a predicate holds}
     *
     * @param predicate chooses rows
     */
    public Rows filter(RowPredicate predicate) {
        return then(() -> new Selection.Filter(source, predicate));
    }

    /**
     * {@return the rows with some of their blocks of columns, in the order of the schema} The target, weights and keys
     * stay. The column plan ignores the other columns; there is none when only some blocks of one raw column are
     * selected.
     *
     * @param blocks names of blocks
     * @throws org.accrete.api.AccreteException bad argument: no block has such a name
     */
    public Rows select(List<String> blocks) {
        return then(() -> Mapped.select(source, blocks));
    }

    /**
     * {@return the first rows} The source is read no further. A run may go on with another number.
     *
     * @param rows the most rows, at least 0
     */
    public Rows take(long rows) {
        return then(() -> new Selection.Take(source, rows));
    }

    /**
     * {@return the rows after the first ones, which are read once and dropped}
     *
     * @param rows how many to drop, at least 0
     */
    public Rows skip(long rows) {
        return then(() -> new Selection.Skip(source, rows));
    }

    /**
     * {@return the rows whose number, counted from 0, leaves a certain remainder} The shards of one source have each of
     * its rows once. Every shard reads all rows.
     *
     * @param index the remainder, from 0 to count − 1
     * @param count how many shards there are, at least 1
     */
    public Rows shard(int index, int count) {
        return then(() -> new Selection.Shard(source, index, count));
    }

    /**
     * {@return the rows in random order} If the source has no more rows than the buffer, all orders are equally likely.
     * Otherwise the first row is one of as many rows as fill the buffer, and no row moves further than the buffer is
     * long: shuffle a larger file before it is read, or {@linkplain #interleave interleave} parts of it.
     *
     * <p>Rows are read in blocks of an eighth of the buffer. A row is handed out between the time when it is read and
     * that when the block seven blocks later has been; all rows that are due are permuted. A buffer that replaces each
     * row handed out by the next one read (reservoir) mixes similarly, but rows stay in it for any time, so the whole
     * buffer would have to be stored with a position. Here a position is two numbers and a position of the source, and
     * a seek reads at most the buffer again.
     *
     * <p>Labels keep the order in which the source brings them. Of repeated rows, passes are mixed: shuffle inside
     * {@link Sources#repeat}, with a seed of each epoch. A shuffled source that went on growing after its end cannot be
     * gone on with.
     *
     * @param bufferRows how many rows to hold, at least 1; up to eight more are held
     * @param seed any value; the same seed gives the same order
     */
    public Rows shuffle(int bufferRows, long seed) {
        return then(() -> new Shuffle(source, bufferRows, seed));
    }

    /**
     * {@return about as many rows of each class} Rows of commoner classes are left out at random: a row is kept with
     * probability m / n, where n counts the rows of its class so far, itself included, and m those of the rarest class
     * that came up. Rows without a target are kept.
     *
     * @param seed any value; the same seed gives the same rows
     * @throws org.accrete.api.AccreteException bad argument: the target is not categorical
     */
    public Rows balance(long seed) {
        return then(() -> new Selection.Balance(source, seed));
    }

    /**
     * {@return the same rows, kept in a file} As {@link #cache(Path, String)}, without facts.
     *
     * @param file where to keep the rows, in a directory that exists
     */
    public Rows cache(Path file) {
        return cache(file, "");
    }

    /**
     * {@return the same rows, kept as they are encoded in a file, from which later passes read} The first pass from the
     * first row to the last writes it; a pass that begins or ends in between does not. It is best behind the source
     * itself and before {@link #shuffle}, inside {@link Sources#repeat}.
     *
     * <p>A file of other sources or steps, other columns or another plan is refused. It has 8 bytes for each number, or
     * 12 for each entry of a sparse row.
     *
     * @param file where to keep the rows, in a directory that exists
     * @param facts what else the rows depend on, on lines, such as the sizes and times of the files that are read: a
     *     file with other facts is refused. Without them, changes of the rows behind a name are not seen
     * @throws org.accrete.api.AccreteException bad state: the file is of other rows; bad argument: it is no cache;
     *     corrupt file; I/O. Also from {@link #next}
     */
    public Rows cache(Path file, String facts) {
        return then(() -> new Cache(source, file, facts));
    }

    /** {@return the last step} */
    ChunkSource last() {
        return source;
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
        return source.next(buffer);
    }

    @Override
    public OptionalDouble share() {
        return source.share();
    }

    @Override
    public Optional<RowPlace> place(long place) {
        return source.place(place);
    }

    @Override
    public List<String> sources() {
        return source.sources();
    }

    @Override
    public int sourceOf(long place) {
        return source.sourceOf(place);
    }

    @Override
    public void close() {
        source.close();
    }
}
