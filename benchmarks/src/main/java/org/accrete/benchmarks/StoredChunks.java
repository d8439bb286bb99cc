package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/**
 * Rows that another program wrote to a folder, so that both learn the same: little-endian numbers without a header.
 *
 * <pre>
 * values.f64    row by row: every column, or the entries of sparse rows
 * targets.f64   one per row, the class from 0
 * starts.i32    sparse only: the start of each row in values, and the end of the last
 * indices.i32   sparse only: the column of each value
 * </pre>
 */
final class StoredChunks {
    private StoredChunks() {}

    /** {@return the chunks; rows that do not fill the last one are left out} */
    static Chunk[] read(Path folder, int width, Target target, int rows) throws IOException {
        ByteBuffer values = bytes(folder.resolve("values.f64"));
        ByteBuffer targets = bytes(folder.resolve("targets.f64"));
        boolean sparse = Files.exists(folder.resolve("starts.i32"));
        ByteBuffer starts = sparse ? bytes(folder.resolve("starts.i32")) : ByteBuffer.allocate(0);
        ByteBuffer indices = sparse ? bytes(folder.resolve("indices.i32")) : ByteBuffer.allocate(0);
        int all = targets.capacity() / Double.BYTES;
        Schema schema = sparse
                ? new Schema(List.of(new Block("x", Block.Kind.ONE_HOT, width)), target)
                : Schema.numeric(width, target);
        List<Chunk> chunks = new ArrayList<>();
        for (int first = 0; first + rows <= all; first += rows) {
            ChunkBuffer buffer = new ChunkBuffer(schema, rows);
            for (int row = first; row < first + rows; row++) {
                buffer.beginRow();
                int from = sparse ? starts.getInt(row * Integer.BYTES) : row * width;
                int to = sparse ? starts.getInt((row + 1) * Integer.BYTES) : from + width;
                for (int k = from; k < to; k++) {
                    int column = sparse ? indices.getInt(k * Integer.BYTES) : k - from;
                    buffer.put(column, values.getDouble(k * Double.BYTES));
                }
                buffer.target(targets.getDouble(row * Double.BYTES));
                buffer.endRow();
            }
            chunks.add(buffer.chunk());
        }
        return chunks.toArray(Chunk[]::new);
    }

    private static ByteBuffer bytes(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
