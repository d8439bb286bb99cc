package org.accrete.io.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.param.Params;
import org.accrete.io.CsvSourceProvider;
import org.accrete.io.JsonLinesSourceProvider;
import org.accrete.testkit.RunSeed;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RunSeed.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KafkaSourceTest {
    private static final TestCluster CLUSTER = TestCluster.get();
    private static final boolean BOUNDED = false;
    private static final boolean FOLLOW = true;

    @TempDir
    Path folder;

    /** A message that was sent: its place, and the number that it carries. */
    private record Sent(int partition, long timestamp, int id) {}

    private static String json(int id) {
        return "{\"id\":" + id + ",\"city\":\"city" + id % 7 + "\",\"y\":" + id % 2 + "}";
    }

    /** Sends some messages whose timestamps go back and forth. */
    private static List<Sent> send(String topic, int partitions, int from, int count, SeededRandom random) {
        List<Sent> sent = new ArrayList<>();
        for (int id = from; id < from + count; id++) {
            Sent one = new Sent(random.nextInt(partitions), 5_000 + id / 3 + random.nextInt(20), id);
            CLUSTER.send(topic, one.partition(), one.timestamp(), json(id));
            sent.add(one);
        }
        CLUSTER.flush();
        return sent;
    }

    /** The order of one round, found by trying all partitions for each message. */
    private static List<Integer> merged(List<Sent> sent) {
        List<Sent> left = new ArrayList<>(sent);
        List<Integer> ids = new ArrayList<>();
        while (!left.isEmpty()) {
            Sent first = IntStream.range(0, 10)
                    .mapToObj(p ->
                            left.stream().filter(one -> one.partition() == p).findFirst())
                    .flatMap(Optional::stream)
                    .min(Comparator.comparingLong(Sent::timestamp).thenComparingInt(Sent::partition))
                    .orElseThrow();
            ids.add(first.id());
            left.remove(first);
        }
        return ids;
    }

    private static ChunkBuffer buffer(ChunkSource source, int rows) {
        return new ChunkBuffer(
                source.schema(), rows, source.plan().orElseThrow().keys().size());
    }

    /** {@return the number that each row of a chunk carries} */
    private static List<Integer> ids(ChunkBuffer buffer) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < buffer.rows(); i++) {
            ids.add(Integer.valueOf(buffer.key(i, 0)));
        }
        return ids;
    }

    /** {@return at most so many of the next rows} */
    private static List<Integer> read(ChunkSource source, int most) {
        ChunkBuffer buffer = buffer(source, 37);
        List<Integer> ids = new ArrayList<>();
        buffer.limit(Math.min(37, most));
        while (ids.size() < most && source.next(buffer)) {
            ids.addAll(ids(buffer));
            buffer.limit(Math.max(1, Math.min(37, most - ids.size())));
        }
        return ids;
    }

    private static SourceRequest request(String topic) {
        return CLUSTER.request(topic).withColumns(List.of(Column.parse("id=key")));
    }

    private static ColumnPlan plan() {
        return new ColumnPlan(List.of(Column.parse("id=key"), Column.parse("y=numeric")));
    }

    private static ChunkSource open(String topic, boolean follows) {
        return TestCluster.open(following(request(topic), follows), Map.of());
    }

    private static ChunkSource openWithPlan(String topic, boolean follows) {
        return TestCluster.open(following(request(topic).withPlan(plan(), true), follows), Map.of());
    }

    private static SourceRequest following(SourceRequest request, boolean follows) {
        return follows ? request.withFollow(true).withMaxWait(Optional.of(Duration.ofMillis(50))) : request;
    }

    @Test
    void partitionsAreMergedByTimestamp() {
        String topic = CLUSTER.topic(4);
        List<Sent> sent = send(topic, 4, 0, 3_000, RunSeed.random("messages"));
        try (ChunkSource source = open(topic, BOUNDED)) {
            assertThat(read(source, Integer.MAX_VALUE)).isEqualTo(merged(sent));
        }
        try (ChunkSource source = open(topic, FOLLOW)) {
            assertThat(read(source, 3_000)).as("with follow").isEqualTo(merged(sent));
        }
    }

    @Test
    void messagesThatComeAfterTheOpeningAreLeftForTheNextRun() {
        String topic = CLUSTER.topic(3);
        SeededRandom random = RunSeed.random("messages");
        List<Sent> first = send(topic, 3, 0, 500, random);
        Position end;
        try (ChunkSource source = open(topic, BOUNDED)) {
            List<Sent> ignored = send(topic, 3, 500, 500, random);
            assertThat(ignored).hasSize(500);
            ChunkBuffer buffer = buffer(source, 1_000);
            source.next(buffer);
            assertThat(ids(buffer)).isEqualTo(merged(first));
            end = buffer.position();
        }
        try (ChunkSource source = open(topic, BOUNDED)) {
            source.seek(end);
            assertThat(read(source, Integer.MAX_VALUE)).hasSize(500).allMatch(id -> id >= 500);
        }
    }

    /** A run that was stopped goes on with what its round had, then with what came later. */
    @Test
    void aRoundIsCompletedInItsOrderWhateverCameLater() {
        String topic = CLUSTER.topic(3);
        SeededRandom random = RunSeed.random("messages");
        List<Sent> first = send(topic, 3, 0, 400, random);
        List<Integer> rows = new ArrayList<>();
        Position stopped;
        try (ChunkSource source = openWithPlan(topic, BOUNDED)) {
            ChunkBuffer buffer = buffer(source, 150);
            source.next(buffer);
            rows.addAll(ids(buffer));
            stopped = Position.parse(buffer.position().toText());
        }
        List<Sent> later = new ArrayList<>();
        for (int id = 400; id < 600; id++) {
            Sent one = new Sent(random.nextInt(3), 1, id); // Before all others, by their timestamps.
            CLUSTER.send(topic, one.partition(), one.timestamp(), json(id));
            later.add(one);
        }
        CLUSTER.flush();
        for (boolean follows : List.of(BOUNDED, FOLLOW)) {
            List<Integer> all = new ArrayList<>(rows);
            try (ChunkSource source = openWithPlan(topic, follows)) {
                source.seek(stopped);
                all.addAll(read(source, 450));
            }
            List<Integer> expected = new ArrayList<>(merged(first));
            expected.addAll(merged(later));
            assertThat(all).as("with %s", follows).isEqualTo(expected);
        }
    }

    /** However a topic that grows is read, stopped and gone on with: no row twice, none missed, partitions in order. */
    @Test
    void noRowIsReadTwiceOrMissedWhileMessagesArrive() throws InterruptedException {
        String topic = CLUSTER.topic(3);
        SeededRandom random = RunSeed.random("runs");
        SeededRandom messages = RunSeed.random("messages");
        List<Sent> sent = new ArrayList<>();
        Thread producer = new Thread(() -> {
            for (int i = 0; i < 40; i++) {
                sent.addAll(send(topic, 3, 100 * i, 100, messages));
            }
        });
        producer.start();
        List<Integer> rows = new ArrayList<>();
        Position position = Position.start();
        int runs = 0;
        while (rows.size() < 4_000) {
            runs++;
            try (ChunkSource source = openWithPlan(topic, random.nextInt(2) == 0 ? BOUNDED : FOLLOW)) {
                source.seek(position);
                ChunkBuffer buffer = buffer(source, 1 + random.nextInt(200));
                for (int chunks = random.nextInt(4); chunks >= 0 && rows.size() < 4_000; chunks--) {
                    if (!source.next(buffer)) {
                        break;
                    }
                    rows.addAll(ids(buffer));
                    position = Position.parse(buffer.position().toText());
                    if (rows.size() < 4_000 && random.nextInt(3) == 0) {
                        // Some rows of a chunk are read, but a version is from before.
                        int taken = random.nextInt(buffer.rows() + 1);
                        source.next(buffer);
                        position = position.plus(Math.min(taken, buffer.rows()));
                        rows.addAll(ids(buffer).subList(0, Math.min(taken, buffer.rows())));
                        break;
                    }
                }
            }
        }
        producer.join();
        assertThat(runs).isGreaterThan(5);
        assertThat(rows).doesNotHaveDuplicates().hasSize(4_000);
        for (int p = 0; p < 3; p++) {
            int partition = p;
            List<Integer> ofPartition = sent.stream()
                    .filter(one -> one.partition() == partition)
                    .map(Sent::id)
                    .toList();
            assertThat(rows.stream().filter(ofPartition::contains).toList()).isEqualTo(ofPartition);
        }
    }

    @Test
    void sameMessagesAsLinesOfJsonGiveTheSameChunks() throws IOException {
        String topic = CLUSTER.topic(1);
        StringBuilder lines = new StringBuilder();
        SeededRandom random = RunSeed.random("values");
        for (int i = 0; i < 2_500; i++) {
            String line = "{\"a\": " + random.nextInt(1_000) / 8.0 + ", \"when\": \"2001-01-0" + (1 + i % 9)
                    + "\", \"b\": {\"c\": \"täxt" + i % 13 + "\", \"d\": [" + i % 5 + ", null]}, \"y\": "
                    + (i < 2_000 ? i % 3 : 3) + "}";
            CLUSTER.send(topic, 0, i, i % 10 == 0 ? " " + line.replace(", ", ",\n") + "\n" : line);
            lines.append(line).append('\n');
        }
        CLUSTER.flush();
        Path file = Files.writeString(folder.resolve("rows.jsonl"), lines);
        assertSame(
                TestCluster.open(CLUSTER.request(topic).withTarget("y"), Map.of()),
                open(new JsonLinesSourceProvider(), file, Map.of(), "y"));
    }

    @Test
    void sameMessagesAsLinesOfCsvGiveTheSameChunks() throws IOException {
        String topic = CLUSTER.topic(1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_500; i++) {
            String line = i / 8.0 + ";\"a \"\"quoted\"\" word " + i % 4 + "\";" + (i % 7 == 0 ? "?" : i) + ";" + i % 2;
            CLUSTER.send(topic, 0, i, line);
            lines.append(line).append('\n');
        }
        CLUSTER.flush();
        Path file = Files.writeString(folder.resolve("rows.csv"), "a;b;c;y\n" + lines);
        Path bare = Files.writeString(folder.resolve("bare.csv"), lines);
        Map<String, String> csv = Map.of("format", "csv", "delimiter", ";", "missing", "?");
        Map<String, String> named = new HashMap<>(csv);
        named.put("columns", "a,b,c,y");
        assertSame(
                TestCluster.open(CLUSTER.request(topic).withTarget("y"), named),
                open(new CsvSourceProvider(), file, Map.of("delimiter", ";", "missing", "?"), "y"));
        assertSame(
                TestCluster.open(CLUSTER.request(topic).withTarget("4"), csv),
                open(new CsvSourceProvider(), bare, Map.of("delimiter", ";", "missing", "?", "header", "no"), "4"));
        try (ChunkSource first = TestCluster.open(CLUSTER.request(topic).withTarget("y"), named)) {
            SourceRequest stored = CLUSTER.request(topic).withPlan(first.plan().orElseThrow(), true);
            assertSame(
                    TestCluster.open(stored, csv),
                    open(new CsvSourceProvider(), file, Map.of("delimiter", ";", "missing", "?"), "y"));
        }
    }

    private static ChunkSource open(
            ChunkSourceProvider provider, Path file, Map<String, String> settings, String target) {
        return provider.open(
                SourceRequest.of(file.toString()).withTarget(target), Params.parse(provider.params(), settings));
    }

    /** {@return all that a row has} */
    private static String text(Chunk chunk, int row) {
        StringBuilder text = new StringBuilder().append(chunk.target(row));
        if (chunk instanceof DenseChunk dense) {
            for (int j = 0; j < chunk.width(); j++) {
                text.append(' ').append(dense.values()[dense.offset(row) + j]);
            }
        } else if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                text.append(' ').append(sparse.indices()[k]).append(':').append(sparse.values()[k]);
            }
        }
        return text.toString();
    }

    private static void assertSame(ChunkSource one, ChunkSource other) {
        try (one;
                other) {
            assertThat(one.plan()).isEqualTo(other.plan());
            assertThat(one.schema()).isEqualTo(other.schema());
            ChunkBuffer mine = new ChunkBuffer(one.schema(), 100);
            ChunkBuffer theirs = new ChunkBuffer(other.schema(), 100);
            int rows = 0;
            while (other.next(theirs)) {
                assertThat(one.next(mine)).isTrue();
                assertThat(mine.rows()).isEqualTo(theirs.rows());
                for (int row = 0; row < mine.rows(); row++, rows++) {
                    assertThat(text(mine.chunk(), row)).isEqualTo(text(theirs.chunk(), row));
                }
                assertThat(mine.chunk().classes()).isEqualTo(theirs.chunk().classes());
            }
            assertThat(rows).isGreaterThan(1_000);
            assertThat(one.next(mine)).isFalse();
        }
    }

    @Test
    void abortedAndOpenTransactionsAreNotSeen() {
        String topic = CLUSTER.topic(2);
        try (KafkaProducer<String, String> producer = CLUSTER.producer(Map.of("transactional.id", "unseen"))) {
            producer.initTransactions();
            for (int id = 0; id < 30; id++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, id % 2, (long) id, "key", json(id)));
                producer.flush();
                if (id % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, 30L, "key", json(30)));
            producer.flush();
            Position end;
            try (ChunkSource source = open(topic, BOUNDED)) {
                ChunkBuffer buffer = buffer(source, 100);
                source.next(buffer);
                assertThat(ids(buffer))
                        .isEqualTo(IntStream.range(0, 30)
                                .filter(id -> id % 3 != 0)
                                .boxed()
                                .toList());
                end = buffer.position();
            }
            producer.commitTransaction();
            try (ChunkSource source = open(topic, BOUNDED)) {
                source.seek(end);
                assertThat(read(source, 100)).containsExactly(30);
            }
        }
    }

    @Test
    void deletedMessagesThatWereNotReadAreRefused() {
        String topic = CLUSTER.topic(2);
        for (int id = 0; id < 40; id++) {
            CLUSTER.send(topic, id % 2, id, json(id));
        }
        CLUSTER.flush();
        Position stopped;
        try (ChunkSource source = open(topic, BOUNDED)) {
            ChunkBuffer buffer = buffer(source, 20);
            source.next(buffer);
            stopped = buffer.position();
        }
        CLUSTER.delete(topic, 1, 10);
        try (ChunkSource source = open(topic, BOUNDED)) {
            source.seek(stopped);
            assertThat(read(source, 100)).as("only what was read is gone").hasSize(20);
        }
        CLUSTER.delete(topic, 1, 13);
        try (ChunkSource source = open(topic, BOUNDED)) {
            assertThatThrownBy(() -> source.seek(stopped)).isInstanceOfSatisfying(AccreteException.class, e -> {
                assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE);
                assertThat(e.line())
                        .contains("offsets 10 to 12 of " + topic + "-1 are gone", "train a new model", "--from");
            });
        }
    }

    @Test
    void aTopicThatWasMadeAnewIsRefused() {
        String topic = CLUSTER.topic(1);
        send(topic, 1, 0, 20, RunSeed.random("messages"));
        Position stopped;
        try (ChunkSource source = open(topic, BOUNDED)) {
            ChunkBuffer buffer = buffer(source, 10);
            source.next(buffer);
            stopped = buffer.position();
        }
        TestCluster.get(CLUSTER.admin().deleteTopics(List.of(topic)).all());
        CLUSTER.create(topic, 1);
        send(topic, 1, 0, 20, RunSeed.random("messages"));
        try (ChunkSource source = open(topic, BOUNDED)) {
            assertThatThrownBy(() -> source.seek(stopped)).isInstanceOfSatisfying(AccreteException.class, e -> {
                assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE);
                assertThat(e.line()).contains("was deleted and made anew");
            });
        }
    }

    @Test
    void partitionsThatAreAddedLaterAreReadFromTheirBeginning() throws IOException {
        Map<String, String> asksOften = Map.of(
                "client-config",
                Files.writeString(folder.resolve("client.properties"), "metadata.max.age.ms=500\n")
                        .toString());
        String topic = CLUSTER.topic(1);
        for (int id = 0; id < 1_000; id++) {
            CLUSTER.send(topic, 0, id, json(id));
        }
        CLUSTER.flush();
        Position stopped;
        SourceRequest request = following(request(topic).withPlan(plan(), true), FOLLOW);
        try (ChunkSource source = TestCluster.open(request, asksOften);
                ChunkSource bounded = openWithPlan(topic, BOUNDED)) {
            assertThat(read(source, 1_000)).hasSize(1_000);
            ChunkBuffer buffer = buffer(bounded, 900);
            bounded.next(buffer);
            stopped = buffer.position();
            TestCluster.get(CLUSTER.admin()
                    .createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all());
            // Kafka's client asks for new partitions now and then, by default of ours every ten seconds.
            try (KafkaProducer<String, String> producer = CLUSTER.producer(Map.of())) {
                for (int id = 1_000; id < 1_030; id++) {
                    producer.send(new ProducerRecord<>(topic, id % 3, (long) id, "key", json(id)));
                }
            }
            assertThat(read(source, 30)).hasSize(30).doesNotHaveDuplicates().allMatch(id -> id >= 1_000);
        }
        try (ChunkSource source = openWithPlan(topic, BOUNDED)) {
            source.seek(stopped);
            List<Integer> rest = read(source, Integer.MAX_VALUE);
            assertThat(rest.subList(0, 100))
                    .isEqualTo(IntStream.range(900, 1_000).boxed().toList());
            assertThat(rest.subList(100, 130))
                    .isEqualTo(IntStream.range(1_000, 1_030).boxed().toList());
        }
    }

    @Test
    void tombstonesAndBadMessagesAreBadRowsWithTheirPlaceAndText() {
        String topic = CLUSTER.topic(1);
        String broken = "{\"id\": 1,\n\"city\"";
        for (String value :
                new String[] {json(0), broken, null, " ", "{\"id\":4,\"city\":\"x\",\"y\":\"oops\"}", json(5)}) {
            CLUSTER.send(topic, 0, 0, value);
        }
        CLUSTER.flush();
        List<BadRow> kept = new ArrayList<>();
        List<String> told = new ArrayList<>();
        BadRows policy = BadRows.skip(1, told::add).keeping(kept::add);
        SourceRequest request = request(topic).withPlan(plan(), true);
        try (ChunkSource source = TestCluster.open(request.withBadRows(policy), Map.of())) {
            assertThat(read(source, 10)).containsExactly(0, 5);
        }
        assertThat(kept)
                .extracting(row -> row.place().source())
                .containsExactly(topic + "-0@1", topic + "-0@2", topic + "-0@3", topic + "-0@4");
        assertThat(kept)
                .extracting(BadRow::cells)
                .containsExactly(List.of(broken), List.of(), List.of(" "), List.of("4", "oops"));
        assertThat(told.get(0)).contains(topic + "-0@1: not JSON");
        assertThat(told.get(1)).contains("has no value", "tombstones");
        assertThat(told.get(3)).contains("'oops'");
        try (ChunkSource source = TestCluster.open(request, Map.of())) {
            ChunkBuffer buffer = buffer(source, 10);
            assertThat(source.next(buffer)).isTrue();
            assertThat(ids(buffer)).as("rows before the bad one").containsExactly(0);
            assertThat(source.place(buffer.place(0)).orElseThrow().source()).isEqualTo(topic + "-0@0");
            Position before = buffer.position();
            assertThatThrownBy(() -> source.next(buffer)).hasMessageContaining("not JSON");
            try (ChunkSource again = TestCluster.open(request, Map.of())) {
                again.seek(before);
                assertThatThrownBy(() -> again.next(buffer)).as("gone on with").hasMessageContaining("not JSON");
            }
        }
    }

    @Test
    void aChunkThatIsNotFullIsHandedOnAfterItsTime() {
        String topic = CLUSTER.topic(2);
        try (ChunkSource source = openWithPlan(topic, FOLLOW)) {
            CLUSTER.send(topic, 0, 1, json(1));
            CLUSTER.flush();
            ChunkBuffer buffer = buffer(source, 1_000);
            assertThat(source.next(buffer)).isTrue();
            assertThat(ids(buffer)).containsExactly(1);
            CLUSTER.send(topic, 1, 0, json(2));
            CLUSTER.flush();
            assertThat(source.next(buffer)).isTrue();
            assertThat(ids(buffer)).containsExactly(2);
        }
    }

    @Test
    void closingWakesAThreadThatWaitsForRows() throws InterruptedException {
        String topic = CLUSTER.topic(2);
        ChunkSource source = openWithPlan(topic, FOLLOW);
        CountDownLatch reads = new CountDownLatch(1);
        boolean[] more = {true};
        Thread reader = new Thread(() -> {
            ChunkBuffer buffer = buffer(source, 10);
            reads.countDown();
            more[0] = source.next(buffer);
        });
        reader.start();
        reads.await();
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(reader.isAlive()).as("it waits").isTrue();
        source.close();
        reader.join(Duration.ofSeconds(30).toMillis());
        assertThat(reader.isAlive()).isFalse();
        assertThat(more[0]).isFalse();
    }

    @Test
    void anInterruptedReaderHasNoMoreRows() throws InterruptedException {
        String topic = CLUSTER.topic(1);
        try (ChunkSource source = openWithPlan(topic, FOLLOW)) {
            boolean[] more = {true};
            Thread reader = new Thread(() -> more[0] = source.next(buffer(source, 10)));
            reader.start();
            TimeUnit.MILLISECONDS.sleep(200);
            reader.interrupt();
            reader.join(Duration.ofSeconds(30).toMillis());
            assertThat(reader.isAlive()).isFalse();
            assertThat(more[0]).isFalse();
        }
    }

    private static void assertRefused(String location, Map<String, String> settings, String... says) {
        assertThatThrownBy(() -> TestCluster.open(SourceRequest.of(location), settings))
                .isInstanceOfSatisfying(AccreteException.class, e -> {
                    assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT);
                    assertThat(e.line()).contains(says).doesNotContain("\n", "s3cret");
                });
    }

    @Test
    void wrongAddressesAreRefused() {
        for (String location :
                List.of("", "topic", "host/topic", "host:9092", "host:9092/", "h:1/a/b", "h:1,/t", "h:x/t")) {
            assertRefused(location, Map.of(), "HOST:PORT/TOPIC");
        }
        assertRefused("user:s3cret@host:9092/topic", Map.of(), "client-config=FILE");
        assertRefused("no.such.host.invalid:9092/topic", Map.of(), "no.such.host.invalid");
        assertRefused(CLUSTER.brokers() + "/no-such-topic", Map.of(), "there is no topic 'no-such-topic'");
        assertRefused(CLUSTER.brokers() + "/" + CLUSTER.topic(1), Map.of("columns", "a,b"), "format=csv");
        assertRefused("h:1/t", Map.of("client-config", folder.resolve("none").toString()), "there is no");
    }

    @Test
    void settingsThatTheClientRefusesAreNotShown() throws IOException {
        Path file = Files.writeString(
                folder.resolve("client.properties"),
                "security.protocol=s3cretprotocol\nsasl.mechanism=PLAIN\n"
                        + "sasl.jaas.config=org.x.PlainLoginModule required username=\"me\" password=\"s3cret\";\n");
        assertRefused(CLUSTER.brokers() + "/t", Map.of("client-config", file.toString()), "client-config");
        Files.writeString(file, "a=\\u00zz s3cret");
        assertRefused(CLUSTER.brokers() + "/t", Map.of("client-config", file.toString()), "client-config");
    }

    @Test
    void aTopicWithoutMessagesCannotBeInferred() {
        String topic = CLUSTER.topic(2);
        assertThatThrownBy(() -> open(topic, BOUNDED))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.line()).contains(topic, "no rows to learn from"));
    }

    @Test
    void brokersThatDoNotAnswerAreToldWithinATime() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        String brief = Files.writeString(
                        folder.resolve("client.properties"), "request.timeout.ms=1000\ndefault.api.timeout.ms=1500\n")
                .toString();
        assertThatThrownBy(() -> TestCluster.open(
                        SourceRequest.of("127.0.0.1:" + port + "/topic"), Map.of("client-config", brief)))
                .isInstanceOfSatisfying(AccreteException.class, e -> {
                    assertThat(e.kind()).isEqualTo(AccreteException.Kind.IO);
                    assertThat(e.line()).contains("no broker at 127.0.0.1:" + port + " answers within 1500 ms");
                });
    }
}
