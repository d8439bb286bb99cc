package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.accrete.api.store.State;
import org.apache.commons.math3.stat.inference.TTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the paired tests by which challengers are judged. */
class PairedWindowsTest {
    /** Feeds differences of one pair, from one row to another, and adds what looks find as {@code row gain rows p}. */
    private static void feed(
            PairedWindows windows, IntToDoubleFunction difference, int from, int to, List<String> found) {
        for (int row = from; row < to; row++) {
            windows.add(0, difference.applyAsDouble(row));
            if ((row + 1) % PairedWindows.CELL_ROWS == 0) {
                windows.cellEnds();
            }
            if ((row + 1) % PairedWindows.LOOK_ROWS == 0) {
                int at = row + 1;
                windows.look().ifPresent(one -> found.add(String.format("%d %.9f %d", at, one.gain(), one.rows())));
            }
        }
    }

    /** The same from the definition, with all rows at hand. */
    private static List<String> slowly(double[] differences) {
        List<String> found = new ArrayList<>();
        for (int end = 200; end <= differences.length; end += 200) {
            String best = "";
            double most = 0;
            for (int level = 0; 400L << level <= end; level++) {
                int length = 400 << level;
                if (end % (length / 2) != 0) {
                    continue;
                }
                double[] cells = new double[16];
                for (int row = 0; row < length; row++) {
                    cells[row / (length / 16)] += differences[end - length + row];
                }
                double tests = end / (length / 2) - 1;
                double allowed = 0.05 / ((level + 1) * (level + 2)) / (tests * (tests + 1));
                double mean = Arrays.stream(cells).average().orElseThrow() * 16 / length;
                if (mean > most && oneSided(cells) <= allowed) {
                    most = mean;
                    best = String.format("%d %.9f %d", end, mean, length);
                }
            }
            if (!best.isEmpty()) {
                found.add(best);
            }
        }
        return found;
    }

    private static double oneSided(double[] cells) {
        double mean = Arrays.stream(cells).average().orElseThrow();
        double[] values = cells;
        while (values.length > 8) {
            double products = 0;
            double squares = 0;
            double center = Arrays.stream(values).average().orElseThrow();
            for (int i = 0; i < values.length; i++) {
                squares += Math.pow(values[i] - center, 2);
                products += i == 0 ? 0 : (values[i] - center) * (values[i - 1] - center);
            }
            if (products <= 0.1 * squares) {
                break;
            }
            double[] joined = new double[values.length / 2];
            for (int i = 0; i < values.length; i++) {
                joined[i / 2] += values[i];
            }
            values = joined;
        }
        double both = new TTest().tTest(0, values);
        return mean > 0 ? both / 2 : 1 - both / 2;
    }

    private static double[] noise(long seed, int rows, double mean, double memory) {
        Random random = new Random(seed);
        double[] values = new double[rows];
        double before = 0;
        for (int row = 0; row < rows; row++) {
            before = memory * before + random.nextGaussian();
            values[row] = mean + before;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void looksFindWhatTheDefinitionFinds(long seed) {
        double[] differences = noise(seed, 13_000, 0.03 * seed, 0.3);
        List<String> found = new ArrayList<>();
        feed(new PairedWindows(1), row -> differences[row], 0, differences.length, found);
        assertThat(found).isEqualTo(slowly(differences));
    }

    @Test
    void probabilitiesAreThoseOfSciPy() {
        // scipy.stats.ttest_1samp(values, 0, alternative='greater').pvalue; the second after joining each two.
        double[] independent = {1.5, -.2, .7, 2.1, .4, -1.1, .9, 1.3, .2, .8, -.4, 1.9, 1.1, .3, -.6, 2.2};
        double[] rising = {-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        assertThat(PairedWindows.probability(independent)).isCloseTo(0.006192774184319476, within(1e-12));
        assertThat(PairedWindows.probability(rising)).isCloseTo(0.01776225936102958, within(1e-12));
    }

    @Test
    void equalLearnersChangePlacesNoMoreOftenThanTheLevelSays() {
        int changes = 0;
        int seeds = 400;
        for (int seed = 0; seed < seeds; seed++) {
            double[] differences = noise(1_000 + seed, 8_000, 0, 0.5);
            List<String> found = new ArrayList<>();
            feed(new PairedWindows(1), row -> differences[row], 0, differences.length, found);
            changes += found.isEmpty() ? 0 : 1;
        }
        assertThat((double) changes / seeds).isBetween(0.0, 0.05);
    }

    @Test
    void aSmallDifferenceIsFoundInTheEndAndALargeOneSoon() {
        double[] large = noise(7, 400, 2, 0);
        List<String> found = new ArrayList<>();
        feed(new PairedWindows(1), row -> large[row], 0, 400, found);
        assertThat(found).hasSize(1);
        double[] small = noise(8, 60_000, 0.06, 0);
        found.clear();
        feed(new PairedWindows(1), row -> small[row], 0, small.length, found);
        assertThat(found).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 24, 25, 199, 200, 3_200, 5_017})
    void windowsGoOnFromTheirState(int stop) {
        double[] differences = noise(9, 9_000, 0.1, 0);
        List<String> straight = new ArrayList<>();
        PairedWindows whole = new PairedWindows(1);
        feed(whole, row -> differences[row], 0, differences.length, straight);

        List<String> stopped = new ArrayList<>();
        PairedWindows first = new PairedWindows(1);
        feed(first, row -> differences[row], 0, stop, stopped);
        PairedWindows second = new PairedWindows(1);
        second.read("w.", state(first));
        feed(second, row -> differences[row], stop, differences.length, stopped);
        assertThat(stopped).isEqualTo(straight).isNotEmpty();
        assertThat(state(second)).isEqualTo(state(whole));
    }

    private static State state(PairedWindows windows) {
        State.Builder state = State.builder();
        windows.writeTo("w.", state);
        return state.build();
    }

    @Test
    void rowsThatAreNotComparedAreNoNews() {
        PairedWindows windows = new PairedWindows(1);
        List<String> found = new ArrayList<>();
        feed(windows, row -> 0, 0, 20_000, found);
        assertThat(found).isEmpty();
    }
}
