package org.accrete.drift;

import java.util.Arrays;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * The test of Kolmogorov and Smirnov: of n first numbers and a window of m, the distributions must differ somewhere by
 * more than sqrt(−ln(alpha / 2) / 2 · (n + m) / (n m)), which is exact for long samples.
 *
 * <p>The window is not sorted: between two neighbours among the first numbers, only the count of the window's matters.
 */
final class Ks extends ReferenceDetector {
    private final double alpha;
    private final double[] values;
    private double[] first = {};
    /** At 2 i the window's numbers just below the first number i, at 2 i + 1 those equal to it. */
    private int[] cells = {};

    Ks(KsProvider provider, Params params) {
        super(provider, params);
        alpha = params.get(KsProvider.ALPHA);
        values = new double[window()];
    }

    @Override
    void learn(double[] sorted) {
        first = sorted;
        if (cells.length != 2 * sorted.length + 1) {
            cells = new int[2 * sorted.length + 1];
        }
    }

    @Override
    void add(double value, int place) {
        values[place] = value;
    }

    @Override
    DriftLevel compare() {
        int n = first.length;
        int m = window();
        double most = StrictMath.sqrt(-StrictMath.log(alpha / 2) / 2 * ((double) (n + m) / ((double) n * m)));
        return distance() > most ? DriftLevel.DRIFT : DriftLevel.NONE;
    }

    /** {@return the largest distance of the two distributions} */
    private double distance() {
        int n = first.length;
        int m = window();
        Arrays.fill(cells, 0);
        for (double value : values) {
            int below = below(first, n, value);
            cells[2 * below + (below < n && first[below] == value ? 1 : 0)]++;
        }
        double largest = 0;
        int seen = 0;
        int i = 0;
        while (i < n) {
            seen += cells[2 * i];
            largest = Math.max(largest, Math.abs((double) seen / m - (double) i / n));
            seen += cells[2 * i + 1];
            double value = first[i];
            while (i < n && first[i] == value) {
                i++;
            }
            largest = Math.max(largest, Math.abs((double) seen / m - (double) i / n));
        }
        return largest;
    }

    @Override
    void clear() {
        // The next numbers overwrite all.
    }

    @Override
    void writeWindow(State.Builder state, int numbers) {
        state.doubles("window", Arrays.copyOf(values, numbers));
    }

    @Override
    void readWindow(State state, int numbers) {
        double[] stored = state.doubles("window", numbers);
        requireStored(Arrays.stream(stored).allMatch(Double::isFinite), "finite numbers in its window");
        System.arraycopy(stored, 0, values, 0, numbers);
    }
}
