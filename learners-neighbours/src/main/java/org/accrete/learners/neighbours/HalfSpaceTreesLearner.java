package org.accrete.learners.neighbours;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Half-space trees by Tan, Ting and Liu [1]: random trees that are drawn before any row is learned, and that count how
 * many rows of a window fall into each node. A row is compared with the counts of the last whole window.
 *
 * <p>The method needs the range of each column. The first window waits in the state; when it is whole, its values and a
 * margin are the ranges, the trees are drawn, and its rows are the first that are counted. Nothing else of it is kept.
 * Rows beyond the ranges belong to the cells at the edge. A column that is constant in the first window gets a range
 * around its value, so that a later change is seen. With {@code ranges=unit} the trees are drawn at once and no row
 * waits.
 *
 * <p>Two things differ from the paper, as they do in River: a split falls on a random place of the node's cell rather
 * than on the middle of a random work range. Unlike both, {@link HalfSpaceForest} takes the geometric mean over the
 * trees, which ranks better, since one tree in whose crowded cell an anomaly happens to lie does not hide it; and its
 * scores have a scale that can be read.
 *
 * <p>A row of weight 0 is no row of a window.
 *
 * <p>[1] S. C. Tan, K. M. Ting, T. F. Liu: Fast anomaly detection for streaming data. IJCAI 2011.
 */
final class HalfSpaceTreesLearner implements Learner {
    private static final String NAME = "half-space-trees";
    private static final String WAITING = NAME + ".waiting";
    private static final String WAITING_WEIGHTS = NAME + ".waiting_weights";
    private static final String ROWS_SEEN = NAME + ".rows_seen";
    private static final String WINDOW_ROWS = NAME + ".window_rows";
    private static final String BUILT = NAME + ".built";

    private final Schema schema;
    private final NumericFeatures numbers;
    private final HalfSpaceForest forest;
    private final int windowSize;
    private final double margin;
    private final long seed;
    private final double[] x;

    /** Rows of the first window, until it is whole; then empty. */
    private double[] waiting;

    private double[] waitingWeights;
    private boolean built;

    /** Rows of the window so far. */
    private int windowRows;

    private long rowsSeen;

    HalfSpaceTreesLearner(Schema schema, Params params) {
        this.schema = schema;
        this.numbers = new NumericFeatures(schema, NAME);
        this.windowSize = Math.toIntExact(params.get(HalfSpaceTreesProvider.WINDOW_SIZE));
        this.margin = params.get(HalfSpaceTreesProvider.MARGIN);
        this.seed = params.get(HalfSpaceTreesProvider.SEED);
        this.forest = new HalfSpaceForest(
                Math.toIntExact(params.get(HalfSpaceTreesProvider.TREES)),
                Math.toIntExact(params.get(HalfSpaceTreesProvider.HEIGHT)),
                params.get(HalfSpaceTreesProvider.SIZE_LIMIT),
                windowSize);
        if ((long) windowSize * numbers.count() > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument("window-size times " + numbers.count()
                    + ", the columns, must be < 2^31 but window-size is " + windowSize);
        }
        this.x = new double[numbers.count()];
        this.waiting = new double[windowSize * numbers.count()];
        this.waitingWeights = new double[windowSize];
        if (params.get(HalfSpaceTreesProvider.RANGES) == HalfSpaceTreesProvider.Ranges.UNIT) {
            double[] most = new double[x.length];
            Arrays.fill(most, 1);
            forest.build(new double[x.length], most, seed);
            stopWaiting();
        }
    }

