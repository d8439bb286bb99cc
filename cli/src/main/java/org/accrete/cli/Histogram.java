package org.accrete.cli;

import java.util.Arrays;

/**
 * Counts of numbers in bins of equal width, which doubles whenever a number lies outside: exact counts in one pass over
 * numbers whose range is not known before. The width is a power of two and each bin begins at a multiple of it, so two
 * neighbours make one of the next width.
 */
final class Histogram {
    /** The most bins that are in use; from the second number that differs, more than half of them nearly always are. */
    static final int BINS = 16;

    static final String LEVELS = "▁▂▃▄▅▆▇█";

    /** Widths begin so much smaller than the first number. */
    private static final int FINENESS = 40;

    private static final int LEAST_EXPONENT = -1_000;

    private final long[] counts = new long[BINS];
    /** The width of a bin is two to the power of it. */
    private int exponent;
    /** Where the first bin begins, in widths. */
    private long first;

    private int bins;

    /**
     * Counts a number.
     *
     * @param value finite
     */
    void add(double value) {
        if (bins == 0) {
            exponent = Math.max(LEAST_EXPONENT, Math.getExponent(value) - FINENESS);
            first = index(value);
            bins = 1;
        }
        // Far from the first number the index would not fit, and is cut off at the ends of its type until it does.
        while (index(value) >= first + BINS || index(value) <= first + bins - 1 - BINS) {
            widen();
        }
        long index = index(value);
        if (index < first) {
            int shift = (int) (first - index);
            System.arraycopy(counts, 0, counts, shift, bins);
            Arrays.fill(counts, 0, shift, 0);
            first = index;
            bins += shift;
        }
        bins = Math.max(bins, (int) (index - first) + 1);
        counts[(int) (index - first)]++;
    }

    private long index(double value) {
        return (long) Math.floor(Math.scalb(value, -exponent));
    }

    private void widen() {
        long[] before = Arrays.copyOf(counts, bins);
        long begin = first;
        exponent++;
        first = Math.floorDiv(begin, 2);
        bins = (int) (Math.floorDiv(begin + bins - 1, 2) - first) + 1;
        Arrays.fill(counts, 0);
        for (int i = 0; i < before.length; i++) {
            counts[(int) (Math.floorDiv(begin + i, 2) - first)] += before[i];
        }
    }

    /** {@return where the first bin begins} */
    double begin() {
        return Math.scalb((double) first, exponent);
    }

    /** {@return the width of a bin} */
    double width() {
        return Math.scalb(1.0, exponent);
    }

    /** {@return how many numbers each bin has, from the first to the last that has any} */
    long[] counts() {
        return Arrays.copyOf(counts, bins);
    }

    /** {@return a character for each bin, as high as its count; a blank for none} */
    String bars() {
        long most = Arrays.stream(counts).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < bins; i++) {
            bars.append(counts[i] == 0 ? ' ' : LEVELS.charAt((int) ((counts[i] * LEVELS.length() - 1) / most)));
        }
        return bars.toString();
    }
}
