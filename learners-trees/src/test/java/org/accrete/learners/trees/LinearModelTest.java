package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares linear functions with least squares, and looks at what could make them diverge. */
@ExtendWith(RunSeed.class)
class LinearModelTest {
    private static final int ROWS = 6_000;

    /** Rows whose numbers depend on each other, in units that differ by many powers of ten. */
    private static double[][] rows(int numbers, SeededRandom random) {
        double[][] x = new double[ROWS][numbers];
        for (double[] row : x) {
            double common = random.nextGaussian();
            for (int j = 0; j < numbers; j++) {
                row[j] = (0.8 * common + 0.6 * random.nextGaussian() + j) * Math.pow(10, 3 * (j % 5) - 6);
            }
        }
        return x;
    }

    private static double[] targets(double[][] x, double noise, SeededRandom random) {
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                y[i] += (j % 3 - 1) * x[i][j] / Math.pow(10, 3 * (j % 5) - 6);
            }
            y[i] = 1_000 + y[i] + noise * random.nextGaussian();
        }
        return y;
    }

    @Test
    void itPredictsAsLeastSquaresOfAllRowsDoes() {
        SeededRandom random = RunSeed.random("rows");
        double[][] x = rows(8, random);
        double[] y = targets(x, 0.01, random);
        LinearModel model = new LinearModel(8, 0.03);
        OLSMultipleLinearRegression exact = new OLSMultipleLinearRegression();
        exact.newSampleData(y, x);
        double[] beta = exact.estimateRegressionParameters();
        for (int i = 0; i < ROWS; i++) {
            if (i > 1_000) {
                double expected = beta[0];
                for (int j = 0; j < 8; j++) {
                    expected += beta[j + 1] * x[i][j];
                }
                assertThat(model.predict(x[i], 0)).isCloseTo(expected, within(0.1));
            }
            model.learn(x[i], 0, y[i], 1);
        }
    }

    @Test
    void manyNumbersAreLearnedByGradientDescentWhateverTheirUnits() {
        SeededRandom random = RunSeed.random("wide");
        int numbers = LinearModel.MOST_SOLVED + 1;
        double[][] x = rows(numbers, random);
        double[] y = targets(x, 0, random);
        LinearModel model = new LinearModel(numbers, 0.03);
        double mean = 0;
        double errors = 0;
        double variance = 0;
        for (int i = 0; i < ROWS; i++) {
            if (i >= ROWS / 2) {
                errors += Math.pow(y[i] - model.predict(x[i], 0), 2);
                variance += Math.pow(y[i] - mean, 2);
            }
            model.learn(x[i], 0, y[i], 1);
            mean += (y[i] - mean) / (i + 1);
        }
        assertThat(errors / variance).isLessThan(0.3);
    }

    /** Far rows and heavy ones among others of noise. */
    @Test
    void noRowOrWeightMakesItDiverge() {
        SeededRandom random = RunSeed.random("divergence");
        for (int numbers : new int[] {3, LinearModel.MOST_SOLVED + 1}) {
            LinearModel model = new LinearModel(numbers, 0.03);
            double[] row = new double[numbers];
            for (int i = 0; i < 20_000; i++) {
                double scale = i % 100 == 0 ? 1e6 : 1;
                for (int j = 0; j < numbers; j++) {
                    row[j] = scale * random.nextGaussian();
                }
                model.learn(row, 0, random.nextGaussian(), i % 7 == 0 ? 1e3 : random.nextDouble());
                assertThat(Math.abs(model.predict(new double[numbers], 0))).isLessThan(1_000);
            }
        }
    }

    @Test
    void aMissingNumberCountsAsItsMean() {
        SeededRandom random = RunSeed.random("missing");
        LinearModel model = new LinearModel(2, 0.03);
        for (int i = 0; i < 3_000; i++) {
            double a = 5 + random.nextGaussian();
            double b = random.nextInt(3) == 0 ? Double.NaN : 2 + random.nextGaussian();
            model.learn(new double[] {a, b}, 0, 3 * a + (b == b ? b : 2), 1);
        }
        assertThat(model.predict(new double[] {6, Double.NaN}, 0)).isCloseTo(20, within(0.5));
        assertThat(model.predict(new double[] {Double.NaN, 3}, 0)).isCloseTo(18, within(1.2));
    }
}
