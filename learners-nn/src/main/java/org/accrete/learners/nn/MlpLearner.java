package org.accrete.learners.nn;

import java.util.Arrays;
import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * What both learners share: a chunk is taken whole or not at all, rows wait until their batch is full, and the state.
 *
 * <p>Batches are cut from the stream of all rows, not from chunks: a chunk's last rows wait in the state, counted as
 * seen and not yet learned, until later chunks fill their batch. Nothing flushes them, so neither the chunks nor where
 * a run stopped shows.
 *
 * <p>Stored are the weights ({@link Tensors}), behind {@code mlp.first.} and {@code mlp.second.} the running means of
 * slopes and of their squares, {@code mlp.steps} (batches learned), {@code mlp.rows_seen}, and of the rows that wait
 * {@code mlp.waiting.…}: numbers, targets, weights, and of tables the start of each row's entries, their tables, rows
 * and values.
 */
abstract sealed class MlpLearner implements Learner permits MlpClassifier, MlpRegressor {
    private static final String STEPS = "mlp.steps";
    private static final String ROWS_SEEN = "mlp.rows_seen";
    private static final String FIRST = "mlp.first.";
    private static final String SECOND = "mlp.second.";
    private static final String WAITING = "mlp.waiting.";

    final Schema schema;
    final Network network;
    final Scratch scratch = new Scratch();
    private final Trainer trainer;
    private final Schedule schedule;
    private final Block waiting;
    private final Block waitingBefore;
    private long steps;
    private long rowsSeen;
    private double lastLoss = Double.NaN;

    /** Makes a learner that has seen nothing. */
    MlpLearner(Schema schema, Params params, Trainer trainer) {
        this.schema = schema;
        this.trainer = trainer;
        this.network = trainer.network;
        this.schedule = MlpParams.schedule(params);
        int batch = MlpParams.batchSize(params);
        this.waiting = network.block(batch);
        this.waitingBefore = network.block(batch);
    }

    /** Goes on from a state. */
    final void restore(State state) {
        Tensors.take(state, "", network, network.layers, network.table);
        if (trainer.first[0].length > 0) {
            Tensors.take(state, FIRST, network, trainer.first, trainer.tableFirst);
        }
        if (trainer.second[0].length > 0) {
            Tensors.take(state, SECOND, network, trainer.second, trainer.tableSecond);
            requireSquares(trainer.tableSecond);
            for (float[] squares : trainer.second) {
                requireSquares(squares);
            }
        }
        steps = state.whole(STEPS);
        rowsSeen = state.whole(ROWS_SEEN);
        restoreWaiting(state);
        if (steps < 0 || rowsSeen < waiting.rows) {
            throw Tensors.corrupt("mlp.steps must be >= 0 and mlp.rows_seen >= the rows that wait");
        }
    }

    private static void requireSquares(float[] squares) {
        for (float square : squares) {
            if (!(square >= 0)) {
                throw Tensors.corrupt("means of squares must be >= 0 but one was " + square);
            }
        }
    }

    private void restoreWaiting(State state) {
        float[] targets = Tensors.finite(
                state, WAITING + "targets", state.tensor(WAITING + "targets").size());
        int rows = targets.length;
        int numbers = network.inputs.numbers;
        float[] x = Tensors.finite(state, WAITING + "numbers", rows, numbers);
        float[] weights = Tensors.finite(state, WAITING + "weights", rows);
        boolean good = rows < waiting.capacity;
        for (int row = 0; good && row < rows; row++) {
            System.arraycopy(x, row * numbers, waiting.x, row * waiting.stride, numbers);
            waiting.targets[row] = targets[row];
            waiting.weights[row] = weights[row];
            good = weights[row] >= 0 && isTarget(targets[row]);
        }
        if (network.inputs.tables > 0) {
            long[] starts = state.longs(WAITING + "starts", rows + 1L);
            int entries = state.tensor(WAITING + "values").size();
            float[] values = Tensors.finite(state, WAITING + "values", entries);
            long[] tables = state.longs(WAITING + "tables", entries);
            long[] tableRows = state.longs(WAITING + "rows", entries);
            good = good && starts[0] == 0 && starts[rows] == entries;
            for (int row = 0; good && row < rows; row++) {
                good = starts[row] <= starts[row + 1] && starts[row + 1] <= entries;
                waiting.beginRow();
                for (int k = (int) starts[row]; good && k < starts[row + 1]; k++) {
                    good = tables[k] >= 0
                            && tables[k] < network.inputs.tables
                            && tableRows[k] >= network.inputs.firstRow((int) tables[k])
                            && tableRows[k] < network.inputs.firstRow((int) tables[k] + 1)
                            && values[k] != 0;
                    if (good) {
                        waiting.entry((int) tables[k], (int) tableRows[k], values[k]);
                    }
                }
                waiting.endRow();
            }
        }
        if (!good) {
            throw Tensors.corrupt("the rows stored as " + WAITING
                    + "… must be fewer than a batch, with weights >= 0, targets and entries that the model has");
        }
        waiting.truncate(rows);
    }

