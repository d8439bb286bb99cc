package org.accrete.io.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** A broker in this JVM, which all tests share. It ends with the JVM. */
final class TestCluster {
    private static final AtomicInteger TOPICS = new AtomicInteger();
    private static Optional<TestCluster> shared = Optional.empty();

    private final KafkaClusterTestKit kit;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;

    private TestCluster() {
        try {
            kit = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                            .setCombined(true)
                            .setNumBrokerNodes(1)
                            .setNumControllerNodes(1)
                            .build())
                    .setConfigProp("auto.create.topics.enable", "false")
                    .setConfigProp("transaction.state.log.replication.factor", "1")
                    .setConfigProp("transaction.state.log.min.isr", "1")
                    .setConfigProp("transaction.state.log.num.partitions", "1")
                    .build();
            kit.format();
            kit.startup();
            kit.waitForReadyBrokers();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        admin = kit.admin();
        producer = producer(Map.of());
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    }

    private void end() {
        try (kit) {
            producer.close();
            admin.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static synchronized TestCluster get() {
        if (shared.isEmpty()) {
            shared = Optional.of(new TestCluster());
        }
        return shared.get();
    }

    String brokers() {
        return kit.bootstrapServers();
    }

    Admin admin() {
        return admin;
    }

    /** {@return the name of a new topic} */
    String topic(int partitions) {
        String name = "topic" + TOPICS.incrementAndGet();
        create(name, partitions);
        return name;
    }

    void create(String name, int partitions) {
        // Nothing is deleted by itself, however old timestamps are.
        NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(Map.of("retention.ms", "-1"));
        get(admin.createTopics(List.of(topic)).all());
        // A producer that sends before the broker knows that it leads a partition may wait for minutes.
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        IntStream.range(0, partitions).forEach(i -> all.put(new TopicPartition(name, i), OffsetSpec.latest()));
        while (true) {
            try {
                admin.listOffsets(all).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new IllegalStateException(e);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", kit.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** Sends a message; {@link #flush} waits until it is there. */
    void send(String topic, int partition, long timestamp, String value) {
        producer.send(new ProducerRecord<>(topic, partition, timestamp, "key", value));
    }

    void flush() {
        producer.flush();
    }

    /** Deletes the messages before an offset, as retention does. */
    void delete(String topic, int partition, long before) {
        get(admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
                .all());
    }

    /** {@return a topic as rows of JSON} */
    ChunkSource open(String topic, Map<String, String> settings) {
        return open(request(topic), settings);
    }

    SourceRequest request(String topic) {
        return SourceRequest.of(brokers() + "/" + topic);
    }

    static ChunkSource open(SourceRequest request, Map<String, String> settings) {
        KafkaSourceProvider provider = new KafkaSourceProvider();
        return provider.open(request, Params.parse(provider.params(), settings));
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
