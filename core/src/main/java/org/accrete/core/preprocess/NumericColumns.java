package org.accrete.core.preprocess;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.Scaling;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * The columns of a schema's numeric blocks, numbered from 0 without the columns between them: reads them from a row and
 * writes others in their place. Immutable.
 */
final class NumericColumns {
    private final Schema schema;
    private final int width;
    private final int count;
    /** First column of each run of adjacent numeric columns; {@code to} has the one after its last. */
    private final int[] from;

    private final int[] to;

    NumericColumns(Schema schema) {
        this(schema, EnumSet.of(Block.Kind.NUMERIC));
    }

    /**
     * Makes the columns of blocks of other kinds.
     *
     * @param kinds those that count as numeric
     */
    NumericColumns(Schema schema, Set<Block.Kind> kinds) {
        this.schema = schema;
        this.width = schema.width();
        int[] starts = new int[schema.blocks().size()];
        int[] ends = new int[starts.length];
        int runs = 0;
        int numeric = 0;
        int column = 0;
        for (Block block : schema.blocks()) {
            if (kinds.contains(block.kind())) {
                if (runs > 0 && ends[runs - 1] == column) {
                    ends[runs - 1] += block.width();
                } else {
                    starts[runs] = column;
                    ends[runs] = column + block.width();
                    runs++;
                }
                numeric += block.width();
            }
            column += block.width();
        }
        this.count = numeric;
        this.from = Arrays.copyOf(starts, runs);
        this.to = Arrays.copyOf(ends, runs);
    }

    Schema schema() {
        return schema;
    }

    int count() {
        return count;
    }

    /** {@return the column after the last numeric one} */
    int end() {
        return to.length == 0 ? 0 : to[to.length - 1];
    }

    /** {@return the name of a numeric column} */
    String name(int numeric) {
        return schema.columnName(column(numeric));
    }

    /** {@return the column of the schema that a numeric column is} */
    int column(int numeric) {
        int left = numeric;
        int run = 0;
        while (left >= to[run] - from[run]) {
            left -= to[run] - from[run];
            run++;
        }
        return from[run] + left;
    }

    /**
     * {@return the numbers of the numeric columns}
     *
     * @param name of a tensor with a number for each column of the schema, or with one for all
     * @param weights what another tool trained
     * @throws AccreteException bad argument: there is none, or it has another shape
     */
    double[] of(String name, State weights) {
        Tensor tensor = weights.tensors().get(name);
        if (tensor == null || (tensor.size() != width && tensor.size() != 1)) {
            throw AccreteException.badArgument("'" + name + "' must have " + width
                    + " numbers, one for each column, but " + (tensor == null ? "there is none" : "is " + tensor));
        }
        double[] all = tensor.doubles();
        double[] of = new double[count];
        for (int j = 0; j < count; j++) {
            of[j] = all[all.length == 1 ? 0 : column(j)];
        }
        return of;
    }

    /**
     * Refuses an infinite value in a numeric column.
     *
     * @return whether no value is missing
     */
    boolean check(Chunk chunk) {
        boolean complete = true;
        int rows = chunk.rows();
        for (int row = 0; row < rows; row++) {
            if (chunk instanceof DenseChunk dense) {
                double[] values = dense.values();
                int offset = dense.offset(row);
                for (int run = 0; run < from.length; run++) {
                    int end = offset + to[run];
                    for (int i = offset + from[run]; i < end; i++) {
                        if (!(Math.abs(values[i]) <= Double.MAX_VALUE)) {
                            complete = false;
                            refuseInfinite(row, i - offset, values[i]);
                        }
                    }
                }
            } else if (chunk instanceof SparseChunk sparse) {
                double[] values = sparse.values();
                int end = sparse.end(row);
                for (int i = sparse.start(row); i < end; i++) {
                    if (!(Math.abs(values[i]) <= Double.MAX_VALUE) && isNumeric(sparse.indices()[i])) {
                        complete = false;
                        refuseInfinite(row, sparse.indices()[i], values[i]);
                    }
                }
            }
        }
        return complete;
    }

    private void refuseInfinite(int row, int column, double value) {
        if (!Double.isNaN(value)) {
            throw AccreteException.badRow(
                    row, "column '" + schema.columnName(column) + "' must be finite or missing but was " + value);
        }
    }

    private boolean isNumeric(int column) {
        for (int run = 0; run < from.length; run++) {
            if (column >= from[run] && column < to[run]) {
                return true;
            }
        }
        return false;
    }

    /**
     * Copies a row's numeric columns; those absent from a sparse row are 0.
     *
     * @param x receives {@link #count()} numbers
     */
    void take(Chunk chunk, int row, double[] x) {
        if (chunk instanceof DenseChunk dense) {
            copy(dense.values(), dense.offset(row), x, true);
        } else if (chunk instanceof SparseChunk sparse) {
            Arrays.fill(x, 0, count, 0.0);
            int[] indices = sparse.indices();
            double[] values = sparse.values();
            int i = sparse.start(row);
            int end = sparse.end(row);
            for (int run = 0, first = 0; run < from.length; run++) {
                while (i < end && indices[i] < from[run]) {
                    i++;
                }
                for (; i < end && indices[i] < to[run]; i++) {
                    x[first + indices[i] - from[run]] = values[i];
                }
                first += to[run] - from[run];
            }
        }
    }

    /** Clears a buffer for as many rows as a chunk has, and copies them where {@link #copy} can. */
    void begin(Chunk chunk, ChunkBuffer out) {
        clear(chunk, out);
        copy(chunk, out);
    }

