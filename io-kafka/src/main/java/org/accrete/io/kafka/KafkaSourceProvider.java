package org.accrete.io.kafka;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.io.TextRows;

/**
 * Opens a Kafka topic, {@code kafka:host:9092/topic} or {@code kafka:one:9092,other:9092/topic}: each message is a row,
 * a JSON object or a record of CSV.
 *
 * <p>A reading ends where the topic ended when it was opened, or goes on for ever where the request
 * {@linkplain SourceRequest#follow follows}. There is no consumer group, and nothing is committed to Kafka: the offsets
 * are in the position of a version and nowhere else. Messages of aborted transactions are not seen. A message that is
 * no row, one without a value among them, is a bad row.
 */
public final class KafkaSourceProvider implements ChunkSourceProvider {
    /** File with settings of the client. */
    public static final ParamSpec<String> CLIENT_CONFIG = ParamSpec.text(
            "client-config",
            "",
            "path of a properties file",
            "settings of Kafka's client, such as those of SASL and SSL; they are never stored or shown");

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public KafkaSourceProvider() {}

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public String summary() {
        return "messages of a Kafka topic, HOST:PORT/TOPIC, each a JSON object or a record of CSV";
    }

    @Override
    public List<ParamSpec<?>> params() {
        List<ParamSpec<?>> all = new ArrayList<>(TextRows.params());
        all.add(CLIENT_CONFIG);
        return List.copyOf(all);
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new KafkaSource(request, params);
    }
}
