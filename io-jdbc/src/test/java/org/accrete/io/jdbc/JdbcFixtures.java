package org.accrete.io.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.SourceRequest;
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
}
