package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Streaming k-means. The first rows wait; {@link KMeansSeeding} finds centres from them. Each later row moves the
 * nearest centre, which stays the weighted mean of its rows, as MacQueen [1] did. With a half-life all weights shrink
 * with each row, so that centres follow a stream that drifts.
 *
 * <p>While rows wait, the model has the centres that would be found from them; so a view costs a search then, once for
 * all rows that came. If fewer rows differ than there are clusters, each later row that lies on no centre becomes one.
 *
 * <p>A row of weight 0, or without any value, is counted and changes nothing else.
 *
 * <p>Two learners merge by pairing their centres, the nearest two first; each pair becomes its weighted mean. Pairs are
 * ordered by the sum of their numbers, so that neither side's order counts more. Rows that wait in one are learned by
 * the other; if they wait in both, they wait together.
 *
 * <p>[1] J. MacQueen: Some methods for classification and analysis of multivariate observations. Berkeley Symposium
 * 1967.
 */
final class KMeansLearner implements MergeableLearner {
    private static final String NAME = "k-means";
    private static final String CENTRES = "cluster_centers";
    private static final String WEIGHTS = "cluster_weight";
    private static final String WAITING = NAME + ".waiting";
    private static final String WAITING_WEIGHTS = NAME + ".waiting_weights";
    private static final String ROWS_SEEN = NAME + ".rows_seen";

    /** Two centres of two learners. */
    private record Pair(int mine, int theirs, double distance) {}

    private final Schema schema;
    private final Params params;
    private final NumericFeatures numbers;
    private final int width;
    private final int seedRows;
    private final long seed;
    private final double decay;
    private final Centres centres;
    private final double[] x;

    /** Rows until the first centres are found; then empty. */
    private double[] waiting;

    private double[] waitingWeights;
    private int waitingRows;
    private boolean seeded;
    private long rowsSeen;

    /** The centres of the waiting rows, if they were asked for. */
    private Optional<Centres> provisional = Optional.empty();

    KMeansLearner(Schema schema, Params params) {
        this.schema = schema;
        this.params = params;
        this.numbers = new NumericFeatures(schema, NAME);
        this.width = numbers.count();
        this.seedRows = KMeansProvider.seedRows(params);
        this.seed = params.get(KMeansProvider.SEED);
        double halfLife = params.get(KMeansProvider.HALF_LIFE);
        this.decay = halfLife > 0 ? StrictMath.pow(0.5, 1 / halfLife) : 1;
        long clusters = params.get(KMeansProvider.CLUSTERS);
        if (Math.max(clusters, 2L * seedRows) * width > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument("clusters and twice seed-rows, times " + width
                    + ", the columns, must be < 2^31 but clusters is " + clusters + " and seed-rows " + seedRows);
        }
        this.centres = new Centres((int) clusters, width);
        this.x = new double[width];
        this.waiting = new double[seedRows * width];
        this.waitingWeights = new double[seedRows];
    }

    KMeansLearner(Schema schema, Params params, State state) {
        this(schema, params);
        rowsSeen = state.whole(ROWS_SEEN);
        if (rowsSeen < 0) {
            throw AccreteException.corruptFile("tensor '" + ROWS_SEEN + "' must be >= 0 but is " + rowsSeen);
        }
        if (state.tensors().containsKey(CENTRES)) {
            int count = size(state, CENTRES, 1, centres.most());
            System.arraycopy(state.doubles(CENTRES, count, width), 0, centres.points, 0, count * width);
            System.arraycopy(state.doubles(WEIGHTS, count), 0, centres.weights, 0, count);
            centres.count = count;
            stopWaiting();
            requireNumbers(CENTRES, centres.points, count * width, false);
            requireNumbers(WEIGHTS, centres.weights, count, true);
            return;
        }
        waitingRows = size(state, WAITING, 0, seedRows - 1);
        System.arraycopy(state.doubles(WAITING, waitingRows, width), 0, waiting, 0, waitingRows * width);
        System.arraycopy(state.doubles(WAITING_WEIGHTS, waitingRows), 0, waitingWeights, 0, waitingRows);
        for (int i = 0; i < waitingRows * width; i++) {
            if (Math.abs(waiting[i]) > RowLimits.MAX_VALUE) {
                throw AccreteException.corruptFile("tensor '" + WAITING + "' holds a number that cannot be learned");
            }
        }
        requireNumbers(WAITING_WEIGHTS, waitingWeights, waitingRows, true);
    }

