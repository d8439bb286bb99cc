package org.accrete.core.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Position;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;

/**
 * A source of rows that threads of the application push, while a {@link org.accrete.core.train.TrainingRun} takes them:
 *
 * <pre>{@code
 * PushSource source = new PushSource(plan, 10_000);
 * Thread training = new Thread(TrainingRun.builder(pipeline, source).publishTo(live).build()::run);
 * training.start();
 * source.put(new double[] {0.3, 1.2}, "yes"); // from any thread, as often as wanted
 * source.end();
 * training.join();
 * }</pre>
 *
 * <ul>
 *   <li>The queue holds a fixed number of rows. When it is full, {@code offer} returns false, with a time after that
 *       time, and {@code put} waits.
 *   <li>A row is encoded on the thread that pushes it, one at a time. A bad row is refused there and then, with its
 *       reason, and changes nothing.
 *   <li>After {@link #end} every further row is refused with bad state; those before are all handed on.
 *   <li>A chunk that is not full is handed on when its first row has waited for {@link #maxWait}.
 *   <li>A position is the number of rows taken. A run that is resumed does not get these again: the application goes on
 *       with the row after as many as the version's {@code run.position} counts, which {@link #rowsTaken} says once the
 *       run has begun.
 *   <li>Rows of numbers allocate nothing once the queue has been full.
 * </ul>
 */
public final class PushSource implements ChunkSource {
    private static final double NO_TARGET = Double.NaN;
    private static final long FOREVER = Long.MAX_VALUE;

    /*
     * Two buffers: rows are pushed to one and taken from the other; when that is used up they are swapped. The lock of
     * this object guards everything.
     */
    private final ColumnPlan plan;
    private final Schema schema;
    private final RecordEncoder encoder;
    private final LabelIndex labels;
    private final List<String> header;
    private final Map<String, String> cells = new HashMap<>();
    private final int width;
    private final Map<String, Integer> classIndexes = new HashMap<>();
    private final boolean keepsSpelling;
    private final boolean takesNumbers;
    private final int capacity;
    private final Duration maxWait;
    private ChunkBuffer pushed;
    private ChunkBuffer taking;
    /** Rows of a batch, until all of them are known to be good. */
    private Optional<ChunkBuffer> batch = Optional.empty();

    private int handed;
    private long firstAt;
    private long taken;
    private boolean begun;
    private boolean ended;

    /**
     * Makes a source that waits for further rows for {@link SourceRequest#MAX_WAIT}.
     *
     * @param plan what the columns are and how records are encoded
     * @param capacity the most rows that wait to be taken, at least 1
     */
    public PushSource(ColumnPlan plan, int capacity) {
        this(plan, capacity, SourceRequest.MAX_WAIT);
    }

    /**
     * Makes a source.
     *
     * @param plan what the columns are and how records are encoded
     * @param capacity the most rows that wait to be taken, at least 1
     * @param maxWait how long the first row of a chunk waits for further ones, from 0 to one day
     */
    public PushSource(ColumnPlan plan, int capacity, Duration maxWait) {
        if (capacity < 1) {
            throw AccreteException.badArgument("capacity must be >= 1 but was " + capacity);
        }
        SourceRequest.requireWait(maxWait);
        this.plan = plan;
        this.capacity = capacity;
        this.maxWait = maxWait;
        this.header = plan.rawNames();
        this.schema = plan.schema();
        this.labels = new LabelIndex(schema.target().classes());
        this.encoder = new RecordEncoder(plan, true, labels);
        this.width = schema.width();
        long numbers =
                plan.columns().stream().filter(Column.Numeric.class::isInstance).count();
        this.takesNumbers = numbers == width
                && plan.columns().stream()
                        .allMatch(column -> column instanceof Column.Numeric || column instanceof Column.Label);
        this.keepsSpelling = plan.label().filter(Column.Label::asWritten).isPresent();
        int keys = plan.keys().size();
        this.pushed = new ChunkBuffer(schema, capacity, keys);
        this.taking = new ChunkBuffer(schema, capacity, keys);
    }

    /**
     * Offers a record.
     *
     * @param record cells by the names of the raw columns; an absent one is missing, further ones are ignored; not kept
     * @return whether it was accepted; false if the queue is full
     * @throws AccreteException bad data: a cell that cannot be used; bad state: the rows were ended
     */
    public boolean offer(Map<String, String> record) {
        return push(record);
    }

