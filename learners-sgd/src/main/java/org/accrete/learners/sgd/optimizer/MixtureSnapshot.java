package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;
import org.accrete.learners.sgd.weights.MixedWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * Weighted sums of the members of an {@link AdaGradMixture}, as they were at some row.
 *
 * <p>Among dense rows it is a copy. Among sparse rows it costs their entries, not the width: a column is copied just
 * before a row changes it for the first time; the sums of all other columns are those of the members now. Both give the
 * same bits, and a state holds only the columns in which the snapshot differs from the members.
 */
final class MixtureSnapshot implements TrainingState {
    /** Above this, numbers of copied columns start again at 0. */
    private static final int MOST_NUMBERS = 1 << 30;

    private static final double[] NONE = {};

    /** A snapshot, apart from the columns that are those of the members now. */
    private static final class Content {
        /** For each sum, the weights of the members in it. */
        final double[] mixtures;
        /** Sums × functions. */
        double[] intercepts;
        /** Whether every column is copied, to {@link #all}. */
        boolean isWhole;
        /** Sums × functions × width, if whole. */
        double[] all = NONE;
        /** The copied columns, if not whole. */
        int[] columns = {};
        /** For each copied column, functions × sums. */
        double[] values = {};
        /** How many columns are copied. */
        int size;
        /** Number of the first copied column; the next ones follow. */
        int base;

        Content(int sums, int functions) {
            mixtures = new double[sums * MixtureMembers.COUNT];
            intercepts = new double[sums * functions];
        }
    }

    private final String name;
    private final int sums;
    private final MixtureMembers members;
    private Content now;
    /** For each column its number: it is copied if the number is one of the content's. */
    private final int[] numbers;

    private Content before;
    private boolean isReplaced;
    private int sizeBefore;

    /**
     * Makes a snapshot of nothing.
     *
     * @param name what a state calls it
     * @param sums how many weighted sums
     */
    MixtureSnapshot(String name, int sums, MixtureMembers members) {
        this.name = name;
        this.sums = sums;
        this.members = members;
        this.now = new Content(sums, members.functions());
        this.before = new Content(sums, members.functions());
        this.numbers = new int[members.width()];
        Arrays.fill(numbers, -1);
    }

    /**
     * Becomes a snapshot of the members as they are.
     *
     * @param mixtures for each sum, the weights of the members
     * @param chunk of the rows that follow
     */
    void take(double[] mixtures, Chunk chunk) {
        int last = now.base + now.size;
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
        now.size = 0;
        now.isWhole = chunk instanceof DenseChunk;
        number(last);
        if (now.isWhole) {
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

    /**
     * Numbers the copied columns anew.
     *
     * @param unused a number that no column had yet, nor any above it
     */
    private void number(int unused) {
        now.base = unused;
        if (unused > MOST_NUMBERS) {
            Arrays.fill(numbers, -1);
            now.base = 0;
        }
        for (int i = 0; i < now.size; i++) {
            numbers[now.columns[i]] = now.base + i;
        }
    }

    private void copyAll() {
        int length = members.vectors(0).length;
        if (now.all.length != sums * length) {
            now.all = new double[sums * length];
        }
        double[][] vectors = members.vectors();
        double[] m = now.mixtures;
        for (int l = 0; l < sums; l++) {
            int at = l * MixtureMembers.COUNT;
            MixedWeights.sum(m[at], m[at + 1], m[at + 2], vectors, now.all, l * length);
        }
    }

    /** Copies the columns that a sparse row is about to change and that are not copied yet. */
    void save(SparseChunk chunk, int row) {
        Content content = now;
        if (content.isWhole) {
            return;
        }
        int functions = members.functions();
        int[] indices = chunk.indices();
        int to = chunk.end(row);
        makeRoom(content, to - chunk.start(row), functions * sums);
        int[] columns = content.columns;
        int base = content.base;
        int size = content.size;
        for (int k = chunk.start(row); k < to; k++) {
            int column = indices[k];
            if (numbers[column] < base) {
                numbers[column] = base + size;
                columns[size++] = column;
            }
        }
        for (int f = 0; f < functions; f++) {
            copyColumns(content, content.size, size, f, functions);
        }
        content.size = size;
    }

    private static void makeRoom(Content content, int more, int length) {
        int size = content.size + more;
        if (size > content.columns.length) {
            content.columns = Arrays.copyOf(content.columns, Math.max(64, 2 * size));
        }
        if (size * length > content.values.length) {
            content.values = Arrays.copyOf(content.values, content.columns.length * length);
        }
    }

    private void copyColumns(Content content, int from, int to, int f, int functions) {
        double[] w0 = members.vectors(0);
        double[] w1 = members.vectors(1);
        double[] w2 = members.vectors(2);
        double[] m = content.mixtures;
        double[] values = content.values;
        int[] columns = content.columns;
        int origin = f * members.width();
        for (int l = 0; l < sums; l++) {
            double m0 = m[l * MixtureMembers.COUNT];
            double m1 = m[l * MixtureMembers.COUNT + 1];
            double m2 = m[l * MixtureMembers.COUNT + 2];
            for (int k = from; k < to; k++) {
                int i = origin + columns[k];
                values[(k * functions + f) * sums + l] = (m0 * w0[i] + m1 * w1[i]) + m2 * w2[i];
            }
        }
    }

    /** {@return a weight of a sum of the members as they are now} */
    private double current(int l, int f, int column) {
        int i = f * members.width() + column;
        int at = l * MixtureMembers.COUNT;
        double[] m = now.mixtures;
        return (m[at] * members.vectors(0)[i] + m[at + 1] * members.vectors(1)[i]) + m[at + 2] * members.vectors(2)[i];
    }

    private double weight(int l, int f, int column) {
        if (now.isWhole) {
            return now.all[(l * members.functions() + f) * members.width() + column];
        }
        if (numbers[column] < now.base) {
            return current(l, f, column);
        }
        return now.values[((numbers[column] - now.base) * members.functions() + f) * sums + l];
    }

    /** {@return the decision value of function f of a sum} */
    double decision(int l, int f, Chunk chunk, int row) {
        int functions = members.functions();
        int width = members.width();
        double product = 0;
        if (!(chunk instanceof SparseChunk sparse)) {
            DenseChunk dense = (DenseChunk) chunk;
            int origin = (l * functions + f) * width;
            product = DenseKernels.best().dot(now.all, origin, dense.values(), dense.offset(row), width);
        } else if (now.isWhole) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                product += weight(l, f, sparse.indices()[k]) * sparse.values()[k];
            }
        } else {
            product = product(l, f, sparse, row);
        }
        return product + now.intercepts[l * functions + f];
    }

