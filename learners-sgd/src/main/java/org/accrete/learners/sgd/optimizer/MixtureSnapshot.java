package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MixtureCells;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * The members of an {@link AdaGradMixture} as they were at some row.
 *
 * <p>Among dense rows it is a copy. Among sparse rows the cells keep it, at the cost of the rows' entries, not the
 * width. Both give the same bits, and a state holds only the columns in which the snapshot differs from the members.
 */
final class MixtureSnapshot implements TrainingState {
    private static final int MEMBERS = MixtureMembers.COUNT;
    private static final double[] NONE = {};

    private static final class Content {
        /** The weights of the members in the model. */
        final double[] mixture = new double[MEMBERS];
        /** Members × functions. */
        double[] intercepts;
        /** Members × functions × width, while there are no cells; empty if all are those of the members now. */
        double[] all = NONE;

        Content(int functions) {
            intercepts = new double[MEMBERS * functions];
        }
    }

    private final String name;
    private final boolean isOlder;
    private final MixtureMembers members;
    private Content now;
    private Content before;
    private boolean isReplaced;
    /** The columns that differ in a state, and functions × members of each of them. */
    private long[] columnsRead = {};

    private double[] weightsRead = NONE;

    /**
     * Makes a snapshot of nothing.
     *
     * @param name what a state calls it
     * @param isOlder whether it is the one that is taken less often, never without the other
     */
    MixtureSnapshot(String name, boolean isOlder, MixtureMembers members) {
        this.name = name;
        this.isOlder = isOlder;
        this.members = members;
        this.now = new Content(members.functions());
        this.before = new Content(members.functions());
    }

    /**
     * Becomes a snapshot of the members as they are.
     *
     * @param mixture the weights of the members in the model
     */
    void take(double[] mixture) {
        replace();
        int functions = members.functions();
        System.arraycopy(mixture, 0, now.mixture, 0, mixture.length);
        if (now.intercepts.length != MEMBERS * functions) {
            now.intercepts = new double[MEMBERS * functions];
        }
        for (int i = 0; i < MEMBERS * functions; i++) {
            now.intercepts[i] = members.intercepts(i / functions)[i % functions];
        }
        if (members.cells().isEmpty()) {
            copyAll();
        } else {
            now.all = NONE;
            if (isOlder) {
                members.cells().get().takeBoth();
            } else {
                members.cells().get().takeNewer();
            }
        }
    }

    /** Keeps the content from before the chunk, and writes to the other one from now on. */
    private void replace() {
        if (!isReplaced) {
            Content spare = before;
            before = now;
            now = spare;
            isReplaced = true;
        }
    }

    /** Copies all weights of the members, which are in arrays. */
    private void copyAll() {
        double[][] vectors = members.vectors();
        int length = vectors[0].length;
        if (now.all.length != MEMBERS * length) {
            now.all = new double[MEMBERS * length];
        }
        System.arraycopy(vectors[0], 0, now.all, 0, length);
        System.arraycopy(vectors[1], 0, now.all, length, length);
    }

    /** {@return whether it is the one that is taken less often} */
    boolean isOlder() {
        return isOlder;
    }

    /** {@return the weights of the members in the model; not a copy} */
    double[] mixture() {
        return now.mixture;
    }

    private double weight(int l, int f, int column) {
        int i = f * members.width() + column;
        if (members.cells().isPresent()) {
            return members.cells().get().snapshotWeight(isOlder, l, i);
        }
        return now.all.length == 0
                ? members.weight(l, f, column)
                : now.all[l * members.functions() * members.width() + i];
    }

    /** {@return the decision value of function f of a member, for a dense row} */
    double decision(int l, int f, DenseChunk chunk, int row) {
        int functions = members.functions();
        int width = members.width();
        return DenseKernels.best().dot(now.all, (l * functions + f) * width, chunk.values(), chunk.offset(row), width)
                + now.intercepts[l * functions + f];
    }

