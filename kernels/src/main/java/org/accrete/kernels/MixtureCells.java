package org.accrete.kernels;

import java.util.Arrays;

/**
 * The numbers of a mixture for sparse rows: of each column its three weights, the rate that the first two share, the
 * rate of the third, and two marks for the caller's use. They lie side by side, so an entry of a row touches one line
 * of the cache. In an array for each, it would touch seven.
 *
 * <p>Ugly for speed: a struct as offsets into one array. Sums are in the order of a row's entries; indices are those of
 * cells, each at most once in a row. Not thread-safe.
 */
public final class MixtureCells {
    /** The most cells that one array holds. */
    public static final int MOST = (Integer.MAX_VALUE - 64) / 8 - 1;

    /** Number of the first weight in {@link #column}; the other two follow. */
    public static final int WEIGHT = 0;

    /** Number of the rate of the first two weights in {@link #column}. */
    public static final int SHARED_RATE = 3;

    /** Number of the rate of the third weight in {@link #column}. */
    public static final int OWN_RATE = 4;

    private static final int MARK = 5;
    private static final int NUMBERS = 5;
    private static final int STRIDE = 8;
    /** Where the first cell begins: the elements of a large array begin two numbers after a line of the cache. */
    private static final int FIRST = 6;

    private final int count;
    private final double[] cells;

    /**
     * Makes cells without marks.
     *
     * @param numbers five arrays of the same length, at most {@link #MOST}: the weights and the rates, not modified
     */
    public MixtureCells(double[]... numbers) {
        count = numbers[0].length;
        cells = new double[FIRST + STRIDE * count];
        for (int i = 0; i < count; i++) {
            int at = FIRST + STRIDE * i;
            for (int n = 0; n < NUMBERS; n++) {
                cells[at + n] = numbers[n][i];
            }
        }
    }

    /** {@return how many cells there are} */
    public int count() {
        return count;
    }

    /** {@return one number of every cell: {@link #WEIGHT}, {@link #SHARED_RATE} or {@link #OWN_RATE}; a copy} */
    public double[] column(int number) {
        double[] column = new double[count];
        for (int i = 0; i < count; i++) {
            column[i] = cells[FIRST + STRIDE * i + number];
        }
        return column;
    }

    /** {@return the weighted sum of the three weights of a cell, {@code (m0 w0 + m1 w1) + m2 w2}} */
    public double sum(double m0, double m1, double m2, int cell) {
        int at = FIRST + STRIDE * cell;
        return (m0 * cells[at] + m1 * cells[at + 1]) + m2 * cells[at + 2];
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
        double product2 = 0;
        double squares0 = 0;
        double squares1 = 0;
        for (int k = from; k < to; k++) {
            int at = FIRST + STRIDE * (origin + index[k]);
            double x = value[k];
            product0 += cells[at] * x;
            product1 += cells[at + 1] * x;
            product2 += cells[at + 2] * x;
            squares0 += (cells[at + SHARED_RATE] * x) * x;
            squares1 += (cells[at + OWN_RATE] * x) * x;
        }
        sums.product0 = product0;
        sums.product1 = product1;
        sums.product2 = product2;
        sums.squares0 = squares0;
        sums.squares1 = squares1;
    }

    /**
     * {@link SparseKernels#dot} of a row with the weighted sum of the weights, with the bits of a product with a vector
     * of these sums.
     *
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     */
    public double dot(double m0, double m1, double m2, int origin, int[] index, double[] value, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = from;
        for (; k < to - 3; k += 4) {
            s0 += sum(m0, m1, m2, origin + index[k]) * value[k];
            s1 += sum(m0, m1, m2, origin + index[k + 1]) * value[k + 1];
            s2 += sum(m0, m1, m2, origin + index[k + 2]) * value[k + 2];
            s3 += sum(m0, m1, m2, origin + index[k + 3]) * value[k + 3];
        }
        double tail = 0;
        for (; k < to; k++) {
            tail += sum(m0, m1, m2, origin + index[k]) * value[k];
        }
        return ((s0 + s2) + (s1 + s3)) + tail;
    }

    /**
     * The rates of a row after its gradients: {@link OptimizerKernels#adaGradRates} of the shared rate, and
     * {@link OptimizerKernels#forgettingRates} of the other.
     *
     * @param g gradient of the shared rate
     * @param own gradient of the other
     * @param forget as in {@link OptimizerKernels#forgettingRates}
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @return the smallest new rate, NaN if one is NaN, +∞ for an empty row
     */
    public double rates(
            double g, double own, double forget, int origin, int[] index, double[] value, int from, int to) {
        double[] cells = this.cells;
        double least = Double.POSITIVE_INFINITY;
        for (int k = from; k < to; k++) {
            int at = FIRST + STRIDE * (origin + index[k]);
            double x = value[k];
            double rate = cells[at + SHARED_RATE];
            double root = (g * x) * rate;
            rate = OptimizerKernels.adaGradRate(rate, root * root);
            double forgetting = OptimizerKernels.forgettingRate(own, forget, x, cells[at + OWN_RATE]);
            cells[at + SHARED_RATE] = rate;
            cells[at + OWN_RATE] = forgetting;
            least = Math.min(least, Math.min(rate, forgetting));
        }
        return least;
    }

