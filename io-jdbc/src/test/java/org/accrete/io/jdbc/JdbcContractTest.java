package org.accrete.io.jdbc;

import static org.accrete.io.jdbc.JdbcFixtures.JDBC;
import static org.accrete.io.jdbc.JdbcFixtures.execute;
import static org.accrete.io.jdbc.JdbcFixtures.request;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** A table with a key of two columns, a weight, bad rows that are skipped, and labels that appear late. */
class JdbcContractTest {
    abstract static class Laws implements SourceContract, ProviderContract {
        private final String[] params;

        Laws(String... params) {
            this.params = params;
        }

        abstract String location();

        static void fill(String location) {
            List<String> statements = new ArrayList<>(List.of("create table t (d date not null, k varchar(9) not null,"
                    + " x double precision, c varchar(20), w integer, y varchar(3), primary key (d, k))"));
            for (int row = 149; row >= 0; row--) {
                statements.add("insert into t values ('2001-02-" + (10 + row / 20) + "', 'k" + (100 + row) + "', "
                        + (row % 17 == 16 ? "cast('Infinity' as double precision)" : "" + row / 8.0) + ", "
                        + (row % 7 == 6 ? "null" : "'text " + row % 5 + "'") + ", " + row % 3 + ", '"
                        + (char) ('a' + row / 20) + "')");
            }
            execute(location, statements.toArray(String[]::new));
        }

        @Override
        public ChunkSourceProvider provider() {
            return JDBC;
        }

        private SourceRequest wanted() {
            return request(location(), "k=ignore", "w=weight", "y=target(kind=categorical,classes=a|b)");
        }

        /** The policy counts bad rows, so each source gets its own. */
        private ChunkSource openSkipping(SourceRequest some) {
            return JdbcFixtures.open(some.withBadRows(BadRows.skip(1, line -> {})), params);
        }

        @Override
        public ChunkSource open() {
            return openSkipping(wanted());
        }

        @Override
        public ChunkSource reopen(List<String> classes) {
            try (ChunkSource first = open()) {
                ColumnPlan plan = first.plan().orElseThrow().withClasses(classes);
                return openSkipping(wanted().withPlan(plan, true));
            }
        }
    }

    @Nested
    class TableInH2 extends Laws {
        private static String location = "";

        TableInH2() {
            super("table=t", "key=d,k", "page-rows=13");
        }

        @BeforeAll
        static void fill() {
            location = JdbcFixtures.h2();
            fill(location);
        }

        @Override
        String location() {
            return location;
        }
    }

    @Nested
    class QueryInPostgres extends Laws {
        private static String location = "";

        QueryInPostgres() {
            super("query=select * from t where x is not null; ", "key=k", "page-rows=40", "fetch-rows=7");
        }

        @BeforeAll
        static void fill() {
            location = JdbcFixtures.postgres();
            fill(location);
        }

        @Override
        String location() {
            return location;
        }
    }
}
