package org.accrete.core.compare;

import java.util.Arrays;

/**
 * Sums over blocks of neighbouring rows, for any number of rows in fixed memory: when there are 64 whole blocks, each
 * two become one and blocks are twice as long from then on. So there are 32 to 63 whole blocks of equal length, a power
 * of two, as soon as there are 64 rows; where they begin depends on row numbers alone.
 */
final class BlockSums {
    static final int MOST = 64;

    private final double[][] sums;
    private final int[][] counts;
    private int whole;
    private long length = 1;
    private long inLast;

    /**
     * Makes sums that have seen no row.
     *
     * @param sums how many sums a block has
     * @param counts how many counts it has, such as of bins
     */
    BlockSums(int sums, int counts) {
        this.sums = new double[MOST][sums];
        this.counts = new int[MOST][counts];
    }

    /** {@return the sums of the block that the next row belongs to; the caller adds to them} */
    double[] current() {
        return sums[whole];
    }

    /** {@return the counts of the block that the next row belongs to; the caller adds to them} */
    int[] currentCounts() {
        return counts[whole];
    }

    /** Ends a row. {@return whether each two blocks became one, so that other sums by block must be joined too} */
    boolean rowEnds() {
        inLast++;
        if (inLast < length) {
            return false;
        }
        inLast = 0;
        whole++;
        if (whole < MOST) {
            return false;
        }
        join(sums);
        joinCounts();
        whole = MOST / 2;
        length *= 2;
        return true;
    }

    /** Makes one block of each two, and empty ones behind them. */
    static void join(double[][] sums) {
        for (int i = 0; i < sums.length; i++) {
            double[] from = sums[i];
            if (i % 2 == 0) {
                System.arraycopy(from, 0, sums[i / 2], 0, from.length);
            } else {
                double[] to = sums[i / 2];
                for (int k = 0; k < to.length; k++) {
                    to[k] += from[k];
                }
            }
            if (i >= sums.length / 2) {
                Arrays.fill(from, 0);
            }
        }
    }

    private void joinCounts() {
        for (int i = 0; i < MOST; i++) {
            int[] from = counts[i];
            int[] to = counts[i / 2];
            if (i % 2 == 0) {
                System.arraycopy(from, 0, to, 0, from.length);
            } else {
                for (int k = 0; k < to.length; k++) {
                    to[k] += from[k];
                }
            }
            if (i >= MOST / 2) {
                Arrays.fill(from, 0);
            }
        }
    }

    /** {@return sums by block for a part of the rows, to be joined as these are} */
    static double[][] part(int width) {
        return new double[MOST][width];
    }

    /** {@return which block the next row belongs to} */
    int block() {
        return whole;
    }

    /** {@return how many whole blocks there are} */
    int whole() {
        return whole;
    }

    /** {@return rows of a whole block} */
    long length() {
        return length;
    }

    /** {@return the sums of a block, whole or begun; not a copy} */
    double[] sums(int block) {
        return sums[block];
    }

    /** {@return the counts of a block, whole or begun; not a copy} */
    int[] counts(int block) {
        return counts[block];
    }

    /** {@return the sums of all rows, those behind the last whole block included} */
    double[] total() {
        return total(sums);
    }

    /** {@return the sums of all blocks} */
    static double[] total(double[][] sums) {
        double[] total = new double[sums[0].length];
        for (double[] block : sums) {
            for (int k = 0; k < total.length; k++) {
                total[k] += block[k];
            }
        }
        return total;
    }

    /** {@return the counts of all rows} */
    long[] totalCounts() {
        long[] total = new long[counts[0].length];
        for (int[] block : counts) {
            for (int k = 0; k < total.length; k++) {
                total[k] += block[k];
            }
        }
        return total;
    }
}