    /**
     * Offers a record, and waits for room.
     *
     * @param record as for {@link #offer(Map)}
     * @param atMost the longest wait
     * @return whether it was accepted; false if the queue was full all the time
     * @throws AccreteException as {@link #offer(Map)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public boolean offer(Map<String, String> record, Duration atMost) throws InterruptedException {
        return pushWaiting(record, atMost.toNanos());
    }

    /**
     * Waits for room and pushes a record.
     *
     * @param record as for {@link #offer(Map)}
     * @throws AccreteException as {@link #offer(Map)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public void put(Map<String, String> record) throws InterruptedException {
        pushWaiting(record, FOREVER);
    }

    /**
     * Offers a Java record.
     *
     * @param record its components have the names of the raw columns, as {@link RecordEncoder} reads them; further ones
     *     are ignored; not kept
     * @return whether it was accepted; false if the queue is full
     * @throws AccreteException bad data: a column without a component, or a value that cannot be used; left out: the
     *     plan leaves such rows out; bad state: the rows were ended
     */
    public synchronized boolean offer(Record record) {
        requireOpen();
        if (isFull()) {
            return false;
        }
        encode(record);
        return true;
    }

    /**
     * Waits for room and pushes a Java record.
     *
     * @param record as for {@link #offer(Record)}
     * @throws AccreteException as {@link #offer(Record)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public synchronized void put(Record record) throws InterruptedException {
        awaitRoom(FOREVER);
        encode(record);
    }

    /**
     * Offers several records, of which all are accepted or none.
     *
     * @param records each a {@code Map} from the name of each raw column to its value, or a Java record, as
     *     {@link RecordEncoder} reads it; not kept
     * @param before called once all are known to be good and to have room, and before the first of them can be taken,
     *     with the records that the plan does not leave out and their rows, which it reads during the call only; when
     *     it throws, none is accepted
     * @return how many were accepted, without those that the plan leaves out; −1 if there is no room for all of them
     * @throws AccreteException bad data: a record that cannot be used, with its number from 0; bad argument: more
     *     records than the queue ever holds; bad state: the rows were ended
     */
    public synchronized int offerAll(List<?> records, BiConsumer<List<?>, Chunk> before) {
        requireOpen();
        if (records.size() > capacity) {
            throw AccreteException.badArgument(
                    "at most " + capacity + " records are taken at once but there are " + records.size());
        }
        if (records.size() > capacity - waiting()) {
            return -1;
        }
        List<String> known = labels.labels();
        boolean accepted = false;
        try {
            List<Object> good = new ArrayList<>(records.size());
            ChunkBuffer rows = encodeAll(records, good);
            before.accept(good, rows.chunk());
            accepted = true;
            if (rows.rows() == 0) {
                return 0;
            }
            boolean wasEmpty = waiting() == 0;
            pushed.append(rows, 0, rows.rows());
            if (wasEmpty) {
                firstAt = System.nanoTime();
            }
            notifyAll();
            return rows.rows();
        } finally {
            if (!accepted) {
                labels.reset(known);
                classIndexes.clear();
            }
        }
    }

    private ChunkBuffer encodeAll(List<?> records, List<Object> good) {
        if (batch.isEmpty() || batch.get().capacity() < records.size()) {
            batch = Optional.of(new ChunkBuffer(
                    schema, Math.max(16, records.size()), plan.keys().size()));
        }
        ChunkBuffer rows = batch.get();
        rows.clear();
        for (int i = 0; i < records.size(); i++) {
            try {
                encoder.encode(records.get(i), rows);
                good.add(records.get(i));
            } catch (AccreteException e) {
                if (e.kind() != AccreteException.Kind.LEFT_OUT) {
                    throw e.kind() == AccreteException.Kind.BAD_DATA ? e.at("record " + i) : e;
                }
            }
        }
        return rows;
    }

    /**
     * Offers a row of numbers.
     *
     * @param features one per column, in the order of the plan; NaN is missing; not kept
     * @param target the number to predict; NaN if it is missing, also where the target is a label
     * @return whether it was accepted; false if the queue is full
     * @throws AccreteException bad argument: another number of features, or a plan of other columns than numbers; bad
     *     data: an infinite number, or a number for a label; bad state: the rows were ended
     */
    public synchronized boolean offer(double[] features, double target) {
        requireOpen();
        if (isFull()) {
            return false;
        }
        add(features, target);
        return true;
    }

