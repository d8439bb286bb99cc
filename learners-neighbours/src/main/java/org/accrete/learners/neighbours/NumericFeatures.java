package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;

/** The columns of numeric blocks and cycles, for learners that read no others. Immutable. */
final class NumericFeatures {
    /** Their numbers in the schema, ascending. */
    final int[] columns;

    private final boolean all;
    private final List<String> others = new ArrayList<>();

    /**
     * Finds them.
     *
     * @param learner name of the learner, for messages
     * @throws AccreteException bad argument: there are none
     */
    NumericFeatures(Schema schema, String learner) {
        int count = 0;
        int width = 0;
        for (Block block : schema.blocks()) {
            width += block.width();
            if (block.kind().isSparse()) {
                others.add(block.name());
            } else {
                count += block.width();
            }
        }
        columns = new int[count];
        all = count == width;
        int column = 0;
        int i = 0;
        for (Block block : schema.blocks()) {
            for (int end = column + block.width(); column < end; column++) {
                if (!block.kind().isSparse()) {
                    columns[i++] = column;
                }
            }
        }
        if (count == 0) {
            throw AccreteException.badArgument(learner + " needs columns of numbers but there are none");
        }
    }

    /** {@return where numeric columns and cycles are among the numbers of a row of a graph} */
    static long[] places(Schema schema) {
        List<Long> places = new ArrayList<>();
        long place = 0;
        for (Block block : schema.blocks()) {
            for (int k = 0; k < block.width() && block.kind() != Block.Kind.ONE_HOT; k++, place++) {
                if (!block.kind().isSparse()) {
                    places.add(place);
                }
            }
        }
        return places.stream().mapToLong(Long::longValue).toArray();
    }

    int count() {
        return columns.length;
    }

    /** {@return a line that names the columns that are not read, if there are any} */
    List<String> warnings(String learner) {
        return others.isEmpty()
                ? List.of()
                : List.of(learner + " reads numbers only; it does not use " + String.join(", ", others));
    }

    /** Copies the numbers of a row; NaN where one is missing. */
    void read(Chunk chunk, int row, double[] out, int at) {
        int count = columns.length;
        if (chunk instanceof DenseChunk dense) {
            double[] values = dense.values();
            int offset = dense.offset(row);
            if (all) {
                System.arraycopy(values, offset, out, at, count);
                return;
            }
            for (int i = 0; i < count; i++) {
                out[at + i] = values[offset + columns[i]];
            }
        } else if (chunk instanceof SparseChunk sparse) {
            int[] indices = sparse.indices();
            int k = sparse.start(row);
            int end = sparse.end(row);
            for (int i = 0; i < count; i++) {
                while (k < end && indices[k] < columns[i]) {
                    k++;
                }
                out[at + i] = k < end && indices[k] == columns[i] ? sparse.values()[k] : 0;
            }
        }
    }
}
