package org.accrete.api.data;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;

/**
 * Reusable storage for the rows of one chunk. A source fills it, a learner reads {@link #chunk()}. What a learner has
 * no use for stays here: the keys and places of the rows, the position after the last row, the number of dropped rows.
 *
 * <p>A row is written between {@link #beginRow} and {@link #endRow}; one that is begun again instead of ended leaves no
 * trace. Arrays grow to the largest chunk seen and are then reused: no allocation in steady state. Not thread-safe.
 */
public final class ChunkBuffer {
    private static final double[] NONE = {};

    /** Room for values that the first row makes, if one row is not wider; fewer than 16 rows where they are wide. */
    private static final int FIRST_VALUES = 1 << 16;

    private final Schema schema;
    private final int width;
    private final boolean sparse;
    private final int keyCount;
    private final int capacity;
    private int limit;

    private DenseChunk dense;
    private SparseChunk csr;
    private Chunk view;

    private int entries;
    private double rowTarget;
    private double rowWeight;
    private boolean weighted;

    private double[] targets = NONE;
    private double[] weights = NONE;
    private String[] keys = {};
    private long[] places = {};
    private Position position = Position.start();
    private long refused;
    private long leftOut;
    private long filtered;
    private List<DroppedRows> droppedBySource = List.of();

    /**
     * Makes an empty buffer.
     *
     * @param schema what the columns are; sparse rows exactly when it {@linkplain Schema#isSparse() is}
     * @param capacity the most rows it may hold, at least 1
     */
    public ChunkBuffer(Schema schema, int capacity) {
        this(schema, capacity, 0);
    }

    /**
     * Makes an empty buffer whose rows carry keys.
     *
     * @param schema what the columns are
     * @param capacity the most rows it may hold, at least 1
     * @param keyCount keys per row
     */
    public ChunkBuffer(Schema schema, int capacity, int keyCount) {
        if (capacity < 1) {
            throw AccreteException.badArgument("capacity must be >= 1 but was " + capacity);
        }
        this.schema = schema;
        this.width = schema.width();
        this.sparse = schema.isSparse();
        this.keyCount = keyCount;
        this.capacity = capacity;
        this.limit = capacity;
        this.dense = new DenseChunk(schema, new double[0]);
        this.csr = new SparseChunk(schema, new int[1], new int[0], new double[0]);
        this.view = sparse ? csr : dense;
        clear();
        view.classes = schema.target().classes();
    }

    /** {@return what the columns are} */
    public Schema schema() {
        return schema;
    }

    /** {@return the most rows it may hold} */
    public int capacity() {
        return capacity;
    }

    /** {@return keys per row} */
    public int keyCount() {
        return keyCount;
    }

    /** {@return the rows as a view that changes with this buffer; always the same object until {@link #swap}} */
    public Chunk chunk() {
        return view;
    }

    /** {@return how many rows were ended} */
    public int rows() {
        return view.rows;
    }

    /** {@return whether a source should stop filling} */
    public boolean isFull() {
        return view.rows >= limit;
    }

    /** {@return how many more rows a source should add} */
    public int room() {
        return Math.max(0, limit - view.rows);
    }

    /**
     * Asks for fewer rows than the capacity, until set again.
     *
     * @param rows from 0 to {@link #capacity()}
     */
    public void limit(int rows) {
        if (rows < 0 || rows > capacity) {
            throw AccreteException.badArgument("limit must be >= 0 and <= " + capacity + " but was " + rows);
        }
        limit = rows;
    }

    /** Drops all rows and the count of dropped ones; keeps the classes and the limit. */
    public void clear() {
        view.rows = 0;
        refused = 0;
        leftOut = 0;
        filtered = 0;
        droppedBySource = List.of();
        view.targets = NONE;
        view.weights = NONE;
        entries = 0;
        weighted = false;
    }

    /** Begins a row: all columns 0, target NaN, weight 1, keys empty. */
    public void beginRow() {
        int row = view.rows;
        if (row >= capacity) {
            throw AccreteException.badState("a chunk buffer of " + capacity + " rows is full");
        }
        if (row >= targets.length) {
            int length = Math.min(capacity, Math.max(16, 2 * row));
            targets = Arrays.copyOf(targets, length);
            weights = Arrays.copyOf(weights, length);
            places = Arrays.copyOf(places, length);
            if (keyCount > 0) {
                keys = Arrays.copyOf(keys, length * keyCount);
            }
        }
        if (sparse) {
            if (row + 1 >= csr.starts.length) {
                csr.starts = Arrays.copyOf(csr.starts, Math.min(capacity, Math.max(16, 2 * row)) + 1);
            }
            entries = csr.starts[row];
        } else {
            int from = row * width;
            if (from + width > dense.values.length) {
                int first = Math.max(1, Math.min(16, FIRST_VALUES / width));
                long length = Math.min((long) capacity, Math.max(first, 2L * row)) * width;
                if (length > Integer.MAX_VALUE - 64) {
                    throw AccreteException.badArgument("a chunk of " + capacity + " rows × " + width
                            + " columns does not fit one array; ask for fewer rows per chunk");
                }
                dense.values = Arrays.copyOf(dense.values, (int) length);
            }
            Arrays.fill(dense.values, from, from + width, 0.0);
        }
        rowTarget = Double.NaN;
        rowWeight = 1.0;
        for (int k = 0; k < keyCount; k++) {
            keys[row * keyCount + k] = "";
        }
    }

