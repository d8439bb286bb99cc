package org.accrete.io.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statements that read a table or a query in the order of a key. Rows behind a key are found by comparison, which
 * an index answers, never by their number.
 *
 * @param from what follows {@code from}
 * @param key names of the columns of the key
 * @param product name of the database system
 * @param quote what is around names
 */
record KeysetSql(String from, List<String> key, String product, String quote) {
    /** Systems that do not compare several columns at once by {@code (a, b) >= (?, ?)}. */
    private static final Set<String> NO_ROW_VALUES =
            Set.of("oracle", "microsoft sql server", "apache derby", "hsql database engine");

    private static final Set<String> ONLY_LIMIT = Set.of("mysql", "mariadb", "sqlite");

    /**
     * Rows on one side of a key.
     *
     * @param sql a condition
     * @param values for each question mark of it, the number of the column of the key
     */
    record Bound(String sql, List<Integer> values) {}

    /** {@return a statement without rows, whose columns are those of the table} */
    String columns() {
        return "select * from " + from + " where 1 = 0";
    }

    /**
     * {@return a statement that has a row if one of some columns is missing somewhere}
     *
     * @param names columns of the key
     */
    String missing(List<String> names) {
        return "select " + quoted(names.get(0)) + " from " + from + " where "
                + names.stream().map(name -> quoted(name) + " is null").collect(Collectors.joining(" or ")) + limit(1);
    }

    /**
     * {@return a statement of rows in order}
     *
     * @param columns the columns of a row
     * @param bounds conditions that all hold
     * @param rows the most rows
     */
    String rows(List<String> columns, List<Bound> bounds, long rows) {
        String where = bounds.stream().map(Bound::sql).collect(Collectors.joining(" and "));
        return "select " + list(columns) + " from " + from + (where.isEmpty() ? "" : " where " + where) + " order by "
                + list(key) + limit(rows);
    }

    /** {@return the rows of a key and behind it} */
    Bound atLeast() {
        return bound('>');
    }

    /** {@return the rows of a key and before it} */
    Bound atMost() {
        return bound('<');
    }

    private Bound bound(char beyond) {
        List<Integer> values = new ArrayList<>();
        if (key.size() == 1 || !NO_ROW_VALUES.contains(product.toLowerCase(Locale.ROOT))) {
            for (int i = 0; i < key.size(); i++) {
                values.add(i);
            }
            String marks = String.join(", ", Collections.nCopies(key.size(), "?"));
            return new Bound(
                    key.size() == 1
                            ? list(key) + " " + beyond + "= ?"
                            : "(" + list(key) + ") " + beyond + "= (" + marks + ")",
                    values);
        }
        return new Bound(bound(beyond, 0, values), values);
    }

    /** {@return {@code (a >= ? and (a > ? or (b >= ? and (…))))}, of which an index knows the first part} */
    private String bound(char beyond, int first, List<Integer> values) {
        String name = quoted(key.get(first));
        values.add(first);
        if (first == key.size() - 1) {
            return name + " " + beyond + "= ?";
        }
        values.add(first);
        return "(" + name + " " + beyond + "= ? and (" + name + " " + beyond + " ? or "
                + bound(beyond, first + 1, values) + "))";
    }

    private String list(List<String> names) {
        return names.stream().map(this::quoted).collect(Collectors.joining(", "));
    }

    private String quoted(String name) {
        return quote + name.replace(quote, quote + quote) + quote;
    }

    private String limit(long rows) {
        String system = product.toLowerCase(Locale.ROOT);
        if (ONLY_LIMIT.contains(system)) {
            return " limit " + rows;
        }
        return (system.equals("microsoft sql server") ? " offset 0 rows" : "") + " fetch first " + rows + " rows only";
    }
}
