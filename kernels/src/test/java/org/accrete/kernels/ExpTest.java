package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.util.FastMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one exp, and what stands on it, against exact arithmetic. */
final class ExpTest {

    private static final MathContext DIGITS = new MathContext(40);
    private static final long SEED = Seed.of(ExpTest.class);

    private final SplittableRandom random = new SplittableRandom(SEED);

    @ParameterizedTest
    @CsvSource({
        "0.0, 1.0",
        "-0.0, 1.0",
        "4.9E-324, 1.0",
        "-4.9E-324, 1.0",
        "NaN, NaN",
        "Infinity, Infinity",
        "-Infinity, 0.0",
        "1.7976931348623157E308, Infinity",
        "-1.7976931348623157E308, 0.0",
        "709.7827128933841, Infinity",
        "710.1, Infinity",
        "-745.1332191019411, 4.9E-324",
        "-745.1332191019412, 0.0",
        "-746.5, 0.0",
    })
    void endsAndSpecialValuesAreExact(double x, Double power) {
        assertThat(Exp.exp(x)).isEqualTo(power);
    }

    /** The bits are those of the three loops as they are written here. */
    @Test
    void softmaxIsPowersByTheirSum() {
        for (int count = 1; count < 40; count++) {
            double[] x = new double[count + 3];
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextInt(9) == 0 ? Double.NEGATIVE_INFINITY : (random.nextDouble() - 0.5) * 1e3;
            }
            x[2] = 1e300 * (count % 2);
            double most = Arrays.stream(x, 2, 2 + count).max().orElseThrow();
            double[] expected = new double[count];
            double sum = 0;
            for (int i = 0; i < count; i++) {
                expected[i] = Exp.exp(x[2 + i] - most);
                sum += expected[i];
            }
            double[] out = new double[count + 1];
            Exp.softmax(x, 2, count, out, 1);
            double total = 0;
            for (int i = 0; i < count; i++) {
                assertThat(out[1 + i]).as("seed %d", SEED).isEqualTo(expected[i] / sum);
                total += out[1 + i];
            }
            assertThat(out[0]).isZero();
            assertThat(total).isCloseTo(1, within(1e-14));
            Exp.softmax(x, 2, count, x, 2);
            assertThat(Arrays.copyOfRange(x, 2, 2 + count)).isEqualTo(Arrays.copyOfRange(out, 1, 1 + count));
        }
    }

    @Test
    void softmaxOfWhatIsNoNumberIsNoNumber() {
        double[] out = new double[2];
        for (double[] x : new double[][] {{0, Double.NaN}, {Double.POSITIVE_INFINITY, 0}, {-1 / 0.0, -1 / 0.0}}) {
            Exp.softmax(x, 0, 2, out, 0);
            assertThat(out[0] + out[1]).isNaN();
        }
    }

    @Test
    void theLargestFinitePowerIsFinite() {
        assertThat(Exp.exp(709.782712893384)).isCloseTo(StrictMath.exp(709.782712893384), within(2e292));
    }

    @Test
    void normalResultsAreWithinNineTenthsOfAUnitInTheLastPlace() {
        double worst = 0;
        for (int i = 0; i < 20_000; i++) {
            double x = (random.nextDouble() * 2 - 1) * (i % 2 == 0 ? 708 : 1);
            worst = Math.max(worst, ulpsBetween(Exp.exp(x), exactExp(x)));
        }
        System.out.printf("ExpTest: exp within %.3f ulp%n", worst);
        assertThat(worst).as("seed %d", SEED).isLessThan(0.9);
    }

    @Test
    void subnormalResultsAreWithinNineTenthsOfTheSmallestNumber() {
        for (int i = 0; i < 2_000; i++) {
            double x = -708 - random.nextDouble() * 38;
            assertThat(ulpsBetween(Exp.exp(x), exactExp(x)))
                    .as("x %s, seed %d", x, SEED)
                    .isLessThan(0.9);
        }
    }

    @Test
    void agreesWithCommonsMathToTwoUnitsInTheLastPlace() {
        for (int i = 0; i < 100_000; i++) {
            double x = random.nextDouble() * 1_400 - 700;
            double oracle = FastMath.exp(x);
            assertThat(Exp.exp(x)).as("x %s, seed %d", x, SEED).isCloseTo(oracle, within(2 * Math.ulp(oracle)));
        }
    }

    @Test
    void logisticIsWithinFourUnitsInTheLastPlace() {
        for (int i = 0; i < 5_000; i++) {
            double x = (random.nextDouble() * 2 - 1) * (i % 2 == 0 ? 700 : 10);
            BigDecimal power = exactExp(x);
            BigDecimal exact = power.divide(power.add(BigDecimal.ONE), DIGITS);
            assertThat(ulpsBetween(Exp.logistic(x), exact))
                    .as("x %s, seed %d", x, SEED)
                    .isLessThan(4);
        }
    }

    @Test
    void logisticIsAShareAlsoWhereItRoundsToOne() {
        double[] x = random.doubles(1_000_000).map(u -> 36 + 2 * u).toArray();
        for (double value : x) {
            assertThat(Exp.logistic(value) > 1).as("x %s, seed %d", value, SEED).isFalse();
        }
        same(DenseKernels.best()::logistic, Exp::logistic, x, x.length - 3);
    }

    @Test
    void log1pExpAgreesWithStrictMathToThreeUnitsInTheLastPlace() {
        for (int i = 0; i < 100_000; i++) {
            double x = (random.nextDouble() * 2 - 1) * (i % 2 == 0 ? 700 : 10);
            double oracle = x > 40 ? x : StrictMath.log1p(StrictMath.exp(x));
            assertThat(Exp.log1pExp(x)).as("x %s, seed %d", x, SEED).isCloseTo(oracle, within(3 * Math.ulp(oracle)));
        }
    }

    @Test
    void logAgreesWithStrictMathToTwoUnitsInTheLastPlace() {
        for (int i = 0; i < 200_000; i++) {
            double x = i % 2 == 0
                    ? Double.longBitsToDouble(random.nextLong() >>> 1)
                    : 1 + (random.nextDouble() - 0.5) * (i % 4 == 1 ? 1.2 : 1e-6);
            double oracle = StrictMath.log(x);
            if (Double.isNaN(oracle) || Double.isInfinite(oracle)) {
                assertThat(Exp.log(x)).as("x %s, seed %d", x, SEED).isEqualTo(Double.valueOf(oracle));
            } else {
                assertThat(Exp.log(x)).as("x %s, seed %d", x, SEED).isCloseTo(oracle, within(2 * Math.ulp(oracle)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 0.0",
        "0.0, -Infinity",
        "-0.0, -Infinity",
        "-1.0, NaN",
        "-Infinity, NaN",
        "NaN, NaN",
        "Infinity, Infinity",
        "4.9E-324, -744.4400719213812",
        "1.7976931348623157E308, 709.782712893384",
    })
    void logHoldsAtTheEnds(double x, Double expected) {
        assertThat(Exp.log(x)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0, 0.5, 0.6931471805599453",
        "NaN, NaN, NaN",
        "Infinity, 1.0, Infinity",
        "-Infinity, 0.0, 0.0",
        "1E300, 1.0, 1E300",
        "-1E300, 0.0, 0.0",
    })
    void logisticAndItsLossHoldAtTheEnds(double x, Double logistic, Double loss) {
        assertThat(Exp.logistic(x)).isEqualTo(logistic);
        assertThat(Exp.log1pExp(x)).isEqualTo(loss);
    }

    @Test
    void arraysGetTheSameBitsAsSingleNumbersAlsoInPlace() {
        for (int n = 0; n < 70; n++) {
            double[] x = random.doubles(n + 3).map(u -> 1_600 * u - 800).toArray();
            if (n % 2 == 0) {
                Arrays.setAll(x, i -> x[i] / 8);
            }
            same(DenseKernels.best()::exp, Exp::exp, x.clone(), n);
            same(DenseKernels.best()::logistic, Exp::logistic, x.clone(), n);
        }
    }

    private interface OfArray {
        void apply(double[] x, int from, double[] out, int outFrom, int n);
    }

    private static void same(OfArray ofArray, DoubleUnaryOperator ofNumber, double[] x, int n) {
        double[] out = new double[n + 3];
        ofArray.apply(x, 1, out, 2, n);
        for (int i = 0; i < n; i++) {
            assertThat(out[i + 2]).as("seed %d", SEED).isEqualTo(ofNumber.applyAsDouble(x[i + 1]));
        }
        assertThat(out[0] + out[1] + out[n + 2]).isZero();
        ofArray.apply(x, 1, x, 1, n);
        for (int i = 0; i < n; i++) {
            assertThat(x[i + 1]).as("seed %d", SEED).isEqualTo(out[i + 2]);
        }
    }

    /** Distance in units in the last place of the exact value's binade. */
    private static double ulpsBetween(double actual, BigDecimal exact) {
        BigDecimal ulp = new BigDecimal(
                Math.ulp(exact.round(new MathContext(17, RoundingMode.DOWN)).doubleValue()));
        return new BigDecimal(actual).subtract(exact).divide(ulp, DIGITS).abs().doubleValue();
    }

    /** Taylor's series on x / 2^12, squared twelve times, in 60 digits. */
    private static BigDecimal exactExp(double x) {
        MathContext wide = new MathContext(60);
        BigDecimal small = new BigDecimal(x).divide(BigDecimal.valueOf(4_096), wide);
        BigDecimal sum = BigDecimal.ONE;
        BigDecimal term = BigDecimal.ONE;
        for (int k = 1; k < 40; k++) {
            term = term.multiply(small, wide).divide(BigDecimal.valueOf(k), wide);
            sum = sum.add(term, wide);
        }
        for (int k = 0; k < 12; k++) {
            sum = sum.multiply(sum, wide);
        }
        return sum;
    }
}
