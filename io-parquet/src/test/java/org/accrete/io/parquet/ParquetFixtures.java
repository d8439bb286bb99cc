package org.accrete.io.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.io.CsvSourceProvider;
import org.accrete.testkit.SameTable;
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
        return SameTable.lines(open(provider, request));
    }
}
