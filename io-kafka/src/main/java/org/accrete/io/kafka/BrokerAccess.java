package org.accrete.io.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Where a topic is and how its brokers are spoken to. The settings of the user's file stay in here: no message has a
 * part of them, and exceptions of Kafka's client, which may have, are no causes of ours.
 */
final class BrokerAccess {
    /** How long a request may take, reconnecting included. */
    static final int TIMEOUT_MILLIS = 10_000;

    private static final int LEAST_POLLED = 16;
    private static final int MOST_POLLED = 500;
    /** Messages of one poll fill half of the heap if they have a megabyte each, however small they are compressed. */
    private static final int HEAP_OF_MESSAGE = 2 << 20;

    private static final Pattern LOCATION = Pattern.compile("(?<brokers>[^/@]+)/(?<topic>[\\w.-]{1,249})");
    private static final Pattern BROKER = Pattern.compile("([\\w.-]+|\\[[0-9a-fA-F:.]+]):\\d{1,5}");
    private static final Pattern WORD = Pattern.compile("[^\\s\"';=,]+");
    private static final int FETCH_WAIT_MILLIS = 10;
    private static final int SHORTEST_SECRET = 3;
    private static final int MEGABYTE = 1 << 20;

    private final String brokers;
    private final String topic;
    private final boolean follows;
    private final Map<String, Object> settings = new HashMap<>();
    private final List<String> secrets;

    /**
     * Reads an address and a file of settings; speaks to nobody.
     *
     * @param location {@code host:port,host:port/topic}
     * @param file path of a properties file; empty for none
     * @param follows whether new partitions are to be found while reading
     * @throws AccreteException bad argument: no such address or file, or a password in the address
     */
    BrokerAccess(String location, String file, boolean follows) {
        if (location.contains("@")) {
            // Not repeated, because it may have a password.
            throw AccreteException.badArgument("a Kafka address has no user or password, which would be stored and"
                    + " shown; write them into a properties file and name it, as in"
                    + " kafka:HOST:9092/TOPIC?client-config=FILE");
        }
        Matcher parts = LOCATION.matcher(location);
        if (!parts.matches()
                || !Arrays.stream(parts.group("brokers").split(",", -1))
                        .allMatch(broker -> BROKER.matcher(broker).matches())) {
            throw AccreteException.badArgument(
                    "a Kafka address must be HOST:PORT/TOPIC or HOST:PORT,HOST:PORT/TOPIC, as in"
                            + " kafka:localhost:9092/clicks, but was '" + location + "'");
        }
        this.brokers = parts.group("brokers");
        this.topic = parts.group("topic");
        this.follows = follows;
        Properties given = read(file);
        given.stringPropertyNames().forEach(name -> settings.put(name, given.getProperty(name)));
        this.secrets = secrets(given);
    }

