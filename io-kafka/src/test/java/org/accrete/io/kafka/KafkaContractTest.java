package org.accrete.io.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;

/**
 * Three partitions with every kind of column, of which the beginning of one was deleted, with tombstones, bad rows,
 * aborted transactions, timestamps that go back, and labels that appear late.
 */
class KafkaContractTest implements SourceContract, ProviderContract {
    private static final TestCluster CLUSTER = TestCluster.get();
    private static String topic = "";

    @Override
    public ChunkSourceProvider provider() {
        return new KafkaSourceProvider();
    }

    @BeforeAll
    static void produce() {
        topic = CLUSTER.topic(3);
        try (KafkaProducer<String, String> producer = CLUSTER.producer(Map.of("transactional.id", "contract"))) {
            producer.initTransactions();
            for (int row = 0; row < 200; row += 10) {
                producer.beginTransaction();
                for (int i = row; i < row + 10; i++) {
                    producer.send(message(i));
                }
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, row % 3, 0L, "key", "{\"size\":\"aborted\"}"));
                producer.flush();
                producer.abortTransaction();
            }
        }
        CLUSTER.delete(topic, 2, 5);
    }

    private static ProducerRecord<String, String> message(int row) {
        String value = String.format("{\"when\": \"2001-%02d-%02d %02d:30\",\n", 1 + row % 12, 1 + row % 28, row % 24)
                + (row % 11 == 0 ? "" : "\"city\":\"city" + row % 5 + "\",")
                + "\"size\":" + (row % 13 == 12 ? "null" : row % 17 == 16 ? "\"oops\"" : Double.toString(row / 8.0))
                + ",\"flag\":" + (row % 2 == 0)
                + (row % 19 == 18 ? "" : ",\"id\":\"ïd-" + row + "\"")
                + ",\"weight\":" + row % 3 + ",\"label\":\"label" + row / 20 + "\""
                + (row % 23 == 22 ? "" : "}");
        return new ProducerRecord<>(
                topic, row * 7 % 11 % 3, 1_000L + row * 31 % 40, "key", row % 29 == 28 ? null : value);
    }

    private static ChunkSource openSkipping(SourceRequest request) {
        return TestCluster.open(request.withBadRows(BadRows.skip(1, line -> {})), Map.of());
    }

    private static SourceRequest request() {
        return CLUSTER.request(topic)
                .withColumns(List.of(
                        Column.parse("size=numeric"),
                        Column.parse("id=key"),
                        Column.parse("weight=weight"),
                        Column.parse("label=target(kind=categorical,classes=label0|label1)")));
    }

    @Override
    public ChunkSource open() {
        return openSkipping(request());
    }

    @Override
    public ChunkSource reopen(List<String> classes) {
        try (ChunkSource first = open()) {
            ColumnPlan plan = first.plan().orElseThrow().withClasses(classes);
            return openSkipping(request().withPlan(plan, true));
        }
    }

    @Override
    public Optional<ChunkSource> reopenChanged(List<String> classes) {
        // Messages cannot be changed, but their topic can be made anew.
        ColumnPlan plan;
        try (ChunkSource before = reopen(classes)) {
            plan = before.plan().orElseThrow();
        }
        String old = topic;
        try {
            produce();
            return Optional.of(openSkipping(request().withPlan(plan, true)));
        } finally {
            topic = old;
        }
    }
}
