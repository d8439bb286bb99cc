package org.accrete.core.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether probabilities are what they say: of the rows that were given a probability of 0.7, 70 % should be of the
 * class. Two classes: the probability of the second one; more: that of the class that was predicted.
 *
 * @param bins ten of equal width, those without rows left out
 * @param error expected calibration error: mean distance of what was predicted from what was observed, weighted by rows
 */
public record Calibration(List<Bin> bins, double error) {
    /** How many bins there are. */
    static final int BINS = 10;

    /**
     * Rows whose probability lies in a range.
     *
     * @param from lower end of the range
     * @param to upper end
     * @param rows how many rows
     * @param predicted their mean probability
     * @param observed the share of them that are of the class
     */
    public record Bin(double from, double to, long rows, double predicted, double observed) {}

    // Copies the list.
    public Calibration {
        bins = List.copyOf(bins);
    }

    /** Counts by bin. */
    static final class Counts {
        private final long[] rows = new long[BINS];
        private final double[] predicted = new double[BINS];
        private final long[] observed = new long[BINS];

        void add(double probability, boolean isOfClass) {
            int bin = Math.max(0, Math.min(BINS - 1, (int) (probability * BINS)));
            rows[bin]++;
            predicted[bin] += probability;
            observed[bin] += isOfClass ? 1 : 0;
        }

        Calibration calibration() {
            List<Bin> bins = new ArrayList<>();
            double distance = 0;
            long all = 0;
            for (int b = 0; b < BINS; b++) {
                if (rows[b] > 0) {
                    bins.add(new Bin(
                            (double) b / BINS,
                            (b + 1.0) / BINS,
                            rows[b],
                            predicted[b] / rows[b],
                            (double) observed[b] / rows[b]));
                    distance += Math.abs(predicted[b] - observed[b]);
                    all += rows[b];
                }
            }
            return new Calibration(bins, all == 0 ? Double.NaN : distance / all);
        }
    }
}