    /**
     * Moves the weights: {@code w0 += step0 (r0 x)}, {@code w1 += step1 (r0 x)}, {@code w2 += step2 (r1 x)}.
     *
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @return the sum of the magnitudes of the row's new weights; not finite if one of them is not finite
     */
    public double step(
            double step0, double step1, double step2, int origin, int[] index, double[] value, int from, int to) {
        double[] cells = this.cells;
        double sum = 0;
        for (int k = from; k < to; k++) {
            int at = FIRST + STRIDE * (origin + index[k]);
            double shared = cells[at + SHARED_RATE] * value[k];
            double next0 = cells[at] + step0 * shared;
            double next1 = cells[at + 1] + step1 * shared;
            double next2 = cells[at + 2] + step2 * (cells[at + OWN_RATE] * value[k]);
            cells[at] = next0;
            cells[at + 1] = next1;
            cells[at + 2] = next2;
            sum += Math.abs(next0) + Math.abs(next1) + Math.abs(next2);
        }
        return sum;
    }

    // --- copies of weights from before they changed

    /** Weights or sums of weights of some cells as they were at some time, and marks that say of which. */
    public static final class Copies {
        private static final int LEAST_ROOM = 64;

        private final int perCell;
        private double[] values = {};
        private int[] cells = {};
        /** Mark of the first cell; that of the next one is one more. */
        private long first = 1;

        private int size;

        /**
         * Makes copies of no cells.
         *
         * @param perCell 3 for the weights themselves, 1 for their weighted sum
         */
        public Copies(int perCell) {
            this.perCell = perCell;
        }

        /** {@return how many cells are copied} */
        public int size() {
            return size;
        }

        /** {@return a mark above all that these copies gave} */
        public long end() {
            return first + size;
        }

        /**
         * Forgets all copies.
         *
         * @param newFirst the next mark, at least 1 and above all marks of the cells
         */
        public void clear(long newFirst) {
            first = newFirst;
            size = 0;
        }

        private void makeRoom(int more) {
            int room = size + more;
            if (room > cells.length) {
                cells = Arrays.copyOf(cells, Math.max(LEAST_ROOM, 2 * room));
                values = Arrays.copyOf(values, cells.length * perCell);
            }
        }
    }

    /** {@return whether a cell is copied} */
    public boolean isCopied(int which, Copies copies, int cell) {
        return mark(which, cell) >= copies.first;
    }

    /** {@return one of the numbers of a copied cell} */
    public double copy(int which, Copies copies, int number, int cell) {
        return copies.values[(int) (mark(which, cell) - copies.first) * copies.perCell + number];
    }

    /** Adds a copy of a cell that is not copied. */
    public void addCopy(int which, Copies copies, int cell, double... numbers) {
        copies.makeRoom(1);
        System.arraycopy(numbers, 0, copies.values, copies.size * copies.perCell, copies.perCell);
        copies.cells[copies.size] = cell;
        mark(which, cell, copies.end());
        copies.size++;
    }

    /**
     * Goes back to an earlier number of copies, which may have been another's since then.
     *
     * @param size how many there were
     */
    public void restoreCopies(int which, Copies copies, int size) {
        copies.size = size;
        for (int i = 0; i < size; i++) {
            mark(which, copies.cells[i], copies.first + i);
        }
    }

    private long mark(int which, int cell) {
        return Double.doubleToRawLongBits(cells[FIRST + STRIDE * cell + MARK + which]);
    }

    private void mark(int which, int cell, long mark) {
        cells[FIRST + STRIDE * cell + MARK + which] = Double.longBitsToDouble(mark);
    }

    /**
     * Saves the weights that a row is about to change: all of them for an undo, and copies of those that are not copied
     * yet. There is no branch, because whether a cell is copied is hard to predict.
     *
     * @param members receives weights, by mark 0
     * @param model receives {@code (m0 w0 + m1 w1) + m2 w2}, by mark 1
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index}
     * @param to index after its last entry
     * @param undo receives {@link #SAVED} numbers per entry
     * @param undoFrom index of the first
     */
    public void save(
            Copies members,
            Copies model,
            double m0,
            double m1,
            double m2,
            int origin,
            int[] index,
            int from,
            int to,
            double[] undo,
            int undoFrom) {
        members.makeRoom(to - from + 1);
        model.makeRoom(to - from + 1);
        double[] cells = this.cells;
        double[] weights = members.values;
        double[] sums = model.values;
        int[] cellsOfWeights = members.cells;
        int[] cellsOfSums = model.cells;
        int i = members.size;
        int j = model.size;
        for (int k = from, o = undoFrom; k < to; k++, o += SAVED) {
            int cell = origin + index[k];
            int at = FIRST + STRIDE * cell;
            double w0 = cells[at];
            double w1 = cells[at + 1];
            double w2 = cells[at + 2];
            undo[o] = w0;
            undo[o + 1] = w1;
            undo[o + 2] = w2;
            long mark = Double.doubleToRawLongBits(cells[at + MARK]);
            long isNew = (mark - members.first) >> 63;
            cells[at + MARK] = Double.longBitsToDouble(mark ^ ((mark ^ (members.first + i)) & isNew));
            weights[3 * i] = w0;
            weights[3 * i + 1] = w1;
            weights[3 * i + 2] = w2;
            cellsOfWeights[i] = cell;
            i -= (int) isNew;
            mark = Double.doubleToRawLongBits(cells[at + MARK + 1]);
            isNew = (mark - model.first) >> 63;
            cells[at + MARK + 1] = Double.longBitsToDouble(mark ^ ((mark ^ (model.first + j)) & isNew));
            sums[j] = (m0 * w0 + m1 * w1) + m2 * w2;
            cellsOfSums[j] = cell;
            j -= (int) isNew;
        }
        members.size = i;
        model.size = j;
    }

