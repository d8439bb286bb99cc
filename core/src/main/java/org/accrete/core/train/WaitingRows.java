package org.accrete.core.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.EventTime;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.Scores;

/**
 * Rows whose labels have not come yet, with what was predicted for them when they came.
 *
 * <p>A row is due when its label comes: first those that were due earlier, of equals those that came earlier. All of it
 * depends on the rows only, so chunk borders, checkpoints and kills change nothing. Time is the latest time of any row
 * so far; a row that is older than that waits from its own time.
 *
 * <p>In a state all names begin with {@code run.delay.}, and rows stand in the order in which they are due.
 */
final class WaitingRows {
    private static final String PREFIX = "run.delay.";
    private static final String NUMBERS = PREFIX + "numbers";
    private static final int SEGMENT = 256;
    /** In place of the number of known classes, for a row that an untrained model was not asked about. */
    private static final int UNTRAINED = -1;

    private final LabelDelay delay;
    private final Schema schema;
    private final Optional<EventTime> time;
    private final int keys;
    private final ChunkBuffer one;

    /** Rows stand in segments, which are used again once all of their rows are gone. */
    private final List<ChunkBuffer> segments = new ArrayList<>();

    private final Deque<Integer> free = new ArrayDeque<>();
    private int[] left = {};
    private int filling = -1;

    // By slot: segment × its rows + row.
    private long[] due = {};
    private long[] numbers = {};
    private int[] known = {};
    private int[] sources = {};
    private double[] noChange = {};
    private double[] usual = {};
    private double[] decisions = {};
    private int most = 1;

    /** Slots, the one that is due next first. */
    private int[] heap = {};

    private int count;
    /** By source: labelled rows that wait now, and that waited when the run began. */
    private final long[] labelled;

    private final long[] labelledBefore;
    private long clock = Long.MIN_VALUE;
    private long arrivingDue;
    private double[] ofFirst = {};

    /**
     * Is empty.
     *
     * @param source what the rows come from
     * @throws AccreteException bad argument: there is no such column of times, or no target
     */
    WaitingRows(LabelDelay delay, ChunkSource source) {
        this.delay = delay;
        schema = source.schema();
        if (schema.target().kind() == Target.Kind.NONE) {
            throw AccreteException.badArgument(
                    "labels can only come late where there is a target; leave out the delay");
        }
        time = delay.column()
                .map(column -> new EventTime(
                        source.plan()
                                .orElseThrow(() -> AccreteException.badArgument(source.name() + " has no column '"
                                        + column + "' that says when a row happened;" + " give the delay in rows")),
                        column));
        keys = time.isPresent() ? source.plan().orElseThrow().keys().size() : 0;
        one = new ChunkBuffer(schema, 1);
        labelled = new long[Math.max(1, source.sources().size())];
        labelledBefore = new long[labelled.length];
    }

    /** {@return a plan without the key that says when rows happened, unless that is all that the column is} */
    ColumnPlan withoutTimes(ColumnPlan plan) {
        Predicate<Column> isOfTimes = column -> delay.column().equals(Optional.of(column.name()));
        if (plan.columns().stream().filter(isOfTimes).count() < 2) {
            return plan;
        }
        List<Column> columns = new ArrayList<>(plan.columns());
        columns.removeIf(column -> column instanceof Column.Key && isOfTimes.test(column));
        return new ColumnPlan(columns, plan.seen());
    }

    /** {@return how many keys the rows must carry} */
    int keyCount() {
        return keys;
    }

    /** {@return how many rows wait} */
    int count() {
        return count;
    }

    /** {@return how many labelled rows wait, by source} */
    long[] labelled() {
        return labelled.clone();
    }

    /** {@return how many waited when the run began, by source} */
    long[] labelledBefore() {
        return labelledBefore.clone();
    }

    /** {@return how many labelled rows wait now, less those that waited when the run began} */
    long ofThisRun() {
        return Arrays.stream(labelled).sum() - Arrays.stream(labelledBefore).sum();
    }

    // --- rows

    /**
     * Lets time pass until a row comes.
     *
     * @param read the chunk as it was read
     * @param row of it
     * @param number of the row, from 1 over all rows
     * @throws AccreteException bad row: its time cannot be read; nothing is changed
     */
    void comes(ChunkBuffer read, int row, long number) {
        long now = number;
        if (time.isPresent()) {
            now = time.get().millis(read, row);
        }
        // A delay that ends after the end of time.
        arrivingDue = now > Long.MAX_VALUE - delay.amount() ? Long.MAX_VALUE : now + delay.amount();
        clock = Math.max(clock, now);
    }