    /**
     * Offers a row of numbers, and waits for room.
     *
     * @param features as for {@link #offer(double[], double)}
     * @param target as there
     * @param atMost the longest wait
     * @return whether it was accepted; false if the queue was full all the time
     * @throws AccreteException as {@link #offer(double[], double)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public synchronized boolean offer(double[] features, double target, Duration atMost) throws InterruptedException {
        boolean hasRoom = awaitRoom(atMost.toNanos());
        if (hasRoom) {
            add(features, target);
        }
        return hasRoom;
    }

    /**
     * Waits for room and pushes a row of numbers.
     *
     * @param features as for {@link #offer(double[], double)}
     * @param target as there
     * @throws AccreteException as {@link #offer(double[], double)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public synchronized void put(double[] features, double target) throws InterruptedException {
        awaitRoom(FOREVER);
        add(features, target);
    }

    /**
     * Offers a row of numbers with a label.
     *
     * @param features as for {@link #offer(double[], double)}
     * @param label the class; the empty text if it is missing
     * @return whether it was accepted; false if the queue is full
     * @throws AccreteException as {@link #offer(double[], double)}; bad data: a label for a number
     */
    public synchronized boolean offer(double[] features, String label) {
        requireOpen();
        if (isFull()) {
            return false;
        }
        add(features, label);
        return true;
    }

    /**
     * Offers a row of numbers with a label, and waits for room.
     *
     * @param features as for {@link #offer(double[], double)}
     * @param label as for {@link #offer(double[], String)}
     * @param atMost the longest wait
     * @return whether it was accepted; false if the queue was full all the time
     * @throws AccreteException as {@link #offer(double[], String)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public synchronized boolean offer(double[] features, String label, Duration atMost) throws InterruptedException {
        boolean hasRoom = awaitRoom(atMost.toNanos());
        if (hasRoom) {
            add(features, label);
        }
        return hasRoom;
    }

    /**
     * Waits for room and pushes a row of numbers with a label.
     *
     * @param features as for {@link #offer(double[], double)}
     * @param label as for {@link #offer(double[], String)}
     * @throws AccreteException as {@link #offer(double[], String)}
     * @throws InterruptedException if this thread was interrupted while it waited; the row was not accepted
     */
    public synchronized void put(double[] features, String label) throws InterruptedException {
        awaitRoom(FOREVER);
        add(features, label);
    }

    private synchronized boolean push(Map<String, String> record) {
        requireOpen();
        if (isFull()) {
            return false;
        }
        add(record);
        return true;
    }

    private synchronized boolean pushWaiting(Map<String, String> record, long nanos) throws InterruptedException {
        boolean hasRoom = awaitRoom(nanos);
        if (hasRoom) {
            add(record);
        }
        return hasRoom;
    }

    private int waiting() {
        return pushed.rows() + taking.rows() - handed;
    }

    private boolean isFull() {
        return waiting() >= capacity;
    }

    private void requireOpen() {
        if (ended) {
            throw AccreteException.badState("the rows were ended; push no further ones, or make another source");
        }
    }

    private boolean awaitRoom(long nanos) throws InterruptedException {
        requireOpen();
        long start = System.nanoTime();
        while (isFull()) {
            long left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            wait(millis(left));
            requireOpen();
        }
        return true;
    }

