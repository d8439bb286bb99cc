package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.ClassList;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Learns classes by trees: keeps the list of classes, and what each row of a chunk needs. */
abstract class TreeClassifier extends TreeLearner {
    private static final String CLASSES = "classes";

    private final ClassList classes;
    private List<String> offered = List.of();
    private final int[] targets = new int[BLOCK];
    private final double[] weights = new double[BLOCK];
    /** How many classes are known before each row of the block, and before the next. */
    private final int[] known = new int[BLOCK];

    private int before;
    /** How many classes there are after the chunk. */
    private int size;

    private double[] probabilities = {};

    TreeClassifier(Features features, List<String> labels, Params params) {
        super(features);
        this.classes = new ClassList(labels, params);
    }

    /** Continues from a state. */
    TreeClassifier(Features features, Params params, State state) {
        super(features, state);
        this.classes = new ClassList(state.list(CLASSES), params);
    }

    /** {@return the labels in class order} */
    final List<String> labels() {
        return classes.labels();
    }

    @Override
    public final void classes(List<String> labels) {
        offered = labels.equals(classes.labels()) ? List.of() : List.copyOf(labels);
    }

    @Override
    final List<String> offered() {
        return offered.isEmpty() ? classes.labels() : offered;
    }

    @Override
    final int decisions() {
        return classes.size() <= 2 ? 1 : classes.size();
    }

    @Override
    final void begin(Chunk chunk) {
        size = classes.check(chunk);
        before = classes.size();
        begin(chunk.classes());
    }

    /** Is told the labels of a chunk before its rows; they begin with those known. */
    void begin(List<String> labels) {}

    @Override
    final int learn(Chunk chunk, int from, Rows rows, int count, double[] decisions, int at, boolean wanted) {
        if (probabilities.length < room * size) {
            probabilities = new double[room * size];
        }
        for (int i = 0; i < count; i++) {
            targets[i] = (int) chunk.target(from + i);
            weights[i] = chunk.weight(from + i);
            known[i] = before;
            before = Math.max(before, targets[i] + 1);
        }
        learn(rows, count, targets, weights, known, size, probabilities);
        int next = at;
        for (int i = 0; wanted && i < count; i++) {
            next = decide(probabilities, i * size, known[i], decisions, next);
        }
        return next;
    }

    @Override
    final void end(Chunk chunk) {
        classes.grow(chunk, size);
    }

    /**
     * Turns the probabilities of a row into decision values: those of the second class less those of the first, or the
     * probabilities themselves for three classes and more.
     *
     * @return where those of the next row go
     */
    static int differences(double[] probabilities, int from, int known, double[] decisions, int at) {
        if (known > 2) {
            for (int c = 0; c < known; c++) {
                decisions[at + c] = Math.min(1, probabilities[from + c]);
            }
            return at + known;
        }
        // Rounded, they may add up to a little more than 1.
        double difference = known == 2 ? probabilities[from + 1] - probabilities[from] : -known;
        decisions[at] = Math.max(-1, Math.min(1, difference));
        return at + 1;
    }

    /** Turns what {@link #learn} wrote for a row into decision values; {@return where those of the next row go} */
    int decide(double[] written, int from, int known, double[] decisions, int at) {
        return differences(written, from, known, decisions, at);
    }

    /**
     * Predicts and learns some rows, one after the other; they are checked.
     *
     * @param known classes before each row
     * @param stride most classes
     * @param probabilities receives those of each row, {@code stride} numbers apart
     */
    abstract void learn(
            Rows rows, int count, int[] targets, double[] weights, int[] known, int stride, double[] probabilities);

    /** Writes all but the features, classes and rows seen. */
    abstract void write(State.Builder state);

    @Override
    final void writeTo(State.Builder state) {
        state.list(CLASSES, classes.labels());
        write(state);
    }
}