    private static int size(State state, String name, int least, int most) {
        long[] shape = state.tensor(name).shape();
        if (shape[0] < least || shape[0] > most) {
            throw AccreteException.corruptFile(
                    "tensor '" + name + "' must have " + least + " to " + most + " rows but has " + shape[0]);
        }
        return (int) shape[0];
    }

    private static void requireNumbers(String name, double[] numbers, int count, boolean weights) {
        for (int i = 0; i < count; i++) {
            if (!(Math.abs(numbers[i]) <= (weights ? Double.MAX_VALUE : RowLimits.MAX_VALUE)
                    && (!weights || numbers[i] >= 0))) {
                throw AccreteException.corruptFile(
                        "tensor '" + name + "' holds " + numbers[i] + ", which no learning can give");
            }
        }
    }

    private void stopWaiting() {
        seeded = true;
        waiting = new double[0];
        waitingWeights = new double[0];
        waitingRows = 0;
        provisional = Optional.empty();
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
        return waitingRows;
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
            numbers.read(chunk, row, x, 0);
            if (weight > 0 && hasValue()) {
                learn(x, 0, weight);
            }
        }
        rowsSeen += chunk.rows();
    }

    private boolean hasValue() {
        for (double value : x) {
            if (value == value) {
                return true;
            }
        }
        return false;
    }

    private void learn(double[] row, int from, double weight) {
        if (seeded) {
            if (decay < 1) {
                centres.decay(decay);
            }
            move(row, from, weight);
            return;
        }
        if (decay < 1) {
            for (int i = 0; i < waitingRows; i++) {
                waitingWeights[i] *= decay;
            }
        }
        System.arraycopy(row, from, waiting, waitingRows * width, width);
        waitingWeights[waitingRows++] = weight;
        provisional = Optional.empty();
        if (waitingRows == seedRows) {
            seedFromWaiting();
        }
    }

    private void move(double[] row, int from, double weight) {
        int nearest = centres.nearest(row, from);
        if (centres.count < centres.most() && isWhole(row, from) && centres.squaredDistance(row, from, nearest) > 0) {
            centres.add(row, from, weight);
        } else {
            centres.moveTowards(nearest, row, from, weight);
        }
    }

    private boolean isWhole(double[] row, int from) {
        for (int j = from; j < from + width; j++) {
            if (row[j] != row[j]) {
                return false;
            }
        }
        return true;
    }

    private void seedFromWaiting() {
        new KMeansSeeding(waitingRows, width, waiting, waitingWeights).seed(centres, seed);
        stopWaiting();
    }

    private Centres current() {
        if (seeded || waitingRows == 0) {
            return centres;
        }
        if (provisional.isEmpty()) {
            Centres found = new Centres(centres.most(), width);
            new KMeansSeeding(waitingRows, width, waiting, waitingWeights).seed(found, seed);
            provisional = Optional.of(found);
        }
        return provisional.orElseThrow();
    }

    @Override
    public Clusterer view() {
        return new KMeansModel(schema, numbers, current(), waitingRows);
    }

    @Override
    public Clusterer snapshot() {
        return new KMeansModel(schema, numbers, current().copy(), waitingRows);
    }

    @Override
    public State state() {
        State.Builder state = State.builder().whole(ROWS_SEEN, rowsSeen);
        if (seeded) {
            int count = centres.count;
            return state.doubles(CENTRES, Arrays.copyOf(centres.points, count * width), count, width)
                    .doubles(WEIGHTS, Arrays.copyOf(centres.weights, count))
                    .build();
        }
        return state.doubles(WAITING, Arrays.copyOf(waiting, waitingRows * width), waitingRows, width)
                .doubles(WAITING_WEIGHTS, Arrays.copyOf(waitingWeights, waitingRows))
                .build();
    }

    @Override
    public void merge(Learner other) {
        if (!(other instanceof KMeansLearner theirs)) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is a "
                    + other.getClass().getSimpleName());
        }
        schema.require(theirs.schema);
        params.requireSame(theirs.params);
        if (seeded && theirs.seeded) {
            merge(theirs.centres);
        } else if (seeded || !theirs.seeded) {
            take(theirs);
        } else {
            double[] mine = waiting;
            double[] weights = waitingWeights;
            int rows = waitingRows;
            centres.copyFrom(theirs.centres);
            stopWaiting();
            for (int row = 0; row < rows; row++) {
                move(mine, row * width, weights[row]);
            }
        }
        rowsSeen += theirs.rowsSeen;
    }

    /** Takes the rows that wait in the other learner, whose weights are those left. */
    private void take(KMeansLearner theirs) {
        if (seeded) {
            for (int row = 0; row < theirs.waitingRows; row++) {
                move(theirs.waiting, row * width, theirs.waitingWeights[row]);
            }
            return;
        }
        int rows = waitingRows + theirs.waitingRows;
        waiting = Arrays.copyOf(waiting, Math.max(seedRows, rows) * width);
        waitingWeights = Arrays.copyOf(waitingWeights, Math.max(seedRows, rows));
        System.arraycopy(theirs.waiting, 0, waiting, waitingRows * width, theirs.waitingRows * width);
        System.arraycopy(theirs.waitingWeights, 0, waitingWeights, waitingRows, theirs.waitingRows);
        waitingRows = rows;
        provisional = Optional.empty();
        if (rows >= seedRows) {
            seedFromWaiting();
        }
    }

    private void merge(Centres theirs) {
        List<Pair> all = new ArrayList<>();
        for (int i = 0; i < centres.count; i++) {
            for (int j = 0; j < theirs.count; j++) {
                all.add(new Pair(i, j, centres.squaredDistance(theirs.points, j * width, i)));
            }
        }
        // Ties in a way that treats both sides alike.
        all.sort(Comparator.comparingDouble(Pair::distance)
                .thenComparingInt(pair -> Math.abs(pair.mine - pair.theirs))
                .thenComparingInt(pair -> pair.mine + pair.theirs)
                .thenComparingInt(Pair::mine));
        boolean[] mineTaken = new boolean[centres.count];
        boolean[] theirsTaken = new boolean[theirs.count];
        List<Pair> chosen = new ArrayList<>();
        for (Pair pair : all) {
            if (!mineTaken[pair.mine] && !theirsTaken[pair.theirs]) {
                mineTaken[pair.mine] = true;
                theirsTaken[pair.theirs] = true;
                chosen.add(pair);
            }
        }
        Centres merged = new Centres(centres.most(), width);
        for (Pair pair : chosen) {
            mean(merged, theirs, pair);
        }
        order(merged, chosen);
        // Centres of the side that has more.
        for (int i = 0; i < mineTaken.length; i++) {
            if (!mineTaken[i]) {
                merged.add(centres.points, i * width, centres.weights[i]);
            }
        }
        for (int j = 0; j < theirsTaken.length; j++) {
            if (!theirsTaken[j]) {
                merged.add(theirs.points, j * width, theirs.weights[j]);
            }
        }
        centres.copyFrom(merged);
    }

    private void mean(Centres merged, Centres theirs, Pair pair) {
        double mine = centres.weights[pair.mine];
        double other = theirs.weights[pair.theirs];
        double total = mine + other;
        // Centres that forgot all of their rows weigh the same.
        double share = total > 0 ? mine / total : 0.5;
        double otherShare = total > 0 ? other / total : 0.5;
        int c = merged.count++;
        merged.weights[c] = total;
        for (int j = 0; j < width; j++) {
            merged.points[c * width + j] =
                    centres.points[pair.mine * width + j] * share + theirs.points[pair.theirs * width + j] * otherShare;
        }
    }

    /** Orders merged centres by the sum of the two numbers that each had. */
    private void order(Centres merged, List<Pair> pairs) {
        Centres unordered = merged.copy();
        Integer[] order = new Integer[pairs.size()];
        Arrays.setAll(order, i -> i);
        Comparator<Integer> bySum = Comparator.comparingInt(i -> pairs.get(i).mine + pairs.get(i).theirs);
        Arrays.sort(
                order,
                bySum.thenComparing((i, j) -> Arrays.compare(
                        unordered.points, i * width, (i + 1) * width, unordered.points, j * width, (j + 1) * width)));
        merged.clear();
        for (int i : order) {
            merged.add(unordered.points, i * width, unordered.weights[i]);
        }
    }
}
