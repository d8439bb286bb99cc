package org.accrete.learners.nn;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * The common part of both learners. A chunk is learned whole or not at all, and rows wait until their batch is full.
 *
 * <p>Batches are cut from the stream of all rows, not from chunks. The last rows of a chunk wait until later chunks
 * fill their batch: they are stored with the state and count as seen, but are not yet learned. There is no flush, so
 * neither the chunk borders nor the point where a run stopped changes the model.
 *
 * <p>The state holds the weights ({@link WeightTensors}); behind {@code mlp.first_moment.} and
 * {@code mlp.second_moment.} the optimizer's moments; {@code mlp.steps} (batches learned), {@code mlp.rows_seen} and,
 * unless it is 0, {@code mlp.weightless_rows} (rows of weight 0, which are in no batch); and the waiting rows in
 * {@code mlp.waiting.…}: numbers, targets, weights, and for tables the start of each row's entries, their tables, rows
 * and values.
 */
abstract sealed class MlpLearner implements Learner permits MlpClassifier, MlpRegressor {
    private static final String STEPS = "mlp.steps";
    private static final String ROWS_SEEN = "mlp.rows_seen";
    private static final String WEIGHTLESS_ROWS = "mlp.weightless_rows";
    private static final String FIRST_MOMENT = "mlp.first_moment.";
    private static final String SECOND_MOMENT = "mlp.second_moment.";
    private static final String WAITING = "mlp.waiting.";

    final Schema schema;
    final Network network;
    final PredictionBuffers buffers = new PredictionBuffers();
    final TargetMoments target;
    private final Backpropagation backpropagation;
    private final LearningRateSchedule schedule;
    private final MiniBatch waiting;
    private final MiniBatch waitingBefore;
    private long steps;
    private long rowsSeen;
    /** Rows of weight 0, which no batch holds. */
    private long weightlessRows;

    private double lastLoss = Double.NaN;

    /** Makes a learner that has seen nothing, with the network's weights. */
    MlpLearner(Schema schema, Params params, Backpropagation backpropagation, TargetMoments target) {
        this.schema = schema;
        this.target = target;
        this.backpropagation = backpropagation;
        this.network = backpropagation.network;
        this.schedule = MlpParams.schedule(params);
        int batchSize = MlpParams.batchSize(params);
        this.waiting = network.newBatch(batchSize);
        this.waitingBefore = network.newBatch(batchSize);
    }

    /** Replaces everything by a stored state. */
    final void restore(State state) {
        WeightTensors.read(state, "", network, network.weights);
        if (backpropagation.firstMoments.exist()) {
            WeightTensors.read(state, FIRST_MOMENT, network, backpropagation.firstMoments);
        }
        if (backpropagation.secondMoments.exist()) {
            WeightTensors.read(state, SECOND_MOMENT, network, backpropagation.secondMoments);
            requireSquares(backpropagation.secondMoments.table);
            for (float[] squares : backpropagation.secondMoments.layers) {
                requireSquares(squares);
            }
        }
        steps = state.whole(STEPS);
        rowsSeen = state.whole(ROWS_SEEN);
        weightlessRows = state.tensors().containsKey(WEIGHTLESS_ROWS) ? state.whole(WEIGHTLESS_ROWS) : 0;
        restoreWaiting(state);
        readFrom(state);
        if (steps < 0 || weightlessRows < 0 || rowsSeen < weightlessRows + waiting.rows) {
            throw WeightTensors.corrupt("mlp.steps must be >= 0 and mlp.rows_seen >= the rows that wait");
        }
    }

    private static void requireSquares(float[] squares) {
        for (float square : squares) {
            if (!(square >= 0)) {
                throw WeightTensors.corrupt("second moments must be >= 0 but one was " + square);
            }
        }
    }

