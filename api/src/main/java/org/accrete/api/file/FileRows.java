package org.accrete.api.file;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.SourceRequest;

/**
 * A source of the rows of binary files, one file after the other. It keeps the position, a file and a row with the hash
 * of all rows of that file before it, finds it again, and tells where a bad row stands. A format says how a file is
 * opened, read and encoded.
 *
 * @param <F> an open file
 */
public abstract class FileRows<F extends FileRows.OpenFile> implements ChunkSource {
    private final String name;
    private final List<Input> inputs;
    private final BadRows badRows;
    private final FileMark.Factory marks;
    private final FileShare shares;

    private Optional<F> open = Optional.empty();
    private int openFile = -1;
    private long openRows;
    private boolean hasEnded;
    private int batchRows;
    private int next;

    // The last row that was handed on.
    private final RowHash hash = new RowHash();
    private int file;
    private long record;

    /** A file that is being read. */
    public interface OpenFile extends AutoCloseable {
        /** {@return how many rows it has} */
        long rows();

        @Override
        void close();
    }

    /**
     * Finds files.
     *
     * @param request names them
     * @param endings of the files to take of a directory
     * @param format the format's name
     * @throws AccreteException bad argument: there are none, or they are a stream
     */
    protected FileRows(SourceRequest request, Set<String> endings, String format) {
        this.name = request.location();
        this.inputs = Input.find(name, endings);
        this.badRows = request.badRows();
        this.marks = new FileMark.Factory(inputs);
        this.shares = new FileShare(inputs);
        if (inputs.stream().anyMatch(Input::isStream)) {
            throw AccreteException.badArgument(format + " files must be files but '" + name + "' is a stream");
        }
    }

    /** {@return the files in their order} */
    protected final List<Input> inputs() {
        return inputs;
    }

    /**
     * {@return a file, opened before its first row; one of other columns is refused}
     *
     * @param input the file
     */
    protected abstract F open(Input input);

    /**
     * Reads rows, which replace those before.
     *
     * @param from the open file
     * @param input the file
     * @return how many, 0 at the end
     */
    protected abstract int readBatch(F from, Input input);

    /** {@return the names of the columns} */
    protected abstract List<String> names();

    /** {@return how many labels are known} */
    protected abstract int labels();

    /**
     * Adds a row of the batch to a hash.
     *
     * @param from the open file
     * @param row the row
     * @param to the hash
     */
    protected abstract void hash(F from, int row, RowHash to);

    /**
     * {@return whether a row of the batch is wanted}
     *
     * @param from the open file
     * @param row the row
     */
    protected abstract boolean accepts(F from, int row);

    /**
     * Appends a row of the batch to a chunk.
     *
     * @param from the open file
     * @param row the row
     * @param out the chunk, unchanged if the row is refused
     * @throws AccreteException bad data: the row cannot be used
     */
    protected abstract void encode(F from, int row, ChunkBuffer out);

    /**
     * {@return what is kept of a bad row}
     *
     * @param from the open file
     * @param row the row
     * @param place where it stands
     * @param why why it was refused
     */
    protected abstract BadRow badRow(F from, int row, RowPlace place, AccreteException why);

    @Override
    public final String name() {
        return name;
    }

    /** {@inheritDoc} It does. */
    @Override
    public final boolean isFiltered() {
        return true;
    }

    @Override
    public final boolean next(ChunkBuffer buffer) {
        buffer.clear();
        while (!buffer.isFull() && findRow()) {
            int row = advance();
            if (!accepts(open.orElseThrow(), row)) {
                buffer.filtered(1);
                continue;
            }
            try {
                encode(open.orElseThrow(), row, buffer);
                buffer.place(buffer.rows() - 1, RowPlaces.of(file, record));
                badRows.accepted();
            } catch (AccreteException e) {
                RowPlace place = place(RowPlaces.of(file, record)).orElseThrow();
                badRows.refused(
                        e.at(inputs.get(file).name() + " row " + record),
                        buffer,
                        () -> badRow(open.orElseThrow(), row, place, e));
            }
        }
        buffer.position(record == 0 ? Position.start() : new Position(marks.create(file, record, hash, labels()), 0));
        return buffer.rows() > 0;
    }

    @Override
    public final OptionalDouble share() {
        if (hasEnded) {
            return shares.at(inputs.size() - 1, 1);
        }
        return shares.at(file, record == 0 ? 0 : Math.min(1, (double) record / Math.max(1, openRows)));
    }

    @Override
    public final Optional<RowPlace> place(long place) {
        return Optional.of(RowPlaces.place(inputs, place, RowPlace.Unit.ROW));
    }

    /** Makes sure that a next row was read; false at the end. */
    private boolean findRow() {
        while (next == batchRows) {
            next = 0;
            batchRows = 0;
            if (open.isEmpty()) {
                if (openFile + 1 >= inputs.size()) {
                    hasEnded = true;
                    return false;
                }
                openFile++;
                open = Optional.of(open(inputs.get(openFile)));
                openRows = open.get().rows();
            }
            batchRows = readBatch(open.orElseThrow(), inputs.get(openFile));
            if (batchRows == 0) {
                open.orElseThrow().close();
                open = Optional.empty();
            }
        }
        return true;
    }

    /** Goes on behind the next row; returns its index. */
    private int advance() {
        int row = next++;
        record = openFile == file ? record + 1 : 1;
        file = openFile;
        if (record == 1) {
            hash.begin(names());
        }
        hash(open.orElseThrow(), row, hash);
        return row;
    }

    @Override
    public final void seek(Position position) {
        ChunkBuffer dropped = new ChunkBuffer(schema(), 1);
        if (!position.mark().isEmpty()) {
            FileMark mark = FileMark.parse(position.mark());
            mark.check(inputs);
            // A plan that knows fewer labels than the run did finds them in all rows before.
            boolean labelsKnown = labels() >= mark.classes();
            openFile = labelsKnown ? mark.file() - 1 : -1;
            do {
                if (!findRow() || openFile > mark.file()) {
                    throw ended();
                }
                int row = advance();
                if (!labelsKnown) {
                    drop(row, dropped);
                }
            } while (file < mark.file() || record < mark.record());
            mark.check(inputs.get(file), hash);
        }
        for (long i = 0; i < position.rows(); ) {
            if (!findRow()) {
                throw ended();
            }
            i += drop(advance(), dropped) ? 1 : 0;
        }
    }

    /** Encodes a row and drops it. Returns false for a row that is bad or not wanted. */
    private boolean drop(int row, ChunkBuffer buffer) {
        buffer.clear();
        if (!accepts(open.orElseThrow(), row)) {
            return false;
        }
        try {
            encode(open.orElseThrow(), row, buffer);
            return true;
        } catch (AccreteException e) {
            return false;
        }
    }

    private AccreteException ended() {
        return AccreteException.badState(
                "'" + name + "' ends before the stored position; it must have all the rows that were read before");
    }

    @Override
    public final void close() {
        open.ifPresent(OpenFile::close);
        open = Optional.empty();
        openFile = inputs.size();
        next = 0;
        batchRows = 0;
    }
}
