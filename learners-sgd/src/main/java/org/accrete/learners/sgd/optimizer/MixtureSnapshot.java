package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MixtureCells;
import org.accrete.learners.sgd.weights.MixedWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * Weighted sums of the members of an {@link AdaGradMixture}, as they were at some row.
 *
 * <p>Among dense rows it is a copy. Among sparse rows it costs their entries, not the width: a cell is marked and its
 * sums are copied just before a row changes it for the first time; the sums of all other cells are those of the members
 * now. Both give the same bits, and a state holds only the columns in which the snapshot differs from the members.
 */
final class MixtureSnapshot implements TrainingState {
    private static final double[] NONE = {};

    private static final class Content {
        /** For each sum, the weights of the members in it. */
        final double[] mixtures;
        /** Sums × functions. */
        double[] intercepts;
        /** Sums × functions × width, while there are no cells; empty if all are those of the members now. */
        double[] all = NONE;
        /** Those that differ from the members now, while there are cells. */
        final MixtureCells.Copies copies;

        Content(int sums, int functions) {
            copies = new MixtureCells.Copies(sums);
            mixtures = new double[sums * MixtureMembers.COUNT];
            intercepts = new double[sums * functions];
        }
    }

    private final String name;
    private final int which;
    private final int sums;
    private final MixtureMembers members;
    private Content now;
    private Content before;
    private boolean isReplaced;
    private int sizeBefore;
    /** The columns that differ in a state, and functions × sums of each of them. */
    private long[] columnsRead = {};

    private double[] weightsRead = NONE;

    /**
     * Makes a snapshot of nothing.
     *
     * @param name what a state calls it
     * @param which mark of a cell it uses
     * @param sums how many weighted sums
     */
    MixtureSnapshot(String name, int which, int sums, MixtureMembers members) {
        this.name = name;
        this.which = which;
        this.sums = sums;
        this.members = members;
        this.now = new Content(sums, members.functions());
        this.before = new Content(sums, members.functions());
    }

