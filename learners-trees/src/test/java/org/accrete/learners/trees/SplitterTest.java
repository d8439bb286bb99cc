package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.testkit.RunSeed;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares splits with all that are possible. */
@ExtendWith(RunSeed.class)
class SplitterTest {
    private static final int VALUES = 6;

    private static double entropy(double... weights) {
        double n = 0;
        for (double weight : weights) {
            n += weight;
        }
        double sum = 0;
        for (double weight : weights) {
            sum -= weight > 0 ? weight / n * Math.log(weight / n) / Math.log(2) : 0;
        }
        return sum;
    }

    private static double gain(double[] left, double[] right) {
        double l = left[0] + left[1];
        double r = right[0] + right[1];
        return entropy(left[0] + right[0], left[1] + right[1]) - (l * entropy(left) + r * entropy(right)) / (l + r);
    }

    @Test
    void valuesAreSplitAsTheBestOfAllSubsetsSplitsThem() {
        SeededRandom random = RunSeed.random("values");
        Schema schema = new Schema(
                List.of(new Block("b", Block.Kind.ONE_HOT, VALUES)), Target.categorical("y", List.of("p", "q")));
        for (int times = 0; times < 50; times++) {
            Features features = new Features(schema);
            ClassLeaf leaf = new ClassLeaf(0, 0, 2, new int[0], new int[] {0});
            double[][] counts = new double[VALUES][2];
            ChunkBuffer buffer = new ChunkBuffer(schema, 1_000);
            double[] shares = new double[VALUES];
            for (int v = 0; v < VALUES; v++) {
                shares[v] = random.nextDouble();
            }
            for (int row = 0; row < 1_000; row++) {
                int value = random.nextInt(VALUES);
                int c = random.nextDouble() < shares[value] ? 1 : 0;
                counts[value][c]++;
                buffer.beginRow();
                buffer.put(value, 1);
                buffer.target(c);
                buffer.endRow();
            }
            Rows rows = new Rows(features, 1);
            for (int row = 0; row < 1_000; row++) {
                features.read(buffer.chunk(), row, true, rows, 0);
                leaf.learn(rows, 0, 0, 1, (int) buffer.chunk().target(row), 1);
            }
            double best = 0;
            for (int subset = 1; subset < (1 << VALUES) - 1; subset++) {
                best = Math.max(best, gain(side(counts, subset, true), side(counts, subset, false)));
            }
            Splitter splitter = new Splitter(features);
            splitter.search(leaf);
            double chance = (VALUES - 1) / (2 * 1_000 * Math.log(2));
            assertThat(splitter.gain).isCloseTo(best - chance, within(1e-9));
            assertThat(gain(splitter.left, splitter.right)).isCloseTo(best, within(1e-9));
            long bits = splitter.bits(leaf)[0];
            double[] left = new double[2];
            for (int v = 0; v < VALUES; v++) {
                if ((bits >> v & 1) != 0) {
                    double[] of = counts[features.valueColumn(0, v)];
                    left[0] += of[0];
                    left[1] += of[1];
                }
            }
            assertThat(left).containsExactly(splitter.left[0], splitter.left[1]);
        }
    }

    private static double[] side(double[][] counts, int subset, boolean isLeft) {
        double[] sum = new double[2];
        for (int v = 0; v < VALUES; v++) {
            if ((subset >> v & 1) != 0 == isLeft) {
                sum[0] += counts[v][0];
                sum[1] += counts[v][1];
            }
        }
        return sum;
    }

    @Test
    void theNormalDistributionIsAccurate() {
        NormalDistribution exact = new NormalDistribution();
        for (double x = -8; x <= 8; x += 0.01) {
            assertThat(Splitter.normal(x)).isCloseTo(exact.cumulativeProbability(x), within(1e-7));
        }
    }

    @Test
    void aNumberIsSplitBetweenTwoClassesAndMissingOnesCountLess() {
        SeededRandom random = RunSeed.random("numbers");
        Schema schema = Schema.numeric(2, Target.categorical("y", List.of("p", "q")));
        Features features = new Features(schema);
        ClassLeaf leaf = new ClassLeaf(0, 0, 2, new int[] {0, 1}, new int[0]);
        Rows rows = new Rows(features, 1);
        for (int row = 0; row < 5_000; row++) {
            int c = row % 2;
            rows.numbers[0] = random.nextGaussian() + 6 * c;
            // The same number, but half of it is missing.
            rows.numbers[1] = random.nextInt(2) == 0 ? Double.NaN : rows.numbers[0];
            rows.gaps[0] = Double.isNaN(rows.numbers[1]);
            leaf.learn(rows, 0, 2, 0, c, 1);
        }
        Splitter splitter = new Splitter(features);
        splitter.search(leaf);
        assertThat(splitter.feature).isZero();
        assertThat(splitter.threshold).isBetween(2.0, 4.0);
        assertThat(splitter.gain).isGreaterThan(0.95);
        assertThat(splitter.second).isCloseTo(splitter.gain / 2, within(0.05));
        assertThat(leaf.variance(0)).isCloseTo(1 + 9, within(0.5));
    }
}
