package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Map;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on rows of a server that are killed at random times and resumed. */
class KillAndResumeServersIT {
    @TempDir
    private Path directory;

    /** Pages have 700 rows, so that most versions are within one. */
    @Test
    void ofPostgres() throws Exception {
        DatabaseServer server = DatabaseServer.running();
        server.execute("create table flights (id integer primary key, date timestamp, origin text, destination text,"
                + " distance smallint, delayed boolean)");
        try (Connection connection = server.connect();
                PreparedStatement insert =
                        connection.prepareStatement("insert into flights values (?, ?, ?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            KillAndResume.convert(directory.resolve("unused"), "", (number, cells) -> {
                try {
                    insert.setInt(1, number);
                    insert.setObject(2, LocalDateTime.parse(cells[0].replace(' ', 'T')));
                    insert.setString(3, cells[1]);
                    insert.setString(4, cells[2]);
                    insert.setInt(5, Integer.parseInt(cells[3]));
                    insert.setBoolean(6, cells[5].equals("1"));
                    insert.addBatch();
                    return "";
                } catch (SQLException e) {
                    throw new IOException(e);
                }
            });
            insert.executeBatch();
            connection.commit();
        }
        String query = "query=select id, date, origin, destination, distance, delayed::int as delayed from flights";
        State last = new KillAndResume(directory, 3)
                .run(
                        server.source(query + "&key=id&user=postgres&page-rows=700"),
                        KillAndResume.VERSIONS,
                        "--target=delayed",
                        "--column=id=ignore",
                        "--plugins=" + DatabaseServer.driver(org.postgresql.Driver.class, directory));
        assertThat(last.tensors()).isEqualTo(KillAndResume.tensorsOfCsv(directory));
    }

    /**
     * The rows are in three partitions, between messages of aborted transactions, and their timestamps are in the order
     * of the file. The broker is restarted in between.
     */
    @Test
    void ofAKafkaTopic() throws Exception {
        try (KafkaBroker broker = new KafkaBroker(Files.createDirectory(directory.resolve("broker")))) {
            broker.create("flights", 3);
            try (KafkaProducer<String, String> producer = broker.producer(Map.of("transactional.id", "flights"))) {
                producer.initTransactions();
                producer.beginTransaction();
                KillAndResume.convert(directory.resolve("unused"), "", (number, cells) -> {
                    String value = "{\"date\":\"" + cells[0] + "\",\"origin\":\"" + cells[1] + "\",\"destination\":\""
                            + cells[2] + "\",\"distance\":" + cells[3] + ",\"delayed\":" + cells[5] + "}";
                    int partition = Math.floorMod(number * 0x9E3779B9 >>> 7, 3);
                    producer.send(new ProducerRecord<>("flights", partition, (long) number, "key", value));
                    if (number % 250 == 249) {
                        producer.commitTransaction();
                        producer.beginTransaction();
                        producer.send(
                                new ProducerRecord<>("flights", partition, (long) number, "key", "{\"aborted\":1}"));
                        producer.flush();
                        producer.abortTransaction();
                        producer.beginTransaction();
                    }
                    return "";
                });
                producer.commitTransaction();
            }
            Map<String, Tensor> expected = KillAndResume.tensorsOfCsv(directory);
            String source = "kafka:" + broker.address() + "/flights";
            int[] runs = {0};
            State last = new KillAndResume(directory, 3)
                    .beforeResume(() -> {
                        if (runs[0]++ % 3 == 2) {
                            broker.restart();
                        }
                    })
                    .run(source, KillAndResume.VERSIONS, "--target=delayed");
            assertThat(last.tensors()).isEqualTo(expected);
            // Chunks wait until they are full, since scores are of chunks.
            State followed = new KillAndResume(Files.createDirectory(directory.resolve("following")), 2)
                    .run(
                            source,
                            KillAndResume.VERSIONS,
                            "--target=delayed",
                            "--rows=" + KillAndResume.ROWS,
                            "--follow",
                            "--max-wait=600s");
            assertThat(followed.tensors()).as("with follow").isEqualTo(expected);
        }
    }
}
