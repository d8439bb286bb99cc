package org.accrete.learners.trees;

import java.util.Arrays;

/**
 * A bounded histogram of a number: per bin its upper limit and, of the rows in it, the weight and the weighted sum of
 * targets. Bins are the distinct values as long as there is room. Later a value beyond the ends, or in a bin of more
 * than its share, begins a bin of its own, and the two neighbours of least weight become one. So bins have about equal
 * weight, whatever the distribution, and follow it when it changes.
 *
 * <p>Rows that were counted before a bin was divided stay on its right, an error of less than the weight of a bin.
 * O(log bins) per row, O(bins) where a bin begins; nothing is allocated once all bins are there.
 */
final class Bins {
    static final String BINS = "trees.bins";

    /** The most bins. */
    static final int MOST = 32;

    /** A bin with more than this times the mean weight of bins is divided. */
    private static final double HEAVY = 2;

    private int size;
    /** Limits ascending, then weights, then sums. */
    private double[] bins = new double[3 * 8];

    private double least;
    private double total;

    Bins() {}

    int size() {
        return size;
    }

    private int room() {
        return bins.length / 3;
    }

    /** {@return the largest value that belongs to a bin} */
    double limit(int bin) {
        return bins[bin];
    }

    double weight(int bin) {
        return bins[room() + bin];
    }

    double sum(int bin) {
        return bins[2 * room() + bin];
    }

    /** {@return the weight of all rows} */
    double total() {
        return total;
    }

    long bytes() {
        return 8L * bins.length + 56;
    }

    /**
     * Counts a row.
     *
     * @param sum its target times its weight
     */
    void add(double value, double weight, double sum) {
        total += weight;
        int at = find(value);
        int room = room();
        if (at == size || bins[at] != value && isDivided(at, value)) {
            at = begin(at, value);
            room = room();
        }
        if (value < least || size == 1) {
            least = value;
        }
        bins[room + at] += weight;
        bins[2 * room + at] += sum;
    }

    private boolean isDivided(int at, double value) {
        return size < MOST || value < least || weight(at) * size > HEAVY * total;
    }

    /** {@return the first bin whose limit is not below a value} */
    private int find(double value) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (bins[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** {@return the number of a new bin, which is to be about {@code at}} */
    private int begin(int at, double limit) {
        int to = at;
        if (size == MOST) {
            int merged = lightest(at);
            merge(merged);
            to = merged < at ? at - 1 : at;
        } else if (size == room()) {
            grow();
        }
        int room = room();
        for (int plane = 0; plane < bins.length; plane += room) {
            System.arraycopy(bins, plane + to, bins, plane + to + 1, size - to);
        }
        bins[to] = limit;
        bins[room + to] = 0;
        bins[2 * room + to] = 0;
        size++;
        return to;
    }

    private void grow() {
        int room = room();
        int more = Math.min(MOST, 2 * room);
        double[] larger = new double[3 * more];
        for (int plane = 0; plane < 3; plane++) {
            System.arraycopy(bins, plane * room, larger, plane * more, size);
        }
        bins = larger;
    }

    /** {@return the first of the two neighbours of least weight, of which the second is not {@code at}} */
    private int lightest(int at) {
        int weights = room();
        int best = -1;
        double lightest = Double.POSITIVE_INFINITY;
        for (int i = 0; i + 1 < size; i++) {
            double both = bins[weights + i] + bins[weights + i + 1];
            if (both < lightest && i + 1 != at) {
                lightest = both;
                best = i;
            }
        }
        return best;
    }

    private void merge(int first) {
        int room = room();
        bins[room + first + 1] += bins[room + first];
        bins[2 * room + first + 1] += bins[2 * room + first];
        for (int plane = 0; plane < bins.length; plane += room) {
            System.arraycopy(bins, plane + first + 1, bins, plane + first, size - first - 1);
        }
        size--;
    }

    void write(TreeWriter out) {
        out.whole(Leaf.FEATURES, size);
        int room = room();
        for (int plane = 0; plane < 3; plane++) {
            out.numbers(BINS, Arrays.copyOfRange(bins, plane * room, plane * room + size));
        }
        out.number(BINS, least);
        out.number(BINS, total);
    }

    Bins(TreeReader in) {
        size = in.whole(Leaf.FEATURES, 0, MOST);
        int room = 8;
        while (room < size) {
            room = Math.min(MOST, 2 * room);
        }
        bins = new double[3 * room];
        for (int plane = 0; plane < 3; plane++) {
            System.arraycopy(in.numbers(BINS, size), 0, bins, plane * room, size);
        }
        for (int i = 0; i < size; i++) {
            TreeReader.require(
                    bins[room + i] >= 0 && (i == 0 || bins[i - 1] < bins[i]), "limits and weights in " + BINS);
        }
        least = in.number(BINS);
        total = Leaf.positive(in, BINS, 1)[0];
    }
}