    private void restoreWaiting(State state) {
        float[] targets = WeightTensors.finite(
                state, WAITING + "targets", state.tensor(WAITING + "targets").size());
        int rows = targets.length;
        int numbers = network.inputs.numbers;
        float[] x = WeightTensors.finite(state, WAITING + "numbers", rows, numbers);
        float[] weights = WeightTensors.finite(state, WAITING + "weights", rows);
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
            float[] values = WeightTensors.finite(state, WAITING + "values", entries);
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
            throw WeightTensors.corrupt("the rows stored as " + WAITING
                    + "… must be fewer than a batch, with weights >= 0, targets and entries that the model has");
        }
        waiting.truncate(rows);
    }

    /** Replaces the weights by those that are found: {@link WeightTensors#warmStart}. */
    final void warmStart(State weights, boolean head) {
        WeightTensors.warmStart(weights, network, head);
        if (head && weights.tensors().containsKey(WeightTensors.weight(network.depth() - 1))) {
            target.warmStart(weights);
        }
    }

    /** {@return whether a stored target is valid} */
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
     * {@return the loss of the last batch learned, before its step; NaN if this learner has learned no batch since it
     * was made}
     */
    final double lastLoss() {
        return lastLoss;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        schema.require(chunk.schema());
        int classes = check(chunk);
        chunk.requireWeights(Float.MAX_VALUE);
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        FloatChecks.requireFeatures(chunk);
        int waited = waiting.rows;
        boolean severalBatches = (long) waited + rows >= 2L * waiting.capacity;
        if (severalBatches) {
            waitingBefore.copyFrom(waiting);
        }
        if (chunk instanceof SparseChunk sparse) {
            waiting.reserve((long) waiting.entries() + sparse.start(rows) - sparse.start(0));
        }
        backpropagation.begin(severalBatches);
        target.begin();
        long stepsBefore = steps;
        long weightlessBefore = weightlessRows;
        double lossBefore = lastLoss;
        boolean learned = false;
        try {
            learn(chunk);
            learned = true;
        } finally {
            if (!learned) {
                backpropagation.rollBack();
                target.rollBack();
                steps = stepsBefore;
                weightlessRows = weightlessBefore;
                lastLoss = lossBefore;
                if (severalBatches) {
                    waiting.copyFrom(waitingBefore);
                } else {
                    waiting.truncate(waited);
                }
            }
        }
        rowsSeen += rows;
        accept(chunk, classes);
    }

    private void learn(Chunk chunk) {
        int rows = chunk.rows();
        long firstRow = rowsSeen - weightlessRows - waiting.rows;
        int from = 0;
        while (from < rows) {
            if (chunk.weight(from) == 0) {
                growFor(chunk, from, from + 1);
                weightlessRows++;
                from++;
                continue;
            }
            int at = waiting.rows;
            int to = weighted(chunk, from, Math.min(rows, from + waiting.capacity - at));
            network.inputs.append(chunk, from, to, waiting);
            for (int row = from; row < to; row++) {
                waiting.targets[at + row - from] = target.standardize(chunk.target(row), chunk.weight(row));
                waiting.weights[at + row - from] = (float) chunk.weight(row);
            }
            growFor(chunk, from, to);
            if (waiting.rows == waiting.capacity) {
                lastLoss = backpropagation.learn(waiting, schedule.learningRate(steps), steps + 1, firstRow);
                steps++;
                firstRow += waiting.capacity;
                waiting.clear();
            }
            from = to;
        }
    }

    /** {@return the end of the rows, from a row on, that have a weight other than 0} */
    private static int weighted(Chunk chunk, int from, int most) {
        int to = chunk.hasWeights() ? from : most;
        while (to < most && chunk.weight(to) != 0) {
            to++;
        }
        return to;
    }

    /** Makes room for the outputs that the targets of some rows need. */
    private void growFor(Chunk chunk, int from, int to) {
        int outputs = network.outputs();
        for (int row = from; row < to; row++) {
            outputs = Math.max(outputs, outputsFor(chunk.target(row)));
        }
        if (outputs > network.outputs()) {
            backpropagation.grow(outputs);
        }
    }

    /**
     * Checks the targets; changes nothing.
     *
     * @return the number of classes with this chunk, for {@link #accept}
     */
    abstract int check(Chunk chunk);

    /** {@return the least number of outputs that can learn a target} */
    abstract int outputsFor(double target);

    /** Accepts the chunk's classes, after its rows were learned. */
    abstract void accept(Chunk chunk, int classes);

    /** Reads what {@link #putInto} wrote. */
    abstract void readFrom(State state);

    /** Writes what the subclass adds to the state. */
    abstract void putInto(State.Builder state);

    @Override
    public final State state() {
        State.Builder state = State.builder();
        WeightTensors.put(state, "", network, network.weights);
        if (backpropagation.firstMoments.exist()) {
            WeightTensors.put(state, FIRST_MOMENT, network, backpropagation.firstMoments);
        }
        if (backpropagation.secondMoments.exist()) {
            WeightTensors.put(state, SECOND_MOMENT, network, backpropagation.secondMoments);
        }
        state.whole(STEPS, steps).whole(ROWS_SEEN, rowsSeen);
        if (weightlessRows > 0) {
            state.whole(WEIGHTLESS_ROWS, weightlessRows);
        }
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
}
