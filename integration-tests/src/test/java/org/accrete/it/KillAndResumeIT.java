package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed at random times and resumed ends with the same tensors as a run that was never stopped. */
class KillAndResumeIT {
    private static final int KILLS = 10;
    private static final int EARLY_KILLS = 3;
    /** Of kinds that share their reader with another one. */
    private static final int FEW_KILLS = 5;

    /** Rows of files that are made for a test. */
    private static final int SHORT_ROWS = 50_000;

    /** Stands for the store in an argument. */
    private static final String STORE = "{store}";

    private static final int SIGKILL = 128 + 9;

    @TempDir
    private Path directory;

    private Runnable beforeResume = () -> {};

    @Test
    void ofACompressedFile() throws Exception {
        killAndResumeFlights(Command.FLIGHTS.toString(), KILLS, 160);
    }

    @Test
    void ofADirectoryPackedByZstd() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("parts"));
        split(parts, 3);
        for (int f = 0; f < 3; f++) {
            Path part = parts.resolve("part-" + f + ".csv");
            try (OutputStream out =
                    new ZstdOutputStream(Files.newOutputStream(parts.resolve("part-" + f + ".csv.zst")))) {
                Files.copy(part, out);
            }
            Files.delete(part);
        }
        killAndResumeFlights(parts.toString(), FEW_KILLS, 40, "--rows=" + SHORT_ROWS);
    }

    @Test
    void ofAGlobOfFiles() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("parts"));
        split(parts, 7);
        killAndResumeFlights(parts + "/*.csv", KILLS, 160, "--progressive");
    }

    /** Chunks of 250 rows and batches of 96 rows, so that most versions store the rows of an incomplete batch. */
    @Test
    void ofANetwork() throws Exception {
        killAndResumeFlights(
                Command.FLIGHTS.toString(),
                6,
                20,
                "--rows=25000",
                "--learner=mlp-classifier",
                "--set=hidden=16",
                "--set=batch-size=96",
                "--set=dropout=0.1");
    }

    @Test
    void ofJsonLines() throws Exception {
        Path file = directory.resolve("flights.jsonl");
        convert(
                file,
                "",
                (number, cells) -> "{\"date\":\"" + cells[0] + "\",\"origin\":\"" + cells[1] + "\",\"destination\":\""
                        + cells[2] + "\",\"distance\":" + cells[3] + ",\"delayed\":" + cells[5] + "}\n");
        assertThat(killAndResume(file.toString(), FEW_KILLS, 40, "--target", "delayed")
                        .tensors())
                .isEqualTo(tensorsOfCsv());
    }

    @Test
    void ofArff() throws Exception {
        Path file = directory.resolve("flights.arff");
        String header = "@relation flights\n@attribute date date 'yyyy-MM-dd HH:mm'\n@attribute origin string\n"
                + "@attribute destination string\n@attribute distance numeric\n@attribute delayed {0,1}\n@data\n";
        convert(
                file,
                header,
                (number, cells) ->
                        "'" + cells[0] + "'," + cells[1] + "," + cells[2] + "," + cells[3] + "," + cells[5] + "\n");
        assertThat(killAndResume(file.toString(), FEW_KILLS, 40, "--target", "delayed")
                        .tensors())
                .isEqualTo(tensorsOfCsv());
    }

    @Test
    void ofLibSvm() throws Exception {
        Path file = directory.resolve("flights.svm");
        convert(
                file,
                "",
                (number, cells) -> cells[5] + " 1:" + cells[3] + " " + (2 + Math.floorMod(cells[1].hashCode(), 500))
                        + ":1 " + (502 + Math.floorMod(cells[2].hashCode(), 500)) + ":1\n");
        killAndResume(file.toString(), FEW_KILLS, 40);
    }

    @Test
    void ofNumpy() throws Exception {
        List<double[]> rows = new ArrayList<>();
        convert(directory.resolve("unused"), "", (number, cells) -> {
            rows.add(new double[] {
                Double.parseDouble(cells[3]),
                cells[1].hashCode(),
                cells[2].hashCode(),
                number,
                Double.parseDouble(cells[5])
            });
            return "";
        });
        String header = "{'descr': '>f8', 'fortran_order': False, 'shape': (" + rows.size() + ", 5), }";
        header += " ".repeat(117 - header.length()) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(128 + 40 * rows.size());
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        rows.forEach(row -> {
            for (double value : row) {
                bytes.putDouble(value);
            }
        });
        Path file = Files.write(directory.resolve("flights.npy"), bytes.array());
        killAndResume("npy:" + file + "?target=last", 10, 40);
    }

    /** Row groups hold some thousand rows, so that most versions are within one. */
    @Test
    void ofParquet() throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType(
                "message flights { required int64 date (TIMESTAMP(MICROS,false)); required binary origin (STRING);"
                        + " required binary destination (STRING); required int32 distance;"
                        + " required binary delay (STRING); required int32 delayed; }");
        Path file = directory.resolve("flights.parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(schema)
                .withRowGroupRowCountLimit(7_000)
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .build()) {
            convert(directory.resolve("unused"), "", (number, cells) -> {
                Group row = new SimpleGroup(schema);
                LocalDateTime date = LocalDateTime.parse(cells[0].replace(' ', 'T'));
                row.add(0, date.toEpochSecond(ZoneOffset.UTC) * 1_000_000);
                row.add(1, cells[1]);
                row.add(2, cells[2]);
                row.add(3, Integer.parseInt(cells[3]));
                row.add(4, cells[4]);
                row.add(5, Integer.parseInt(cells[5]));
                writer.write(row);
                return "";
            });
        }
        assertThat(killAndResume(file.toString(), 10, 40, "--target", "delayed", "--column", "delay=ignore")
                        .tensors())
                .isEqualTo(tensorsOfCsv());
    }

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
            convert(directory.resolve("unused"), "", (number, cells) -> {
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
        assertThat(killAndResume(
                                server.source(query + "&key=id&user=postgres&page-rows=700"),
                                10,
                                40,
                                "--target=delayed",
                                "--column=id=ignore",
                                "--plugins=" + DatabaseServer.driver(org.postgresql.Driver.class, directory))
                        .tensors())
                .isEqualTo(tensorsOfCsv());
    }

    /** Bad rows are read ahead of the rows that are learned, so a killed run has kept some that no version knows. */
    @Test
    void ofARunThatKeepsBadRows() throws Exception {
        Path file = directory.resolve("flights.csv");
        convert(
                file,
                "date,origin,destination,distance,delayed\n",
                (number, cells) -> cells[0] + "," + cells[1] + "," + cells[2] + ","
                        + (number % 31 == 17 && number > 1_000 ? "oops" : cells[3]) + ","
                        + (number % 37 == 19 && number > 1_000 ? "new" : cells[5]) + "\n");
        killAndResume(
                file.toString(),
                FEW_KILLS,
                39,
                "--target=delayed",
                "--set=new-classes=reject",
                "--bad-rows=skip=50%,quarantine=" + STORE + ".jsonl");
        List<String> once = sorted(directory.resolve("whole.jsonl"));
        assertThat(once).hasSizeGreaterThan(2_500).doesNotHaveDuplicates();
        for (int attempt = 0; Files.exists(directory.resolve("killed-" + attempt)); attempt++) {
            assertThat(sorted(directory.resolve("killed-" + attempt + ".jsonl")))
                    .isEqualTo(once);
        }
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
                convert(directory.resolve("unused"), "", (number, cells) -> {
                    String value = "{\"date\":\"" + cells[0] + "\",\"origin\":\"" + cells[1] + "\",\"destination\":\""
                            + cells[2] + "\",\"distance\":" + cells[3] + ",\"delayed\":" + cells[5] + "}";
                    int partition = Math.floorMod(number * 0x9E3779B9 >>> 7, 3);
                    producer.send(new ProducerRecord<>("flights", partition, (long) number, "key", value));
                    if (number % 100 == 99) {
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
            Map<String, Tensor> expected = tensorsOfCsv();
            String source = "kafka:" + broker.address() + "/flights";
            int[] runs = {0};
            beforeResume = () -> {
                if (runs[0]++ % 3 == 2) {
                    broker.restart();
                }
            };
            assertThat(killAndResume(source, 10, 40, "--target", "delayed").tensors())
                    .isEqualTo(expected);
            // Chunks wait until they are full, since scores are of chunks.
            Path first = directory.resolve("whole");
            Files.move(first, directory.resolve("whole-bounded"));
            for (int i = 0; Files.exists(directory.resolve("killed-" + i)); i++) {
                Files.move(directory.resolve("killed-" + i), directory.resolve("bounded-" + i));
            }
            assertThat(killAndResume(
                                    source,
                                    4,
                                    40,
                                    "--target",
                                    "delayed",
                                    "--rows=" + SHORT_ROWS,
                                    "--follow",
                                    "--max-wait=600s")
                            .tensors())
                    .as("with follow")
                    .isEqualTo(expected);
        }
    }

    private static List<String> sorted(Path file) throws IOException {
        return Files.readAllLines(file).stream().sorted().toList();
    }

    /** Makes a line of a file of a row of the flights. */
    private interface Line {
        String of(int number, String[] cells) throws IOException;
    }

    private static void convert(Path file, String header, Line line) throws IOException {
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(Files.newInputStream(Command.FLIGHTS))));
                BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(header);
            in.readLine();
            for (int i = 0; i < SHORT_ROWS; i++) {
                out.write(line.of(i, in.readLine().split(",", -1)));
            }
        }
    }

    private Map<String, Tensor> tensorsOfCsv() {
        Path store = directory.resolve("csv");
        Command.brief(directory)
                .run(with(
                        List.of("train", Command.FLIGHTS.toString()),
                        "--target=delayed",
                        "--column=delay=ignore",
                        "--rows=" + SHORT_ROWS,
                        "--chunk-rows=250",
                        "--model=flights",
                        "--store=" + store))
                .done();
        return Command.latest(store, "flights").tensors();
    }

    private void killAndResumeFlights(String source, int most, int versions, String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of("--target", "delayed", "--column", "delay=ignore"));
        all.addAll(List.of(more));
        killAndResume(source, most, versions, all.toArray(String[]::new));
    }

    /** {@return what the uninterrupted run ended with} */
    private State killAndResume(String source, int most, int versions, String... more) throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("replay with -Daccrete.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        List<String> train = new ArrayList<>(
                List.of("train", source, "--chunk-rows", "250", "--checkpoint-every", "5", "--model", "flights"));
        train.addAll(List.of(more));
        train.add("--store");
        Path whole = directory.resolve("whole");
        Command command = Command.brief(directory);
        command.run(with(train, whole.toString())).done();
        State expected = Command.latest(whole, "flights");
        assertThat(Command.history(whole, "flights").versions()).hasSize(versions);

        int all = Integer.getInteger("accrete.kills", most);
        int kills = 0;
        int killsAfterVersion = 0;
        int resumesAboveZero = 0;
        // A run that ends between two kills is checked, and then another one starts.
        for (int attempt = 0; kills < all; attempt++) {
            Path killed = directory.resolve("killed-" + attempt);
            Path history = killed.resolve("flights/history");
            String[] resume = with(train, killed.toString(), "--resume");
            boolean ended = false;
            while (!ended) {
                beforeResume.run();
                long before = lines(history);
                Command.Running running = command.start(resume);
                if (kills < all) {
                    if (kills < EARLY_KILLS) {
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
                    } else {
                        // Kills at a random time within the next few versions, possibly during a write.
                        long until = before + 1 + random.nextInt(versions / most);
                        while (running.process().isAlive() && lines(history) < until) {
                            TimeUnit.MILLISECONDS.sleep(1);
                        }
                        TimeUnit.MICROSECONDS.sleep(random.nextInt(10_000));
                    }
                    running.process().destroyForcibly();
                }
                Command.Result result = running.await();
                if (result.err().contains("going on with flights@")) {
                    resumesAboveZero++;
                }
                ended = result.status() == 0;
                if (!ended) {
                    assertThat(result.status()).as(result.err()).isEqualTo(SIGKILL);
                    kills++;
                    if (lines(history) > 0) {
                        killsAfterVersion++;
                    }
                }
            }
            assertThat(Command.latest(killed, "flights").tensors()).isEqualTo(expected.tensors());
            command.run("verify", "flights", "--store", killed.toString()).done();
            assertThat(command.run(resume).done().out()).contains("nothing new");
        }
        System.out.println(kills + " kills, " + killsAfterVersion + " after the first version, " + resumesAboveZero
                + " resumed runs");
        assertThat(killsAfterVersion).isGreaterThanOrEqualTo(all - EARLY_KILLS - 2);
        assertThat(resumesAboveZero).isPositive();
        return expected;
    }

    private static long lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).lines().count() : 0;
    }

    /** Adds arguments, of which the first is the store. */
    private static String[] with(List<String> args, String... more) {
        List<String> all = new ArrayList<>(args);
        all.addAll(List.of(more));
        all.replaceAll(arg -> arg.replace(STORE, more[0]));
        return all.toArray(String[]::new);
    }

    private static void split(Path directory, int files) throws IOException {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(Command.FLIGHTS))))) {
            String header = in.readLine();
            List<String> rows = in.lines().toList();
            for (int f = 0; f < files; f++) {
                try (BufferedWriter out = Files.newBufferedWriter(directory.resolve("part-" + f + ".csv"))) {
                    out.write(header + "\n");
                    int to = (int) ((long) rows.size() * (f + 1) / files);
                    for (int i = (int) ((long) rows.size() * f / files); i < to; i++) {
                        out.write(rows.get(i) + "\n");
                    }
                }
            }
        }
    }
}
