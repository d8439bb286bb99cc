package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SoftmaxPathTest {
    private static double[] softmax(double[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            most = Math.max(most, logit);
        }
        double[] p = new double[logits.length];
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
            p[k] = StrictMath.exp(logits[k] - most);
            sum += p[k];
        }
        for (int k = 0; k < p.length; k++) {
            p[k] /= sum;
        }
        return p;
    }

    /** The integral of the gradient, by a hundred thousand midpoints. */
    private static double[] integrated(double[] from, double[] to, int c) {
        int steps = 100_000;
        double[] factors = new double[from.length];
        double[] at = new double[from.length];
        for (int i = 0; i < steps; i++) {
            for (int k = 0; k < at.length; k++) {
                at[k] = from[k] + (i + 0.5) / steps * (to[k] - from[k]);
            }
            double[] p = softmax(at);
            for (int k = 0; k < at.length; k++) {
                factors[k] += p[c] * ((k == c ? 1 : 0) - p[k]) / steps;
            }
        }
        return factors;
    }

    @Test
    void factorsAreTheMeanGradientAlongTheLine() {
        double[] from = {0.5, -1, 2, 0};
        double[] to = {-3, 40, 1, 7};
        double[] factors = new double[4];
        for (int c = 0; c < 4; c++) {
            SoftmaxPath.factors(from, to, 4, c, factors);
            assertThat(factors).as("of class %s", c).containsExactly(integrated(from, to, c), offset(2e-5));
        }
    }

    @Test
    void factorTimesChangeAddsUpToTheChangeOfTheProbability() {
        SplittableRandom random = new SplittableRandom(7);
        for (int times = 0; times < 2_000; times++) {
            int classes = 1 + random.nextInt(6);
            double size = Math.pow(10, random.nextDouble(-8, 6));
            double[] from = new double[classes];
            double[] to = new double[classes];
            for (int k = 0; k < classes; k++) {
                from[k] = random.nextDouble(-5, 5);
                to[k] = from[k] + size * random.nextDouble(-1, 1);
            }
            int c = random.nextInt(classes);
            double[] factors = new double[classes];
            SoftmaxPath.factors(from, to, classes, c, factors);
            double sum = 0;
            double ones = 0;
            for (int k = 0; k < classes; k++) {
                sum += factors[k] * (to[k] - from[k]);
                ones += factors[k];
            }
            assertThat(sum).isCloseTo(softmax(to)[c] - softmax(from)[c], offset(1e-10));
            assertThat(ones).isCloseTo(0, offset(1e-10));
        }
    }

    /** Of two classes the factor has a closed form: by how much the logistic curve rises per unit. */
    @Test
    void twoClassesHaveAClosedForm() {
        double[] factors = new double[2];
        SoftmaxPath.factors(new double[] {0, 1}, new double[] {2, 4_000}, 2, 1, factors);
        assertThat(factors[1]).isCloseTo((1 - Exp.logistic(1)) / 3_997, offset(1e-15));
        assertThat(factors[0]).isCloseTo(-factors[1], offset(1e-15));
    }

    @Test
    void impossibleClassesStayImpossible() {
        double never = Double.NEGATIVE_INFINITY;
        double[] factors = new double[3];
        SoftmaxPath.factors(new double[] {0, never, 0}, new double[] {1, never, 0}, 3, 0, factors);
        assertThat(factors[1]).isZero();
        assertThat(factors[0]).isCloseTo(Exp.logistic(1) - 0.5, offset(1e-12));
        SoftmaxPath.factors(new double[] {0, never, 0}, new double[] {1, never, 0}, 3, 1, factors);
        assertThat(factors).containsOnly(0.0);
    }

    @Test
    void logarithmsAddUpToo() {
        SplittableRandom random = new SplittableRandom(8);
        for (int times = 0; times < 500; times++) {
            double[] from = new double[4];
            double[] to = new double[4];
            for (int k = 0; k < 4; k++) {
                from[k] = random.nextDouble(-5, 5);
                to[k] = random.nextDouble(-30, 30);
            }
            from[3] = Double.NEGATIVE_INFINITY;
            to[3] = Double.NEGATIVE_INFINITY;
            double[] factors = new double[4];
            double sum = SoftmaxPath.logFactors(from, to, 4, 1, factors);
            assertThat(sum).isCloseTo(StrictMath.log(softmax(from)[1]), offset(1e-12));
            for (int k = 0; k < 3; k++) {
                sum += factors[k] * (to[k] - from[k]);
                // The share of the line on which a class has the probability.
                assertThat(factors[k]).isBetween(-1 - 1e-3, 1 + 1e-3);
            }
            assertThat(sum).isCloseTo(StrictMath.log(softmax(to)[1]), offset(1e-9));
        }
    }

    /** Logits so large that differences between them are noise still take few steps. */
    @Test
    void hugeChangesEnd() {
        double[] factors = new double[3];
        for (double size : new double[] {1e15, 1e18, 1e200}) {
            SoftmaxPath.factors(new double[] {0, 1, 2}, new double[] {-size, -1.0000001 * size, -size}, 3, 0, factors);
            assertThat(factors).doesNotContain(Double.NaN);
        }
        SoftmaxPath.factors(new double[] {0, 1}, new double[] {Double.NaN, 1}, 2, 0, factors);
    }
}