    /** Clears a buffer for as many rows as a chunk has. */
    static void clear(Chunk chunk, ChunkBuffer out) {
        out.clear();
        out.classes(chunk.classes());
        if (out.capacity() < chunk.rows()) {
            throw AccreteException.badArgument(
                    "capacity must be >= " + chunk.rows() + ", the rows of the chunk, but was " + out.capacity());
        }
    }

    /**
     * Appends all rows as they are, if they are sparse and each begins with all numeric columns, as those of an encoder
     * mostly do. Then {@link #put} only has to replace the numbers.
     */
    private void copy(Chunk chunk, ChunkBuffer out) {
        if (chunk instanceof SparseChunk sparse && out.chunk() instanceof SparseChunk && lead(sparse)) {
            out.append(chunk, 0, chunk.rows());
        }
    }

    private boolean lead(SparseChunk chunk) {
        if (from.length != 1 || from[0] != 0) {
            return false;
        }
        int[] indices = chunk.indices();
        for (int row = 0; row < chunk.rows(); row++) {
            int last = chunk.start(row) + count - 1;
            if (last >= chunk.end(row) || indices[last] != count - 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * Appends a row with other numeric columns, all of them written; everything else is passed on.
     *
     * @param x {@link #count()} numbers
     * @param out has the rows before this one, or all of them after {@link #begin}
     */
    void put(Chunk chunk, int row, double[] x, ChunkBuffer out) {
        if (row < out.rows() && out.chunk() instanceof SparseChunk copied) {
            System.arraycopy(x, 0, copied.values(), copied.start(row), count);
            return;
        }
        if (out.chunk() instanceof DenseChunk dense) {
            out.append(chunk, row, row + 1);
            copy(dense.values(), dense.offset(out.rows() - 1), x, false);
            return;
        }
        out.beginRow(chunk, row);
        if (chunk instanceof SparseChunk sparse) {
            putSparse(sparse, row, x, out);
        } else if (chunk instanceof DenseChunk dense) {
            putDense(dense, row, x, out);
        }
        out.endRow();
    }

    /**
     * {@return the scaling of all columns that shifts and scales the numeric ones, of which there are {@link #count()}}
     */
    Scaling spread(double[] centre, double[] scale) {
        double[] centres = new double[width];
        double[] scales = new double[width];
        Arrays.fill(scales, 1);
        copy(centres, 0, centre, false);
        copy(scales, 0, scale, false);
        return Scaling.of(centres, scales);
    }

    /**
     * Writes other numeric columns in the place of those of a graph's rows.
     *
     * @param rows as {@link org.accrete.api.learn.ExportableModel} says
     * @param change from the numeric columns, rows × {@link #count()}, to the others, as many
     */
    List<Value> replaced(ModelGraph graph, List<Value> rows, UnaryOperator<Value> change) {
        if (count == 0) {
            return rows;
        }
        boolean[] isNumeric = new boolean[width];
        for (int numeric = 0; numeric < count; numeric++) {
            isNumeric[column(numeric)] = true;
        }
        int all = ModelGraph.numbers(schema);
        List<Value> result = new ArrayList<>(rows);
        if (count == all) {
            result.set(0, change.apply(rows.get(0)));
            return result;
        }
        // All changed columns, then all others, and back in the order of the schema.
        long[] changed = new long[count];
        long[] kept = new long[all - count];
        long[] places = new long[all];
        double[] which = ModelGraph.numbers(schema, asNumbers(isNumeric), 0);
        int first = 0;
        int second = 0;
        for (int j = 0; j < all; j++) {
            boolean isChanged = which[j] == 1;
            places[j] = isChanged ? first : count + second;
            if (isChanged) {
                changed[first++] = j;
            } else {
                kept[second++] = j;
            }
        }
        Value both = graph.beside(
                List.of(change.apply(graph.columns(rows.get(0), changed)), graph.columns(rows.get(0), kept)));
        result.set(0, graph.columns(both, places));
        return result;
    }

    private static double[] asNumbers(boolean[] flags) {
        double[] numbers = new double[flags.length];
        for (int j = 0; j < flags.length; j++) {
            numbers[j] = flags[j] ? 1 : 0;
        }
        return numbers;
    }

    /** {@return a matrix of a graph whose missing values are replaced by those of a row} */
    static Value filled(ModelGraph graph, Value x, Value row) {
        return graph.apply("Where", graph.apply("IsNaN", x), row, x);
    }

    private void putSparse(SparseChunk chunk, int row, double[] x, ChunkBuffer out) {
        int[] indices = chunk.indices();
        double[] values = chunk.values();
        int i = chunk.start(row);
        int end = chunk.end(row);
        for (int run = 0, k = 0; run < from.length; run++) {
            for (; i < end && indices[i] < from[run]; i++) {
                out.put(indices[i], values[i]);
            }
            for (int column = from[run]; column < to[run]; column++) {
                out.put(column, x[k++]);
            }
            while (i < end && indices[i] < to[run]) {
                i++;
            }
        }
        for (; i < end; i++) {
            out.put(indices[i], values[i]);
        }
    }

    private void putDense(DenseChunk chunk, int row, double[] x, ChunkBuffer out) {
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        int column = 0;
        for (int run = 0, k = 0; run <= from.length; run++) {
            for (int end = run < from.length ? from[run] : width; column < end; column++) {
                if (values[offset + column] != 0.0) {
                    out.put(column, values[offset + column]);
                }
            }
            for (; run < from.length && column < to[run]; column++) {
                out.put(column, x[k++]);
            }
        }
    }

    private void copy(double[] values, int offset, double[] x, boolean toX) {
        for (int run = 0, k = 0; run < from.length; run++) {
            int length = to[run] - from[run];
            if (toX) {
                System.arraycopy(values, offset + from[run], x, k, length);
            } else {
                System.arraycopy(x, k, values, offset + from[run], length);
            }
            k += length;
        }
    }
}
