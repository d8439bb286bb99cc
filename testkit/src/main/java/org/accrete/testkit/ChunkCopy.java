package org.accrete.testkit;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;

/**
 * A copy of a chunk in arrays that a test owns, so that it can change cells, detect writes and overwrite the arrays.
 */
final class ChunkCopy {
    private final Chunk chunk;
    private final int[] starts;
    private final int[] indices;
    private final double[] values;
    private final double[] targets;
    private final double[] weights;

    private ChunkCopy(
            Schema schema, boolean sparse, double[][] cells, double[] targets, double[] weights, List<String> classes) {
        int width = schema.width();
        this.targets = targets;
        this.weights = weights;
        if (sparse) {
            starts = new int[cells.length + 1];
            int count = 0;
            for (double[] row : cells) {
                count += (int) Arrays.stream(row).filter(cell -> cell != 0.0).count();
            }
            indices = new int[count];
            values = new double[count];
            int k = 0;
            for (int i = 0; i < cells.length; i++) {
                for (int j = 0; j < width; j++) {
                    if (cells[i][j] != 0.0) {
                        indices[k] = j;
                        values[k++] = cells[i][j];
                    }
                }
                starts[i + 1] = k;
            }
            chunk = new SparseChunk(schema, starts, indices, values, targets, weights, classes);
        } else {
            starts = new int[0];
            indices = new int[0];
            values = new double[cells.length * width];
            for (int i = 0; i < cells.length; i++) {
                System.arraycopy(cells[i], 0, values, i * width, width);
            }
            chunk = new DenseChunk(schema, values, targets, weights, classes);
        }
    }

    /** {@return a copy in the same form} */
    static ChunkCopy of(Chunk from) {
        return new Editor(from).copy(from instanceof SparseChunk);
    }

    static ChunkCopy dense(Chunk from) {
        return new Editor(from).copy(false);
    }

    static ChunkCopy sparse(Chunk from) {
        return new Editor(from).copy(true);
    }

    /** {@return an editor of a copy in the same form} */
    static Editor edit(Chunk from) {
        return new Editor(from);
    }

    Chunk chunk() {
        return chunk;
    }

    /** {@return the contents of all arrays, bit for bit, to compare with later} */
    List<String> contents() {
        return List.of(
                Arrays.toString(starts),
                Arrays.toString(indices),
                Arrays.toString(raw(values)),
                Arrays.toString(raw(targets)),
                Arrays.toString(raw(weights)));
    }

    /** Overwrites the arrays, as a source does when it refills its buffer. */
    void overwrite() {
        Arrays.fill(values, -1e9);
        Arrays.fill(targets, 0);
        Arrays.fill(weights, 3);
        Arrays.fill(indices, 0);
        Arrays.fill(starts, 0);
    }

    private static long[] raw(double[] numbers) {
        return Arrays.stream(numbers).mapToLong(Double::doubleToRawLongBits).toArray();
    }

    /** {@return the cells of a row; a cell that a sparse row does not store is 0} */
    static double[] cells(Chunk chunk, int row) {
        double[] cells = new double[chunk.width()];
        readCells(chunk, row, cells);
        return cells;
    }

    /** Copies the cells of a row, zeros included, to an array. */
    static void readCells(Chunk chunk, int row, double[] to) {
        if (chunk instanceof DenseChunk dense) {
            System.arraycopy(dense.values(), dense.offset(row), to, 0, chunk.width());
        } else if (chunk instanceof SparseChunk sparse) {
            Arrays.fill(to, 0, chunk.width(), 0.0);
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                to[sparse.indices()[k]] = sparse.values()[k];
            }
        }
    }

    /** {@return the cells of all rows, row-major} */
    static double[] cells(Chunk chunk) {
        int width = chunk.width();
        double[] cells = new double[chunk.rows() * width];
        for (int row = 0; row < chunk.rows(); row++) {
            System.arraycopy(cells(chunk, row), 0, cells, row * width, width);
        }
        return cells;
    }

    /** {@return the number of classes known from the schema and the first rows of a chunk} */
    static int classCount(Chunk chunk, int rows) {
        int count = chunk.schema().target().classes().size();
        for (int row = 0; row < rows && chunk.hasTargets(); row++) {
            if (chunk.target(row) >= count) {
                count = (int) chunk.target(row) + 1;
            }
        }
        return count;
    }

    /** A copy under construction. */
    static final class Editor {
        private final boolean sparse;
        private final double[][] cells;
        private Schema schema;
        private double[] targets;
        private double[] weights;
        private List<String> classes;

        private Editor(Chunk from) {
            int count = from.rows();
            schema = from.schema();
            sparse = from instanceof SparseChunk;
            cells = new double[count][];
            targets = new double[from.hasTargets() ? count : 0];
            weights = new double[from.hasWeights() ? count : 0];
            classes = from.classes();
            for (int row = 0; row < count; row++) {
                cells[row] = cells(from, row);
                if (targets.length > 0) {
                    targets[row] = from.target(row);
                }
                if (weights.length > 0) {
                    weights[row] = from.weight(row);
                }
            }
        }

        Editor cell(int row, int column, double value) {
            cells[row][column] = value;
            return this;
        }

        Editor target(int row, double value) {
            targets[row] = value;
            return this;
        }

        Editor weight(int row, double value) {
            if (weights.length == 0) {
                weights = new double[cells.length];
                Arrays.fill(weights, 1.0);
            }
            weights[row] = value;
            return this;
        }

        Editor withoutTargets() {
            targets = new double[0];
            return this;
        }

        Editor withoutWeights() {
            weights = new double[0];
            return this;
        }

        Editor classes(List<String> labels) {
            classes = List.copyOf(labels);
            return this;
        }

        /** Keeps only the labels that are known after some rows of a stream. */
        Editor classesAfter(Chunk stream, int rows) {
            boolean categorical = schema.target().kind() == Target.Kind.CATEGORICAL;
            return categorical ? classes(stream.classes().subList(0, classCount(stream, rows))) : this;
        }

        /** Replaces the schema; rows are truncated or padded with 0 to its width. */
        Editor schema(Schema other) {
            for (int row = 0; row < cells.length; row++) {
                cells[row] = Arrays.copyOf(cells[row], other.width());
            }
            schema = other;
            return this;
        }

        Chunk chunk() {
            return copy(sparse).chunk();
        }

        private ChunkCopy copy(boolean asSparse) {
            return new ChunkCopy(schema, asSparse, cells, targets, weights, classes);
        }
    }
}