    /** {@return milliseconds to wait, at least one: 0 would be for ever} */
    private static long millis(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    private void add(Map<String, String> record) {
        for (String name : header) {
            String cell = record.get(name);
            cells.put(name, cell == null ? "" : cell);
        }
        encode(cells);
    }

    private void encode(Object record) {
        encoder.encode(record, pushed);
        added();
    }

    private void add(double[] features, double target) {
        requireNumbers(features);
        if (!Double.isNaN(target) && (Double.isInfinite(target) || kind() != Target.Kind.NUMERIC)) {
            throw AccreteException.badData(
                    kind() == Target.Kind.NUMERIC
                            ? "the target must be a finite number or NaN but was " + target
                            : "the target must be " + (kind() == Target.Kind.NONE ? "NaN" : "a label") + " but was "
                                    + target);
        }
        addNumbers(features, target);
    }

    private void add(double[] features, String label) {
        requireNumbers(features);
        if (!label.isEmpty() && kind() != Target.Kind.CATEGORICAL) {
            throw AccreteException.badData("the target must be a number but was the label '" + label + "'");
        }
        addNumbers(features, label.isEmpty() ? NO_TARGET : classIndex(label));
    }

    private int classIndex(String label) {
        Integer known = classIndexes.get(label);
        if (known != null) {
            return known;
        }
        String canonical = keepsSpelling ? label.strip() : LabelIndex.canonical(label);
        if (canonical.isEmpty()) {
            throw AccreteException.badData("a label must not be blank");
        }
        int index = labels.add(canonical);
        classIndexes.put(label, index);
        return index;
    }

    private Target.Kind kind() {
        return schema.target().kind();
    }

    private void requireNumbers(double[] features) {
        if (!takesNumbers) {
            throw AccreteException.badArgument(
                    "rows of numbers need a plan of plain numeric columns; push records by name instead");
        }
        if (features.length != width) {
            throw AccreteException.badArgument("a row must have " + width + " features but has " + features.length);
        }
        for (int i = 0; i < features.length; i++) {
            if (Double.isInfinite(features[i])) {
                throw AccreteException.badData("feature " + i + " must be finite or NaN but was " + features[i]);
            }
        }
    }

    private void addNumbers(double[] features, double target) {
        pushed.beginRow();
        pushed.put(0, features, 0, features.length);
        pushed.target(target);
        pushed.endRow();
        pushed.classes(labels.labels());
        added();
    }

    private void added() {
        if (waiting() == 1) {
            firstAt = System.nanoTime();
        }
        notifyAll();
    }

    /**
     * Ends the rows: those accepted are still handed on, further ones are refused. Any thread; more calls do nothing.
     */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** {@return how many rows were handed on, with those before the position that was sought} Any thread. */
    public synchronized long rowsTaken() {
        return taken;
    }

    /** {@return whether further rows are refused} Any thread. */
    public synchronized boolean isEnded() {
        return ended;
    }

    /** {@return how many rows were accepted, with those before the position that was sought} Any thread. */
    public synchronized long rowsAccepted() {
        return taken + waiting();
    }

    @Override
    public String name() {
        return "pushed rows";
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return Optional.of(plan);
    }

    @Override
    public Optional<Duration> maxWait() {
        return Optional.of(maxWait);
    }

    @Override
    public synchronized boolean awaitRows(Duration atMost) {
        return awaitRow(System.nanoTime() + atMost.toNanos());
    }

    private boolean awaitRow(long until) {
        try {
            while (waiting() == 0 && !ended) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wait(millis(left));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AccreteException(AccreteException.Kind.IO, "interrupted while waiting for rows", e);
        }
    }

    /** {@inheritDoc} Rows pushed before this call come after the position. Going to where it stands does nothing. */
    @Override
    public synchronized void seek(Position position) {
        if (begun && position.equals(new Position("", taken))) {
            return;
        }
        if (!position.mark().isEmpty() || begun) {
            throw AccreteException.badState(
                    begun
                            ? "a source can go to a position only once, before its first row is read"
                            : "the position '" + position.toText() + "' is not one of pushed rows");
        }
        begun = true;
        taken = position.rows();
        notifyAll();
    }

    @Override
    public synchronized boolean next(ChunkBuffer buffer) {
        begun = true;
        buffer.clear();
        while (!buffer.isFull() && !awaitRow(System.nanoTime() + TimeUnit.DAYS.toNanos(1))) {
            // A day without a row.
        }
        long until = firstAt + maxWait.toNanos();
        while (!buffer.isFull() && awaitRow(until) && waiting() > 0) {
            hand(buffer);
        }
        firstAt = System.nanoTime();
        buffer.classes(labels.labels());
        buffer.position(new Position("", taken));
        return buffer.rows() > 0;
    }

    private void hand(ChunkBuffer buffer) {
        if (handed == taking.rows()) {
            ChunkBuffer used = taking;
            taking = pushed;
            pushed = used;
            pushed.clear();
            handed = 0;
        }
        int to = Math.min(taking.rows(), handed + buffer.room());
        int row = buffer.rows();
        if (buffer.keyCount() == taking.keyCount()) {
            buffer.append(taking, handed, to);
        } else {
            buffer.append(taking.chunk(), handed, to);
        }
        taken += to - handed;
        handed = to;
        for (int i = buffer.rows() - 1; i >= row; i--) {
            buffer.place(i, taken - (buffer.rows() - 1 - i));
        }
        notifyAll();
    }

    /** {@inheritDoc} It counts rows from 1. */
    @Override
    public Optional<RowPlace> place(long place) {
        return Optional.of(new RowPlace(name(), RowPlace.Unit.ROW, place));
    }

    /** Ends the rows; those that were not taken yet are dropped. */
    @Override
    public synchronized void close() {
        ended = true;
        taking.clear();
        pushed.clear();
        handed = 0;
        notifyAll();
    }
}
