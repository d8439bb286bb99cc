package org.accrete.io;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.param.Params;

/** Writes files and reads rows as text, for the tests of this module. */
final class IoFixtures {
    private static final ChunkSourceProvider CSV = new CsvSourceProvider();

    private IoFixtures() {}

    static Path write(Path file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] zstd(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(packed)) {
            out.write(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static SourceRequest request(Object location, String... columns) {
        return SourceRequest.of(location.toString())
                .withColumns(List.of(columns).stream().map(Column::parse).toList());
    }

    static ChunkSource open(SourceRequest request) {
        return open(request, Map.of());
    }

    static ChunkSource open(SourceRequest request, Map<String, String> params) {
        return open(CSV, request, params);
    }

    static ChunkSource open(ChunkSourceProvider provider, SourceRequest request, Map<String, String> params) {
        return provider.open(request, Params.parse(provider.params(), params));
    }

    /** {@return the rows of any source, and the plan that they were read by} */
    static List<String> all(ChunkSourceProvider provider, SourceRequest request, Map<String, String> params) {
        try (ChunkSource source = open(provider, request, params)) {
            return rest(source, 10);
        }
    }

    /** {@return the remaining rows of a source, read in chunks of one size} */
    static List<String> rest(ChunkSource source, int chunkRows) {
        List<String> rows = new ArrayList<>();
        ChunkBuffer buffer = buffer(source, chunkRows);
        while (source.next(buffer)) {
            rows.addAll(rows(buffer));
        }
        return rows;
    }

    static ChunkBuffer buffer(ChunkSource source, int chunkRows) {
        int keys = source.plan().map(plan -> plan.keys().size()).orElse(0);
        return new ChunkBuffer(source.schema(), chunkRows, keys);
    }

    static List<String> all(SourceRequest request) {
        try (ChunkSource source = open(request)) {
            return rest(source, 10);
        }
    }

    /** {@return the rows after a position of a newly opened source} */
    static List<String> from(SourceRequest request, Position position, int chunkRows) {
        try (ChunkSource source = open(request)) {
            source.seek(Position.parse(position.toText()));
            return rest(source, chunkRows);
        }
    }

    /** {@return the rows as text: cells (of sparse rows with their columns), keys, weight if any, target} */
    static List<String> rows(ChunkBuffer buffer) {
        Chunk chunk = buffer.chunk();
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < chunk.rows(); row++) {
            List<String> parts = new ArrayList<>();
            if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    parts.add(sparse.indices()[k] + ":" + sparse.values()[k]);
                }
            } else if (chunk instanceof DenseChunk dense) {
                for (int j = 0; j < chunk.width(); j++) {
                    parts.add(Double.toString(dense.values()[dense.offset(row) + j]));
                }
            }
            for (int k = 0; k < buffer.keyCount(); k++) {
                parts.add(buffer.key(row, k));
            }
            if (chunk.hasWeights()) {
                parts.add("w" + chunk.weight(row));
            }
            if (chunk.hasTargets()) {
                double target = chunk.target(row);
                parts.add(
                        chunk.classes().isEmpty() || Double.isNaN(target)
                                ? "=" + target
                                : "=" + (int) target + chunk.classes().get((int) target));
            }
            rows.add(String.join(" ", parts));
        }
        return rows;
    }
}
