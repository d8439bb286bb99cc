package org.accrete.io.jdbc;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.accrete.api.AccreteException;

/**
 * The mark of a position in the rows of a database: the key of the row before it. It does not say what the rows before
 * were.
 *
 * <p>As text: {@code rows:classes:name=value:name=value…}, values with a letter for their type.
 *
 * @param rows number of rows before it that were read
 * @param classes number of known labels
 * @param key values of the key, not changed
 */
record KeyMark(long rows, int classes, Object[] key) {
    String toText(List<TableColumn> columns) {
        StringBuilder text = new StringBuilder().append(rows).append(':').append(classes);
        for (int i = 0; i < key.length; i++) {
            TableColumn column = columns.get(i);
            text.append(':')
                    .append(escaped(column.name()))
                    .append('=')
                    .append(escaped(column.type().toMark(key[i])));
        }
        return text.toString();
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /**
     * {@return the mark with the given text}
     *
     * @param text a result of {@link #toText}
     * @param columns those of the key
     * @throws AccreteException bad state: it is not a mark of a key of these columns
     */
    static KeyMark parse(String text, List<TableColumn> columns) {
        String[] parts = text.split(":", -1);
        try {
            if (parts.length == 2 + columns.size()) {
                Object[] key = new Object[columns.size()];
                for (int i = 0; i < key.length; i++) {
                    TableColumn column = columns.get(i);
                    int equals = parts[2 + i].indexOf('=');
                    if (equals < 0
                            || !unescaped(parts[2 + i].substring(0, equals)).equals(column.name())) {
                        throw new IllegalArgumentException(parts[2 + i]);
                    }
                    key[i] = column.type().parse(unescaped(parts[2 + i].substring(equals + 1)));
                }
                return new KeyMark(Long.parseLong(parts[0]), Integer.parseInt(parts[1]), key);
            }
        } catch (IllegalArgumentException e) {
            // Another key: thrown below.
        }
        throw AccreteException.badState("the stored position '" + text + "' is not one in rows with the key "
                + String.join(",", columns.stream().map(TableColumn::name).toList())
                + "; give the table and the key that the model was trained with, or go on from it with --from");
    }

    private static String unescaped(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