    /**
     * The products of a row with the weights at the time of the copies.
     *
     * @param members copies by mark 0
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     * @param sums receives the products
     */
    public void products(Copies members, int origin, int[] index, double[] value, int from, int to, MixtureSums sums) {
        double product0 = 0;
        double product1 = 0;
        double product2 = 0;
        for (int k = from; k < to; k++) {
            int cell = origin + index[k];
            long i = mark(0, cell) - members.first;
            double[] weights = i < 0 ? cells : members.values;
            int at = i < 0 ? FIRST + STRIDE * cell : 3 * (int) i;
            product0 += weights[at] * value[k];
            product1 += weights[at + 1] * value[k];
            product2 += weights[at + 2] * value[k];
        }
        sums.product0 = product0;
        sums.product1 = product1;
        sums.product2 = product2;
    }

    /**
     * {@return the product of a row with the weighted sums at the time of the copies}
     *
     * @param model copies by mark 1
     * @param origin added to the indices
     * @param from index of the row's first entry in {@code index} and {@code value}
     * @param to index after its last entry
     */
    public double product(
            Copies model, double m0, double m1, double m2, int origin, int[] index, double[] value, int from, int to) {
        double product = 0;
        for (int k = from; k < to; k++) {
            int cell = origin + index[k];
            long i = mark(1, cell) - model.first;
            product += (i < 0 ? sum(m0, m1, m2, cell) : model.values[(int) i]) * value[k];
        }
        return product;
    }

    // --- undo

    /** How many numbers {@link #save} saves for an undo of each entry. */
    public static final int SAVED = 3;

    /** How many numbers {@link #saveRates} saves of each entry. */
    public static final int SAVED_RATES = 2;

    /** Saves the rates that a row is about to change: see {@link #save}. */
    public void saveRates(int origin, int[] index, int from, int to, double[] undo, int undoFrom) {
        for (int k = from, o = undoFrom; k < to; k++, o += SAVED_RATES) {
            int at = FIRST + STRIDE * (origin + index[k]);
            undo[o] = cells[at + SHARED_RATE];
            undo[o + 1] = cells[at + OWN_RATE];
        }
    }

    /** Restores what {@link #save} saved, and takes the marks of the cells away. */
    public void restore(int origin, int[] index, int from, int to, double[] undo, int undoFrom) {
        for (int k = from, o = undoFrom; k < to; k++, o += SAVED) {
            int cell = origin + index[k];
            System.arraycopy(undo, o, cells, FIRST + STRIDE * cell, SAVED);
            mark(0, cell, 0);
            mark(1, cell, 0);
        }
    }

    /** Restores what {@link #saveRates} saved. */
    public void restoreRates(int origin, int[] index, int from, int to, double[] undo, int undoFrom) {
        for (int k = from, o = undoFrom; k < to; k++, o += SAVED_RATES) {
            int at = FIRST + STRIDE * (origin + index[k]);
            cells[at + SHARED_RATE] = undo[o];
            cells[at + OWN_RATE] = undo[o + 1];
        }
    }

    /** {@return a copy of all numbers, in the other array if that has the right length} */
    public double[] saveAll(double[] other) {
        if (other.length != cells.length) {
            return cells.clone();
        }
        System.arraycopy(cells, 0, other, 0, cells.length);
        return other;
    }

    /** Restores what {@link #saveAll} copied. */
    public void restoreAll(double[] saved) {
        System.arraycopy(saved, 0, cells, 0, cells.length);
    }

    // --- checks

    /** {@return whether every weight is at most as large as a limit, and every rate above another} */
    public boolean isWithin(double limit, double leastRate) {
        for (int at = FIRST; at < cells.length; at += STRIDE) {
            for (int n = 0; n < SHARED_RATE; n++) {
                if (!(Math.abs(cells[at + n]) <= limit)) {
                    return false;
                }
            }
            if (!(cells[at + SHARED_RATE] > leastRate && cells[at + OWN_RATE] > leastRate)) {
                return false;
            }
        }
        return true;
    }
}