    /** {@return whether a stored target can be one} */
    abstract boolean isTarget(float target);

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public final long rowsWaiting() {
        return waiting.rows;
    }

    /**
     * {@return the loss of the last batch that was learned, before its step; NaN if none was since this learner was
     * made}
     */
    final double lastLoss() {
        return lastLoss;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        schema.require(chunk.schema());
        int checked = check(chunk);
        Rows.requireWeights(chunk);
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        network.inputs.requireFinite(chunk);
        int waited = waiting.rows;
        boolean several = (long) waited + rows >= 2L * waiting.capacity;
        if (several) {
            waitingBefore.copyFrom(waiting);
        }
        if (chunk instanceof SparseChunk sparse) {
            waiting.reserve((long) waiting.entries() + sparse.start(rows) - sparse.start(0));
        }
        trainer.begin(several);
        long stepsBefore = steps;
        double lossBefore = lastLoss;
        boolean learned = false;
        try {
            learn(chunk);
            learned = true;
        } finally {
            if (!learned) {
                trainer.rollBack();
                steps = stepsBefore;
                lastLoss = lossBefore;
                if (several) {
                    waiting.copyFrom(waitingBefore);
                } else {
                    waiting.truncate(waited);
                }
            }
        }
        rowsSeen += rows;
        accept(chunk, checked);
    }

    private void learn(Chunk chunk) {
        int rows = chunk.rows();
        long firstRow = rowsSeen - waiting.rows;
        int from = 0;
        while (from < rows) {
            int at = waiting.rows;
            int to = Math.min(rows, from + waiting.capacity - at);
            network.inputs.append(chunk, from, to, waiting);
            int outputs = network.outputs();
            for (int row = from; row < to; row++) {
                waiting.targets[at + row - from] = (float) chunk.target(row);
                waiting.weights[at + row - from] = (float) chunk.weight(row);
                outputs = Math.max(outputs, outputsFor(chunk.target(row)));
            }
            if (outputs > network.outputs()) {
                trainer.grow(outputs);
            }
            if (waiting.rows == waiting.capacity) {
                lastLoss = trainer.learn(waiting, schedule.eta(steps), steps + 1, firstRow);
                steps++;
                firstRow += waiting.capacity;
                waiting.clear();
            }
            from = to;
        }
    }

    /**
     * Checks the targets; changes nothing.
     *
     * @return what {@link #accept} needs to know of them
     */
    abstract int check(Chunk chunk);

    /** {@return how many outputs it takes at least to learn a target} */
    abstract int outputsFor(double target);

    /** Takes what else the chunk brought, now that its rows are learned. */
    abstract void accept(Chunk chunk, int checked);

    /** Puts what a state holds besides weights. */
    abstract void putInto(State.Builder state);

    @Override
    public final State state() {
        State.Builder state = State.builder();
        Tensors.put(state, "", network, network.layers, network.table);
        if (trainer.first[0].length > 0) {
            Tensors.put(state, FIRST, network, trainer.first, trainer.tableFirst);
        }
        if (trainer.second[0].length > 0) {
            Tensors.put(state, SECOND, network, trainer.second, trainer.tableSecond);
        }
        state.whole(STEPS, steps).whole(ROWS_SEEN, rowsSeen);
        putWaiting(state);
        putInto(state);
        return state.build();
    }

    private void putWaiting(State.Builder state) {
        int rows = waiting.rows;
        int numbers = network.inputs.numbers;
        float[] x = new float[rows * numbers];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(waiting.x, row * waiting.stride, x, row * numbers, numbers);
        }
        state.tensor(WAITING + "numbers", Tensor.of(x, rows, numbers))
                .tensor(WAITING + "targets", Tensor.of(Arrays.copyOf(waiting.targets, rows), rows))
                .tensor(WAITING + "weights", Tensor.of(Arrays.copyOf(waiting.weights, rows), rows));
        if (network.inputs.tables > 0) {
            int entries = waiting.entries();
            state.longs(WAITING + "starts", longs(waiting.starts, rows + 1), rows + 1L)
                    .longs(WAITING + "tables", longs(waiting.tables, entries), entries)
                    .longs(WAITING + "rows", longs(waiting.tableRows, entries), entries)
                    .tensor(WAITING + "values", Tensor.of(Arrays.copyOf(waiting.values, entries), entries));
        }
    }

    private static long[] longs(int[] numbers, int count) {
        long[] longs = new long[count];
        for (int i = 0; i < count; i++) {
            longs[i] = numbers[i];
        }
        return longs;
    }

    /**
     * Refuses a schema with another kind of target, or without columns.
     *
     * @param learner name of the learner, for the message
     */
    static void requireTarget(Schema schema, Target.Kind kind, String learner) {
        Target target = schema.target();
        if (target.kind() != kind) {
            throw AccreteException.badArgument(learner + " needs a " + word(kind) + " target but "
                    + (target.kind() == Target.Kind.NONE
                            ? "there is none"
                            : "'" + target.name() + "' is " + word(target.kind())));
        }
    }

    private static String word(Target.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