    private static Properties read(String file) {
        Properties properties = new Properties();
        if (file.isEmpty()) {
            return properties;
        }
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            properties.load(reader);
            return properties;
        } catch (NoSuchFileException | InvalidPathException e) {
            throw AccreteException.badArgument(
                    "client-config must be a properties file but there is no '" + file + "'");
        } catch (IOException | IllegalArgumentException e) {
            // Without what is wrong, which may be a part of the file.
            throw AccreteException.badArgument(
                    "client-config must be a properties file in UTF-8 but '" + file + "' cannot be read as one");
        }
    }

    /** {@return all values and their words, the longest first} */
    private static List<String> secrets(Properties given) {
        Set<String> all = new LinkedHashSet<>();
        for (String name : given.stringPropertyNames()) {
            String value = given.getProperty(name);
            Stream.concat(Stream.of(value), WORD.matcher(value).results().map(match -> match.group()))
                    .filter(text -> text.length() >= SHORTEST_SECRET)
                    .forEach(all::add);
        }
        return all.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String topic() {
        return topic;
    }

    /**
     * {@return the topic as the brokers know it}
     *
     * @throws AccreteException there is none, or no broker answers in time
     */
    TopicDescription describe() {
        Map<String, Object> all = new HashMap<>(settings);
        putCommon(all);
        try (Admin admin = Admin.create(all)) {
            return admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get();
        } catch (ExecutionException e) {
            throw failure(e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AccreteException(AccreteException.Kind.IO, "interrupted while it was opened");
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    /**
     * {@return a new consumer, which the caller closes}
     *
     * @param partitions how many there are to read
     */
    KafkaConsumer<byte[], byte[]> consumer(int partitions) {
        Map<String, Object> all = new HashMap<>(settings);
        putCommon(all);
        List.of(ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)
                .forEach(all::remove);
        all.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic"); // The one that reads without a group.
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        long heap = Runtime.getRuntime().maxMemory();
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, (int)
                Math.max(LEAST_POLLED, Math.min(MOST_POLLED, heap / HEAP_OF_MESSAGE)));
        // What the client holds is at most one part of each partition, and one answer of each broker.
        int part = MEGABYTE / 16;
        long share = heap / 16;
        all.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, (int)
                Math.max(part, Math.min(MEGABYTE, share / Math.max(1, partitions))));
        all.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, (int) Math.max(part, Math.min(16L * MEGABYTE, share)));
        if (follows) {
            all.putIfAbsent(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, TIMEOUT_MILLIS); // To find new partitions.
        } else {
            // What is asked for is there. A request at the end of a partition must not hold up those that follow.
            all.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        }
        try {
            return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    private void putCommon(Map<String, Object> all) {
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        all.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        all.putIfAbsent(CommonClientConfigs.CLIENT_ID_CONFIG, "accrete");
        all.putIfAbsent("enable.metrics.push", false);
        all.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.putIfAbsent(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    }

    /** {@return what Kafka's client could not do, in one line} */
    AccreteException failure(RuntimeException e) {
        if (e instanceof AccreteException known) {
            return known;
        }
        RuntimeException why = e;
        while (why.getCause() instanceof RuntimeException cause && !isKnown(why)) {
            why = cause;
        }
        if (why instanceof TimeoutException) {
            Object millis = settings.getOrDefault(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
            return io("no broker at " + brokers + " answers within " + millis
                    + " ms; check that one is running and can be reached, and whether it wants settings of SASL or SSL"
                    + " (client-config=FILE)");
        }
        if (why instanceof UnknownTopicOrPartitionException || why instanceof InvalidTopicException) {
            return AccreteException.badArgument(
                    "there is no topic '" + topic + "' at " + brokers + "; check its name, or create it");
        }
        if (why instanceof AuthorizationException) {
            return AccreteException.badArgument("the brokers do not allow to read topic '" + topic
                    + "'; the user needs the rights to describe and to read it");
        }
        if (why instanceof AuthenticationException) {
            return AccreteException.badArgument(
                    "the brokers at " + brokers + " refuse who asks: " + hide(root(e)) + "; check client-config");
        }
        if (why instanceof ConfigException && settings.isEmpty()) {
            return AccreteException.badArgument(
                    "no broker of " + brokers + " has a name that is known: " + hide(root(e)) + "; check the address");
        }
        if (why instanceof ConfigException || String.valueOf(e.getMessage()).startsWith("Failed to c")) {
            return AccreteException.badArgument("Kafka's client refuses the address " + brokers
                    + " or the settings of client-config: " + hide(root(e)));
        }
        return io("reading topic '" + topic + "' failed: " + hide(root(e)));
    }

    private static boolean isKnown(RuntimeException e) {
        return e instanceof TimeoutException
                || e instanceof UnknownTopicOrPartitionException
                || e instanceof InvalidTopicException
                || e instanceof AuthorizationException
                || e instanceof AuthenticationException
                || e instanceof ConfigException;
    }

    private static String root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /** Replaces whatever the file of settings has. */
    private String hide(String message) {
        String hidden = message;
        for (String secret : secrets) {
            hidden = hidden.replace(secret, "***");
        }
        return hidden.replaceAll("\\p{Cntrl}+", " ");
    }

    private static AccreteException io(String message) {
        return new AccreteException(AccreteException.Kind.IO, message);
    }
}
