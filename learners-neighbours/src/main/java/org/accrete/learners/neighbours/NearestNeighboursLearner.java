package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * The nearest neighbours among the last rows, by Euclidean distance (Fix and Hodges, 1951; Cover and Hart, IEEE
 * Transactions on Information Theory 13, 1967). To learn a row is to keep it, in place of the oldest one; a row of
 * weight 0 is not kept.
 *
 * <p>The state holds the rows from the oldest to the newest.
 */
final class NearestNeighboursLearner implements OnlineLearner {
    private static final String NAME = "k-nearest-neighbours";
    private static final String CLASSES = "classes";
    private static final String ROWS_SEEN = NAME + ".rows_seen";

    private final Schema schema;
    private final NumericFeatures numbers;

    /** Of a classifier. */
    private final Optional<ClassList> classes;

    private final RowWindow window;
    private final NearestNeighbours neighbours;
    private final int most;
    private final boolean byDistance;
    private final OneRow row;
    private final double[] x;
    private List<String> offered = List.of();
    private double[] decisionsOfOne = {};
    private long rowsSeen;

    NearestNeighboursLearner(Schema schema, Params params) {
        this(schema, params, schema.target().classes());
    }

    private NearestNeighboursLearner(Schema schema, Params params, List<String> labels) {
        this.schema = schema;
        this.numbers = new NumericFeatures(schema, NAME);
        this.classes = schema.target().kind() == Target.Kind.CATEGORICAL
                ? Optional.of(new ClassList(labels, params))
                : Optional.empty();
        this.window =
                new RowWindow(Math.toIntExact(params.get(NearestNeighboursProvider.WINDOW_SIZE)), numbers.count());
        this.most = Math.toIntExact(params.get(NearestNeighboursProvider.NEIGHBOURS));
        this.byDistance = params.get(NearestNeighboursProvider.WEIGHTS) == NearestNeighboursProvider.Weights.DISTANCE;
        this.neighbours = new NearestNeighbours(schema, numbers, window, most, byDistance);
        this.row = new OneRow(schema);
        this.x = new double[numbers.count()];
    }

    NearestNeighboursLearner(Schema schema, Params params, State state) {
        this(schema, params, schema.target().kind() == Target.Kind.CATEGORICAL ? state.list(CLASSES) : List.of());
        window.read(state, known());
        rowsSeen = state.whole(ROWS_SEEN);
        if (rowsSeen < 0) {
            throw AccreteException.corruptFile("tensor '" + ROWS_SEEN + "' must be >= 0 but is " + rowsSeen);
        }
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
    public List<String> warnings() {
        return numbers.warnings(NAME);
    }

    /** {@return how many classes are known; 0 for numbers} */
    private int known() {
        return classes.map(ClassList::size).orElse(0);
    }

    private static int perRow(int known) {
        return known <= 2 ? 1 : known;
    }

    @Override
    public void partialFit(Chunk chunk) {
        check(chunk);
        for (int i = 0; i < chunk.rows(); i++) {
            learn(chunk, i);
        }
        rowsSeen += chunk.rows();
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        int known = known();
        long least = (long) chunk.rows() * perRow(known);
        if (decisions.length < least) {
            throw AccreteException.badArgument(
                    "decisions must have room for " + least + " values but has room for " + decisions.length);
        }
        check(chunk);
        int at = 0;
        for (int i = 0; i < chunk.rows(); i++) {
            if (classes.isPresent()) {
                neighbours.decide(chunk, i, known, decisions, at);
                at += perRow(known);
                known = Math.max(known, (int) chunk.target(i) + 1);
            } else {
                decisions[at++] = neighbours.predict(chunk, i);
            }
            learn(chunk, i);
        }
        rowsSeen += chunk.rows();
    }

    /** Checks a chunk and adds its new classes; throws before anything is changed. */
    private void check(Chunk chunk) {
        schema.require(chunk.schema());
        int size = classes.isPresent() ? classes.get().check(chunk) : 0;
        RowLimits.requireFeatures(chunk);
        chunk.requireWeights(RowLimits.MAX_WEIGHT);
        if (classes.isPresent()) {
            classes.get().grow(chunk, size);
        } else {
            RowLimits.requireTargets(chunk);
        }
    }

    private void learn(Chunk chunk, int i) {
        double weight = chunk.weight(i);
        if (weight > 0) {
            numbers.read(chunk, i, x, 0);
            window.add(x, chunk.target(i), weight);
        }
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, labels()));
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, labels()));
    }

    private double[] learnOne(Chunk chunk) {
        int count = perRow(known());
        if (decisionsOfOne.length != count) {
            decisionsOfOne = new double[count];
        }
        partialFit(chunk, decisionsOfOne);
        return decisionsOfOne;
    }

    @Override
    public void classes(List<String> labels) {
        if (classes.isPresent()) {
            offered = labels.equals(classes.get().labels()) ? List.of() : List.copyOf(labels);
        }
    }

    private List<String> labels() {
        return offered.isEmpty() && classes.isPresent() ? classes.get().labels() : offered;
    }

    @Override
    public Model view() {
        return model(neighbours);
    }

    @Override
    public Model snapshot() {
        return model(new NearestNeighbours(schema, numbers, window.copy(), most, byDistance));
    }

    private Model model(NearestNeighbours of) {
        return classes.isPresent()
                ? new NearestNeighbours.OfClasses(of, classes.get().labels())
                : new NearestNeighbours.OfNumbers(of);
    }

    @Override
    public State state() {
        State.Builder state = State.builder().whole(ROWS_SEEN, rowsSeen);
        window.write(state);
        classes.ifPresent(list -> state.list(CLASSES, list.labels()));
        return state.build();
    }
}
