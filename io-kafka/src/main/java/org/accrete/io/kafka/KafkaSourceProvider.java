package org.accrete.io.kafka;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.io.TextRows;

/**
 * Opens a Kafka topic, {@code kafka:host:9092/topic} or {@code kafka:one:9092,other:9092/topic}: each message is a row,
 * a JSON object or a record of CSV.
 *
 * <p>A reading ends where the topic ended when it was opened, or goes on for ever ({@code follow=true}). There is no
 * consumer group, and nothing is committed to Kafka: the offsets are in the position of a version and nowhere else.
 * Messages of aborted transactions are not seen. A message that is no row, one without a value among them, is a bad
 * row.
 */
public final class KafkaSourceProvider implements ChunkSourceProvider {
    /** Whether new messages are waited for. */
    public static final ParamSpec<Boolean> FOLLOW = ParamSpec.flag(
            "follow",
            false,
            "whether to wait for new messages for ever; else rows end where the topic ends when it is opened");

    /** How long a chunk that is not full waits. */
    public static final ParamSpec<Long> MAX_WAIT_MILLIS = ParamSpec.whole(
            "max-wait-millis",
            1_000,
            Domain.Range.between(0, 86_400_000),
            "with follow: milliseconds after its first row at which a chunk is handed on although it is not full");

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
        all.addAll(List.of(FOLLOW, MAX_WAIT_MILLIS, CLIENT_CONFIG));
        return List.copyOf(all);
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new KafkaSource(request, params);
    }
}