    /** {@return the intercept of function f of a member} */
    double intercept(int l, int f) {
        return now.intercepts[l * members.functions() + f];
    }

    // --- from arrays to cells and back

    /** Goes over to the cells of the members, which have no snapshots yet. */
    static void enter(MixtureCells cells, MixtureSnapshot ofMembers, MixtureSnapshot ofModel) {
        cells.restoreSnapshots(ofModel.whole(), ofMembers.whole());
        ofMembers.replaceBy(ofMembers.content(NONE));
        ofModel.replaceBy(ofModel.content(NONE));
    }

    /** Goes over to arrays, before the members leave their cells. */
    void leave() {
        replaceBy(content(whole()));
    }

    private Content content(double[] all) {
        Content next = new Content(members.functions());
        System.arraycopy(now.mixture, 0, next.mixture, 0, next.mixture.length);
        next.intercepts = now.intercepts.clone();
        next.all = all;
        return next;
    }

    private void replaceBy(Content next) {
        if (!isReplaced) {
            before = now;
            isReplaced = true;
        }
        now = next;
    }

    private static boolean isSame(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    // --- all or nothing

    @Override
    public void begin(Chunk chunk) {
        if (members.cells().isEmpty() && now.all.length == 0) {
            copyAll();
        }
        isReplaced = false;
    }

    @Override
    public void rollBack(Chunk chunk) {
        if (isReplaced) {
            Content spare = before;
            before = now;
            now = spare;
            isReplaced = false;
        }
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        // Copies of weights, which are checked.
        return true;
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(now.all) && UndoLog.isFinite(now.intercepts);
    }

    /** {@inheritDoc} The members are not in cells. */
    @Override
    public void grow(int functions, double share) {
        Content next = new Content(functions);
        System.arraycopy(now.mixture, 0, next.mixture, 0, next.mixture.length);
        next.intercepts = grown(now.intercepts, 1, functions, share);
        next.all = grown(now.all, members.width(), functions, share);
        replaceBy(next);
    }

    private double[] grown(double[] array, int width, int functions, double share) {
        if (array.length == 0) {
            return array;
        }
        int length = array.length / MEMBERS;
        double[] grown = new double[MEMBERS * functions * width];
        for (int l = 0; l < MEMBERS; l++) {
            double[] more =
                    UndoLog.grow(Arrays.copyOfRange(array, l * length, (l + 1) * length), width, functions, share);
            System.arraycopy(more, 0, grown, l * more.length, more.length);
        }
        return grown;
    }

    // --- state and merging

    /** {@return the weights, members × functions × width; a copy} */
    private double[] whole() {
        if (now.all.length > 0) {
            return now.all.clone();
        }
        int functions = members.functions();
        int width = members.width();
        double[] whole = new double[MEMBERS * functions * width];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = weight(i / width / functions, i / width % functions, i % width);
        }
        return whole;
    }

    @Override
    public void write(State.Builder state) {
        int functions = members.functions();
        int length = functions * MEMBERS;
        long[] columns = new long[members.width()];
        double[] values = new double[64];
        int size = 0;
        for (int column = 0; column < columns.length; column++) {
            boolean differs = false;
            for (int i = 0; i < length && !differs; i++) {
                differs = !isSame(
                        weight(i % MEMBERS, i / MEMBERS, column), members.weight(i % MEMBERS, i / MEMBERS, column));
            }
            if (differs) {
                if (values.length < (size + 1) * length) {
                    values = Arrays.copyOf(values, Math.max(2 * values.length, (size + 1) * length));
                }
                for (int i = 0; i < length; i++) {
                    values[size * length + i] = weight(i % MEMBERS, i / MEMBERS, column);
                }
                columns[size++] = column;
            }
        }
        if (isOlder) {
            state.doubles(name + "_mixture", now.mixture.clone());
        }
        state.doubles(name + "_intercepts", now.intercepts.clone(), MEMBERS, functions)
                .longs(name + "_columns", Arrays.copyOf(columns, size), size)
                .doubles(name + "_weights", Arrays.copyOf(values, size * length), size, functions, MEMBERS);
    }

