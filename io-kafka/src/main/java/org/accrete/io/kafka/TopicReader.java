package org.accrete.io.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The messages of all partitions of a topic in one order.
 *
 * <p>They are read in rounds. A round takes from each partition what there is between two offsets, which are fixed when
 * the round begins. Within it the next message is the one with the lowest timestamp among the first messages that the
 * partitions still have, that of the lower partition where timestamps are equal. So the order within a round is given
 * by the log, however it arrives, and the next message is given by how far each partition was read. One thread at a
 * time, but for {@link #stop}.
 */
final class TopicReader implements AutoCloseable {
    /** For {@link #next}: however long it takes. */
    static final long NO_DEADLINE = Long.MAX_VALUE;

    private static final Logger LOGGER = System.getLogger(TopicReader.class.getName());
    private static final long POLL_MILLIS = 500;
    /** How long messages that are known to exist may not come. */
    private static final long STALL_MILLIS = 30_000;

    private static final int QUEUED_MESSAGES = 1_000;
    private static final long CLOSE_MILLIS = 1_000;
    /** What a message needs beside its bytes. */
    private static final int MESSAGE_BYTES = 200;
    /** Messages that arrived may fill this part of the heap, and those of one poll. */
    private static final int QUEUES_OF_HEAP = 32;

    private static final String ADVICE =
            "; train a new model, or go on from this one with --from, which reads the" + " topic from its beginning";

    /** A partition and how far it was read. */
    private static final class Partition {
        final TopicPartition name;
        /** The offset after the last message that was handed on. */
        long next;
        /** Where it ends in the round. */
        long end;
        /** Messages that arrived and were not handed on, and their bytes. */
        final ArrayDeque<ConsumerRecord<byte[], byte[]>> queue = new ArrayDeque<>();

        long queuedBytes;
        boolean isPaused;
        /** Whether it is not known which is its next message of the round, or whether there is one. */
        boolean isAwaited;

        Partition(TopicPartition name, long next) {
            this.name = name;
            this.next = next;
            this.end = next;
        }

        void clear() {
            queue.clear();
            queuedBytes = 0;
            isAwaited = false;
        }
    }

    private final BrokerAccess access;
    private final boolean follows;
    private final String topicId;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Partition> partitions = new ArrayList<>();
    /** Where the partitions began and ended when the topic was opened. */
    private final List<Long> firstOffsets;

    private final List<Long> lastOffsets;
    /** Those whose next message of the round is known. */
    private final PriorityQueue<Partition> ready = new PriorityQueue<>(Comparator.<Partition>comparingLong(
                    partition -> partition.queue.element().timestamp())
            .thenComparingInt(partition -> partition.name.partition()));

    private int awaited;
    private boolean isLastRound;
    private long lastProgress = System.nanoTime();
    private boolean isOutageTold;
    /** Whether there was nothing to begin a round with, and nothing has arrived since. */
    private boolean isIdle;

    private volatile boolean stopped;

    /**
     * Opens a topic at its beginning. The first round ends where the topic ends now.
     *
     * @param access how to speak to the brokers
     * @param follows whether there is always another round
     */
    TopicReader(BrokerAccess access, boolean follows) {
        this.access = access;
        this.follows = follows;
        TopicDescription topic = access.describe();
        topicId = topic.topicId().toString();
        consumer = access.consumer(topic.partitions().size());
        try {
            List<TopicPartition> names = topic.partitions().stream()
                    .map(one -> new TopicPartition(topic.name(), one.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            consumer.assign(names);
            firstOffsets = offsets(consumer.beginningOffsets(names), names);
            lastOffsets = offsets(consumer.endOffsets(names), names);
            for (int i = 0; i < names.size(); i++) {
                partitions.add(new Partition(names.get(i), firstOffsets.get(i)));
            }
            rewind();
        } catch (RuntimeException e) {
            close();
            throw access.failure(e);
        }
    }

    private static List<Long> offsets(Map<TopicPartition, Long> byName, List<TopicPartition> names) {
        return names.stream().map(byName::get).toList();
    }

    /** {@return the position after the last message that was handed on} */
    TopicMark mark(int classes) {
        return new TopicMark(
                topicId,
                classes,
                partitions.stream().map(partition -> partition.next).toList(),
                partitions.stream().map(partition -> partition.end).toList());
    }

    /** Goes back to the beginning and to the first round. */
    void rewind() {
        seek(firstOffsets, lastOffsets);
        isLastRound = true;
    }

    /**
     * Goes to a position. Partitions that were added since are read from their beginning, in the rounds to come.
     *
     * @throws AccreteException bad state: it is one of another topic, or messages behind it are gone
     */
    void seek(TopicMark mark) {
        if (!mark.topicId().equals(topicId)) {
            throw AccreteException.badState(
                    "topic '" + access.topic() + "' is not the one that was read before: its id is " + topicId
                            + " but was " + mark.topicId() + ", so it was deleted and made anew" + ADVICE);
        }
        if (mark.next().size() > partitions.size()) {
            throw AccreteException.badState("topic '" + access.topic() + "' has " + partitions.size()
                    + " partitions but the stored position is in " + mark.next().size() + ADVICE);
        }
        List<Long> next = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            boolean isKnown = i < mark.next().size();
            long from = isKnown ? mark.next().get(i) : 0;
            requireKept(partitions.get(i).name, from, firstOffsets.get(i));
            long to = isKnown ? mark.ends().get(i) : from;
            if (Math.max(from, to) > lastOffsets.get(i)) {
                throw AccreteException.badState(partitions.get(i).name + " ends at offset " + lastOffsets.get(i)
                        + ", before the stored position, offset " + Math.max(from, to) + "; it must have all that was"
                        + " read before" + ADVICE);
            }
            next.add(from);
            ends.add(to);
        }
        seek(next, ends);
        isLastRound = false;
    }

    private static void requireKept(TopicPartition partition, long from, long first) {
        if (from < first) {
            throw AccreteException.badState("offsets " + from + " to " + (first - 1) + " of " + partition
                    + " are gone, deleted by the topic's retention before they were learned" + ADVICE);
        }
    }

    private void seek(List<Long> next, List<Long> ends) {
        for (int i = 0; i < partitions.size(); i++) {
            Partition partition = partitions.get(i);
            partition.next = next.get(i);
            partition.clear();
            consumer.seek(partition.name, partition.next);
        }
        begin(ends);
    }

    /** Begins a round. */
    private void begin(List<Long> ends) {
        ready.clear();
        awaited = 0;
        for (int i = 0; i < partitions.size(); i++) {
            Partition partition = partitions.get(i);
            partition.end = Math.max(partition.next, ends.get(i));
            settle(partition);
        }
    }

    /** Finds out which is the next message of a partition in the round. */
    private void settle(Partition partition) {
        boolean wasAwaited = partition.isAwaited;
        partition.isAwaited = false;
        if (partition.next < partition.end) {
            ConsumerRecord<byte[], byte[]> first = partition.queue.peek();
            if (first != null && first.offset() < partition.end) {
                ready.add(partition);
            } else if (first != null || fetched(partition) >= partition.end) {
                // Behind the last message are those of aborted transactions, or marks.
                partition.next = partition.end;
            } else {
                partition.isAwaited = true;
            }
        }
        awaited += (partition.isAwaited ? 1 : 0) - (wasAwaited ? 1 : 0);
    }

    /** {@return up to where a partition was fetched} */
    private long fetched(Partition partition) {
        try {
            return consumer.position(partition.name, Duration.ZERO);
        } catch (TimeoutException e) {
            return partition.next; // It is asked for again after the next poll.
        }
    }

    /**
     * {@return the next message; empty at the end, at the deadline or after {@link #stop}}
     *
     * @param deadline when to give up, as {@link System#nanoTime}, or {@link #NO_DEADLINE}
     * @throws AccreteException bad state: messages are gone; I/O: they do not come
     */
    Optional<ConsumerRecord<byte[], byte[]>> next(long deadline) {
        lastProgress = awaited > 0 || ready.isEmpty() ? System.nanoTime() : lastProgress;
        while (awaited > 0 || ready.isEmpty()) {
            try {
                if (stopped || !findMore(deadline)) {
                    return Optional.empty();
                }
            } catch (WakeupException e) {
                stopped = true;
            } catch (InterruptException e) {
                return Optional.empty(); // The thread is still interrupted.
            } catch (OffsetOutOfRangeException e) {
                throw gone(e);
            } catch (RuntimeException e) {
                throw access.failure(e);
            }
        }
        Partition partition = ready.remove();
        ConsumerRecord<byte[], byte[]> message = partition.queue.remove();
        partition.queuedBytes -= size(message);
        partition.next = message.offset() + 1;
        settle(partition);
        return Optional.of(message);
    }

    /** Polls, or begins the next round; false at the end or at the deadline. */
    private boolean findMore(long deadline) {
        if (awaited > 0) {
            return poll(deadline);
        }
        if (!follows) {
            if (isLastRound) {
                return false;
            }
            isLastRound = true;
            begin(lastOffsets);
            return true;
        }
        if (isIdle) {
            return poll(deadline);
        }
        try {
            addPartitions();
            List<TopicPartition> names =
                    partitions.stream().map(partition -> partition.name).toList();
            begin(offsets(consumer.endOffsets(names), names));
            isIdle = awaited == 0 && ready.isEmpty();
        } catch (TimeoutException e) {
            tellOutage();
        }
        return deadline == NO_DEADLINE || System.nanoTime() - deadline < 0;
    }

    private void addPartitions() {
        List<TopicPartition> added = consumer.partitionsFor(access.topic()).stream()
                .filter(one -> one.partition() >= partitions.size())
                .map(one -> new TopicPartition(one.topic(), one.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
        if (added.isEmpty()) {
            return;
        }
        List<Long> first = offsets(consumer.beginningOffsets(added), added);
        for (int i = 0; i < added.size(); i++) {
            requireKept(added.get(i), 0, first.get(i));
            partitions.add(new Partition(added.get(i), 0));
        }
        consumer.assign(partitions.stream().map(partition -> partition.name).toList());
        added.forEach(name -> consumer.seek(name, 0));
    }

    /** Takes what has arrived, or waits for some; false at the deadline. */
    private boolean poll(long deadline) {
        long left = POLL_MILLIS;
        if (deadline != NO_DEADLINE) {
            left = Math.min(left, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
            if (left <= 0) {
                return false;
            }
        }
        pause();
        ConsumerRecords<byte[], byte[]> arrived = consumer.poll(Duration.ofMillis(left));
        for (TopicPartition name : arrived.partitions()) {
            Partition partition = partitions.get(name.partition());
            for (ConsumerRecord<byte[], byte[]> message : arrived.records(name)) {
                partition.queue.add(message);
                partition.queuedBytes += size(message);
            }
        }
        int before = awaited;
        if (before > 0) {
            partitions.stream().filter(partition -> partition.isAwaited).forEach(this::settle);
        }
        if (!arrived.isEmpty() || awaited < before) {
            isIdle = false;
            isOutageTold = false;
            lastProgress = System.nanoTime();
        } else if (before == 0) {
            isIdle = consumer.partitionsFor(access.topic()).size() == partitions.size();
        } else if (System.nanoTime() - lastProgress > TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS)) {
            requireFollowing();
        }
        return true;
    }

    /** Asks for no more of partitions of which enough has arrived. */
    private void pause() {
        long most = Runtime.getRuntime().maxMemory() / QUEUES_OF_HEAP / partitions.size();
        for (Partition partition : partitions) {
            ConsumerRecord<byte[], byte[]> first = partition.queue.peek();
            boolean isDone = !follows
                    && isLastRound
                    && !partition.isAwaited
                    && (first == null || first.offset() >= partition.end);
            boolean pauses = isDone
                    || partition.queue.size() >= QUEUED_MESSAGES
                    || (first != null && partition.queuedBytes >= most);
            if (pauses != partition.isPaused) {
                partition.isPaused = pauses;
                if (pauses) {
                    consumer.pause(List.of(partition.name));
                } else {
                    consumer.resume(List.of(partition.name));
                }
            }
        }
    }

    private static int size(ConsumerRecord<byte[], byte[]> message) {
        return MESSAGE_BYTES + Math.max(0, message.serializedKeySize()) + Math.max(0, message.serializedValueSize());
    }

    private void requireFollowing() {
        if (!follows) {
            throw new AccreteException(
                    AccreteException.Kind.IO,
                    "no message of topic '" + access.topic() + "' came for " + STALL_MILLIS / 1_000
                            + " s although there are more; check the brokers, then go on with --resume");
        }
        tellOutage();
    }

    private void tellOutage() {
        if (!isOutageTold) {
            isOutageTold = true;
            LOGGER.log(
                    Level.WARNING, "the brokers of topic ''{0}'' do not answer; waiting until they do", access.topic());
        }
    }

    private AccreteException gone(OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> firsts;
        try {
            firsts = consumer.beginningOffsets(e.offsetOutOfRangePartitions().keySet());
        } catch (RuntimeException other) {
            return access.failure(other);
        }
        for (Partition partition : partitions) {
            Long first = firsts.get(partition.name);
            if (first != null && partition.next < first) {
                try {
                    requireKept(partition.name, partition.next, first);
                } catch (AccreteException told) {
                    return told;
                }
            }
        }
        return AccreteException.badState("topic '" + access.topic() + "' has not the offsets that it had: "
                + e.offsetOutOfRangePartitions() + "; was it made anew while it was read?" + ADVICE);
    }

    /** Makes {@link #next} return. Any thread; returns at once. */
    void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void close() {
        try {
            consumer.close(CloseOptions.timeout(Duration.ofMillis(CLOSE_MILLIS)));
        } catch (InterruptException e) {
            // Closed all the same; the thread is still interrupted.
        }
    }
}
