package org.accrete.drift;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * KSWIN: in a window, the latest r numbers are compared with r drawn without replacement from those before them, by the
 * exact two-sided test of Kolmogorov and Smirnov. Their distributions must also differ by more than 0.1.
 *
 * <p>For two samples of r numbers the largest distance of their distributions is k / r with a whole k, and
 *
 * <pre>{@code
 * P(distance >= k / r) = 2 · Σ (-1)^(j-1) · C(2r, r - j k) / C(2r, r)      over j = 1, 2, …, r / k
 * }</pre>
 *
 * <p>so the least k that is told is found once. Sources: Raab, Heusinger, Schleif, "Reactive Soft Prototype Computing
 * for Concept Drift Streams", Neurocomputing 416, 2020; Gnedenko and Korolyuk, Doklady 80, 1951, for the formula.
 */
final class Kswin extends CheckedDetector {
    private static final double LEAST_DISTANCE = 0.1;

    private final int size;
    private final int latest;
    private final int leastSteps;
    private final boolean tellsFalls;
    private final long seed;

    /** A ring: the oldest number is at {@code first}. */
    private final double[] window;

    private final int[] places;
    private final double[] sample;
    private final double[] recent;
    private int first;
    private int count;
    private SeededRandom random;

    Kswin(KswinProvider provider, Params params) {
        super(provider);
        size = params.get(KswinProvider.WINDOW_SIZE).intValue();
        latest = params.get(KswinProvider.STAT_SIZE).intValue();
        tellsFalls = params.get(Side.PARAM) == Side.BOTH;
        seed = params.get(KswinProvider.SEED);
        leastSteps = leastSteps(latest, params.get(KswinProvider.ALPHA));
        window = new double[size];
        places = new int[size - latest];
        sample = new double[latest];
        recent = new double[latest];
        random = new SeededRandom(seed);
    }

    /** {@return the least k of a distance k / r that is told; r + 1 if none is} */
    static int leastSteps(int r, double alpha) {
        int k = (int) Math.floor(LEAST_DISTANCE * r) + 1;
        while (k <= r && probability(r, k) > alpha) {
            k++;
        }
        return k;
    }

    /** {@return the probability that two samples of r numbers of one distribution differ by k / r or more} */
    static double probability(int r, int k) {
        double sum = 0;
        for (int j = 1; j * k <= r; j++) {
            // C(2r, r - jk) / C(2r, r) is the product of (r - jk + i) / (r + i) over i = 1 … jk.
            double ratio = 1;
            for (int i = 1; i <= j * k; i++) {
                ratio *= (double) (r - j * k + i) / (r + i);
            }
            sum += j % 2 == 1 ? ratio : -ratio;
        }
        return Math.min(1, 2 * sum);
    }

    @Override
    DriftLevel next(double value) {
        if (count < size) {
            window[(first + count) % size] = value;
            count++;
        } else {
            window[first] = value;
            first = (first + 1) % size;
        }
        if (count < size) {
            return DriftLevel.NONE;
        }
        draw();
        double rise = 0;
        for (int i = 0; i < latest; i++) {
            recent[i] = window[(first + size - latest + i) % size];
            rise += recent[i] - sample[i];
        }
        if ((rise <= 0 && !tellsFalls) || steps() < leastSteps) {
            return DriftLevel.NONE;
        }
        // The generator goes on.
        first = 0;
        count = 0;
        return DriftLevel.DRIFT;
    }

    /**
     * Draws places without replacement. It begins with all places in order, so that it depends on the generator only.
     */
    private void draw() {
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        for (int i = 0; i < latest; i++) {
            swap(i, i + random.nextInt(places.length - i));
            sample[i] = window[(first + places[i]) % size];
        }
    }

    private void swap(int i, int j) {
        int kept = places[i];
        places[i] = places[j];
        places[j] = kept;
    }

    /** {@return the largest distance of the two distributions, in steps of 1 / r} Sorts both samples. */
    private int steps() {
        Arrays.sort(sample);
        Arrays.sort(recent);
        int most = 0;
        int i = 0;
        int j = 0;
        while (i < latest && j < latest) {
            double value = Math.min(sample[i], recent[j]);
            while (i < latest && sample[i] == value) {
                i++;
            }
            while (j < latest && recent[j] == value) {
                j++;
            }
            most = Math.max(most, Math.abs(i - j));
        }
        return most;
    }

    @Override
    public void reset() {
        first = 0;
        count = 0;
        random = new SeededRandom(seed);
    }

    @Override
    public State state() {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = window[(first + i) % size];
        }
        return State.builder()
                .doubles("window", numbers)
                .whole("draws", random.counter())
                .build();
    }

    @Override
    void read(State state) {
        int stored = state.tensor("window").size();
        requireStored(stored <= size, "at most " + size + " numbers in its window");
        double[] numbers = state.doubles("window", stored);
        requireStored(Arrays.stream(numbers).allMatch(Double::isFinite), "finite numbers in its window");
        reset();
        System.arraycopy(numbers, 0, window, 0, stored);
        count = stored;
        random = new SeededRandom(seed, state.whole("draws"));
    }
}