    @Override
    public void read(State state, boolean starts) {
        int functions = members.functions();
        int width = members.width();
        long[] columns = state.tensor(name + "_columns").longs();
        double[] intercepts = state.doubles(name + "_intercepts", MEMBERS, functions);
        double[] weights = state.doubles(name + "_weights", columns.length, functions, MEMBERS);
        now = new Content(functions);
        if (isOlder) {
            System.arraycopy(state.doubles(name + "_mixture", MEMBERS), 0, now.mixture, 0, MEMBERS);
        }
        now.intercepts = intercepts;
        boolean[] seen = new boolean[width];
        for (long column : columns) {
            if (column < 0 || column >= width || seen[(int) column]) {
                throw AccreteException.corruptFile(
                        "tensor '" + name + "_columns' must hold different columns of the schema");
            }
            seen[(int) column] = true;
        }
        columnsRead = columns;
        weightsRead = weights;
    }

    /** Takes what {@link #read} read, once the members have read theirs. */
    void refresh() {
        if (columnsRead.length == 0) {
            return;
        }
        copyAll();
        int functions = members.functions();
        for (int i = 0; i < weightsRead.length; i++) {
            int column = (int) columnsRead[i / (functions * MEMBERS)];
            int f = i / MEMBERS % functions;
            now.all[(i % MEMBERS * functions + f) * members.width() + column] = weightsRead[i];
        }
        columnsRead = new long[0];
        weightsRead = NONE;
    }

    /** {@return the same for members in other units} */
    MixtureSnapshot inUnits(MixtureMembers changed, double factor, double shift) {
        double[] whole = whole();
        double[] intercepts = now.intercepts.clone();
        for (int i = 0; i < whole.length; i++) {
            whole[i] *= factor;
        }
        for (int i = 0; i < intercepts.length; i++) {
            intercepts[i] = factor * intercepts[i] + shift;
        }
        return with(changed, whole, intercepts, now.mixture);
    }

    /** {@return both snapshots merged as the members are; neither is changed} */
    MixtureSnapshot merged(MixtureMembers both, MixtureSnapshot other, WeightedMerge merge, double[] mixture) {
        double[] mine = whole();
        double[] theirs = other.whole();
        int count = both.functions();
        double[] whole = new double[MEMBERS * count * both.width()];
        double[] intercepts = new double[MEMBERS * count];
        for (int l = 0; l < MEMBERS; l++) {
            double[] merged = merge.odd(part(mine, l), part(theirs, l), both.width());
            System.arraycopy(merged, 0, whole, l * merged.length, merged.length);
            double[] ofIntercepts = merge.odd(part(now.intercepts, l), part(other.now.intercepts, l), 1);
            System.arraycopy(ofIntercepts, 0, intercepts, l * count, count);
        }
        return with(both, whole, intercepts, mixture);
    }

    private double[] part(double[] array, int l) {
        int length = array.length / MEMBERS;
        return Arrays.copyOfRange(array, l * length, (l + 1) * length);
    }

    /** {@return the same for members of columns that were shifted and scaled} */
    MixtureSnapshot rescaled(MixtureMembers changed, double[] centre, double[] scales) {
        double[] whole = whole();
        return with(
                changed,
                TrainableWeights.multiplied(whole, scales),
                TrainableWeights.shifted(whole, now.intercepts, centre),
                now.mixture);
    }

    private MixtureSnapshot with(MixtureMembers changed, double[] whole, double[] intercepts, double[] mixture) {
        MixtureSnapshot snapshot = new MixtureSnapshot(name, isOlder, changed);
        snapshot.now.intercepts = intercepts;
        System.arraycopy(mixture, 0, snapshot.now.mixture, 0, mixture.length);
        snapshot.now.all = whole;
        return snapshot;
    }
}