    /**
     * Begins a row with the target and weight of another chunk's row.
     *
     * @param from the other chunk
     * @param row its row, from 0
     */
    public void beginRow(Chunk from, int row) {
        beginRow();
        if (from.hasTargets()) {
            rowTarget = from.target(row);
        }
        if (from.hasWeights()) {
            weight(from.weight(row));
        }
    }

    /**
     * Sets one column of the begun row.
     *
     * @param column from 0 to width − 1; on sparse rows each call must name a later column than the one before
     * @param value its value
     */
    public void put(int column, double value) {
        if (sparse) {
            if (entries == csr.indices.length) {
                int length = Math.max(64, 2 * entries);
                csr.indices = Arrays.copyOf(csr.indices, length);
                csr.values = Arrays.copyOf(csr.values, length);
            }
            csr.indices[entries] = column;
            csr.values[entries] = value;
            entries++;
        } else {
            dense.values[view.rows * width + column] = value;
        }
    }

    /**
     * Sets adjacent columns of the begun row; on dense rows the numbers are copied as a whole.
     *
     * @param column the first; on sparse rows later than any set before
     * @param from has the values
     * @param offset index of the first value
     * @param count how many
     */
    public void put(int column, double[] from, int offset, int count) {
        if (!sparse) {
            System.arraycopy(from, offset, dense.values, view.rows * width + column, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (from[offset + i] != 0.0) {
                put(column + i, from[offset + i]);
            }
        }
    }

    /**
     * Sets the target of the begun row.
     *
     * @param value a number, or an index into the classes
     */
    public void target(double value) {
        rowTarget = value;
    }

    /**
     * Sets the target of an ended row.
     *
     * @param row from 0
     * @param value a number, or an index into the classes
     */
    public void target(int row, double value) {
        targets[row] = value;
    }

    /**
     * Sets the weight of an ended row.
     *
     * @param row from 0
     * @param value at least 0
     */
    public void weight(int row, double value) {
        if (!weighted) {
            Arrays.fill(weights, 0, view.rows, 1.0);
            weighted = true;
        }
        weights[row] = value;
        view.weights = weights;
    }

    /**
     * Sets the weight of the begun row.
     *
     * @param value at least 0
     */
    public void weight(double value) {
        if (!weighted) {
            Arrays.fill(weights, 0, view.rows, 1.0);
            weighted = true;
        }
        rowWeight = value;
    }

    /**
     * Sets a key of the begun row.
     *
     * @param index from 0 to {@link #keyCount()} − 1
     * @param text the key
     */
    public void key(int index, String text) {
        keys[view.rows * keyCount + index] = text;
    }

    /** Ends the begun row: from now on it is part of the chunk. */
    public void endRow() {
        int row = view.rows;
        targets[row] = rowTarget;
        places[row] = 0;
        weights[row] = rowWeight;
        if (sparse) {
            csr.starts[row + 1] = entries;
        }
        view.targets = schema.target().kind() == Target.Kind.NONE ? NONE : targets;
        view.weights = weighted ? weights : NONE;
        view.rows = row + 1;
    }

    /**
     * Appends rows of another chunk of the same schema, dense or sparse; their keys are empty.
     *
     * @param from the other chunk
     * @param first its first row to copy
     * @param to the row after the last
     */
    public void append(Chunk from, int first, int to) {
        if (sparse && from instanceof SparseChunk other) {
            appendEntries(other, first, to);
        } else {
            for (int row = first; row < to; row++) {
                beginRow(from, row);
                if (from instanceof SparseChunk other) {
                    for (int k = other.start(row); k < other.end(row); k++) {
                        put(other.indices()[k], other.values()[k]);
                    }
                } else if (from instanceof DenseChunk other) {
                    appendValues(other, row);
                }
                endRow();
            }
        }
        view.classes = from.classes();
    }

    private void appendValues(DenseChunk from, int row) {
        int offset = from.offset(row);
        if (sparse) {
            for (int j = 0; j < width; j++) {
                if (from.values()[offset + j] != 0.0) {
                    put(j, from.values()[offset + j]);
                }
            }
        } else {
            System.arraycopy(from.values(), offset, dense.values, view.rows * width, width);
        }
    }

    /** Copies the entries of all rows at once. */
    private void appendEntries(SparseChunk from, int first, int to) {
        if (first >= to) {
            return;
        }
        int at = csr.starts[view.rows];
        for (int row = first; row < to; row++) {
            beginRow(from, row);
            entries = at + from.end(row) - from.start(first);
            endRow();
        }
        if (entries > csr.indices.length) {
            int length = Math.max(entries, Math.max(64, 2 * csr.indices.length));
            csr.indices = Arrays.copyOf(csr.indices, length);
            csr.values = Arrays.copyOf(csr.values, length);
        }
        System.arraycopy(from.indices(), from.start(first), csr.indices, at, entries - at);
        System.arraycopy(from.values(), from.start(first), csr.values, at, entries - at);
    }

    /**
     * Appends rows of another buffer of the same schema, with their keys.
     *
     * @param from the other buffer, with as many keys
     * @param first its first row to copy
     * @param to the row after the last
     */
    public void append(ChunkBuffer from, int first, int to) {
        int row = view.rows;
        append(from.view, first, to);
        System.arraycopy(from.places, first, places, row, to - first);
        if (keyCount > 0) {
            System.arraycopy(from.keys, first * keyCount, keys, row * keyCount, (to - first) * keyCount);
        }
    }

    /**
     * Appends rows of another buffer of the same schema, whose labels have other indexes, with their keys.
     *
     * @param from the other buffer, with as many keys
     * @param first its first row to copy
     * @param to the row after the last
     * @param indexes the index here of each label of the other buffer
     */
    public void append(ChunkBuffer from, int first, int to, int[] indexes) {
        int row = view.rows;
        append(from, first, to);
        for (; row < view.rows; row++) {
            if (!Double.isNaN(targets[row])) {
                targets[row] = indexes[(int) targets[row]];
            }
        }
    }

    /**
     * Sets the labels that categorical targets are indexes into.
     *
     * @param labels an immutable list that the caller never changes; it may be longer than before, never different
     */
    public void classes(List<String> labels) {
        view.classes = labels;
    }

    /**
     * {@return a key of a row, as the source read it}
     *
     * @param row from 0
     * @param index from 0 to {@link #keyCount()} − 1
     */
    public String key(int row, int index) {
        return keys[row * keyCount + index];
    }

    /**
     * Sets where an ended row stands in its source, for those who find it bad later.
     *
     * @param row from 0
     * @param place a number that {@link ChunkSource#place} understands, not 0
     */
    public void place(int row, long place) {
        places[row] = place;
    }

    /**
     * {@return where a row stands in its source, a number for {@link ChunkSource#place}; 0 if that is not known}
     *
     * @param row from 0
     */
    public long place(int row) {
        return places[row];
    }

    /** {@return the position in the source after the last row} */
    public Position position() {
        return position;
    }

    /**
     * Sets the position in the source after the last row.
     *
     * @param after the position
     */
    public void position(Position after) {
        position = after;
    }

    /** {@return how many bad rows the source dropped while it filled this buffer} */
    public long refusedRows() {
        return refused;
    }

    /** {@return how many rows the source dropped while it filled this buffer} */
    public DroppedRows dropped() {
        return new DroppedRows(refused, leftOut, filtered, droppedBySource);
    }

    /**
     * Counts bad rows that were dropped while this buffer was filled.
     *
     * @param count how many more
     */
    public void refused(long count) {
        refused += count;
    }

    /**
     * Counts rows that did not pass a filter while this buffer was filled.
     *
     * @param count how many more
     */
    public void filtered(long count) {
        filtered += count;
    }

    /**
     * Counts rows that were dropped while this buffer was filled.
     *
     * @param more how many more
     */
    public void dropped(DroppedRows more) {
        refused += more.refused();
        leftOut += more.leftOut();
        filtered += more.filtered();
        droppedBySource = DroppedRows.plus(droppedBySource, more.sources());
    }

    /**
     * Exchanges the contents of two buffers of the same schema and keys without copying.
     *
     * @param other the other buffer
     */
    public void swap(ChunkBuffer other) {
        if (!other.schema.equals(schema) || other.keyCount != keyCount || other.capacity != capacity) {
            throw AccreteException.badState("only buffers of one schema, capacity and number of keys can be swapped");
        }
        DenseChunk otherDense = other.dense;
        other.dense = dense;
        dense = otherDense;
        SparseChunk otherCsr = other.csr;
        other.csr = csr;
        csr = otherCsr;
        view = sparse ? csr : dense;
        other.view = sparse ? other.csr : other.dense;
        double[] otherTargets = other.targets;
        other.targets = targets;
        targets = otherTargets;
        double[] otherWeights = other.weights;
        other.weights = weights;
        weights = otherWeights;
        String[] otherKeys = other.keys;
        other.keys = keys;
        keys = otherKeys;
        long[] otherPlaces = other.places;
        other.places = places;
        places = otherPlaces;
        boolean otherWeighted = other.weighted;
        other.weighted = weighted;
        weighted = otherWeighted;
        Position otherPosition = other.position;
        other.position = position;
        position = otherPosition;
        DroppedRows otherDropped = other.dropped();
        other.refused = refused;
        other.leftOut = leftOut;
        other.filtered = filtered;
        other.droppedBySource = droppedBySource;
        refused = otherDropped.refused();
        leftOut = otherDropped.leftOut();
        filtered = otherDropped.filtered();
        droppedBySource = otherDropped.sources();
    }
}
