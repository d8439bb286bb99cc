package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.State;

/**
 * Keeps a learner's promises around trees: a chunk is checked whole before its first row is learned, which no row can
 * then refuse; each row is predicted before it is learned, whoever asks.
 */
abstract class TreeLearner implements OnlineLearner {
    private static final String ROWS_SEEN = "trees.rows_seen";
    /** Rows that are decoded at once. */
    static final int BLOCK = 256;

    final Features features;
    private final OneRow row;
    private long rowsSeen;
    private Rows block;
    /** How many rows are decoded at once, up to now. */
    int room = 1;

    private double[] decisionsOfOne = {};

    TreeLearner(Features features) {
        this.features = features;
        this.row = new OneRow(features.schema());
        this.block = new Rows(features, 1);
    }

    /** Continues from a state. */
    TreeLearner(Features features, State state) {
        this(features);
        rowsSeen = state.whole(ROWS_SEEN);
        TreeReader.require(rowsSeen >= 0, "rows seen");
    }

    @Override
    public final Schema schema() {
        return features.schema();
    }

    @Override
    public final long rowsSeen() {
        return rowsSeen;
    }

    /** {@return the labels that targets of single rows are indexes into} */
    abstract List<String> offered();

    /** {@return how many decision values the next row has} */
    abstract int decisions();

    @Override
    public final double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, offered()));
    }

    @Override
    public final double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, offered()));
    }

    private double[] learnOne(Chunk chunk) {
        if (decisionsOfOne.length != decisions()) {
            decisionsOfOne = new double[decisions()];
        }
        fit(chunk, decisionsOfOne, true);
        return decisionsOfOne;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        fit(chunk, decisionsOfOne, false);
    }

    @Override
    public final void partialFit(Chunk chunk, double[] decisions) {
        long least = (long) chunk.rows() * decisions();
        if (decisions.length < least) {
            throw AccreteException.badArgument(
                    "decisions must have room for " + least + " values but has room for " + decisions.length);
        }
        fit(chunk, decisions, true);
    }

    private void fit(Chunk chunk, double[] decisions, boolean wanted) {
        features.check(chunk);
        begin(chunk);
        int rows = chunk.rows();
        if (room < Math.min(rows, BLOCK)) {
            room = rows == 1 ? 1 : BLOCK;
            block = new Rows(features, room);
        }
        int at = 0;
        for (int from = 0; from < rows; from += BLOCK) {
            int count = Math.min(BLOCK, rows - from);
            for (int i = 0; i < count; i++) {
                features.read(chunk, from + i, true, block, i);
            }
            at = learn(chunk, from, block, count, decisions, at, wanted);
        }
        rowsSeen += rows;
        end(chunk);
    }

    /** Refuses the chunk if a target cannot be learned, and prepares for its rows. */
    abstract void begin(Chunk chunk);

    /**
     * Predicts and learns some rows of a chunk, one after the other.
     *
     * @param from the first of them
     * @param rows the rows, decoded
     * @param at where their decision values go, if they are wanted
     * @return where those of the next row go
     */
    abstract int learn(Chunk chunk, int from, Rows rows, int count, double[] decisions, int at, boolean wanted);

    /** Called after the last row of a chunk. */
    void end(Chunk chunk) {}

    /** Adds all but the features and rows seen. */
    abstract void writeTo(State.Builder state);

    @Override
    public final State state() {
        State.Builder state = State.builder().whole(ROWS_SEEN, rowsSeen);
        features.write(state);
        writeTo(state);
        return state.build();
    }
}
