/** A chunk source of the messages of a Kafka topic. */
@SuppressWarnings("requires-automatic") // Kafka's client has no module descriptor.
module org.accrete.io.kafka {
    requires transitive org.accrete.api;
    requires org.accrete.io.sources;
    requires kafka.clients;
    // For Kafka's client.
    requires java.management;
    requires java.naming;
    requires java.security.jgss;
    requires java.security.sasl;
    requires jdk.unsupported;
    requires org.slf4j;

    exports org.accrete.io.kafka;

    provides org.accrete.api.data.ChunkSourceProvider with
            org.accrete.io.kafka.KafkaSourceProvider;
}