    private double product(int l, int f, SparseChunk chunk, int row) {
        int functions = members.functions();
        int origin = f * members.width();
        double[] w0 = members.vectors(0);
        double[] w1 = members.vectors(1);
        double[] w2 = members.vectors(2);
        double m0 = now.mixtures[l * MixtureMembers.COUNT];
        double m1 = now.mixtures[l * MixtureMembers.COUNT + 1];
        double m2 = now.mixtures[l * MixtureMembers.COUNT + 2];
        int base = now.base;
        double[] copies = now.values;
        int[] indices = chunk.indices();
        double[] values = chunk.values();
        int to = chunk.end(row);
        double product = 0;
        for (int k = chunk.start(row); k < to; k++) {
            int number = numbers[indices[k]];
            int i = origin + indices[k];
            double weight = number < base
                    ? (m0 * w0[i] + m1 * w1[i]) + m2 * w2[i]
                    : copies[((number - base) * functions + f) * sums + l];
            product += weight * values[k];
        }
        return product;
    }

    // --- all or nothing

    @Override
    public void begin(Chunk chunk) {
        if (!now.isWhole && chunk instanceof DenseChunk) {
            makeWhole(whole());
        }
        isReplaced = false;
        sizeBefore = now.size;
    }

    @Override
    public void rollBack(Chunk chunk) {
        int unused = now.base + now.size;
        if (isReplaced) {
            Content spare = before;
            before = now;
            now = spare;
            isReplaced = false;
        }
        now.size = sizeBefore;
        number(unused);
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        // Copies of weights and their sums: the weights are checked.
        return true;
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(whole()) && UndoLog.isFinite(now.intercepts);
    }

    @Override
    public void grow(int functions, double share) {
        Content old = now;
        int known = old.intercepts.length / sums;
        double[] values = old.values;
        replace();
        System.arraycopy(old.mixtures, 0, now.mixtures, 0, old.mixtures.length);
        now.isWhole = old.isWhole;
        now.size = old.size;
        now.base = old.base;
        now.intercepts = grown(old.intercepts, 1, functions, share);
        now.all = grown(old.all, members.width(), functions, share);
        now.columns = old.columns.clone();
        now.values = new double[now.columns.length * functions * sums];
        double[] column = new double[known];
        for (int i = 0; i < now.size * sums; i++) {
            int from = i / sums * known * sums + i % sums;
            for (int f = 0; f < known; f++) {
                column[f] = values[from + f * sums];
            }
            double[] more = UndoLog.grow(column, 1, functions, share);
            int to = i / sums * functions * sums + i % sums;
            for (int f = 0; f < functions; f++) {
                now.values[to + f * sums] = more[f];
            }
        }
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
        if (now.isWhole) {
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

    private void makeWhole(double[] whole) {
        now.all = whole;
        now.isWhole = true;
        now.base += now.size;
        now.size = 0;
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
                differs = Double.doubleToRawLongBits(weight(i % sums, i / sums, column))
                        != Double.doubleToRawLongBits(current(i % sums, i / sums, column));
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
        long[] columns = state.tensor(name + "_columns").longs();
        now = new Content(sums, functions);
        System.arraycopy(
                state.doubles(name + "_mixtures", sums, MixtureMembers.COUNT), 0, now.mixtures, 0, now.mixtures.length);
        now.intercepts = state.doubles(name + "_intercepts", sums, functions);
        now.values = state.doubles(name + "_weights", columns.length, functions, sums);
        now.columns = new int[columns.length];
        Arrays.fill(numbers, -1);
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] < 0 || columns[i] >= numbers.length || numbers[(int) columns[i]] >= 0) {
                throw AccreteException.corruptFile(
                        "tensor '" + name + "_columns' must hold different columns of the schema");
            }
            now.columns[i] = (int) columns[i];
            numbers[now.columns[i]] = i;
        }
        now.size = columns.length;
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
        MixtureSnapshot snapshot = new MixtureSnapshot(name, sums, changed);
        snapshot.now.intercepts = intercepts;
        System.arraycopy(mixtures, 0, snapshot.now.mixtures, 0, mixtures.length);
        snapshot.makeWhole(whole);
        return snapshot;
    }
}