    /**
     * Becomes a snapshot of the members as they are.
     *
     * @param mixtures for each sum, the weights of the members
     */
    void take(double[] mixtures) {
        long end = now.copies.end();
        replace();
        int functions = members.functions();
        System.arraycopy(mixtures, 0, now.mixtures, 0, mixtures.length);
        if (now.intercepts.length != sums * functions) {
            now.intercepts = new double[sums * functions];
        }
        for (int i = 0; i < sums * functions; i++) {
            int m = i / functions * MixtureMembers.COUNT;
            now.intercepts[i] = members.intercept(mixtures[m], mixtures[m + 1], mixtures[m + 2], i % functions);
        }
        now.copies.clear(end);
        if (members.cells().isEmpty()) {
            copyAll();
        } else {
            now.all = NONE;
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

    /** Copies all sums of the members, which are in arrays. */
    private void copyAll() {
        double[][] vectors = members.vectors();
        int length = vectors[0].length;
        if (now.all.length != sums * length) {
            now.all = new double[sums * length];
        }
        double[] m = now.mixtures;
        for (int l = 0; l < sums; l++) {
            int at = l * MixtureMembers.COUNT;
            MixedWeights.sum(m[at], m[at + 1], m[at + 2], vectors, now.all, l * length);
        }
    }

    /** {@return the copies of what sparse rows changed} */
    MixtureCells.Copies copies() {
        return now.copies;
    }

    /** {@return for each sum, the weights of the members in it; not a copy} */
    double[] mixtures() {
        return now.mixtures;
    }

    /** {@return a weight of a sum of the members as they are now} */
    private double current(int l, int f, int column) {
        int at = l * MixtureMembers.COUNT;
        double[] m = now.mixtures;
        return members.weight(m[at], m[at + 1], m[at + 2], f, column);
    }

    private double weight(int l, int f, int column) {
        int i = f * members.width() + column;
        if (members.cells().isPresent()) {
            MixtureCells cells = members.cells().get();
            return cells.isCopied(which, now.copies, i) ? cells.copy(which, now.copies, l, i) : current(l, f, column);
        }
        return now.all.length == 0 ? current(l, f, column) : now.all[l * members.functions() * members.width() + i];
    }

    /** {@return the decision value of function f of a sum, for a dense row} */
    double decision(int l, int f, DenseChunk chunk, int row) {
        int functions = members.functions();
        int width = members.width();
        return DenseKernels.best().dot(now.all, (l * functions + f) * width, chunk.values(), chunk.offset(row), width)
                + now.intercepts[l * functions + f];
    }

    /** {@return the intercept of function f of a sum} */
    double intercept(int l, int f) {
        return now.intercepts[l * members.functions() + f];
    }

    // --- from arrays to cells and back

    /** Goes over to cells, which have no marks yet. */
    void enter(MixtureCells cells) {
        Content next = new Content(sums, members.functions());
        System.arraycopy(now.mixtures, 0, next.mixtures, 0, next.mixtures.length);
        next.intercepts = now.intercepts.clone();
        int count = now.all.length / sums;
        for (int i = 0; i < count; i++) {
            boolean differs = false;
            for (int l = 0; l < sums && !differs; l++) {
                int m = l * MixtureMembers.COUNT;
                double[] w = now.mixtures;
                differs = !isSame(now.all[l * count + i], cells.sum(w[m], w[m + 1], w[m + 2], i));
            }
            if (differs) {
                double[] sumsOfCell = new double[sums];
                for (int l = 0; l < sums; l++) {
                    sumsOfCell[l] = now.all[l * count + i];
                }
                cells.addCopy(which, next.copies, i, sumsOfCell);
            }
        }
        replaceBy(next);
    }

    /** Goes over to arrays, before the members leave their cells. */
    void leave() {
        Content next = new Content(sums, members.functions());
        System.arraycopy(now.mixtures, 0, next.mixtures, 0, next.mixtures.length);
        next.intercepts = now.intercepts.clone();
        next.all = whole();
        replaceBy(next);
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
        sizeBefore = now.copies.size();
    }

    /** {@inheritDoc} The members have taken the marks of the chunk's cells away. */
    @Override
    public void rollBack(Chunk chunk) {
        if (isReplaced) {
            Content spare = before;
            before = now;
            now = spare;
            isReplaced = false;
        }
        if (members.cells().isPresent()) {
            members.cells().get().restoreCopies(which, now.copies, sizeBefore);
        }
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        // Copies of weights and their sums: the weights are checked.
        return true;
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(now.all) && UndoLog.isFinite(now.intercepts);
    }

    /** {@inheritDoc} The members are not in cells. */
    @Override
    public void grow(int functions, double share) {
        Content next = new Content(sums, functions);
        System.arraycopy(now.mixtures, 0, next.mixtures, 0, next.mixtures.length);
        next.intercepts = grown(now.intercepts, 1, functions, share);
        next.all = grown(now.all, members.width(), functions, share);
        replaceBy(next);
    }

    private double[] grown(double[] array, int width, int functions, double share) {
        if (array.length == 0) {
            return array;
        }
        int length = array.length / sums;
        double[] grown = new double[sums * functions * width];
        for (int l = 0; l < sums; l++) {
            double[] more =
                    UndoLog.grow(Arrays.copyOfRange(array, l * length, (l + 1) * length), width, functions, share);
            System.arraycopy(more, 0, grown, l * more.length, more.length);
        }
        return grown;
    }

    // --- state and merging

    /** {@return the weights, sums × functions × width; a copy} */
    private double[] whole() {
        if (now.all.length > 0) {
            return now.all.clone();
        }
        int functions = members.functions();
        int width = members.width();
        double[] whole = new double[sums * functions * width];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = weight(i / width / functions, i / width % functions, i % width);
        }
        return whole;
    }

    @Override
    public void write(State.Builder state) {
        int functions = members.functions();
        int length = functions * sums;
        long[] columns = new long[members.width()];
        double[] values = new double[64];
        int size = 0;
        for (int column = 0; column < columns.length; column++) {
            boolean differs = false;
            for (int i = 0; i < length && !differs; i++) {
                differs = !isSame(weight(i % sums, i / sums, column), current(i % sums, i / sums, column));
            }
            if (differs) {
                if (values.length < (size + 1) * length) {
                    values = Arrays.copyOf(values, Math.max(2 * values.length, (size + 1) * length));
                }
                for (int i = 0; i < length; i++) {
                    values[size * length + i] = weight(i % sums, i / sums, column);
                }
                columns[size++] = column;
            }
        }
        state.doubles(name + "_mixtures", now.mixtures.clone(), sums, MixtureMembers.COUNT)
                .doubles(name + "_intercepts", now.intercepts.clone(), sums, functions)
                .longs(name + "_columns", Arrays.copyOf(columns, size), size)
                .doubles(name + "_weights", Arrays.copyOf(values, size * length), size, functions, sums);
    }

    @Override
    public void read(State state, boolean starts) {
        int functions = members.functions();
        int width = members.width();
        long[] columns = state.tensor(name + "_columns").longs();
        double[] mixtures = state.doubles(name + "_mixtures", sums, MixtureMembers.COUNT);
        double[] intercepts = state.doubles(name + "_intercepts", sums, functions);
        double[] weights = state.doubles(name + "_weights", columns.length, functions, sums);
        now = new Content(sums, functions);
        System.arraycopy(mixtures, 0, now.mixtures, 0, mixtures.length);
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
            int column = (int) columnsRead[i / (functions * sums)];
            int f = i / sums % functions;
            now.all[(i % sums * functions + f) * members.width() + column] = weightsRead[i];
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
        return with(changed, whole, intercepts, now.mixtures);
    }

    /** {@return both snapshots merged as the members are; neither is changed} */
    MixtureSnapshot merged(MixtureMembers both, MixtureSnapshot other, WeightedMerge merge, double[] mixtures) {
        double[] mine = whole();
        double[] theirs = other.whole();
        int count = both.functions();
        double[] whole = new double[sums * count * both.width()];
        double[] intercepts = new double[sums * count];
        for (int l = 0; l < sums; l++) {
            double[] merged = merge.odd(part(mine, l), part(theirs, l), both.width());
            System.arraycopy(merged, 0, whole, l * merged.length, merged.length);
            double[] ofIntercepts = merge.odd(part(now.intercepts, l), part(other.now.intercepts, l), 1);
            System.arraycopy(ofIntercepts, 0, intercepts, l * count, count);
        }
        return with(both, whole, intercepts, mixtures);
    }

    private double[] part(double[] array, int l) {
        int length = array.length / sums;
        return Arrays.copyOfRange(array, l * length, (l + 1) * length);
    }

    /** {@return the same for members of columns that were shifted and scaled} */
    MixtureSnapshot rescaled(MixtureMembers changed, double[] centre, double[] scales) {
        double[] whole = whole();
        return with(
                changed,
                TrainableWeights.multiplied(whole, scales),
                TrainableWeights.shifted(whole, now.intercepts, centre),
                now.mixtures);
    }

    private MixtureSnapshot with(MixtureMembers changed, double[] whole, double[] intercepts, double[] mixtures) {
        MixtureSnapshot snapshot = new MixtureSnapshot(name, which, sums, changed);
        snapshot.now.intercepts = intercepts;
        System.arraycopy(mixtures, 0, snapshot.now.mixtures, 0, mixtures.length);
        snapshot.now.all = whole;
        return snapshot;
    }
}
