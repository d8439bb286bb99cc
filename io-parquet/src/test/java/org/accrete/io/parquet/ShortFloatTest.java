package org.accrete.io.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.accrete.api.SeededRandom;
import org.accrete.api.file.ShortFloat;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunSeed.class)
class ShortFloatTest {
    /** {@return the shortest decimal whose nearest float is the given one, found by trying} */
    static String shortest(float value) {
        if (value == 0 || !Float.isFinite(value)) {
            return Float.toString(value);
        }
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; ; digits++) {
            BigDecimal some = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (some.floatValue() == value) {
                return some.toString();
            }
        }
    }

    private static void assertShortest(float value) {
        assertThat(ShortFloat.toDouble(value)).as("of %s", value).isEqualTo(Double.parseDouble(shortest(value)));
    }

    @Test
    void isTheShortestDecimalOfAnyFloat() {
        SeededRandom random = RunSeed.random("floats");
        for (int i = 0; i < 200_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt(Integer.MAX_VALUE) * 2 + random.nextInt(2));
            if (Float.isFinite(value)) {
                assertShortest(value);
            }
        }
        for (int i = 0; i < 100_000; i++) {
            assertShortest((float) (random.nextGaussian() * Math.pow(10, random.nextInt(36) - 14)));
            assertShortest(random.nextInt(10_000_000) / (float) Math.pow(10, random.nextInt(8)));
        }
    }

    @Test
    void isTheShortestDecimalAtLimits() {
        for (int power = -45; power < 39; power++) {
            float value = (float) Double.parseDouble("1e" + power);
            assertShortest(value);
            assertShortest(Math.nextUp(value));
            assertShortest(Math.nextDown(value));
        }
        for (float value = Float.MIN_VALUE; value < Float.POSITIVE_INFINITY; value *= 2) {
            assertShortest(value);
            assertShortest(-value);
        }
        assertShortest(Float.MAX_VALUE);
        assertThat(1 / ShortFloat.toDouble(-0F)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(ShortFloat.toDouble(Float.NaN)).isNaN();
        assertThat(ShortFloat.toDouble(Float.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
