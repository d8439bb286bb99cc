package org.accrete.api.data;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Rows in order, possibly without end. One reader at a time.
 *
 * <ul>
 *   <li>{@link #next} clears the buffer and fills it until it is full or the rows end; chunk borders ignore file
 *       borders. Only where rows are read several times does a chunk end with each pass over them, and a source that
 *       {@linkplain #maxWait waits for rows} hands on those that came in time.
 *   <li>Rows, their order and their encoding do not depend on the size of the buffers.
 *   <li>After {@link #seek} with a buffer's {@link ChunkBuffer#position()}, a newly opened source continues with the
 *       row after that buffer; with {@code position.plus(n)} it continues n rows later.
 *   <li>Labels get their index in the order in which accepted rows bring them, after those of the schema's target.
 * </ul>
 */
public interface ChunkSource extends AutoCloseable {
    /** {@return the name that messages use: a path or a word} */
    String name();

    /** {@return what the columns are; its target's classes are those known before the first row} */
    Schema schema();

    /** {@return how raw columns become numbers, when there are raw columns} */
    default Optional<ColumnPlan> plan() {
        return Optional.empty();
    }

    /** {@return warnings for the user, such as columns that were ignored; one line each} */
    default List<String> warnings() {
        return List.of();
    }

    /**
     * Goes to a position. Called at most once, before the first {@link #next}.
     *
     * @param position where to continue
     * @throws org.accrete.api.AccreteException bad state: the mark is not of this source, or what lies before it
     *     changed
     */
    void seek(Position position);

    /**
     * Reads rows until the buffer is full, the rows end or, once there is one, {@link #maxWait} has passed.
     *
     * @param buffer cleared, then filled; of this source's schema
     * @return false when there was no row left
     * @throws org.accrete.api.AccreteException bad data: a row that cannot be used, with its place; the rows before it
     *     stay in the buffer
     */
    boolean next(ChunkBuffer buffer);

    /**
     * {@return how long {@link #next} waits for further rows once it has one; empty where all rows are there, so that
     * it never waits} With no row at all it waits for one, or for the end.
     */
    default Optional<Duration> maxWait() {
        return Optional.empty();
    }

    /**
     * Waits for what {@link #next} would wait for: a row, the end or an error. On the thread that reads.
     *
     * @param atMost the longest wait, at least 0
     * @return whether it came; {@link #next} may have to wait all the same where the rows that came are bad
     */
    default boolean awaitRows(Duration atMost) {
        return true;
    }

    /**
     * {@return how far it is, from 0 to 1: the share of its rows, or of their bytes, that come before the position of
     * the last {@link #next}; empty where their end is not known} On the thread that reads, also after {@link #close}.
     * It never falls, is 1 when {@link #next} has returned false, and costs no more than a few fields. It may be an
     * estimate, to be shown.
     */
    default OptionalDouble share() {
        return OptionalDouble.empty();
    }

    /**
     * {@return whether it hands out only the rows that pass the {@linkplain SourceRequest#where condition} asked for}
     */
    default boolean isFiltered() {
        return false;
    }

    /**
     * {@return where a row stands that this source handed out; empty if it does not say} Any thread, also after
     * {@link #close}.
     *
     * @param place the row's {@link ChunkBuffer#place(int)}, not 0
     */
    default Optional<RowPlace> place(long place) {
        return Optional.empty();
    }

    /** {@return the names of the sources that the rows come from: several where they are mixed or joined} */
    default List<String> sources() {
        return List.of(name());
    }

    /**
     * {@return which of the {@link #sources} handed out a row, from 0}
     *
     * @param place the row's {@link ChunkBuffer#place(int)}; any where there is one source
     */
    default int sourceOf(long place) {
        return 0;
    }

    /** Releases files and threads. Further calls do nothing. */
    @Override
    void close();
}
