package org.accrete.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A Kafka broker in a process of its own. Whoever asks without a name may do anything; {@code me} may with the password
 * {@link #PASSWORD}, and {@code other} with {@link #OTHER_PASSWORD} may nothing.
 */
final class KafkaBroker implements AutoCloseable {
    static final String PASSWORD = "s3cretword";
    static final String OTHER_PASSWORD = "an0therword";

    private final Path folder;
    private final int port = freePort();
    private final int securePort = freePort();
    private final List<String> java;
    private Process process;

    /**
     * Starts a broker.
     *
     * @param folder gets its files
     */
    KafkaBroker(Path folder) {
        this.folder = folder;
        java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        int controllerPort = freePort();
        String login = "org.apache.kafka.common.security.plain.PlainLoginModule required user_me=\"" + PASSWORD
                + "\" user_other=\"" + OTHER_PASSWORD + "\";";
        try {
            Files.writeString(
                    folder.resolve("server.properties"),
                    String.join(
                            "\n",
                            "process.roles=broker,controller",
                            "node.id=1",
                            "listeners=PLAINTEXT://127.0.0.1:" + port + ",SASL_PLAINTEXT://127.0.0.1:" + securePort
                                    + ",CONTROLLER://127.0.0.1:" + controllerPort,
                            "advertised.listeners=PLAINTEXT://127.0.0.1:" + port + ",SASL_PLAINTEXT://127.0.0.1:"
                                    + securePort,
                            "controller.listener.names=CONTROLLER",
                            "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,"
                                    + "CONTROLLER:PLAINTEXT",
                            "sasl.enabled.mechanisms=PLAIN",
                            "listener.name.sasl_plaintext.plain.sasl.jaas.config=" + login,
                            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                            "super.users=User:ANONYMOUS;User:me",
                            "auto.create.topics.enable=false",
                            "log.retention.ms=-1", // Whatever timestamps messages have.
                            "offsets.topic.replication.factor=1",
                            "transaction.state.log.replication.factor=1",
                            "transaction.state.log.min.isr=1",
                            "transaction.state.log.num.partitions=1",
                            "log.dirs=" + folder.resolve("log")));
            Process format = run("kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c");
            if (format.waitFor() != 0) {
                throw new IllegalStateException(Files.readString(folder.resolve("broker.txt")));
            }
            process = run("kafka.Kafka");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process run(String... words) {
        List<String> line = new ArrayList<>(java);
        line.addAll(List.of(words));
        line.add(folder.resolve("server.properties").toString());
        try {
            return new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("broker.txt").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String secureAddress() {
        return "127.0.0.1:" + securePort;
    }

    /** Ends the broker's process and starts it again with what it had. Returns when it answers. */
    void restart() {
        end();
        process = run("kafka.Kafka");
        try (Admin admin = admin()) {
            admin.listTopics().names().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Admin admin() {
        // On a busy machine a broker takes its time to start.
        return Admin.create(Map.of("bootstrap.servers", address(), "default.api.timeout.ms", "300000"));
    }

    void create(String topic, int partitions) {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
            // Until the broker knows that it leads them.
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", address());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private void end() {
        try {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        end();
    }
}
