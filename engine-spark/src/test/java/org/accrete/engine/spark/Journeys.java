package org.accrete.engine.spark;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Random rows of several types, with missing values, equal times and a class that comes late. */
final class Journeys {
    static final StructType SCHEMA = new StructType()
            .add("time", DataTypes.TimestampType)
            .add("from", DataTypes.StringType)
            .add("distance", DataTypes.DoubleType)
            .add("stops", DataTypes.IntegerType)
            .add("direct", DataTypes.BooleanType)
            .add("tags", DataTypes.createArrayType(DataTypes.StringType))
            .add("late", DataTypes.StringType);

    private static final long START = Instant.parse("2001-01-01T00:00:00Z").getEpochSecond();

    private Journeys() {}

    static List<Row> random(int count, long seed) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = random.nextInt(30);
            double distance = 100 * random.nextGaussian() + 50 * (from % 5);
            boolean isLate = distance + 20 * random.nextGaussian() > 120 || from % 7 == 0;
            String label = i > count / 2 && random.nextInt(60) == 0 ? "never" : isLate ? "yes" : "no";
            rows.add(RowFactory.create(
                    Timestamp.from(Instant.ofEpochSecond(START + 600L * (i / 3))),
                    random.nextInt(25) == 0 ? null : "place " + from,
                    random.nextInt(20) == 0 ? null : distance,
                    random.nextInt(4),
                    random.nextBoolean(),
                    new String[] {"x"},
                    random.nextInt(50) == 0 ? null : label));
        }
        return rows;
    }

    /** {@return the row as a program without Spark has it} */
    static Map<String, Object> record(Row row) {
        Map<String, Object> record = new LinkedHashMap<>();
        for (String name : SCHEMA.fieldNames()) {
            Object value = row.get(SCHEMA.fieldIndex(name));
            record.put(name, value instanceof Timestamp time ? time.toInstant() : value);
        }
        return record;
    }
}
