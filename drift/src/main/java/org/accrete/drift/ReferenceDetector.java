package org.accrete.drift;

import java.util.Arrays;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Compares each full window of numbers with the first ones. It says a drift once, and again only after a window in
 * between was like the first numbers.
 */
abstract class ReferenceDetector extends CheckedDetector {
    static final ParamSpec<Long> REFERENCE_ROWS = ParamSpec.whole(
            "reference-rows", 1_000, Range.between(10, 1_000_000), "first numbers, with which later ones are compared");
    static final ParamSpec<Long> WINDOW =
            ParamSpec.whole("window", 1_000, Range.between(10, 1_000_000), "numbers that are compared at a time");

    private final int referenceRows;
    private final int window;
    private double[] reference = {};
    private int known;
    private int inWindow;
    private boolean isOther;

    ReferenceDetector(DriftDetectorProvider provider, Params params) {
        super(provider);
        referenceRows = params.get(REFERENCE_ROWS).intValue();
        window = params.get(WINDOW).intValue();
    }

    final int window() {
        return window;
    }

    @Override
    final DriftLevel next(double value) {
        if (known < referenceRows) {
            if (known == reference.length) {
                reference = Arrays.copyOf(reference, (int) Math.min(referenceRows, Math.max(64, 2L * known)));
            }
            reference[known++] = value;
            if (known == referenceRows) {
                Arrays.sort(reference);
                learn(reference);
            }
            return DriftLevel.NONE;
        }
        add(value, inWindow++);
        if (inWindow < window) {
            return DriftLevel.NONE;
        }
        DriftLevel level = compare();
        inWindow = 0;
        boolean wasOther = isOther;
        isOther = level == DriftLevel.DRIFT;
        return isOther && wasOther ? DriftLevel.NONE : level;
    }

    /** Takes the first numbers, sorted; the array may be kept. */
    abstract void learn(double[] sorted);

    /** Takes number {@code place} of the window. */
    abstract void add(double value, int place);

    /** Compares the full window and empties it. */
    abstract DriftLevel compare();

    /** Forgets the first numbers and the window. */
    abstract void clear();

    /**
     * Writes the window.
     *
     * @param numbers how many are in it
     */
    abstract void writeWindow(State.Builder state, int numbers);

    abstract void readWindow(State state, int numbers);

    @Override
    public final void reset() {
        known = 0;
        inWindow = 0;
        isOther = false;
        clear();
    }

    @Override
    public final State state() {
        State.Builder state = State.builder()
                .doubles("reference", Arrays.copyOf(reference, known))
                .longs("rows", new long[] {inWindow, isOther ? 1 : 0});
        if (known == referenceRows) {
            writeWindow(state, inWindow);
        }
        return state.build();
    }

    @Override
    final void read(State state) {
        known = state.tensor("reference").size();
        requireStored(known <= referenceRows, "at most " + referenceRows + " first numbers");
        reference = state.doubles("reference", known);
        requireStored(Arrays.stream(reference).allMatch(Double::isFinite), "finite first numbers");
        long[] rows = state.longs("rows", 2);
        requireStored(rows[0] >= 0 && rows[0] < window, "0 to " + (window - 1) + " numbers in its window");
        inWindow = (int) rows[0];
        isOther = rows[1] == 1;
        if (known == referenceRows) {
            for (int i = 1; i < known; i++) {
                requireStored(reference[i - 1] <= reference[i], "first numbers in ascending order");
            }
            learn(reference);
            readWindow(state, inWindow);
        }
    }

    /** {@return how many of some sorted numbers are below a value} */
    static int below(double[] sorted, int count, double value) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
