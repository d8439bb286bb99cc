package org.accrete.core.train;

import java.util.Arrays;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.apache.commons.math3.distribution.TDistribution;

/*
 * 1. Differences of losses are summed in cells of 25 rows, because neighbours in time are not independent. Two cells
 *    make one of the next level, so level j has cells of 25 * 2^j rows. The last 16 cells of a level are a window.
 * 2. A window is tested when it has moved by half its length: Student's t over its 16 cells, one-sided. If
 *    neighbouring cells correlate by more than 0.1, each two become one first. Short windows see a large difference
 *    soon, long ones a small one for sure.
 * 3. The n-th test at level j has the level 0.05 / (pairs * (j + 1) (j + 2) n (n + 1)). All of them add up to 0.05,
 *    however long it goes on.
 *
 * The trials behind these numbers are in docs/decisions/challengers.md.
 */

/**
 * Paired tests over windows of rows: whether one of several others has lower losses than a first one. Windows begin and
 * end at multiples of rows. Memory and state grow with the logarithm of the rows.
 */
final class PairedWindows {
    static final int CELL_ROWS = 25;

    /** Rows between two looks: half the shortest window. */
    static final int LOOK_ROWS = 200;

    static final int CELLS = 16;
    private static final int STEP = LOOK_ROWS / CELL_ROWS;
    private static final double LEVEL = 0.05;
    private static final double CORRELATION = 0.1;
    private static final String COUNT = "cells";
    private static final String OPEN = "open";
    private static final String SUMS = "sums";

    private final int pairs;
    private final double[] open;
    private long cells;

    /** By level and pair; the cell with index i is at i modulo 16. */
    private double[][][] sums = {};

    /**
     * What a test found.
     *
     * @param pair number of the other one, from 0
     * @param gain by how much its loss is lower, per row
     * @param rows of the window
     * @param probability of such a difference, or a larger one, if both were equal
     */
    record Found(int pair, double gain, long rows, double probability) {}

    /** Has seen no row. */
    PairedWindows(int pairs) {
        this.pairs = pairs;
        open = new double[pairs];
    }

    /** Begins anew. */
    void clear() {
        Arrays.fill(open, 0);
        cells = 0;
        sums = new double[0][][];
    }

    /** Adds a row: the loss of the first one minus that of the other. */
    void add(int pair, double difference) {
        open[pair] += difference;
    }

    /** Ends a cell. */
    void cellEnds() {
        long index = cells++;
        double[][] cell = level(0);
        for (int pair = 0; pair < pairs; pair++) {
            cell[pair][at(index)] = open[pair];
            open[pair] = 0;
        }
        for (int j = 1; (index & 1) == 1; j++, index >>= 1) {
            double[][] from = level(j - 1);
            double[][] to = level(j);
            for (int pair = 0; pair < pairs; pair++) {
                to[pair][at(index >> 1)] = from[pair][at(index - 1)] + from[pair][at(index)];
            }
        }
    }

    private static int at(long index) {
        return (int) (index % CELLS);
    }

    private double[][] level(int j) {
        if (j == sums.length) {
            sums = Arrays.copyOf(sums, j + 1);
            sums[j] = new double[pairs][CELLS];
        }
        return sums[j];
    }

    /** {@return the one whose loss is lowest of those that a test says are lower; to be called at each look} */
    Optional<Found> look() {
        Optional<Found> best = Optional.empty();
        for (int j = 0; cells >> j >= CELLS && cells % ((long) STEP << j) == 0; j++) {
            long tests = (cells >> j) / STEP - 1;
            double level = LEVEL / pairs / ((j + 1.0) * (j + 2.0)) / (tests * (tests + 1.0));
            for (int pair = 0; pair < pairs; pair++) {
                double[] window = window(j, pair);
                double gain = Arrays.stream(window).sum() / CELLS / ((long) CELL_ROWS << j);
                if (gain > 0 && (best.isEmpty() || gain > best.get().gain())) {
                    double probability = probability(window);
                    best = probability <= level
                            ? Optional.of(new Found(pair, gain, ((long) CELLS * CELL_ROWS) << j, probability))
                            : best;
                }
            }
        }
        return best;
    }

    private double[] window(int j, int pair) {
        double[] window = new double[CELLS];
        int first = at(cells >> j);
        for (int i = 0; i < CELLS; i++) {
            window[i] = sums[j][pair][(first + i) % CELLS];
        }
        return window;
    }

    /** {@return the probability of a mean as high as that of a window, or higher, if the true one were 0} */
    static double probability(double[] window) {
        double[] values = window;
        if (correlation(values) > CORRELATION) {
            values = new double[window.length / 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = (window[2 * i] + window[2 * i + 1]) / 2;
            }
        }
        int count = values.length;
        double mean = Arrays.stream(values).sum() / count;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        if (squares == 0) {
            return mean > 0 ? 0 : 1;
        }
        double t = mean / Math.sqrt(squares / (count - 1) / count);
        return new TDistribution(count - 1).cumulativeProbability(-t);
    }

    /** {@return the correlation of neighbouring values; 0 if all are equal} */
    private static double correlation(double[] values) {
        double mean = Arrays.stream(values).sum() / values.length;
        double squares = 0;
        double products = 0;
        for (int i = 0; i < values.length; i++) {
            double here = values[i] - mean;
            squares += here * here;
            products += i == 0 ? 0 : here * (values[i - 1] - mean);
        }
        return squares > 0 ? products / squares : 0;
    }

    void writeTo(String prefix, State.Builder state) {
        state.whole(prefix + COUNT, cells).doubles(prefix + OPEN, open.clone());
        double[] all = new double[sums.length * pairs * CELLS];
        for (int i = 0; i < sums.length * pairs; i++) {
            System.arraycopy(sums[i / pairs][i % pairs], 0, all, i * CELLS, CELLS);
        }
        if (all.length > 0) {
            state.doubles(prefix + SUMS, all);
        }
    }

    void read(String prefix, State state) {
        clear();
        cells = state.whole(prefix + COUNT);
        if (cells < 0) {
            throw AccreteException.corruptFile("cells of rows must be >= 0 but were " + cells);
        }
        System.arraycopy(state.doubles(prefix + OPEN, pairs), 0, open, 0, pairs);
        int levels = Long.SIZE - Long.numberOfLeadingZeros(cells);
        double[] all = levels == 0 ? new double[0] : state.doubles(prefix + SUMS, (long) levels * pairs * CELLS);
        for (int i = 0; i < levels * pairs; i++) {
            System.arraycopy(all, i * CELLS, level(i / pairs)[i % pairs], 0, CELLS);
        }
    }
}
