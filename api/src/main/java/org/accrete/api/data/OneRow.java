package org.accrete.api.data;

import java.util.List;
import org.accrete.api.AccreteException;

/**
 * A reusable chunk of one row: a view on arrays of the caller, which the next call replaces by others. Nothing is
 * copied or allocated. For learners that learn single rows; the chunk is valid until the next call.
 */
public final class OneRow {
    private static final int[] NO_INDICES = {};
    private static final double[] NO_VALUES = {};

    private final DenseChunk dense;
    private final SparseChunk sparse;
    private final double[] target = new double[1];
    private final double[] weight = new double[1];

    /**
     * Makes a row of zeros.
     *
     * @param schema what the columns are
     */
    public OneRow(Schema schema) {
        dense = new DenseChunk(schema, NO_VALUES);
        sparse = new SparseChunk(schema, new int[2], NO_INDICES, NO_VALUES);
        for (Chunk chunk : List.of(dense, sparse)) {
            chunk.rows = 1;
            chunk.targets = schema.target().kind() == Target.Kind.NONE ? NO_VALUES : target;
            chunk.weights = weight;
            chunk.classes = schema.target().classes();
        }
    }

    /**
     * {@return a dense row}
     *
     * @param x as many numbers as there are columns
     * @param y the target: a number, or an index into the classes
     * @param w the weight
     * @param classes labels that categorical targets are indexes into; an immutable list
     * @throws AccreteException bad argument: another number of features
     */
    public DenseChunk dense(double[] x, double y, double w, List<String> classes) {
        if (x.length != dense.width()) {
            throw AccreteException.badArgument(
                    "a row must have " + dense.width() + " features, one per column, but has " + x.length);
        }
        dense.values = x;
        return withRest(dense, y, w, classes);
    }

    /**
     * {@return a sparse row}
     *
     * @param indices column numbers, ascending
     * @param values one per column number
     * @param count how many of them, from the first, are the row
     * @param y the target: a number, or an index into the classes
     * @param w the weight
     * @param classes labels that categorical targets are indexes into; an immutable list
     * @throws AccreteException bad argument: more entries than an array has; bad data: column numbers that do not
     *     ascend
     */
    public SparseChunk sparse(int[] indices, double[] values, int count, double y, double w, List<String> classes) {
        if (count < 0 || count > indices.length || count > values.length) {
            throw AccreteException.badArgument("count must be >= 0 and <= " + Math.min(indices.length, values.length)
                    + ", the entries of a row, but was " + count);
        }
        SparseChunk.requireAscending(indices, 0, count, sparse.width(), 0);
        sparse.starts[1] = count;
        sparse.indices = indices;
        sparse.values = values;
        return withRest(sparse, y, w, classes);
    }

    private <C extends Chunk> C withRest(C chunk, double y, double w, List<String> classes) {
        target[0] = y;
        weight[0] = w;
        // Writing a reference costs more than comparing it.
        if (chunk.classes != classes) {
            chunk.classes = classes;
        }
        return chunk;
    }
}