    HalfSpaceTreesLearner(Schema schema, Params params, State state) {
        this(schema, params);
        rowsSeen = state.whole(ROWS_SEEN);
        long rows = state.whole(WINDOW_ROWS);
        long wasBuilt = state.whole(BUILT);
        if (rowsSeen < 0 || rows < 0 || rows >= windowSize || (wasBuilt & ~1) != 0) {
            throw AccreteException.corruptFile("a stored model of " + NAME
                    + " must have rows_seen >= 0, window_rows >= 0 and < window-size, and built 0 or 1");
        }
        windowRows = (int) rows;
        if (wasBuilt == 1) {
            stopWaiting();
            forest.read(state, numbers.count());
            return;
        }
        System.arraycopy(state.doubles(WAITING, rows, numbers.count()), 0, waiting, 0, windowRows * numbers.count());
        System.arraycopy(state.doubles(WAITING_WEIGHTS, rows), 0, waitingWeights, 0, windowRows);
        for (int i = 0; i < windowRows * numbers.count(); i++) {
            if (Math.abs(waiting[i]) > RowLimits.MAX_VALUE) {
                throw AccreteException.corruptFile("tensor '" + WAITING + "' holds a number that cannot be learned");
            }
        }
        for (int i = 0; i < windowRows; i++) {
            if (!(waitingWeights[i] > 0 && waitingWeights[i] <= RowLimits.MAX_WEIGHT)) {
                throw AccreteException.corruptFile(
                        "tensor '" + WAITING_WEIGHTS + "' holds a number that is no weight above 0");
            }
        }
    }

    private void stopWaiting() {
        built = true;
        waiting = new double[0];
        waitingWeights = new double[0];
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public long rowsWaiting() {
        return built ? 0 : windowRows;
    }

    @Override
    public List<String> warnings() {
        return numbers.warnings(NAME);
    }

    @Override
    public void partialFit(Chunk chunk) {
        schema.require(chunk.schema());
        RowLimits.requireFeatures(chunk);
        chunk.requireWeights(RowLimits.MAX_WEIGHT);
        for (int row = 0; row < chunk.rows(); row++) {
            double weight = chunk.weight(row);
            if (weight > 0) {
                learn(chunk, row, weight);
            }
        }
        rowsSeen += chunk.rows();
    }

    private void learn(Chunk chunk, int row, double weight) {
        if (built) {
            numbers.read(chunk, row, x, 0);
            forest.add(x, 0, weight);
        } else {
            numbers.read(chunk, row, waiting, windowRows * x.length);
            waitingWeights[windowRows] = weight;
        }
        windowRows++;
        if (windowRows == windowSize) {
            if (!built) {
                build();
            }
            forest.turn();
            windowRows = 0;
        }
    }

    private void build() {
        int width = x.length;
        double[] least = new double[width];
        double[] most = new double[width];
        for (int j = 0; j < width; j++) {
            range(j, least, most);
        }
        forest.build(least, most, seed);
        for (int row = 0; row < windowSize; row++) {
            forest.add(waiting, row * width, waitingWeights[row]);
        }
        stopWaiting();
    }

    private void range(int j, double[] least, double[] most) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int row = 0; row < windowSize; row++) {
            double value = waiting[row * x.length + j];
            // A missing value changes neither.
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        double pad = high > low ? margin * (high - low) : Math.max(1, Math.abs(low));
        least[j] = low > high ? -1 : low - pad;
        most[j] = low > high ? 1 : high + pad;
    }

    @Override
    public AnomalyScorer view() {
        return model(forest);
    }

    @Override
    public AnomalyScorer snapshot() {
        return model(forest.copy());
    }

    private AnomalyScorer model(HalfSpaceForest of) {
        return new HalfSpaceTreesModel(schema, numbers, of, windowSize, windowRows, !built);
    }

    @Override
    public State state() {
        State.Builder state = State.builder()
                .whole(ROWS_SEEN, rowsSeen)
                .whole(WINDOW_ROWS, windowRows)
                .whole(BUILT, built ? 1 : 0);
        if (built) {
            forest.write(state);
        } else {
            int width = x.length;
            state.doubles(WAITING, Arrays.copyOf(waiting, windowRows * width), windowRows, width)
                    .doubles(WAITING_WEIGHTS, Arrays.copyOf(waitingWeights, windowRows));
        }
        return state.build();
    }
}
