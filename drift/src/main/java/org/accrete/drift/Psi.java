package org.accrete.drift;

import java.util.Arrays;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * The population stability index: Σ (q − p) · ln(q / p) over bins, where p is the share of the first numbers and q that
 * of the window. Bins end at quantiles of the first numbers. Half a number is added to each bin, so that an empty one
 * has a logarithm.
 */
final class Psi extends ReferenceDetector {
    private static final double HALF = 0.5;

    private final int bins;
    private final double warning;
    private final double drift;
    /** Largest numbers of all bins but the last, ascending. */
    private final double[] ends;

    private final long[] expected;
    private final long[] found;
    private int inner;
    private long first;

    Psi(PsiProvider provider, Params params) {
        super(provider, params);
        bins = params.get(PsiProvider.BINS).intValue();
        warning = params.get(PsiProvider.WARNING_THRESHOLD);
        drift = params.get(PsiProvider.DRIFT_THRESHOLD);
        ends = new double[bins - 1];
        expected = new long[bins];
        found = new long[bins];
    }

    @Override
    void learn(double[] sorted) {
        clear();
        for (int bin = 1; bin < bins; bin++) {
            // The least number that is at or above this share of all.
            double end = sorted[(int) (((long) sorted.length * bin + bins - 1) / bins) - 1];
            if ((inner == 0 || end > ends[inner - 1]) && end < sorted[sorted.length - 1]) {
                ends[inner++] = end;
            }
        }
        first = sorted.length;
        for (double value : sorted) {
            expected[below(ends, inner, value)]++;
        }
    }

    @Override
    void add(double value, int place) {
        found[below(ends, inner, value)]++;
    }

    @Override
    DriftLevel compare() {
        double index = index();
        Arrays.fill(found, 0);
        return index >= drift ? DriftLevel.DRIFT : index >= warning ? DriftLevel.WARNING : DriftLevel.NONE;
    }

    private double index() {
        double sum = 0;
        for (int bin = 0; bin <= inner; bin++) {
            double p = (expected[bin] + HALF) / (first + HALF * (inner + 1));
            double q = (found[bin] + HALF) / (window() + HALF * (inner + 1));
            sum += (q - p) * StrictMath.log(q / p);
        }
        return sum;
    }

    @Override
    void clear() {
        inner = 0;
        Arrays.fill(expected, 0);
        Arrays.fill(found, 0);
    }

    @Override
    void writeWindow(State.Builder state, int numbers) {
        state.longs("found", found);
    }

    @Override
    void readWindow(State state, int numbers) {
        long[] stored = state.longs("found", bins);
        requireStored(Arrays.stream(stored).sum() == numbers, "as many numbers in bins as in its window");
        System.arraycopy(stored, 0, found, 0, bins);
    }
}
