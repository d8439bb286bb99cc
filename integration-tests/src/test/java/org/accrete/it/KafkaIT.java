package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command trains on a topic: quietly, in a small heap, with a password that nobody else sees. */
class KafkaIT {
    private static final int ROWS = 5_000;

    @TempDir
    private static Path brokerFolder;

    private static KafkaBroker broker;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBroker() {
        broker = new KafkaBroker(brokerFolder);
        broker.create("rows", 3);
        try (KafkaProducer<String, String> producer = broker.producer(Map.of())) {
            for (int i = 0; i < ROWS; i++) {
                String value = "{\"a\": " + i % 17 + ", \"b\": " + i % 5 + ", \"y\": " + (i % 17 > 8 ? 1 : 0) + "}";
                producer.send(new ProducerRecord<>("rows", i % 3, (long) i, "key", value));
            }
        }
    }

    @AfterAll
    static void endBroker() {
        broker.close();
    }

    private Command.Result train(String source, String... more) {
        List<String> words = Stream.concat(Stream.of("train", source, "--target", "y", "--model", "m"), Stream.of(more))
                .toList();
        return Command.brief(directory).run(words.toArray(String[]::new));
    }

    private Path settings(String user, String password) throws IOException {
        return Files.writeString(
                directory.resolve("client.properties"),
                "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config="
                        + "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user
                        + "\" password=\"" + password + "\";\n");
    }

    @Test
    void nothingButWhatATrainingSaysIsPrinted() {
        Command.Result topic = train("kafka:" + broker.address() + "/rows").done();
        assertThat(topic.err().toLowerCase(java.util.Locale.ROOT)).doesNotContain("slf4j", "kafka.clients", "[main]");
        assertThat(topic.out()).contains("5,000");
        Command.Result resumed =
                train("kafka:" + broker.address() + "/rows", "--resume").done();
        assertThat(resumed.out()).contains("nothing new");
    }

    @Test
    void theFileOfSettingsIsNeverShownOrStored() throws IOException {
        Path file = settings("me", KafkaBroker.PASSWORD);
        String source = "kafka:" + broker.secureAddress() + "/rows?client-config=" + file;
        Command.Running running = Command.brief(directory)
                .start("train", source, "--target", "y", "--model", "m", "--debug", "--checkpoint-every", "1");
        String processes = "";
        while (running.process().isAlive()) {
            processes = running.process().info().commandLine().orElse(processes);
        }
        Command.Result result = running.await().done();
        assertThat(processes).isNotEmpty().doesNotContain(KafkaBroker.PASSWORD);
        assertThat(result.out() + result.err()).doesNotContain(KafkaBroker.PASSWORD);
        Files.delete(file);
        assertThat(filesThatContain(KafkaBroker.PASSWORD)).isEmpty();
        assertThat(filesThatContain("PlainLoginModule")).isEmpty();
        assertThat(Command.latest(directory.resolve("models"), "m").whole("run.rows"))
                .isEqualTo(ROWS);
    }

    private List<Path> filesThatContain(String text) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    private static void assertOneLine(Command.Result result, String... says) {
        assertThat(result.status()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).contains(says).doesNotContain("s3cret", "0ther", "username");
        assertThat(result.err().strip().lines()).as(result.err()).hasSize(1);
    }

    @Test
    void whatBrokersRefuseIsOneLine() throws IOException {
        String secure = "kafka:" + broker.secureAddress() + "/rows?client-config=";
        assertOneLine(train(secure + settings("me", "s3cretwrong")), "refuse who asks", "check client-config");
        assertOneLine(
                train(secure + settings("other", KafkaBroker.OTHER_PASSWORD)), "do not allow to read topic 'rows'");
        assertOneLine(train("kafka:" + broker.address() + "/none"), "there is no topic 'none'");
        assertOneLine(train("kafka:me:s3cret@" + broker.address() + "/rows"), "client-config=FILE");
        Command.Result debug = train(secure + settings("me", "s3cretwrong"), "--debug");
        assertThat(debug.err()).contains("refuse who asks").doesNotContain("s3cret");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsToldInTime() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertOneLine(train("kafka:127.0.0.1:" + port + "/rows"), "answers within 10000 ms");
    }

    /** 160 MB in small messages, then large ones of which some hundred would fill the heap. */
    @Test
    void aSmallHeapIsEnough() {
        broker.create("large", 3);
        String padding = "x".repeat(800);
        String longPadding = "x".repeat(400_000);
        int rows = 200_000;
        try (KafkaProducer<String, String> producer =
                broker.producer(Map.of("compression.type", "lz4", "batch.size", 500_000))) {
            for (int i = 0; i < rows; i++) {
                String value = "{\"a\": " + i % 17 + ", \"p\": \"" + (i < rows - 600 ? padding : longPadding)
                        + "\", \"y\": " + (i % 17 > 8 ? 1 : 0) + "}";
                producer.send(new ProducerRecord<>("large", i % 3, (long) i, "key", value));
            }
        }
        Command.brief(directory)
                .with("-Xmx128m")
                .run(
                        "train",
                        "kafka:" + broker.address() + "/large",
                        "--target",
                        "y",
                        "--column",
                        "p=ignore",
                        "--model",
                        "m")
                .done();
        assertThat(Command.latest(directory.resolve("models"), "m").whole("run.rows"))
                .isEqualTo(rows);
    }

    /** A run that follows ends where it was asked to, and keeps what it knows. */
    @Test
    void aRunThatFollowsIsStoppedByItsSignal() throws Exception {
        Path store = directory.resolve("models");
        Command.Running running = Command.brief(directory)
                .start(
                        "train",
                        "kafka:" + broker.address() + "/rows",
                        "--follow",
                        "--target",
                        "y",
                        "--model",
                        "m",
                        "--checkpoint-every",
                        "1s");
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (System.nanoTime() < end && running.process().isAlive() && !Command.isAfter(store, "m", ROWS)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(running.process().isAlive())
                .as(Files.readString(running.err()))
                .isTrue();
        running.process().destroy();
        running.await();
        assertThat(Command.latest(store, "m").whole("run.rows")).isEqualTo(ROWS);
    }
}
