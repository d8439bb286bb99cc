package org.accrete.kernels;

import java.util.Arrays;

/**
 * The numbers of a mixture for sparse rows: of each column its two weights and the rate of each. They lie side by side,
 * so an entry of a row touches one line of the cache for them. In an array for each, it would touch four.
 *
 * <p>Before a row changes cells, their weights are written to a journal. It serves the undo of a chunk, and two
 * snapshots of the weights, which so cost the entries of the rows since then, not all cells: each cell knows its first
 * entry since the newer snapshot, and each entry that of the snapshot before, so the way to the first entry since the
 * older snapshot is as long as there were newer ones in between. The older snapshot is never taken without the newer.
 *
 * <p>Ugly for speed: structs as offsets into arrays. Sums are in the order of a row's entries; indices are those of
 * cells, each at most once in a row. Not thread-safe.
 */
public final class MixtureCells {
    /** The most cells that one array holds. */
    public static final int MOST = (Integer.MAX_VALUE - 64) / 4 - 1;

    /** Number of the first weight in {@link #column}; the other one follows. */
    public static final int WEIGHT = 0;

    /** Number of the rate of the first weight in {@link #column}; that of the other one follows. */
    public static final int RATE = 2;

    private static final int STRIDE = 4;
    /** Where the first cell begins: a large array's elements begin 16 bytes after a line, and no cell crosses one. */
    private static final int FIRST = 2;

    /** Numbers of an entry: the two weights, and the bits of the mark and of the cell. */
    private static final int ENTRY = 3;

    /** In the place of mark and cell: no mark is negative. */
    private static final double DROPPED = -1;

    private static final int LEAST_ROOM = 1 << 10;
    /** The most entries of a chunk that are kept for its undo, in place of a copy of everything. */
    private static final int MOST_UNDONE = 1 << 26;
    /** Entries that no snapshot needs are dropped once there are so many. */
    private static final int MANY = 1 << 18;
    /** Entries are numbered anew once there were so many. */
    private static final int MOST_NUMBERS = 1 << 30;

    private final int count;
    private final double[] cells;
    /** Of each cell, the number of its first entry of the journal since the newer snapshot; or of an earlier one. */
    private final int[] marks;

    private double[] journal = {};
    /** Number of the first entry of the journal. */
    private int first = 1;
    /** Number of the first entry since the older snapshot. */
    private int older = 1;
    /** Number of the first entry since the newer snapshot. */
    private int newer = 1;
    /** Number of the entry that is written next. */
    private int end = 1;

    private final int least;
    private final int mostNumbers;
    /** Entries above which those that no snapshot needs are dropped. */
    private int many;

    // What these were before the chunk, and the rates that its rows changed; or copies, if its entries would be more
    // than the cells.
    private boolean undoesEntries;
    private double[] cellsBefore = {};
    private int[] marksBefore = {};
    private double[] journalBefore = {};
    private int olderBefore = 1;
    private int newerBefore = 1;
    private int endBefore = 1;
    private double[] ratesBefore = {};
    private int[] cellsOfRates = {};
    private int countOfRates;

    /**
     * Makes cells whose snapshots are the weights themselves.
     *
     * @param numbers four arrays of the same length, at most {@link #MOST}: the weights and the rates, not modified
     */
    public MixtureCells(double[]... numbers) {
        this(MANY, MOST_NUMBERS, numbers);
    }

    MixtureCells(int many, int mostNumbers, double[]... numbers) {
        this.least = many;
        this.many = many;
        this.mostNumbers = mostNumbers;
        count = numbers[0].length;
        cells = new double[FIRST + STRIDE * count];
        marks = new int[count];
        for (int i = 0; i < count; i++) {
            for (int n = 0; n < STRIDE; n++) {
                cells[FIRST + STRIDE * i + n] = numbers[n][i];
            }
        }
    }

    /** {@return how many cells there are} */
    public int count() {
        return count;
    }

    /** {@return one number of every cell: {@link #WEIGHT}, {@link #RATE} or the one after it; a copy} */
    public double[] column(int number) {
        double[] column = new double[count];
        for (int i = 0; i < count; i++) {
            column[i] = cells[FIRST + STRIDE * i + number];
        }
        return column;
    }

    /** {@return the weighted sum of the weights of a cell, {@code m0 w0 + m1 w1}} */
    public double sum(double m0, double m1, int cell) {
        int at = FIRST + STRIDE * cell;
        return m0 * cells[at] + m1 * cells[at + 1];
    }

