package org.accrete.engine.spark;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.file.TableColumns;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** The columns of a dataset, and its values as a {@link RecordEncoder} takes them. */
final class SparkColumns {
    private static final String ONLY_READ = "only numbers, booleans, texts, dates and times are read";

    private SparkColumns() {}

    /**
     * {@return the columns that can be read, in order, and the others}
     *
     * @param schema of the dataset
     * @param without a column that is neither
     */
    static TableColumns of(StructType schema, Optional<String> without) {
        List<String> names = new ArrayList<>();
        Map<String, String> unread = new LinkedHashMap<>();
        for (StructField field : schema.fields()) {
            if (without.isPresent() && without.get().equals(field.name())) {
                continue;
            }
            if (isRead(field.dataType())) {
                names.add(field.name());
            } else {
                unread.put(field.name(), "it is of type " + field.dataType().simpleString());
            }
        }
        return new TableColumns(names, unread, ONLY_READ);
    }

    private static boolean isRead(DataType type) {
        return type instanceof NumericType
                || type instanceof BooleanType
                || type instanceof StringType
                || type instanceof DateType
                || type instanceof TimestampType
                || type instanceof TimestampNTZType;
    }

    /** {@return a value as Java's own types, null if it is missing; a time stamp is an instant whatever the zone} */
    private static Object value(Object value) {
        if (value instanceof java.sql.Timestamp time) {
            return time.toInstant();
        }
        return value instanceof java.sql.Date day ? day.toLocalDate() : value;
    }

    /** {@return the text of a value, as a file would hold it} */
    static String text(Row row, int column) {
        return row.isNullAt(column) ? "" : RecordEncoder.text(value(row.get(column)));
    }

    /** A row as a map from the names of columns, which are the same for all rows; nothing is copied. */
    static final class NamedRow extends AbstractMap<String, Object> {
        private final Map<String, Integer> places = new LinkedHashMap<>();
        private Row row;

        /** Makes the record of some row that has all columns. */
        NamedRow(List<String> names, Row first) {
            for (String name : names) {
                places.put(name, places.size());
            }
            row = first;
        }

        /** {@return this record, which is of another row now} */
        NamedRow of(Row other) {
            row = other;
            return this;
        }

        @Override
        @SuppressWarnings("NullAway") // A missing value is null, as in any map.
        public Object get(Object name) {
            Integer place = places.get(name);
            return place == null ? null : value(row.get(place));
        }

        @Override
        public boolean containsKey(Object name) {
            return places.containsKey(name);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            Set<Entry<String, Object>> entries = new LinkedHashSet<>();
            places.keySet().forEach(name -> entries.add(new SimpleEntry<>(name, get(name))));
            return entries;
        }
    }
}
