package org.accrete.io.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Databases to read from, and rows as text. */
final class JdbcFixtures {
    static final ChunkSourceProvider JDBC = new JdbcSourceProvider();
    static final ChunkSourceProvider CSV = new CsvSourceProvider();

    private static final AtomicInteger COUNT = new AtomicInteger();

    private JdbcFixtures() {}

    /** {@return the location of a new, empty database in memory} */
    static String h2() {
        String location = "h2:mem:test" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=FALSE";
        execute(location);
        return location;
    }

    /** {@return the location of a new, empty database of a server; the test is skipped aloud where none starts} */
    static String postgres() {
        String name = "test" + COUNT.incrementAndGet();
        execute(PostgresServer.location("postgres"), "create database " + name);
        return PostgresServer.location(name);
    }

    static void execute(String location, String... statements) {
        try (Connection connection = DriverManager.getConnection("jdbc:" + location);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static SourceRequest request(String location, String... columns) {
        return SourceRequest.of(location)
                .withColumns(List.of(columns).stream().map(Column::parse).toList());
    }

    /** {@return a table as it is opened with some parameters, as in {@code table=t}} */
    static ChunkSource open(SourceRequest request, String... params) {
        return open(JDBC, request, params);
    }

    static ChunkSource open(ChunkSourceProvider provider, SourceRequest request, String... params) {
        Map<String, String> values = new TreeMap<>();
        for (String param : params) {
            values.put(param.split("=", 2)[0], param.split("=", 2)[1]);
        }
        return provider.open(request, Params.parse(provider.params(), values));
    }

    static ChunkBuffer buffer(ChunkSource source, int rows) {
        int keys = source.plan().map(plan -> plan.keys().size()).orElse(0);
        return new ChunkBuffer(source.schema(), rows, keys);
    }

    /** {@return the plan and the rows, with the bits of every number} */
    static List<String> all(ChunkSource opened) {
        try (ChunkSource source = opened) {
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
