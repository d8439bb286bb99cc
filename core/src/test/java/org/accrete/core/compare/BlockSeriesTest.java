package org.accrete.core.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.Test;

class BlockSeriesTest {
    private static final int TRIALS = Integer.getInteger("accrete.trials", 400);

    /** {@return one value per block of losses whose mean is 0 and each of which remembers a share of the one before} */
    private static BlockSeries series(int rows, double memory, SeededRandom random) {
        BlockSums sums = new BlockSums(1, 0);
        double loss = random.nextGaussian() / Math.sqrt(1 - memory * memory);
        for (int row = 0; row < rows; row++) {
            loss = memory * loss + random.nextGaussian();
            sums.current()[0] += loss;
            sums.rowEnds();
        }
        double[] means = new double[sums.whole()];
        for (int g = 0; g < means.length; g++) {
            means[g] = sums.sums(g)[0] / sums.length();
        }
        return new BlockSeries(means, sums.length());
    }

    private static double falsePositives(int rows, double memory) {
        SeededRandom random = new SeededRandom(11);
        int found = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            found += series(rows, memory, random).longEnough().pValue() < 0.05 ? 1 : 0;
        }
        return (double) found / TRIALS;
    }

    /** Of 400 trials at 5 %, more than 8.5 % have probability 0.001. */
    @Test
    void independentLossesAreCalledDifferentInFiveOfAHundredCases() {
        assertThat(falsePositives(1_000, 0)).isBetween(0.01, 0.085);
    }

    /** A t-test over rows calls 59 % of these different. */
    @Test
    void lossesThatRememberTwentyRowsAreToo() {
        assertThat(falsePositives(3_000, 0.95)).isBetween(0.01, 0.1);
    }

    @Test
    void aShiftIsFoundAllTheSame() {
        BlockSeries noise = series(10_000, 0.9, new SeededRandom(2));
        BlockSeries shift = new BlockSeries(new double[noise.blocks()], noise.length());
        double[] ones = new double[noise.blocks()];
        Arrays.fill(ones, 1.0);
        shift = new BlockSeries(ones, noise.length()).minus(shift);
        assertThat(noise.minus(shift).longEnough().pValue()).isLessThan(1e-6);
    }

    @Test
    void theLongerTheMemoryTheLongerTheBlocks() {
        BlockSeries series = series(10_000, 0.999, new SeededRandom(2));
        assertThat(series.longEnough().length()).isGreaterThan(series.length());
        assertThat(series.longEnough().blocks()).isBetween(BlockSeries.FEWEST, 2 * BlockSeries.FEWEST - 1);
    }

    @Test
    void blocksAreEqualAndTheirSumsAreThoseOfTheirRows() {
        for (int rows : new int[] {0, 1, 63, 64, 65, 127, 128, 1_000, 4_096, 5_000}) {
            BlockSums sums = new BlockSums(1, 2);
            for (int row = 0; row < rows; row++) {
                sums.current()[0] += row;
                sums.currentCounts()[row % 2]++;
                sums.rowEnds();
            }
            assertThat(Long.bitCount(sums.length())).isEqualTo(1);
            assertThat(sums.whole()).isEqualTo((int) (rows / sums.length()));
            assertThat(sums.whole()).isBetween(Math.min(rows, 32), 63);
            for (int g = 0; g < sums.whole(); g++) {
                long from = g * sums.length();
                long to = from + sums.length();
                assertThat(sums.sums(g)[0]).isEqualTo((to * (to - 1) - from * (from - 1)) / 2.0);
                assertThat(sums.counts(g)[0] + sums.counts(g)[1]).isEqualTo((int) sums.length());
            }
            assertThat(sums.total()[0]).isEqualTo(rows * (rows - 1L) / 2.0);
            assertThat(sums.totalCounts()[0]).isEqualTo((rows + 1) / 2);
        }
    }

    @Test
    void valuesThatAreAllAlikeNeedNoTest() {
        assertThat(new BlockSeries(new double[] {1, 1, 1, 1, 1, 1}, 5).pValue()).isZero();
        assertThat(new BlockSeries(new double[6], 5).pValue()).isEqualTo(1);
        assertThat(new BlockSeries(new double[5], 5).pValue()).isNaN();
        assertThat(new BlockSeries(new double[5], 5).around(3)).isEqualTo(new Estimate(3, Double.NaN, Double.NaN));
    }
}