    /** {@return whether the label of a row has come} */
    boolean isDue() {
        return count > 0 && due[heap[0]] <= clock;
    }

    /**
     * Adds the row that has come, with what a model says of it.
     *
     * @param chunk has the row
     * @param number of the row, from 1 over all rows
     * @param source which of several sources it is from
     * @param scores says what baselines predict; empty where nothing is scored
     */
    void add(Chunk chunk, int row, long number, int source, Pipeline pipeline, Optional<Scores> scores) {
        int slot = slot(chunk, row);
        numbers[slot] = number;
        due[slot] = arrivingDue;
        sources[slot] = source;
        noChange[slot] = scores.map(Scores::noChange).orElse(0.0);
        usual[slot] = scores.map(Scores::usual).orElse(0.0);
        known[slot] = UNTRAINED;
        if (scores.isPresent() && !pipeline.isUntrained()) {
            one.clear();
            one.append(chunk, row, row + 1);
            predict(pipeline.view(), slot);
        }
        addLabelled(slot, 1);
        push(slot);
    }

    private void predict(Model model, int slot) {
        if (model instanceof Regressor regressor) {
            known[slot] = 0;
            ofFirst = withLength(ofFirst, 1);
            regressor.predict(one.chunk(), ofFirst);
        } else {
            Classifier classifier = (Classifier) model;
            known[slot] = classifier.classes().size();
            ofFirst = withLength(ofFirst, classifier.decisions());
            classifier.decide(one.chunk(), ofFirst);
        }
        int width = decisions(slot);
        makeRoomForDecisions(width);
        System.arraycopy(ofFirst, 0, decisions, slot * most, width);
    }

    private static double[] withLength(double[] array, int length) {
        return array.length >= length ? array : new double[length];
    }

    private int decisions(int slot) {
        return known[slot] == UNTRAINED
                ? 0
                : OnlineLearner.decisions(schema.target().kind(), known[slot]);
    }

    private void makeRoomForDecisions(int width) {
        if (width > most) {
            int before = most;
            most = width;
            double[] wider = new double[Math.multiplyExact(due.length, most)];
            for (int slot = 0; slot < due.length; slot++) {
                System.arraycopy(decisions, slot * before, wider, slot * most, before);
            }
            decisions = wider;
        }
    }

    /** {@return a slot, into which a row was copied} */
    private int slot(Chunk chunk, int row) {
        if (filling < 0 || segments.get(filling).room() == 0) {
            if (free.isEmpty()) {
                free.add(segments.size());
                segments.add(new ChunkBuffer(schema, SEGMENT));
                int length = Math.multiplyExact(segments.size(), SEGMENT);
                if (length > due.length) {
                    growTo(Math.max(length, 2 * due.length));
                }
            }
            filling = free.remove();
            segments.get(filling).clear();
        }
        ChunkBuffer segment = segments.get(filling);
        segment.append(chunk, row, row + 1);
        left[filling]++;
        return filling * SEGMENT + segment.rows() - 1;
    }

    private void growTo(int length) {
        left = Arrays.copyOf(left, length / SEGMENT + 1);
        due = Arrays.copyOf(due, length);
        numbers = Arrays.copyOf(numbers, length);
        known = Arrays.copyOf(known, length);
        sources = Arrays.copyOf(sources, length);
        noChange = Arrays.copyOf(noChange, length);
        usual = Arrays.copyOf(usual, length);
        heap = Arrays.copyOf(heap, length);
        decisions = Arrays.copyOf(decisions, Math.multiplyExact(length, most));
    }

    private void addLabelled(int slot, int change) {
        if (!Double.isNaN(segments.get(slot / SEGMENT).chunk().target(slot % SEGMENT))) {
            labelled[sources[slot]] += change;
        }
    }

    /** {@return the row that is due first, until the next call of any method} */
    Chunk first() {
        one.clear();
        int slot = heap[0];
        one.append(segments.get(slot / SEGMENT).chunk(), slot % SEGMENT, slot % SEGMENT + 1);
        return one.chunk();
    }

    /** {@return the number of that row} */
    long number() {
        return numbers[heap[0]];
    }

    /** {@return which of several sources it is from} */
    int source() {
        return sources[heap[0]];
    }

    /**
     * Hands what was predicted for that row to its scores.
     *
     * @return whether it was predicted
     */
    boolean predicted(Scores scores, Model model) {
        int slot = heap[0];
        if (known[slot] == UNTRAINED) {
            return false;
        }
        int width = decisions(slot);
        ofFirst = withLength(ofFirst, width);
        System.arraycopy(decisions, slot * most, ofFirst, 0, width);
        scores.useDecisions(model, known[slot], ofFirst, one.chunk());
        return true;
    }

