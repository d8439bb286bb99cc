package org.accrete.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;

/** A matrix of {@code float64} by rows: all columns, then the weight, then the target, where there are such. */
final class NpyWriter extends EncodedRowsWriter {
    private final BinaryFile out;
    private final double[] values;

    NpyWriter(ColumnPlan plan, Path file) throws IOException {
        super(plan);
        values = new double[width + (hasWeight ? 1 : 0) + (hasTarget ? 1 : 0)];
        out = new BinaryFile(file);
        // In its place, the one that knows the number of rows is written last.
        out.put(header(0));
    }

    private byte[] header(long count) {
        return NumpyHeader.write("<f8", count + ", " + values.length);
    }

    @Override
    void writeRow(ChunkBuffer buffer, int row) throws IOException {
        Chunk chunk = buffer.chunk();
        Arrays.fill(values, 0, width, 0);
        entries(chunk, row, (column, value) -> values[column] = value);
        if (hasWeight) {
            values[width] = chunk.weight(row);
        }
        if (hasTarget) {
            values[values.length - 1] = target(chunk, row);
        }
        for (double value : values) {
            out.put(value);
        }
    }

    @Override
    long complete(List<String> names) throws IOException {
        out.begin(header(rows()));
        return out.finish();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
