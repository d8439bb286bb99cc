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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares splits with all that are possible. */
@ExtendWith(RunSeed.class)
class RegressionSplitterTest {
    private static final int VALUES = 6;
    private static final int ROWS = 1_000;

    /** {@return the share of the variance that lies between the two parts} */
    private static double gain(double[] y, boolean[] isLeft) {
        double[] n = new double[2];
        double[] mean = new double[2];
        double all = 0;
        for (int i = 0; i < y.length; i++) {
            int side = isLeft[i] ? 0 : 1;
            n[side]++;
            mean[side] += (y[i] - mean[side]) / n[side];
            all += y[i] / y.length;
        }
        double within = 0;
        double total = 0;
        for (int i = 0; i < y.length; i++) {
            within += Math.pow(y[i] - mean[isLeft[i] ? 0 : 1], 2);
            total += Math.pow(y[i] - all, 2);
        }
        return 1 - within / total;
    }

    @Test
    void valuesAreSplitAsTheBestOfAllSubsetsSplitsThem() {
        SeededRandom random = RunSeed.random("values");
        Schema schema = new Schema(List.of(new Block("b", Block.Kind.ONE_HOT, VALUES)), Target.numeric("y"));
        for (int times = 0; times < 30; times++) {
            Features features = new Features(schema);
            RegressionLeaf leaf = new RegressionLeaf(0, 0, new LinearModel(0, 0), new int[0], new int[] {0});
            double[] means = new double[VALUES];
            for (int v = 0; v < VALUES; v++) {
                // Never so close to each other that no split is worth making.
                means[v] = v + random.nextGaussian();
            }
            ChunkBuffer buffer = new ChunkBuffer(schema, ROWS);
            int[] values = new int[ROWS];
            double[] y = new double[ROWS];
            for (int row = 0; row < ROWS; row++) {
                values[row] = random.nextInt(VALUES);
                y[row] = 1e6 + means[values[row]] + random.nextGaussian();
                buffer.beginRow();
                buffer.put(values[row], 1);
                buffer.target(y[row]);
                buffer.endRow();
            }
            Rows rows = new Rows(features, 1);
            for (int row = 0; row < ROWS; row++) {
                features.read(buffer.chunk(), row, true, rows, 0);
                leaf.learn(LeafModel.MEAN, rows, 0, 0, 1, y[row], 1);
            }
            double best = 0;
            boolean[] isLeft = new boolean[ROWS];
            for (int subset = 1; subset < (1 << VALUES) - 1; subset++) {
                for (int row = 0; row < ROWS; row++) {
                    isLeft[row] = (subset >> values[row] & 1) != 0;
                }
                best = Math.max(best, gain(y, isLeft));
            }
            RegressionSplitter splitter = new RegressionSplitter(features);
            splitter.search(leaf);
            assertThat(splitter.gain).isCloseTo(best - (VALUES - 1.0) / ROWS, within(1e-9));
            long bits = splitter.bits(leaf)[0];
            double sum = 0;
            double n = 0;
            for (int row = 0; row < ROWS; row++) {
                for (int v = 0; v < VALUES; v++) {
                    isLeft[row] = features.valueColumn(0, v) == values[row] ? (bits >> v & 1) != 0 : isLeft[row];
                }
                sum += isLeft[row] ? y[row] : 0;
                n += isLeft[row] ? 1 : 0;
            }
            assertThat(gain(y, isLeft)).isCloseTo(best, within(1e-9));
            assertThat(splitter.left).isEqualTo(n);
            assertThat(splitter.leftMean).isCloseTo(sum / n, within(1e-6));
        }
    }

    @Test
    void aNumberIsSplitWhereTheTargetJumpsAndMissingOnesCountLess() {
        SeededRandom random = RunSeed.random("numbers");
        Features features = new Features(Schema.numeric(2, Target.numeric("y")));
        RegressionLeaf leaf = new RegressionLeaf(0, 0, new LinearModel(2, 0), new int[] {0, 1}, new int[0]);
        Rows rows = new Rows(features, 1);
        for (int row = 0; row < 5_000; row++) {
            rows.numbers[0] = random.nextGaussian();
            // The same number, but half of it is missing.
            rows.numbers[1] = random.nextInt(2) == 0 ? Double.NaN : rows.numbers[0];
            double y = (rows.numbers[0] > 0.7 ? 5 : 0) + 0.1 * random.nextGaussian();
            leaf.learn(LeafModel.MEAN, rows, 0, 2, 0, y, 1);
        }
        RegressionSplitter splitter = new RegressionSplitter(features);
        splitter.search(leaf);
        assertThat(splitter.feature).isZero();
        // Rows that came before a bin was divided lie on its right, so some of those below the jump count above it.
        assertThat(splitter.threshold).isCloseTo(0.7, within(0.25));
        assertThat(splitter.gain).isGreaterThan(0.7);
        assertThat(splitter.second).isCloseTo(splitter.gain / 2, within(0.12));
        assertThat(splitter.rightMean).isCloseTo(5, within(1.1));
    }

    @Test
    void noiseIsNotSplit() {
        SeededRandom random = RunSeed.random("noise");
        Features features = new Features(Schema.numeric(1, Target.numeric("y")));
        int splits = 0;
        for (int times = 0; times < 50; times++) {
            RegressionLeaf leaf = new RegressionLeaf(0, 0, new LinearModel(1, 0), new int[] {0}, new int[0]);
            Rows rows = new Rows(features, 1);
            for (int row = 0; row < 500; row++) {
                rows.numbers[0] = random.nextGaussian();
                leaf.learn(LeafModel.MEAN, rows, 0, 1, 0, random.nextGaussian(), 1);
            }
            RegressionSplitter splitter = new RegressionSplitter(features);
            splitter.search(leaf);
            splits += splitter.feature >= 0 ? 1 : 0;
        }
        assertThat(splits).isLessThan(10);
    }
}
