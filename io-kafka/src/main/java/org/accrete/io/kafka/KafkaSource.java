package org.accrete.io.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.RowPlaces;
import org.accrete.api.param.Params;
import org.accrete.io.TextRows;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A source of the messages of a topic. */
final class KafkaSource implements ChunkSource {
    private static final Logger LOGGER = System.getLogger(KafkaSource.class.getName());

    private final String name;
    private final String topic;
    private final boolean follows;
    private final long maxWaitNanos;
    private final BadRows badRows;
    private final TopicReader reader;
    private final TextRows rows;
    /** Held while the reader is used. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean isClosed;
    /** The bad row at which the reading ended, told after the rows before it. */
    private Optional<AccreteException> failure = Optional.empty();

    /**
     * Opens a topic and makes or takes the plan.
     *
     * @param request what is asked for
     * @param params values of {@link KafkaSourceProvider#params()}
     */
    KafkaSource(SourceRequest request, Params params) {
        name = request.location();
        follows = request.follow();
        maxWaitNanos = request.maxWait().orElse(SourceRequest.MAX_WAIT).toNanos();
        badRows = request.badRows();
        BrokerAccess access = new BrokerAccess(name, params.get(KafkaSourceProvider.CLIENT_CONFIG), follows);
        topic = access.topic();
        reader = new TopicReader(access, follows);
        try {
            rows = new TextRows(request, params, this::sample);
        } catch (RuntimeException e) {
            reader.close();
            throw e instanceof AccreteException known && known.where().isEmpty() ? known.at(name) : e;
        }
    }

    /** Reads the first messages and goes back. */
    private List<byte[]> sample() {
        List<byte[]> sample = new ArrayList<>();
        long told = System.nanoTime() + maxWaitNanos;
        boolean isTold = !follows;
        for (int read = 0; read < PlanInference.ROWS; ) {
            Optional<ConsumerRecord<byte[], byte[]>> message = reader.next(isTold ? TopicReader.NO_DEADLINE : told);
            if (message.isPresent()) {
                read++;
                Optional.ofNullable(message.get().value()).ifPresent(sample::add);
            } else if (isTold) {
                break;
            } else {
                isTold = true;
                LOGGER.log(
                        Level.WARNING,
                        "waiting for the first {0} messages of ''{1}'', of which the columns are inferred; so far there"
                                + " are {2}",
                        Integer.toString(PlanInference.ROWS),
                        name,
                        Integer.toString(read));
            }
        }
        reader.rewind();
        return sample;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return Optional.of(rows.plan());
    }

    @Override
    public List<String> warnings() {
        return rows.warnings();
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        lock.lock();
        try {
            buffer.clear();
            if (failure.isPresent()) {
                throw failure.get();
            }
            long deadline = TopicReader.NO_DEADLINE;
            while (!isClosed && !buffer.isFull()) {
                Optional<ConsumerRecord<byte[], byte[]>> message = next(deadline);
                if (message.isEmpty()) {
                    break;
                }
                add(message.get(), buffer);
                if (failure.isPresent()) {
                    if (buffer.rows() == 0) {
                        throw failure.get();
                    }
                    // Whoever goes on from here meets the bad row again.
                    buffer.position(position(mark().before(
                                    message.get().partition(), message.get().offset())));
                    return true;
                }
                if (follows && deadline == TopicReader.NO_DEADLINE && buffer.rows() > 0) {
                    deadline = System.nanoTime() + maxWaitNanos;
                }
            }
            buffer.position(position(mark()));
            return buffer.rows() > 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Duration> maxWait() {
        return Optional.of(Duration.ofNanos(maxWaitNanos)).filter(wait -> follows);
    }

    private TopicMark mark() {
        return reader.mark(rows.classes().size());
    }

    private static Position position(TopicMark mark) {
        return new Position(mark.toText(), 0);
    }

    private Optional<ConsumerRecord<byte[], byte[]>> next(long deadline) {
        try {
            return reader.next(deadline);
        } catch (AccreteException e) {
            throw e.at(name);
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> message, ChunkBuffer buffer) {
        long place = RowPlaces.of(message.partition(), message.offset() + 1);
        try {
            if (encode(message, buffer)) {
                buffer.place(buffer.rows() - 1, place);
                badRows.accepted();
            } else {
                buffer.filtered(1);
            }
        } catch (AccreteException e) {
            RowPlace where = place(place).orElseThrow();
            try {
                badRows.refused(e.at(where.source()), buffer, () -> badRow(message, where, e));
            } catch (AccreteException refusal) {
                failure = Optional.of(refusal);
            }
        }
    }

    /** Encodes a message; returns false for one that does not pass the condition. */
    private boolean encode(ConsumerRecord<byte[], byte[]> message, ChunkBuffer buffer) {
        byte[] value = message.value();
        if (value == null) {
            throw AccreteException.badData("the message has no value; such tombstones delete a key and are no rows");
        }
        return rows.encode(value, buffer);
    }

    private BadRow badRow(ConsumerRecord<byte[], byte[]> message, RowPlace place, AccreteException why) {
        return message.value() == null
                ? new BadRow(place, why.column(), String.valueOf(why.getMessage()), List.of(), List.of())
                : rows.badRow(place, why);
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean isFiltered() {
        return true;
    }

    /** {@inheritDoc} As {@code topic-partition@offset}. */
    @Override
    public Optional<RowPlace> place(long place) {
        RowPlace parts = RowPlaces.place(partition -> topic + "-" + partition, place, RowPlace.Unit.ROW);
        return Optional.of(new RowPlace(parts.source() + "@" + (parts.number() - 1), RowPlace.Unit.ROW, 0));
    }

    @Override
    public void seek(Position position) {
        if (!position.mark().isEmpty()) {
            TopicMark mark = TopicMark.parse(position.mark());
            try {
                if (mark.classes() > rows.classes().size()) {
                    throw AccreteException.badState(
                            "the column plan knows " + rows.classes().size()
                                    + " labels but the stored position has " + mark.classes()
                                    + "; open the topic with the plan that was stored with it");
                }
                reader.seek(mark);
            } catch (AccreteException e) {
                throw e.at(name);
            }
        }
        ChunkBuffer dropped = new ChunkBuffer(schema(), 1);
        for (long i = 0; i < position.rows(); ) {
            ConsumerRecord<byte[], byte[]> message = next(TopicReader.NO_DEADLINE)
                    .orElseThrow(() -> AccreteException.badState(
                            "'" + name + "' ends before the stored position; it must have all that was read before"));
            dropped.clear();
            try {
                i += encode(message, dropped) ? 1 : 0;
            } catch (AccreteException e) {
                // Bad rows do not count.
            }
        }
    }

    /** {@inheritDoc} A thread that waits for rows is woken and gets none. */
    @Override
    public void close() {
        if (!lock.tryLock()) {
            reader.stop();
            lock.lock();
        }
        try {
            if (!isClosed) {
                isClosed = true;
                reader.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
