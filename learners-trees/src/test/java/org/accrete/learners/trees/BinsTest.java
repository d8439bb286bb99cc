package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares a bounded histogram with all values. */
@ExtendWith(RunSeed.class)
class BinsTest {
    private static double weightUpTo(Bins bins, double value) {
        double sum = 0;
        for (int k = 0; k < bins.size() && bins.limit(k) <= value; k++) {
            sum += bins.weight(k);
        }
        return sum;
    }

    @Test
    void fewValuesAreKeptExactly() {
        SeededRandom random = RunSeed.random("few");
        Bins bins = new Bins();
        double[] weights = new double[Bins.MOST];
        double[] sums = new double[Bins.MOST];
        for (int row = 0; row < 5_000; row++) {
            int value = random.nextInt(Bins.MOST);
            double target = random.nextGaussian();
            bins.add(10.0 - value, 2, 2 * target);
            weights[value] += 2;
            sums[value] += 2 * target;
        }
        assertThat(bins.size()).isEqualTo(Bins.MOST);
        for (int k = 0; k < Bins.MOST; k++) {
            int value = Bins.MOST - 1 - k;
            assertThat(bins.limit(k)).isEqualTo(10.0 - value);
            assertThat(bins.weight(k)).isEqualTo(weights[value]);
            assertThat(bins.sum(k)).isEqualTo(sums[value]);
        }
    }

    /** A normal distribution, one with far outliers, one that rises without end, one with half of its rows at 0. */
    @Test
    void theShareBelowEachLimitIsAboutRightWhateverTheDistribution() {
        SeededRandom random = RunSeed.random("shares");
        int rows = 20_000;
        for (int kind = 0; kind < 4; kind++) {
            Bins bins = new Bins();
            double[] values = new double[rows];
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                double normal = random.nextGaussian();
                values[row] = switch (kind) {
                    case 0 -> normal;
                    case 1 -> normal / Math.abs(random.nextGaussian());
                    case 2 -> row + normal;
                    default -> random.nextInt(2) * normal;
                };
                bins.add(values[row], 1, values[row] > 0 ? 1 : 0);
                sum += values[row] > 0 ? 1 : 0;
            }
            Arrays.sort(values);
            double all = 0;
            double targets = 0;
            for (int k = 0; k < bins.size(); k++) {
                all += bins.weight(k);
                targets += bins.sum(k);
                int below = Arrays.binarySearch(values, Math.nextUp(bins.limit(k)));
                double exact = below < 0 ? -1 - below : below;
                assertThat(all / rows).as("kind %s, bin %s", kind, k).isCloseTo(exact / rows, within(0.06));
            }
            assertThat(bins.size()).isEqualTo(Bins.MOST);
            assertThat(all).isEqualTo(rows).isEqualTo(bins.total());
            assertThat(targets).isEqualTo(sum);
            // No bin but that of a single value has much more than its share.
            for (int k = 1; k < bins.size(); k++) {
                if (bins.limit(k) != 0) {
                    assertThat(bins.weight(k) / rows)
                            .as("kind %s, bin %s", kind, k)
                            .isLessThan(0.15);
                }
            }
            assertThat(weightUpTo(bins, values[rows - 1])).isEqualTo(rows);
        }
    }
}