    /** {@return a weight of a cell} */
    public double weight(int number, int cell) {
        return cells[FIRST + STRIDE * cell + number];
    }

    // --- one row

    /**
     * {@link OptimizerKernels#mixtureDecisions} of a sparse row.
     *
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param sums receives the sums
     */
    public void decisions(int origin, int[] index, double[] value, int from, int to, MixtureSums sums) {
        double[] cells = this.cells;
        double product0 = 0;
        double product1 = 0;
        double squares0 = 0;
        double squares1 = 0;
        for (int k = from; k < to; k++) {
            int at = FIRST + STRIDE * (origin + index[k]);
            double x = value[k];
            product0 += cells[at] * x;
            product1 += cells[at + 1] * x;
            squares0 += (cells[at + RATE] * x) * x;
            squares1 += (cells[at + RATE + 1] * x) * x;
        }
        sums.product0 = product0;
        sums.product1 = product1;
        sums.squares0 = squares0;
        sums.squares1 = squares1;
    }

    private void makeRoom(int entries) {
        long room = (long) ENTRY * (end - first + entries);
        if (room > journal.length) {
            long length = Math.max(LEAST_ROOM, Math.min(2 * room, Integer.MAX_VALUE - 8));
            if (length < room) {
                throw new IllegalStateException("rows changed more weights since a snapshot than an array can hold");
            }
            journal = Arrays.copyOf(journal, (int) length);
        }
    }

    /**
     * {@link SparseKernels#dot} of a row with the weighted sum of the weights, with the bits of a product with a vector
     * of these sums.
     *
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     */
    public double dot(double m0, double m1, int origin, int[] index, double[] value, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = from;
        for (; k < to - 3; k += 4) {
            s0 += sum(m0, m1, origin + index[k]) * value[k];
            s1 += sum(m0, m1, origin + index[k + 1]) * value[k + 1];
            s2 += sum(m0, m1, origin + index[k + 2]) * value[k + 2];
            s3 += sum(m0, m1, origin + index[k + 3]) * value[k + 3];
        }
        double tail = 0;
        for (; k < to; k++) {
            tail += sum(m0, m1, origin + index[k]) * value[k];
        }
        return ((s0 + s2) + (s1 + s3)) + tail;
    }

    /**
     * The rates of a row after its gradients: {@link OptimizerKernels#adaGradRates} of the first, and
     * {@link OptimizerKernels#forgettingRates} of the second. Keeps the rates from before for {@link #rollBack}.
     *
     * @param g gradient of the first
     * @param own gradient of the second
     * @param forget as in {@link OptimizerKernels#forgettingRates}
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @return the smallest new rate, NaN if one is NaN, +∞ for an empty row
     */
    public double rates(
            double g, double own, double forget, int origin, int[] index, double[] value, int from, int to) {
        int room = countOfRates + to - from;
        if (undoesEntries && room > cellsOfRates.length) {
            cellsOfRates = Arrays.copyOf(cellsOfRates, Math.max(LEAST_ROOM, 2 * room));
            ratesBefore = Arrays.copyOf(ratesBefore, 2 * cellsOfRates.length);
        }
        double[] cells = this.cells;
        double least = Double.POSITIVE_INFINITY;
        for (int k = from; k < to; k++) {
            int at = FIRST + STRIDE * (origin + index[k]);
            double x = value[k];
            double rate = cells[at + RATE];
            double rate1 = cells[at + RATE + 1];
            if (undoesEntries) {
                cellsOfRates[countOfRates] = origin + index[k];
                ratesBefore[2 * countOfRates] = rate;
                ratesBefore[2 * countOfRates + 1] = rate1;
                countOfRates++;
            }
            double root = (g * x) * rate;
            rate = OptimizerKernels.adaGradRate(rate, root * root);
            double forgetting = OptimizerKernels.forgettingRate(own, forget, x, rate1);
            cells[at + RATE] = rate;
            cells[at + RATE + 1] = forgetting;
            least = Math.min(least, Math.min(rate, forgetting));
        }
        return least;
    }

