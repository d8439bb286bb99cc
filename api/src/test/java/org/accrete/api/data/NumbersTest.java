package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
    private static double parse(String text) {
        byte[] padded = ("x" + text + "9").getBytes(StandardCharsets.UTF_8);
        return Numbers.parse(padded, 1, padded.length - 1);
    }

    private static void assertLikeTheJdk(String text) {
        double found = parse(text);
        double wanted = Double.parseDouble(text);
        if (Double.doubleToRawLongBits(found) != Double.doubleToRawLongBits(wanted)) {
            fail("'%s' must be %s but was %s", text, wanted, found);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "+0",
                "0.0",
                "-0.0e7",
                "1",
                "-1",
                "+1",
                "007",
                "1.",
                ".5",
                "-.5",
                "1e3",
                "1E3",
                "1e+3",
                "1e-3",
                "9007199254740992",
                "9007199254740993",
                "9007199254740991e22",
                "9007199254740993e22",
                "1e22",
                "1e23",
                "1e-22",
                "1e-23",
                "123456789012345678",
                "1234567890123456789",
                "0.1234567890123456789012345",
                "4.9e-324",
                "2.4e-324",
                "1.7976931348623157e308",
                "0.000000000000000000000000000001",
                "100000000000000000000000000000",
                "0e999999999",
                "1e-999999999",
                "0.30000000000000004",
                "2.2250738585072014e-308",
                "2.2250738585072011e-308",
                "179769313486231570e291"
            })
    void readsTheNumberTheJdkReads(String text) {
        assertLikeTheJdk(text);
    }

    @Test
    void readsRandomDecimalsBitForBitAsTheJdkDoes() {
        Random random = Seeds.random(NumbersTest.class);
        for (int i = 0; i < 300_000; i++) {
            BigInteger digits = new BigInteger(1 + random.nextInt(70), random);
            BigDecimal decimal = new BigDecimal(digits, random.nextInt(60) - 25);
            String text = (random.nextBoolean() ? "-" : "")
                    + (random.nextBoolean() ? decimal.toPlainString() : decimal.toString());
            assertLikeTheJdk(text);
        }
    }

    @Test
    void readsEveryDoubleThatTheJdkPrints() {
        Random random = Seeds.random(NumbersTest.class);
        for (int i = 0; i < 100_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertLikeTheJdk(Double.toString(value));
            }
            assertLikeTheJdk(Double.toString(random.nextDouble()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", "+", ".", "-.", "e", "1e", "1e+", "e5", "1.2.3", "1,2", "1 2", "--1", "1-", "0x10", "1d", "1f",
                "1L", "1_000", "NaN", "-NaN", "abc", "١", "1e5.0", "1e5e5", ".inf", "infin"
            })
    void takesNothingElseForANumber(String text) {
        assertThat(parse(text)).isNaN();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "Infinity", "INF", "+inf", "1e309", "1e99999999999"})
    void tellsWhatIsInfinite(String text) {
        assertThat(parse(text)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(parse("-" + text.replace("+", ""))).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
