package org.accrete.learners.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;

/**
 * How the columns of a chunk enter the network: numeric and cycle columns as numbers, one-hot blocks as entries of
 * tables. Only the schema decides, so a dense row and its sparse copy are the same input. Immutable.
 */
final class Inputs {
    /** Adjacent columns of one kind: numbers from index {@code at} on, or the rows of table {@code at}. */
    private record Segment(int from, int to, boolean isTable, int at, int firstRow) {}

    /** Number of columns that enter as numbers. */
    final int numbers;

    /** Number of tables, one per one-hot block. */
    final int tables;

    private final Segment[] segments;
    private final int[] firstRows;

    Inputs(Schema schema) {
        List<Segment> all = new ArrayList<>();
        List<Integer> rows = new ArrayList<>(List.of(0));
        int column = 0;
        int dense = 0;
        for (Block block : schema.blocks()) {
            int to = column + block.width();
            if (block.kind() == Block.Kind.ONE_HOT) {
                int first = rows.get(rows.size() - 1);
                all.add(new Segment(column, to, true, rows.size() - 1, first));
                rows.add(first + block.width());
            } else {
                Segment last = all.isEmpty() ? new Segment(0, 0, true, 0, 0) : all.get(all.size() - 1);
                if (last.isTable) {
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
     * {@return the index of a table's first row among the rows of all tables}
     *
     * @param table from 0; the number of tables gives the end of the last table
     */
    int firstRow(int table) {
        return firstRows[table];
    }

    /** {@return the number of rows in all tables} */
    int tableRows() {
        return firstRows[tables];
    }

    /**
     * Appends the features of some rows to a batch. The caller sets their targets and weights.
     *
     * @param chunk rows whose features are finite
     * @param from first row
     * @param to row after the last
     * @param batch has room for them
     */
    void append(Chunk chunk, int from, int to, MiniBatch batch) {
        for (int row = from; row < to; row++) {
            batch.beginRow();
            if (chunk instanceof SparseChunk sparse) {
                append(sparse, row, batch);
            } else if (chunk instanceof DenseChunk dense) {
                append(dense, row, batch);
            }
            batch.endRow();
        }
    }

    private void append(SparseChunk chunk, int row, MiniBatch batch) {
        int[] indices = chunk.indices();
        double[] values = chunk.values();
        int at = batch.rows * batch.stride;
        Arrays.fill(batch.x, at, at + numbers, 0);
        int s = 0;
        for (int k = chunk.start(row); k < chunk.end(row); k++) {
            int column = indices[k];
            while (column >= segments[s].to) {
                s++;
            }
            Segment segment = segments[s];
            float value = (float) values[k];
            if (segment.isTable) {
                batch.entry(segment.at, segment.firstRow + column - segment.from, value);
            } else {
                batch.x[at + segment.at + column - segment.from] = value;
            }
        }
    }

    private void append(DenseChunk chunk, int row, MiniBatch batch) {
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        int at = batch.rows * batch.stride;
        for (Segment segment : segments) {
            int length = segment.to - segment.from;
            int source = offset + segment.from;
            if (segment.isTable) {
                for (int j = 0; j < length; j++) {
                    if (values[source + j] != 0) {
                        batch.entry(segment.at, segment.firstRow + j, (float) values[source + j]);
                    }
                }
            } else {
                int target = at + segment.at;
                for (int j = 0; j < length; j++) {
                    batch.x[target + j] = (float) values[source + j];
                }
            }
        }
    }
}