    /**
     * Moves the weights, {@code w0 += step0 (r0 x)} and {@code w1 += step1 (r1 x)}, and writes what they were to the
     * journal. There is no branch, because whether a cell has an entry already is hard to predict.
     *
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @return the sum of the magnitudes of the row's new weights; not finite if one of them is not finite
     */
    public double step(double step0, double step1, int origin, int[] index, double[] value, int from, int to) {
        if (!undoesEntries && end - first > many) {
            shorten();
        }
        makeRoom(to - from);
        double[] cells = this.cells;
        int[] marks = this.marks;
        double[] journal = this.journal;
        int o = ENTRY * (end - first);
        // The smaller of two numbers from here on is the earlier of those that are not before the newer snapshot.
        int smallest = newer + Integer.MIN_VALUE;
        int number = end - smallest;
        double sum = 0;
        for (int k = from; k < to; k++) {
            int cell = origin + index[k];
            int at = FIRST + STRIDE * cell;
            double w0 = cells[at];
            double w1 = cells[at + 1];
            double next0 = w0 + step0 * (cells[at + RATE] * value[k]);
            double next1 = w1 + step1 * (cells[at + RATE + 1] * value[k]);
            int mark = marks[cell];
            journal[o] = w0;
            journal[o + 1] = w1;
            journal[o + 2] = packed(mark, cell);
            cells[at] = next0;
            cells[at + 1] = next1;
            marks[cell] = Math.min(mark - smallest, number) + smallest;
            sum += Math.abs(next0) + Math.abs(next1);
            o += ENTRY;
            number++;
        }
        end += to - from;
        return sum;
    }

    // --- snapshots

    /** Takes the newer snapshot. */
    public void takeNewer() {
        newer = end;
    }

    /** Takes both snapshots. */
    public void takeBoth() {
        older = end;
        newer = end;
    }

    /** Where an entry of the journal is. */
    private int at(int number) {
        return ENTRY * (number - first);
    }

    /** {@return the mark of the cell from before an entry} */
    private int markBefore(int number) {
        return (int) (Double.doubleToRawLongBits(journal[at(number) + 2]) >>> 32);
    }

    private int cell(int number) {
        return (int) Double.doubleToRawLongBits(journal[at(number) + 2]);
    }

    /** {@return the number of the first entry of a cell since a snapshot; 0 if there is none} */
    private int firstEntry(boolean isOlder, int cell) {
        int number = marks[cell];
        if (number < (isOlder ? older : newer)) {
            return 0;
        }
        int earlier = isOlder ? markBefore(number) : 0;
        while (earlier >= older) {
            number = earlier;
            earlier = markBefore(number);
        }
        return number;
    }

    /** {@return a weight of a cell in a snapshot} */
    public double snapshotWeight(boolean isOlder, int number, int cell) {
        int entry = firstEntry(isOlder, cell);
        return entry == 0 ? weight(number, cell) : journal[at(entry) + number];
    }

    /**
     * The products of a row with a snapshot.
     *
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param sums receives the products
     */
    public void snapshotProducts(
            boolean isOlder, int origin, int[] index, double[] value, int from, int to, MixtureSums sums) {
        double product0 = 0;
        double product1 = 0;
        for (int k = from; k < to; k++) {
            int cell = origin + index[k];
            int entry = firstEntry(isOlder, cell);
            double[] weights = entry == 0 ? cells : journal;
            int at = entry == 0 ? FIRST + STRIDE * cell : at(entry);
            product0 += weights[at] * value[k];
            product1 += weights[at + 1] * value[k];
        }
        sums.product0 = product0;
        sums.product1 = product1;
    }

    /**
     * Makes snapshots that differ from the weights.
     *
     * @param older the older snapshot, all first weights and then all second ones
     * @param newer the newer one
     */
    public void restoreSnapshots(double[] older, double[] newer) {
        takeBoth();
        for (int cell = 0; cell < count; cell++) {
            // An entry of the newer snapshot alone would be taken for one of the older, too.
            if (isChanged(cell, older) || isChanged(cell, newer)) {
                add(cell, older);
            }
        }
        takeNewer();
        for (int cell = 0; cell < count; cell++) {
            if (isChanged(cell, newer)) {
                add(cell, newer);
            }
        }
    }

    private boolean isChanged(int cell, double[] snapshot) {
        return !isSame(snapshot[cell], weight(0, cell)) || !isSame(snapshot[count + cell], weight(1, cell));
    }

