package org.accrete.engine.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A directory to which files of journeys come, which a stream reads in their order. */
final class GrowingDirectory {
    private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");

    private GrowingDirectory() {}

    /** Puts a file there, whole at once, that comes after those of smaller numbers. */
    static void write(Path directory, int number, List<Row> rows) throws IOException {
        Files.createDirectories(directory);
        Path hidden = directory.resolve("." + number);
        Files.writeString(
                hidden, rows.stream().map(GrowingDirectory::json).collect(Collectors.joining("\n", "", "\n")));
        Files.setLastModifiedTime(hidden, FileTime.from(FIRST.plusSeconds(number)));
        Files.move(hidden, directory.resolve(number + ".json"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** {@return a training on what comes to a directory} */
    static SparkTraining training(SparkSession session, Path directory, int filesPerBatch) {
        return SparkTraining.of(
                        session.readStream()
                                .schema(Journeys.SCHEMA)
                                .option("maxFilesPerTrigger", filesPerBatch)
                                .json(directory.toString()),
                        "late")
                .orderBy("time");
    }

    private static String json(Row row) {
        return Journeys.record(row).entrySet().stream()
                .filter(cell -> cell.getValue() != null && !cell.getKey().equals("tags"))
                .map(cell -> '"' + cell.getKey() + "\":" + json(cell.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String json(Object value) {
        return value instanceof Number || value instanceof Boolean ? value.toString() : '"' + value.toString() + '"';
    }
}
