package org.accrete.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SeededRandomTest {
    @Test
    void drawsAreThoseOfSplitMix64() {
        SeededRandom random = new SeededRandom(1_234_567);
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("6457827717110365317");
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("3203168211198807973");
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
    }

    @Test
    void drawsEqualThoseOfTheJdkGeneratorOfTheSameName() {
        SplittableRandom oracle = new SplittableRandom(42);
        SeededRandom random = new SeededRandom(42);
        for (int i = 0; i < 1_000; i++) {
            assertThat(random.nextLong()).isEqualTo(oracle.nextLong());
        }
    }

    @Test
    void goesOnFromItsCounter() {
        SeededRandom first = new SeededRandom(7);
        for (int i = 0; i < 10; i++) {
            first.nextGaussian();
        }
        SeededRandom second = new SeededRandom(first.seed(), first.counter());
        assertThat(second.counter()).isEqualTo(20);
        assertThat(second.nextLong()).isEqualTo(first.nextLong());
    }

    @Test
    void doublesLieInTheUnitIntervalAndAreUniform() {
        SeededRandom random = new SeededRandom(1);
        double sum = 0.0;
        for (int i = 0; i < 100_000; i++) {
            double value = random.nextDouble();
            assertThat(value).isGreaterThanOrEqualTo(0.0).isLessThan(1.0);
            sum += value;
        }
        assertThat(sum / 100_000).isCloseTo(0.5, within(0.01));
    }

    @Test
    void wholeNumbersAreUniformBelowTheBound() {
        SeededRandom random = new SeededRandom(2);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(9_500, 10_500);
        }
        assertThat(random.nextInt(Integer.MAX_VALUE)).isNotNegative();
    }

    @Test
    void refusesABoundThatIsNotPositive() {
        assertThatThrownBy(() -> new SeededRandom(0).nextInt(0)).hasMessage("bound must be > 0 but was 0");
    }

    @Test
    void normalDrawsHaveTheirMoments() {
        SeededRandom random = new SeededRandom(3);
        double sum = 0.0;
        double squares = 0.0;
        for (int i = 0; i < 100_000; i++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / 100_000).isCloseTo(0.0, within(0.02));
        assertThat(squares / 100_000).isCloseTo(1.0, within(0.02));
    }

    @Test
    void poissonDrawsHaveTheirProbabilities() {
        for (double mean : new double[] {0.3, 1, 6, 80}) {
            SeededRandom random = new SeededRandom(4);
            int[] seen = new int[400];
            for (int i = 0; i < 20_000; i++) {
                seen[random.nextPoisson(mean)]++;
            }
            double logFactorial = 0;
            for (int k = 0; k < seen.length; k++) {
                logFactorial += k == 0 ? 0 : Math.log(k);
                double p = Math.exp(k * Math.log(mean) - mean - logFactorial);
                assertThat(seen[k] / 20_000.0)
                        .as("mean %s, %s", mean, k)
                        .isCloseTo(p, within(6 * Math.sqrt(p / 20_000) + 1e-3));
            }
            assertThat(random.counter()).isEqualTo(20_000);
        }
        assertThat(new SeededRandom(4).nextPoisson(0)).isZero();
        assertThatThrownBy(() -> new SeededRandom(4).nextPoisson(Double.NaN))
                .hasMessage("mean must be >= 0 and <= 100 but was NaN");
    }
}