    private static boolean isSame(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    private void add(int cell, double[] snapshot) {
        makeRoom(1);
        journal[at(end)] = snapshot[cell];
        journal[at(end) + 1] = snapshot[count + cell];
        journal[at(end) + 2] = packed(marks[cell], cell);
        marks[cell] = end;
        end++;
    }

    private static double packed(int mark, int cell) {
        return Double.longBitsToDouble((long) mark << 32 | cell);
    }

    // --- undo

    /**
     * Keeps what everything is now, for {@link #rollBack}.
     *
     * @param entries how many entries rows will change until then
     */
    public void begin(long entries) {
        undoesEntries = entries <= Math.max(least, Math.min(count, MOST_UNDONE));
        if (!undoesEntries || end - older > many || end > mostNumbers) {
            shorten();
        } else if (older - first >= end - older) {
            dropBeforeOlder();
        }
        if (!undoesEntries) {
            cellsBefore = copy(cells, cells.length, cellsBefore);
            marksBefore = marksBefore.length == count ? marksBefore : new int[count];
            System.arraycopy(marks, 0, marksBefore, 0, count);
            journalBefore = copy(journal, at(end), journalBefore);
        }
        olderBefore = older;
        newerBefore = newer;
        endBefore = end;
        countOfRates = 0;
    }

    private static double[] copy(double[] from, int length, double[] other) {
        double[] copy = other.length >= length ? other : new double[length];
        System.arraycopy(from, 0, copy, 0, length);
        return copy;
    }

    /** Keeps only entries that snapshots need, with small numbers. */
    private void shorten() {
        if (end > mostNumbers) {
            renumber();
        }
        dropUnneeded();
        dropBeforeOlder();
        many = Math.max(least, 2 * (end - older));
    }

    private void dropBeforeOlder() {
        System.arraycopy(journal, at(older), journal, 0, ENTRY * (end - older));
        first = older;
    }

    /** Numbers the entries since the older snapshot from 1 on. */
    private void renumber() {
        int less = older - 1;
        for (int cell = 0; cell < count; cell++) {
            marks[cell] = Math.max(0, marks[cell] - less);
        }
        for (int number = older; number < end; number++) {
            journal[at(number) + 2] = packed(Math.max(0, markBefore(number) - less), cell(number));
        }
        first -= less;
        older -= less;
        newer -= less;
        end -= less;
    }

    /** Drops the entries since the older snapshot that are not the first of their cell since any newer one. */
    private void dropUnneeded() {
        for (int number = end - 1; number >= older; number--) {
            int cell = cell(number);
            if (marks[cell] == number) {
                marks[cell] = markBefore(number);
            } else {
                journal[at(number) + 2] = DROPPED;
            }
        }
        int kept = older;
        int keptBeforeNewer = older;
        for (int number = older; number < end; number++) {
            keptBeforeNewer = number == newer ? kept : keptBeforeNewer;
            if (journal[at(number) + 2] != DROPPED) {
                int cell = cell(number);
                journal[at(kept)] = journal[at(number)];
                journal[at(kept) + 1] = journal[at(number) + 1];
                journal[at(kept) + 2] = packed(marks[cell], cell);
                marks[cell] = kept;
                kept++;
            }
        }
        newer = newer == end ? kept : keptBeforeNewer;
        end = kept;
    }

    /** Restores everything as it was at {@link #begin}. */
    public void rollBack() {
        if (!undoesEntries) {
            System.arraycopy(cellsBefore, 0, cells, 0, cells.length);
            System.arraycopy(marksBefore, 0, marks, 0, marks.length);
            System.arraycopy(journalBefore, 0, journal, 0, ENTRY * (endBefore - olderBefore));
            first = olderBefore;
            older = olderBefore;
            newer = newerBefore;
            end = endBefore;
            return;
        }
        for (int i = countOfRates - 1; i >= 0; i--) {
            System.arraycopy(ratesBefore, 2 * i, cells, FIRST + STRIDE * cellsOfRates[i] + RATE, 2);
        }
        for (int number = end - 1; number >= endBefore; number--) {
            int cell = cell(number);
            System.arraycopy(journal, at(number), cells, FIRST + STRIDE * cell, 2);
            marks[cell] = markBefore(number);
        }
        older = olderBefore;
        newer = newerBefore;
        end = endBefore;
        countOfRates = 0;
    }

    // --- checks

    /** {@return whether every weight is at most as large as a limit, and every rate above another} */
    public boolean isWithin(double limit, double leastRate) {
        for (int at = FIRST; at < cells.length; at += STRIDE) {
            if (!(Math.abs(cells[at]) <= limit && Math.abs(cells[at + 1]) <= limit)) {
                return false;
            }
            if (!(cells[at + RATE] > leastRate && cells[at + RATE + 1] > leastRate)) {
                return false;
            }
        }
        return true;
    }
}
