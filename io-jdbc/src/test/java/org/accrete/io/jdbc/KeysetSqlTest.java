package org.accrete.io.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Comparisons of several columns mean the same with and without row values. */
@ExtendWith(RunSeed.class)
class KeysetSqlTest {
    private static final List<String> KEY = List.of("a", "b", "c");

    private final SeededRandom random = RunSeed.random("keys");

    @Test
    void comparisonsWithoutRowValuesFindTheSameRows() throws SQLException {
        String location = JdbcFixtures.h2();
        List<String> statements = new ArrayList<>(List.of("create table t (a integer, b integer, c integer)"));
        for (int i = 0; i < 64; i++) {
            statements.add("insert into t values (" + i / 16 + ", " + i / 4 % 4 + ", " + i % 4 + ")");
        }
        JdbcFixtures.execute(location, statements.toArray(String[]::new));
        KeysetSql values = new KeysetSql("t", KEY, "H2", "\"");
        KeysetSql expanded = new KeysetSql("t", KEY, "Oracle", "\"");
        try (Connection connection = DriverManager.getConnection("jdbc:" + location)) {
            for (int i = 0; i < 200; i++) {
                int[] key = {random.nextInt(6) - 1, random.nextInt(6) - 1, random.nextInt(6) - 1};
                List<String> atLeast = rows(connection, values, values.atLeast(), key);
                List<String> atMost = rows(connection, values, values.atMost(), key);
                assertThat(rows(connection, expanded, expanded.atLeast(), key)).isEqualTo(atLeast);
                assertThat(rows(connection, expanded, expanded.atMost(), key)).isEqualTo(atMost);
                assertThat(atLeast).isNotEqualTo(atMost);
            }
        }
    }

    private static List<String> rows(Connection connection, KeysetSql sql, KeysetSql.Bound bound, int[] key)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.rows(KEY, List.of(bound), 1_000))) {
            for (int i = 0; i < bound.values().size(); i++) {
                statement.setInt(i + 1, key[bound.values().get(i)]);
            }
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(result.getInt(1) + " " + result.getInt(2) + " " + result.getInt(3));
                }
            }
            return rows;
        }
    }

    @Test
    void statementsAreInTheDialectOfTheSystem() {
        KeysetSql standard = new KeysetSql("t", List.of("a", "b"), "PostgreSQL", "\"");
        assertThat(standard.rows(List.of("x\"y", "a"), List.of(standard.atLeast()), 9))
                .isEqualTo("select \"x\"\"y\", \"a\" from t where (\"a\", \"b\") >= (?, ?) order by \"a\", \"b\""
                        + " fetch first 9 rows only");
        KeysetSql mysql = new KeysetSql("t", List.of("a"), "MySQL", "`");
        assertThat(mysql.rows(List.of("a"), List.of(mysql.atLeast()), 9))
                .isEqualTo("select `a` from t where `a` >= ? order by `a` limit 9");
        KeysetSql microsoft = new KeysetSql("t", List.of("a", "b"), "Microsoft SQL Server", "\"");
        assertThat(microsoft.rows(List.of("a"), List.of(microsoft.atLeast()), 9))
                .isEqualTo("select \"a\" from t where (\"a\" >= ? and (\"a\" > ? or \"b\" >= ?))"
                        + " order by \"a\", \"b\" offset 0 rows fetch first 9 rows only");
    }
}
