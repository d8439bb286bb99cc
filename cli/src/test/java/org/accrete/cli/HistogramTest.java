package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunSeed.class)
final class HistogramTest {
    private static Histogram of(double... values) {
        Histogram histogram = new Histogram();
        for (double value : values) {
            histogram.add(value);
        }
        return histogram;
    }

    /** Counts anew which of the final bins each number is in. */
    private static void assertExact(double... values) {
        Histogram histogram = of(values);
        long[] expected = new long[histogram.counts().length];
        for (double value : values) {
            expected[(int) Math.floor((value - histogram.begin()) / histogram.width())]++;
        }
        assertThat(histogram.counts()).as(Arrays.toString(values)).isEqualTo(expected);
        assertThat(histogram.counts().length).isBetween(1, Histogram.BINS);
        assertThat(expected[0]).isPositive();
        assertThat(expected[expected.length - 1]).isPositive();
    }

    @Test
    void countsAreExactWhateverTheOrderAndTheRange() {
        SeededRandom random = RunSeed.random("histogram");
        for (int i = 0; i < 300; i++) {
            double scale = Math.pow(10, random.nextInt(20) - 10);
            double shift = random.nextInt(3) == 0 ? 0 : random.nextGaussian() * 10;
            double[] values = new double[1 + random.nextInt(100)];
            // Powers of two keep the division of the test exact.
            double unit = Math.scalb(1.0, Math.getExponent(scale) - 20);
            for (int j = 0; j < values.length; j++) {
                values[j] = Math.rint((random.nextGaussian() + shift) * scale / unit) * unit;
            }
            assertExact(values);
        }
    }

    @Test
    void aWideRangeHasMoreThanHalfOfTheBins() {
        assertThat(of(0, 1).counts().length).isGreaterThan(Histogram.BINS / 2);
        assertThat(of(-3, 1000).counts().length).isGreaterThan(Histogram.BINS / 2);
    }

    @Test
    void extremeNumbersAreCounted() {
        for (double[] values : new double[][] {
            {Double.MAX_VALUE, -Double.MAX_VALUE, 0},
            {Double.MIN_VALUE, Double.MAX_VALUE},
            {-Double.MIN_VALUE, 0.0, -0.0, Double.MIN_VALUE},
            {1e300, -1e-300, 5}
        }) {
            assertThat(Arrays.stream(of(values).counts()).sum()).isEqualTo(values.length);
        }
    }

    @Test
    void barsAreAsHighAsTheCounts() {
        double[] values = new double[90];
        Arrays.fill(values, 0, 80, 0.5);
        Arrays.fill(values, 80, 89, 9.5);
        values[89] = 15.5;
        assertThat(of(values).bars()).isEqualTo("█        ▁     ▁");
        assertThat(of(7, 7).bars()).isEqualTo("█");
        assertThat(of().bars()).isEmpty();
    }
}