    /** Counts that row, which {@link #predicted} has handed over. */
    void count(Scores scores) {
        scores.countLate(one.chunk(), noChange[heap[0]], usual[heap[0]]);
    }

    /** Takes that row out. */
    void removeFirst() {
        int slot = heap[0];
        addLabelled(slot, -1);
        count--;
        int last = heap[count];
        int hole = 0;
        for (int child = 1; child < count; child = 2 * hole + 1) {
            if (child + 1 < count && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], last)) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = last;
        int segment = slot / SEGMENT;
        if (--left[segment] == 0) {
            free.add(segment);
            filling = segment == filling ? -1 : filling;
        }
    }

    private void push(int slot) {
        int hole = count++;
        while (hole > 0 && isBefore(slot, heap[(hole - 1) / 2])) {
            heap[hole] = heap[(hole - 1) / 2];
            hole = (hole - 1) / 2;
        }
        heap[hole] = slot;
    }

    private boolean isBefore(int slot, int other) {
        return due[slot] < due[other] || (due[slot] == due[other] && numbers[slot] < numbers[other]);
    }

    // --- states

    /** {@return whether rows may wait in a state} */
    static boolean isIn(State state) {
        return state.tensors().containsKey(PREFIX + "clock");
    }

    /** {@return whether a name is of what waits} */
    static boolean isName(String name) {
        return name.startsWith(PREFIX);
    }

    /** Writes what waits in a state to another one. */
    static void copy(State from, State.Builder to) {
        to.all(PREFIX, from.part(PREFIX));
    }

    void writeTo(State.Builder state) {
        state.whole(PREFIX + "clock", clock);
        if (count == 0) {
            return;
        }
        int[] slots = IntStream.range(0, count)
                .map(i -> heap[i])
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(slot -> due[slot]).thenComparingLong(slot -> numbers[slot]))
                .mapToInt(Integer::intValue)
                .toArray();
        state.longs(NUMBERS, longs(slots, numbers))
                .longs(PREFIX + "due", longs(slots, due))
                .longs(
                        PREFIX + "known",
                        Arrays.stream(slots).mapToLong(slot -> known[slot]).toArray())
                .longs(
                        PREFIX + "sources",
                        Arrays.stream(slots).mapToLong(slot -> sources[slot]).toArray())
                .doubles(
                        PREFIX + "no_change",
                        Arrays.stream(slots).mapToDouble(slot -> noChange[slot]).toArray())
                .doubles(
                        PREFIX + "usual",
                        Arrays.stream(slots).mapToDouble(slot -> usual[slot]).toArray())
                .doubles(
                        PREFIX + "decisions",
                        Arrays.stream(slots)
                                .boxed()
                                .flatMapToDouble(
                                        slot -> Arrays.stream(decisions, slot * most, slot * most + decisions(slot)))
                                .toArray());
        ChunkBuffer rows = new ChunkBuffer(schema, count);
        for (int slot : slots) {
            rows.append(segments.get(slot / SEGMENT).chunk(), slot % SEGMENT, slot % SEGMENT + 1);
        }
        writeRows(rows.chunk(), state);
    }

    private static long[] longs(int[] slots, long[] of) {
        return Arrays.stream(slots).mapToLong(slot -> of[slot]).toArray();
    }

    private void writeRows(Chunk rows, State.Builder state) {
        state.doubles(
                PREFIX + "targets",
                IntStream.range(0, count).mapToDouble(rows::target).toArray());
        if (rows.hasWeights()) {
            state.doubles(
                    PREFIX + "weights",
                    IntStream.range(0, count).mapToDouble(rows::weight).toArray());
        }
        state.list(PREFIX + "classes", rows.classes());
        if (rows instanceof SparseChunk sparse) {
            int entries = sparse.end(count - 1);
            state.longs(
                            PREFIX + "ends",
                            IntStream.range(0, count).mapToLong(sparse::end).toArray())
                    .longs(
                            PREFIX + "indices",
                            Arrays.stream(sparse.indices(), 0, entries)
                                    .asLongStream()
                                    .toArray())
                    .doubles(PREFIX + "values", Arrays.copyOf(sparse.values(), entries));
        } else if (rows instanceof DenseChunk dense) {
            state.doubles(
                    PREFIX + "values", Arrays.copyOf(dense.values(), count * schema.width()), count, schema.width());
        }
    }

    /** Continues where the run that stored a state ended, in place of what waits now. */
    void resume(State state) {
        read(state);
        System.arraycopy(labelled, 0, labelledBefore, 0, labelled.length);
    }

    /** Goes on with what waits in a state; what this run has learned stays counted. */
    void goBackTo(State state) {
        long[] before = labelled.clone();
        read(state);
        Arrays.setAll(labelledBefore, i -> labelledBefore[i] + labelled[i] - before[i]);
    }

    private void read(State state) {
        count = 0;
        Arrays.fill(labelled, 0);
        filling = -1;
        free.clear();
        segments.clear();
        Arrays.fill(left, 0);
        clock = isIn(state) ? state.whole(PREFIX + "clock") : Long.MIN_VALUE;
        if (!state.tensors().containsKey(NUMBERS)) {
            return;
        }
        int rows = state.tensor(NUMBERS).size();
        Chunk chunk = readRows(state, rows);
        long[] storedKnown = state.longs(PREFIX + "known", rows);
        long[] storedSources = state.longs(PREFIX + "sources", rows);
        double[] values = state.tensor(PREFIX + "decisions").doubles();
        int next = 0;
        for (int row = 0; row < rows; row++) {
            if (storedKnown[row] < UNTRAINED
                    || storedKnown[row] > chunk.classes().size()
                    || storedSources[row] < 0
                    || storedSources[row] >= labelled.length) {
                throw AccreteException.corruptFile("row " + row + " of those that wait for their labels has "
                        + storedKnown[row] + " known classes and is of source " + storedSources[row]);
            }
            int slot = slot(chunk, row);
            numbers[slot] = state.tensor(NUMBERS).longs()[row];
            known[slot] = (int) storedKnown[row];
            sources[slot] = (int) storedSources[row];
            int width = decisions(slot);
            if (next + width > values.length) {
                throw AccreteException.corruptFile("tensor '" + PREFIX + "decisions' has " + values.length
                        + " numbers, too few for the rows that wait");
            }
            makeRoomForDecisions(width);
            System.arraycopy(values, next, decisions, slot * most, width);
            next += width;
        }
        long[] storedDue = state.longs(PREFIX + "due", rows);
        double[] storedNoChange = state.doubles(PREFIX + "no_change", rows);
        double[] storedUsual = state.doubles(PREFIX + "usual", rows);
        for (int row = 0; row < rows; row++) {
            // Slots are handed out in order.
            due[row] = storedDue[row];
            noChange[row] = storedNoChange[row];
            usual[row] = storedUsual[row];
            addLabelled(row, 1);
            push(row);
        }
    }

    private Chunk readRows(State state, int count) {
        ChunkBuffer rows = new ChunkBuffer(schema, count);
        List<String> classes = state.list(PREFIX + "classes");
        double[] targets = state.doubles(PREFIX + "targets", count);
        boolean hasWeights = state.tensors().containsKey(PREFIX + "weights");
        double[] weights = hasWeights ? state.doubles(PREFIX + "weights", count) : new double[0];
        double[] values = schema.isSparse()
                ? state.tensor(PREFIX + "values").doubles()
                : state.doubles(PREFIX + "values", count, schema.width());
        long[] ends = schema.isSparse() ? state.longs(PREFIX + "ends", count) : new long[0];
        long[] indices = schema.isSparse() ? state.longs(PREFIX + "indices", values.length) : new long[0];
        for (int row = 0; row < count; row++) {
            double target = targets[row];
            if (schema.target().kind() == Target.Kind.CATEGORICAL
                    && !Double.isNaN(target)
                    && !(target >= 0 && target < classes.size() && target == (int) target)) {
                throw AccreteException.corruptFile("the class of a row that waits for its label must be >= 0 and < "
                        + classes.size() + " but is " + target);
            }
            rows.beginRow();
            rows.target(target);
            if (hasWeights) {
                rows.weight(weights[row]);
            }
            if (schema.isSparse()) {
                readEntries(rows, indices, values, row == 0 ? 0 : ends[row - 1], ends[row]);
            } else {
                rows.put(0, values, row * schema.width(), schema.width());
            }
            rows.endRow();
        }
        rows.classes(classes);
        return rows.chunk();
    }

    private void readEntries(ChunkBuffer rows, long[] indices, double[] values, long from, long to) {
        if (from < 0 || to < from || to > values.length) {
            throw AccreteException.corruptFile("entries of a row that waits for its label must end >= " + from
                    + " and <= " + values.length + " but end at " + to);
        }
        long before = -1;
        for (int entry = (int) from; entry < to; entry++) {
            if (indices[entry] <= before || indices[entry] >= schema.width()) {
                throw AccreteException.corruptFile("columns of a row that waits for its label must ascend and be < "
                        + schema.width() + " but one is " + indices[entry]);
            }
            before = indices[entry];
            rows.put((int) before, values[entry]);
        }
    }
}
