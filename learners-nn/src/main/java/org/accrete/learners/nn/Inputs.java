package org.accrete.learners.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.FloatKernels;

/**
 * How the columns of a chunk enter the network: numeric and cycle columns as numbers, one-hot blocks as entries of
 * tables. The schema decides, not the form of the chunk, so a dense row and its sparse copy are the same to the
 * network. Immutable.
 */
final class Inputs {
    /** Some adjacent columns that go the same way: numbers from {@code at} on, or the rows of table {@code at}. */
    private record Segment(int from, int to, boolean table, int at, int firstRow) {}

    /** How many columns enter as numbers. */
    final int numbers;

    /** How many tables there are, one per one-hot block. */
    final int tables;

    private final Segment[] segments;
    private final int[] firstRows;

    Inputs(Schema schema) {
        List<Segment> all = new ArrayList<>();
        List<Integer> rows = new ArrayList<>(List.of(0));
        int column = 0;
        int dense = 0;
        for (org.accrete.api.data.Block block : schema.blocks()) {
            int to = column + block.width();
            if (block.kind() == Kind.ONE_HOT) {
                int first = rows.get(rows.size() - 1);
                all.add(new Segment(column, to, true, rows.size() - 1, first));
                rows.add(first + block.width());
            } else {
                Segment last = all.isEmpty() ? new Segment(0, 0, true, 0, 0) : all.get(all.size() - 1);
                if (last.table) {
                    all.add(new Segment(column, to, false, dense, 0));
                } else {
                    all.set(all.size() - 1, new Segment(last.from, to, false, last.at, 0));
                }
                dense += block.width();
            }
            column = to;
        }
        this.numbers = dense;
        this.tables = rows.size() - 1;
        this.segments = all.toArray(Segment[]::new);
        this.firstRows = rows.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * {@return the first row of a table where all stand below each other}
     *
     * @param table from 0; the number of tables gives the end of the last
     */
    int firstRow(int table) {
        return firstRows[table];
    }

    /** {@return rows of all tables} */
    int tableRows() {
        return firstRows[tables];
    }

    /**
     * Refuses the chunk if a feature is NaN or beyond what a float can hold.
     *
     * @throws AccreteException bad data: names the row and the column
     */
    void requireFinite(Chunk chunk) {
        int rows = chunk.rows();
        if (chunk instanceof SparseChunk sparse) {
            int from = sparse.start(0);
            if (FloatKernels.best().within(sparse.values(), from, sparse.start(rows) - from, Float.MAX_VALUE)) {
                return;
            }
            for (int row = 0; row < rows; row++) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    requireFinite(chunk, row, sparse.indices()[k], sparse.values()[k]);
                }
            }
        } else if (chunk instanceof DenseChunk dense) {
            int width = dense.width();
            if (FloatKernels.best().within(dense.values(), dense.offset(0), rows * width, Float.MAX_VALUE)) {
                return;
            }
            for (int row = 0; row < rows; row++) {
                for (int j = 0; j < width; j++) {
                    requireFinite(chunk, row, j, dense.values()[dense.offset(row) + j]);
                }
            }
        }
    }

    private static void requireFinite(Chunk chunk, int row, int column, double value) {
        if (!(Math.abs(value) <= Float.MAX_VALUE)) {
            String name = chunk.schema().columnName(column);
            throw AccreteException.badRow(
                    row,
                    Double.isNaN(value)
                            ? "'" + name
                                    + "' is missing; put a step before the learner that fills it, such as standard-scaler"
                            : "'" + name + "' must be within ±" + Float.MAX_VALUE + " but was " + value);
        }
    }

    /**
     * Appends the features of some rows to a block; targets and weights are the caller's.
     *
     * @param chunk rows whose features are finite
     * @param from first row
     * @param to row after the last
     * @param block has room for them
     */
    void append(Chunk chunk, int from, int to, Block block) {
        for (int row = from; row < to; row++) {
            block.beginRow();
            if (chunk instanceof SparseChunk sparse) {
                append(sparse, row, block);
            } else if (chunk instanceof DenseChunk dense) {
                append(dense, row, block);
            }
            block.endRow();
        }
    }

    private void append(SparseChunk chunk, int row, Block block) {
        int[] indices = chunk.indices();
        double[] values = chunk.values();
        int at = block.rows * block.stride;
        Arrays.fill(block.x, at, at + numbers, 0);
        int s = 0;
        for (int k = chunk.start(row); k < chunk.end(row); k++) {
            int column = indices[k];
            while (column >= segments[s].to) {
                s++;
            }
            Segment segment = segments[s];
            float value = (float) values[k];
            if (segment.table) {
                block.entry(segment.at, segment.firstRow + column - segment.from, value);
            } else {
                block.x[at + segment.at + column - segment.from] = value;
            }
        }
    }

    private void append(DenseChunk chunk, int row, Block block) {
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        int at = block.rows * block.stride;
        for (Segment segment : segments) {
            int length = segment.to - segment.from;
            int source = offset + segment.from;
            if (segment.table) {
                for (int j = 0; j < length; j++) {
                    if (values[source + j] != 0) {
                        block.entry(segment.at, segment.firstRow + j, (float) values[source + j]);
                    }
                }
            } else {
                int target = at + segment.at;
                for (int j = 0; j < length; j++) {
                    block.x[target + j] = (float) values[source + j];
                }
            }
        }
    }
}
