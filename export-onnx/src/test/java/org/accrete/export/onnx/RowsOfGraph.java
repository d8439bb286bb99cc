package org.accrete.export.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.ModelGraph;

/** The rows of a chunk in the form in which they are in a graph. */
final class RowsOfGraph {
    final double[] numbers;
    final Map<String, long[]> categories = new HashMap<>();

    RowsOfGraph(Chunk chunk) {
        int all = ModelGraph.numbers(chunk.schema());
        numbers = new double[chunk.rows() * all];
        for (Block block : chunk.schema().blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                long[] none = new long[chunk.rows()];
                java.util.Arrays.fill(none, -1);
                categories.put(block.name(), none);
            }
        }
        for (int row = 0; row < chunk.rows(); row++) {
            int from = 0;
            int to = row * all;
            for (Block block : chunk.schema().blocks()) {
                for (int k = 0; k < block.width(); k++) {
                    double value = block.kind() == Block.Kind.ONE_HOT ? 0 : value(chunk, row, from + k);
                    if (block.kind() != Block.Kind.ONE_HOT) {
                        numbers[to++] = value;
                    }
                }
                from += block.width();
            }
            if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    put(chunk, row, sparse.indices()[k], sparse.values()[k]);
                }
            }
        }
    }

    private void put(Chunk chunk, int row, int column, double value) {
        int from = 0;
        for (Block block : chunk.schema().blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT && column >= from && column < from + block.width() && value != 0) {
                categories.get(block.name())[row] = column - from;
            }
            from += block.width();
        }
    }

    private static double value(Chunk chunk, int row, int column) {
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                if (sparse.indices()[k] == column) {
                    return sparse.values()[k];
                }
            }
            return 0;
        }
        DenseChunk dense = (DenseChunk) chunk;
        return dense.values()[dense.offset(row) + column];
    }

    /** Compares them with the outputs of a graph that transforms rows. */
    void compare(Map<String, Object> outputs, double tolerance) {
        if (numbers.length > 0) {
            Exported.assertClose((double[][]) outputs.get("variable"), numbers, tolerance);
        }
        categories.forEach((name, indices) ->
                assertThat((long[]) outputs.get("variable." + name)).as(name).isEqualTo(indices));
    }
}
