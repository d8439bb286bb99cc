package org.accrete.io.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.param.Params;
import org.accrete.io.CsvSourceProvider;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Writes files by the library that others use, and reads rows as text. */
final class ParquetFixtures {
    static final ChunkSourceProvider PARQUET = new ParquetSourceProvider();
    static final ChunkSourceProvider CSV = new CsvSourceProvider();

    private ParquetFixtures() {}

    /**
     * Writes a file.
     *
     * @param file replaced
     * @param schema the columns, as in {@code optional int32 x; required binary s (STRING);}
     * @param rows a value for each column, or null
     * @param options how it is written
     */
    static Path write(
            Path file, String schema, List<Object[]> rows, UnaryOperator<ExampleParquetWriter.Builder> options) {
        MessageType type = MessageTypeParser.parseMessageType("message m { " + schema + " }");
        try {
            Files.deleteIfExists(file);
            try (ParquetWriter<Group> writer = options.apply(ExampleParquetWriter.builder(new LocalOutputFile(file))
                            .withType(type))
                    .build()) {
                for (Object[] row : rows) {
                    writer.write(group(type, row));
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, String schema, Object[]... rows) {
        return write(file, schema, List.of(rows), options -> options);
    }

    static Object[] row(Object... values) {
        return values;
    }

    private static Group group(MessageType type, Object[] row) {
        Group group = new SimpleGroup(type);
        for (int i = 0; i < row.length; i++) {
            if (row[i] instanceof Integer some) {
                group.add(i, some);
            } else if (row[i] instanceof Long some) {
                group.add(i, some);
            } else if (row[i] instanceof Float some) {
                group.add(i, some);
            } else if (row[i] instanceof Double some) {
                group.add(i, some);
            } else if (row[i] instanceof Boolean some) {
                group.add(i, some);
            } else if (row[i] != null) {
                group.add(i, (String) row[i]);
            }
        }
        return group;
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(ParquetFixtures.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static SourceRequest request(Path location, String... columns) {
        return SourceRequest.of(location.toString())
                .withColumns(List.of(columns).stream().map(Column::parse).toList());
    }

    static ChunkSource open(ChunkSourceProvider provider, SourceRequest request) {
        return provider.open(request, Params.parse(provider.params(), Map.of()));
    }

    static ChunkBuffer buffer(ChunkSource source, int rows) {
        int keys = source.plan().map(plan -> plan.keys().size()).orElse(0);
        return new ChunkBuffer(source.schema(), rows, keys);
    }

    /** {@return the plan and the rows, with the bits of every number} */
    static List<String> all(ChunkSourceProvider provider, SourceRequest request) {
        try (ChunkSource source = open(provider, request)) {
            List<String> rows =
                    new ArrayList<>(List.of(source.plan().orElseThrow().toText()));
            ChunkBuffer buffer = buffer(source, 100);
            while (source.next(buffer)) {
                addRows(buffer, rows);
            }
            return rows;
        }
    }

    /** Compares tables, of which only the first row that differs is told. */
    static void assertSame(List<String> got, List<String> wanted) {
        for (int i = 0; i < Math.min(got.size(), wanted.size()); i++) {
            assertThat(got.get(i)).as(i == 0 ? "the plan" : "row " + i).isEqualTo(wanted.get(i));
        }
        assertThat(got).hasSameSizeAs(wanted);
    }

    private static void addRows(ChunkBuffer buffer, List<String> rows) {
        Chunk chunk = buffer.chunk();
        for (int row = 0; row < chunk.rows(); row++) {
            StringBuilder text = new StringBuilder();
            if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    text.append(sparse.indices()[k]).append(':');
                    append(sparse.values()[k], text);
                }
            } else if (chunk instanceof DenseChunk dense) {
                for (int j = 0; j < chunk.width(); j++) {
                    append(dense.values()[dense.offset(row) + j], text);
                }
            }
            for (int k = 0; k < buffer.keyCount(); k++) {
                text.append('\'').append(buffer.key(row, k)).append("' ");
            }
            if (chunk.hasWeights()) {
                text.append('w');
                append(chunk.weight(row), text);
            }
            if (chunk.hasTargets()) {
                text.append('=');
                append(chunk.target(row), text);
            }
            rows.add(text.append(chunk.classes()).toString());
        }
    }

    /** Appends a number, and its bits, which tell the sign of zero and the form of NaN. */
    private static void append(double value, StringBuilder text) {
        text.append(value)
                .append('/')
                .append(Long.toHexString(Double.doubleToRawLongBits(value)))
                .append(' ');
    }
}
